"""deploy/kubernetes: valid to Kubernetes and to the operators, and what its README says of it.

The pods and what they need are in test_pods.py.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from urllib.parse import parse_qs, urlsplit

import kubernetes_validate
import pytest
import yaml

from deploy.local import downloads
from newsline.cli.options import DEFAULT_DEADLINE
from tests.deploy import tools
from tests.deploy.expressions import RULE_FILES
from tests.deploy.files import DEPLOY, KUBERNETES, README
from tests.deploy.flink import unknown_keys
from tests.deploy.pods import pods, select
from tests.deploy.schemas import errors

MONITORING = {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}


@pytest.fixture(scope="module")
def direct():
    return tools.kustomize(DEPLOY / "kubernetes" / "direct")


def test_kubernetes_own_resources_have_no_field_that_is_wrong_or_unknown(resources):
    own = [each for each in resources if each["kind"] != "FlinkDeployment"]
    assert len(own) > 10
    for resource in own:
        kubernetes_validate.validate(resource, KUBERNETES, strict=True)


def test_the_flink_deployment_is_what_its_operator_knows(flink_deployment, java):
    assert errors(flink_deployment, tools.flink_operator_crd()) == []


def test_a_mistake_in_the_flink_deployment_would_be_seen(flink_deployment, java):
    wrong = flink_deployment | {
        "spec": flink_deployment["spec"] | {"taskManagers": {}, "mode": "session"}
    }
    assert len(errors(wrong, tools.flink_operator_crd())) == 2


def test_everything_is_in_the_namespace_that_enforces_the_restricted_standard(resources, named):
    for resource in resources:
        if resource["kind"] != "Namespace":
            assert resource["metadata"]["namespace"] == "newsline"
    labels = named("Namespace")["newsline"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_flink_is_of_the_version_that_is_tested(flink_deployment):
    requirement = (downloads.CHECKOUT / "deploy" / "flink" / "requirements.txt").read_text()
    (version,) = re.findall(r"^apache-flink-libraries==(\S+)", requirement, re.MULTILINE)
    spec = flink_deployment["spec"]
    assert spec["image"].startswith(f"flink:{version}-")
    assert spec["flinkVersion"] == "v" + "_".join(version.split(".")[:2])


def test_flink_knows_every_setting(flink_deployment, java):
    spec = flink_deployment["spec"]
    assert unknown_keys(spec["flinkConfiguration"]) == set()


def test_nothing_is_allowed_that_is_not_named(named):
    policy = named("NetworkPolicy")["deny-all"]["spec"]
    assert policy == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_the_network_policy_takes_the_place_of_a_token(named):
    """On 0.0.0.0, where the images listen: Prometheus alone reaches the status endpoints."""
    assert named("ConfigMap")["newsline"]["data"]["NEWSLINE_BEHIND_PROXY"] == "true"
    assert named("NetworkPolicy")["metrics"]["spec"]["policyTypes"] == ["Ingress"]


def test_connectors_share_a_state_that_is_in_no_pod_so_that_one_may_be_lost(resources, named):
    deployment = named("Deployment")["connectors"]["spec"]
    assert deployment["replicas"] > 1
    assert "strategy" not in deployment
    (pod,) = select(resources, deployment["selector"])
    state = urlsplit(named("ConfigMap")["newsline"]["data"]["NEWSLINE_STATE"])
    assert state.scheme == "postgresql"
    assert state.password is None
    assert not any("persistentVolumeClaim" in volume for volume in pod.spec["volumes"])


def test_the_database_must_prove_its_name(named):
    state = urlsplit(named("ConfigMap")["newsline"]["data"]["NEWSLINE_STATE"])
    assert parse_qs(state.query) == {
        "sslmode": ["verify-full"],
        "sslrootcert": ["/etc/newsline/state/ca.crt"],
    }


def test_two_jobs_never_run_at_once(direct):
    (job,) = [each for each in direct if each["metadata"]["name"] == "enrich"][:1]
    assert job["spec"]["replicas"] == 1
    assert job["spec"]["strategy"] == {"type": "Recreate"}
    pod = job["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] > DEFAULT_DEADLINE


def test_a_node_can_be_drained_of_each_pod(resources, of_kind):
    budgets = [each["spec"] for each in of_kind("PodDisruptionBudget")]
    assert len(budgets) == 3
    for budget in budgets:
        assert budget["maxUnavailable"] == 1
        assert select(resources, budget["selector"])


def test_flinks_address_is_the_service_that_the_operator_makes(on_flink, flink_deployment):
    (settings,) = [
        each
        for each in on_flink
        if each["metadata"]["name"] == "newsline" and each["kind"] == "ConfigMap"
    ]
    name = flink_deployment["metadata"]["name"]
    assert settings["data"]["NEWSLINE_FLINK_MASTER"] == f"{name}-rest:8081"


def test_names_are_asked_for_in_the_cluster_and_on_the_node(named):
    (rule,) = named("NetworkPolicy")["names"]["spec"]["egress"]
    assert {"ipBlock": {"cidr": "169.254.20.10/32"}} in rule["to"]
    assert {(port["protocol"], port["port"]) for port in rule["ports"]} == {
        ("UDP", 53),
        ("TCP", 53),
    }


@pytest.mark.slow
def test_the_operators_of_prometheus_know_their_resources(monitoring):
    monitors = [each for each in monitoring if each["kind"] == "PodMonitor"]
    assert len(monitors) == 4
    crd = tools.prometheus_operator_crd("podmonitors")
    assert [errors(each, crd) for each in monitors] == [[], [], [], []]


def test_prometheus_finds_the_ports_under_the_names_that_the_rules_ask_for(on_flink, monitoring):
    rules = "".join(path.read_text() for path in RULE_FILES)
    monitors = [each["spec"] for each in monitoring if each["kind"] == "PodMonitor"]
    jobs = set()
    for monitor in monitors:
        (endpoint,) = monitor["podMetricsEndpoints"]
        found = select(on_flink, monitor["selector"])
        assert found
        for pod in found:
            ports = [port["name"] for each in pod.containers for port in each.get("ports", [])]
            assert endpoint["port"] in ports
        jobs.add(endpoint["relabelings"][0]["replacement"])
    assert jobs == set(re.findall(r'job="([\w-]+)"', rules))


def test_prometheus_finds_the_job_without_flink_too(direct, monitoring):
    monitors = {each["metadata"]["name"]: each["spec"] for each in monitoring if "spec" in each}
    (pod,) = select(direct, monitors["newsline-enrich"]["selector"])
    assert pod.labels["app.kubernetes.io/name"] == "enrich"
    assert not select(direct, monitors["newsline-flink"]["selector"])


def test_prometheus_may_ask_all_ports_with_metrics(resources, of_kind):
    policies = [each["spec"] for each in of_kind("NetworkPolicy")]
    allowed = {
        port["port"]
        for policy in policies
        for rule in policy.get("ingress", [])
        if rule["from"] == [{"namespaceSelector": MONITORING}]
        for port in rule["ports"]
    }
    ports = {
        port["containerPort"]
        for pod in pods(resources)
        for container in pod.containers
        for port in container.get("ports", [])
    }
    assert allowed == ports


@pytest.mark.parametrize("kind", ["direct", "flink"])
def test_the_overlay_to_fill_in_changes_images_feeds_settings_and_networks(tmp_path, kind):
    shutil.copytree(DEPLOY / "kubernetes", tmp_path / "kubernetes")
    overlay = tmp_path / "kubernetes" / "overlay"
    file = overlay / "kustomization.yaml"
    file.write_text(file.read_text().replace("- ../direct ", f"- ../{kind} "))
    made = tools.kustomize(overlay)
    images = {each["image"] for pod in pods(made) for each in pod.containers}
    assert not any(image.startswith("newsline-") for image in images), images
    maps = {each["metadata"]["name"]: each["data"] for each in made if each["kind"] == "ConfigMap"}
    settings = maps.pop("newsline")
    ((name, feeds),) = maps.items()
    assert name.startswith("feeds-")
    assert "news.example" in feeds["feeds.toml"]
    assert "kafka-bootstrap.kafka.svc" not in settings["NEWSLINE_BROKER"]
    assert ("NEWSLINE_FLINK_MASTER" in settings) == (kind == "flink")
    peers = {
        each["metadata"]["name"]: each["spec"]["egress"][0]["to"]
        for each in made
        if each["kind"] == "NetworkPolicy" and each["spec"].get("egress")
    }
    assert peers["kafka"] == peers["postgres"] == [{"ipBlock": {"cidr": "192.0.2.0/24"}}]


def test_the_readme_explains_every_value(on_flink):
    (settings,) = [
        each["data"]
        for each in on_flink
        if each["kind"] == "ConfigMap" and each["metadata"]["name"] == "newsline"
    ]
    (table,) = re.findall(r"^### Values\n(.*?)^### ", README, re.MULTILINE | re.DOTALL)
    explained = set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE))
    assert settings.keys() <= explained
    assert set(re.findall(r"NEWSLINE_[A-Z_]+", " ".join(explained))) >= {
        "NEWSLINE_CHILDREN",
        "NEWSLINE_WORKERS",
    }


@pytest.mark.slow
def test_the_readmes_alert_rules_are_resources_of_the_prometheus_operator():
    commands = re.findall(r"^(\(cat .*?\)) \| kubectl apply -f -$", README, re.MULTILINE)
    groups = []
    for command in commands:
        made = subprocess.run(
            ["sh", "-c", command],
            cwd=downloads.CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        )
        rules = yaml.safe_load(made.stdout)
        assert errors(rules, tools.prometheus_operator_crd("prometheusrules")) == []
        groups.append(
            (rules["metadata"]["name"], [each["name"] for each in rules["spec"]["groups"]])
        )
    assert groups == [
        ("newsline", ["newsline", "newsline-objectives"]),
        ("newsline-flink", ["newsline-flink"]),
    ]
