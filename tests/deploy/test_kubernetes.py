"""deploy/kubernetes: valid to Kubernetes and to the operators, and what its README says of it.

The pods and what they need are in test_pods.py.
"""

from __future__ import annotations

import os
import re
import subprocess

import kubernetes_validate
import pytest
import yaml

from deploy.local import downloads
from tests.deploy import tools
from tests.deploy.files import DEPLOY, KUBERNETES, README
from tests.deploy.flink import unknown_keys
from tests.deploy.pods import pods, select
from tests.deploy.schemas import errors


def test_kubernetes_own_resources_have_no_field_that_is_wrong_or_unknown(base):
    own = [each for each in base if each["kind"] != "FlinkDeployment"]
    assert len(own) > 15
    for resource in own:
        kubernetes_validate.validate(resource, KUBERNETES, strict=True)


def test_the_flink_deployment_is_what_its_operator_knows(named, java):
    resource = named("FlinkDeployment")["newsline-flink"]
    assert errors(resource, tools.flink_operator_crd()) == []


def test_a_mistake_in_the_flink_deployment_would_be_seen(named, java):
    resource = named("FlinkDeployment")["newsline-flink"]
    wrong = resource | {"spec": resource["spec"] | {"taskManagers": {}, "mode": "session"}}
    assert len(errors(wrong, tools.flink_operator_crd())) == 2


def test_everything_is_in_the_namespace_that_enforces_the_restricted_standard(base, named):
    for resource in base:
        if resource["kind"] != "Namespace":
            assert resource["metadata"]["namespace"] == "newsline"
    labels = named("Namespace")["newsline"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_flink_is_of_the_version_that_is_tested(named):
    requirement = (downloads.CHECKOUT / "deploy" / "flink" / "requirements.txt").read_text()
    (version,) = re.findall(r"^apache-flink-libraries==(\S+)", requirement, re.MULTILINE)
    spec = named("FlinkDeployment")["newsline-flink"]["spec"]
    assert spec["image"].startswith(f"flink:{version}-")
    assert spec["flinkVersion"] == "v" + "_".join(version.split(".")[:2])


def test_flink_knows_every_setting(named, java):
    spec = named("FlinkDeployment")["newsline-flink"]["spec"]
    assert unknown_keys(spec["flinkConfiguration"]) == set()


def test_nothing_is_allowed_that_is_not_named(named):
    policy = named("NetworkPolicy")["deny-all"]["spec"]
    assert policy == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_connectors_share_a_state_that_is_in_no_pod_so_that_one_may_be_lost(base, named):
    deployment = named("Deployment")["connectors"]["spec"]
    assert deployment["replicas"] > 1
    assert "strategy" not in deployment
    (pod,) = select(base, deployment["selector"])
    (container,) = pod.containers
    (state,) = [each for each in container["env"] if each["name"] == "NEWSLINE_STATE"]
    assert state["valueFrom"] == {"secretKeyRef": {"name": "newsline-state", "key": "address"}}
    assert not any("persistentVolumeClaim" in volume for volume in pod.spec["volumes"])


def test_flinks_address_is_the_service_that_the_operator_makes(named):
    (name,) = named("FlinkDeployment")
    assert named("ConfigMap")["newsline"]["data"]["NEWSLINE_FLINK_MASTER"] == f"{name}-rest:8081"


@pytest.mark.slow
def test_the_operators_of_prometheus_know_their_resources(monitoring):
    monitors = [each for each in monitoring if each["kind"] == "PodMonitor"]
    assert len(monitors) == 3
    crd = tools.prometheus_operator_crd("podmonitors")
    assert [errors(each, crd) for each in monitors] == [[], [], []]


def test_prometheus_finds_the_ports_under_the_names_that_the_rules_ask_for(base, monitoring):
    rules = (DEPLOY / "prometheus" / "alerts.yaml").read_text()
    monitors = [each["spec"] for each in monitoring if each["kind"] == "PodMonitor"]
    jobs = set()
    for monitor in monitors:
        (endpoint,) = monitor["podMetricsEndpoints"]
        found = select(base, monitor["selector"])
        assert found
        for pod in found:
            ports = [port["name"] for each in pod.containers for port in each.get("ports", [])]
            assert endpoint["port"] in ports
        jobs.add(endpoint["relabelings"][0]["replacement"])
    assert jobs == set(re.findall(r'job="([\w-]+)"', rules))


def test_prometheus_may_ask_all_ports_with_metrics(base, named):
    (rule,) = named("NetworkPolicy")["metrics"]["spec"]["ingress"]
    ports = {
        port["containerPort"]
        for pod in pods(base)
        for container in pod.containers
        for port in container.get("ports", [])
    }
    assert {port["port"] for port in rule["ports"]} == ports


def test_the_readmes_overlay_changes_images_feeds_and_settings(tmp_path):
    (overlay,) = re.findall(r"```yaml\n# kustomization\.yaml\n(.*?)```", README, re.DOTALL)
    checkout = os.path.relpath(downloads.CHECKOUT, tmp_path)
    (tmp_path / "kustomization.yaml").write_text(overlay.replace("PATH", checkout))
    (tmp_path / "feeds.toml").write_text('[[feed]]\nurl = "https://news.example/rss"\n')
    made = tools.kustomize(tmp_path)
    images = {each["image"] for pod in pods(made) for each in pod.containers}
    assert not any(image.startswith("newsline-") for image in images), images
    maps = {each["metadata"]["name"]: each["data"] for each in made if each["kind"] == "ConfigMap"}
    settings = maps.pop("newsline")
    ((name, feeds),) = maps.items()
    assert name.startswith("feeds-")
    assert "news.example" in feeds["feeds.toml"]
    assert "kafka-bootstrap.kafka.svc" not in settings["NEWSLINE_BROKER"]
    assert settings["NEWSLINE_FLINK_MASTER"] == "newsline-flink-rest:8081"


@pytest.mark.slow
def test_the_readmes_alert_rules_are_a_resource_of_the_prometheus_operator():
    (command,) = re.findall(r"^\(cat .*?\) \| kubectl apply -f -$", README, re.MULTILINE)
    joined = command.removesuffix("| kubectl apply -f -")
    made = subprocess.run(
        ["sh", "-c", joined], cwd=downloads.CHECKOUT, capture_output=True, text=True, check=True
    )
    rules = yaml.safe_load(made.stdout)
    assert len(rules["spec"]["groups"]) == 2
    assert errors(rules, tools.prometheus_operator_crd("prometheusrules")) == []
