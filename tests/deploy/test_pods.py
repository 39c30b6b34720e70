"""The pods of deploy/kubernetes: what they may do, and that all that they name is there."""

from __future__ import annotations

import re

import kubernetes_validate
import pytest

from connectors.poll import wiring as connectors
from newsline.sandbox.memory import Memory
from pipeline.beam import children as job
from tests.deploy.files import KUBERNETES, PINNED, README, targets
from tests.deploy.pods import pods, select

SECRET = re.compile(r"create secret generic (\S+)(.*?)(?=kubectl|```)", re.DOTALL)
"""A command that makes a secret, and what goes into it."""


def test_every_pod_is_one_to_kubernetes(resources):
    for pod in pods(resources):
        resource = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": pod.spec}
        kubernetes_validate.validate(resource, KUBERNETES, strict=True)


def test_every_container_keeps_to_the_restricted_standard(resources):
    for pod in pods(resources):
        assert pod.spec["securityContext"]["runAsNonRoot"]
        assert pod.spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not any({"hostPath"} & volume.keys() for volume in pod.spec["volumes"])
        for container in pod.containers:
            security = pod.spec["securityContext"] | container["securityContext"]
            assert security["runAsUser"] >= 1000
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}
            if container["image"].startswith("newsline-"):
                assert security["readOnlyRootFilesystem"]


def test_images_are_stages_of_the_container_file_or_pinned(resources, compose, named):
    for container in (each for pod in pods(resources) for each in pod.containers):
        image = container["image"]
        assert image.removeprefix("newsline-") in targets() or PINNED.match(image)
    for flink in named("FlinkDeployment").values():
        assert flink["spec"]["image"] == compose["services"]["jobmanager"]["image"]


def test_every_volume_is_mounted_and_every_mount_is_a_volume(resources):
    for pod in pods(resources):
        mounted = {
            mount["name"] for each in pod.containers for mount in each.get("volumeMounts", [])
        }
        assert mounted == {volume["name"] for volume in pod.spec["volumes"]}


def test_claims_and_config_maps_exist_and_are_used(resources, named):
    claims, maps = set(), set()
    for pod in pods(resources):
        for volume in pod.spec["volumes"]:
            claims |= {volume[key]["claimName"] for key in volume if key == "persistentVolumeClaim"}
            maps |= {volume[key]["name"] for key in volume if key == "configMap"}
        for container in pod.containers:
            maps |= {each["configMapRef"]["name"] for each in container.get("envFrom", [])}
    assert claims == set(named("PersistentVolumeClaim"))
    assert maps == set(named("ConfigMap"))


def secrets(resources):
    """Name → keys that the pods read, in variables and in the files that settings name."""
    used: dict[str, set[str]] = {}
    for pod in pods(resources):
        for container in pod.containers:
            for variable in container.get("env", []):
                if reference := variable.get("valueFrom", {}).get("secretKeyRef"):
                    used.setdefault(reference["name"], set()).add(reference["key"])
        for volume in pod.spec["volumes"]:
            if "secret" in volume:
                used.setdefault(volume["secret"]["secretName"], set())
    return used


def test_secrets_are_those_that_the_readme_makes(resources):
    made = {
        name: set(re.findall(r"--from-(?:file|literal)=([\w.]+)=", rest))
        for name, rest in SECRET.findall(README)
    }
    used = secrets(resources)
    assert used.keys() == made.keys()
    for name, keys in used.items():
        assert keys <= made[name], name
    assert made["newsline-state"] == {"password", "ca.crt"}
    assert {"ca.crt", "tls.crt", "tls.key"} == made["newsline-kafka-tls"]
    for role in ("connectors", "enrich", "monitor", "topics"):
        assert made[f"newsline-kafka-{role}"] == {"user", "password"}


def test_files_of_secrets_are_where_the_settings_say(resources, named):
    settings = named("ConfigMap")["newsline"]["data"]
    mounted = {
        mount["name"]: mount["mountPath"]
        for pod in pods(resources)
        for container in pod.containers
        for mount in container["volumeMounts"]
    }
    assert settings["NEWSLINE_KAFKA_CA"] == f"{mounted['kafka-tls']}/ca.crt"
    assert settings["NEWSLINE_KAFKA_PASSWORD_FILE"] == f"{mounted['kafka-login']}/password"
    assert settings["NEWSLINE_STATE"].endswith(f"sslrootcert={mounted['state']}/ca.crt")


ROLES = {"connectors": "connectors", "topics": "topics", "submit": "enrich", "worker": "enrich"}
"""Container → its user of Kafka; else its own name."""


def test_each_role_has_its_own_user_of_kafka_and_no_other(resources):
    for pod in pods(resources):
        ours = [each for each in pod.containers if each["image"].startswith("newsline-")]
        assert bool(ours) == ("newsline/kafka" in pod.labels)
        for container in ours:
            secret = f"newsline-kafka-{ROLES.get(container['name'], container['name'])}"
            (user,) = [each for each in container["env"] if each["name"] == "NEWSLINE_KAFKA_USER"]
            assert user["valueFrom"]["secretKeyRef"]["name"] == secret
            volumes = {volume["name"]: volume.get("secret") for volume in pod.spec["volumes"]}
            mounted = {mount["name"] for mount in container["volumeMounts"]}
            logins = {name for name in mounted if name.startswith("kafka-")}
            assert {volumes[name]["secretName"] for name in logins} == {
                secret,
                "newsline-kafka-tls",
            }


def test_selectors_find_pods(resources, of_kind):
    selectors = [each["spec"]["podSelector"] for each in of_kind("NetworkPolicy")]
    selectors += [each["spec"]["selector"] for each in of_kind("PodDisruptionBudget")]
    selectors += [each["spec"]["selector"] for each in of_kind("Deployment")]
    for policy in of_kind("NetworkPolicy"):
        for rule in policy["spec"].get("ingress", []) + policy["spec"].get("egress", []):
            peers = rule.get("from", []) + rule.get("to", [])
            selectors += [peer["podSelector"] for peer in peers if "podSelector" in peer]
    for selector in selectors:
        assert select(resources, selector), selector


def test_probes_ask_ports_and_pages_that_are_there(resources):
    for pod in pods(resources):
        for container in pod.containers:
            names = {port["name"] for port in container.get("ports", [])}
            probes = [container[key] for key in container if key.endswith("Probe")]
            pages = [probe["httpGet"] for probe in probes if "httpGet" in probe]
            if container["image"].startswith("newsline-"):
                assert {page["path"] for page in pages} <= {"/livez", "/readyz"}
                assert {page["port"] for page in pages} <= names
                assert bool(names) == bool(pages)
            else:
                assert probes


def test_every_container_has_requests_and_a_limit_of_memory(resources, named):
    for pod in pods(resources):
        for container in pod.containers:
            if container["name"] != "flink-main-container":
                assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
                assert "memory" in container["resources"]["limits"]
    for flink in named("FlinkDeployment").values():
        for role in ("jobManager", "taskManager"):
            assert {"cpu", "memory"} <= flink["spec"][role]["resource"].keys()


@pytest.mark.parametrize(
    ("image", "commands", "variable", "least"),
    [
        ("newsline-connectors", {"poll"}, "NEWSLINE_WORKERS", connectors.CHILD_LEAST),
        ("newsline-worker", {"worker", "enrich"}, "NEWSLINE_CHILDREN", job.CHILD_LEAST),
    ],
)
def test_children_fit_into_the_memory_of_their_container(
    resources, image, commands, variable, least
):
    found = [
        container
        for pod in pods(resources)
        for container in pod.containers
        if container["image"] == image and commands & {*container.get("args", [])}
    ]
    assert found
    for container in found:
        environment = {each["name"]: each.get("value") for each in container["env"]}
        limit = container["resources"]["limits"]["memory"]
        number, unit = int(limit[:-2]), limit[-2:]
        memory = Memory(number * {"Mi": 2**20, "Gi": 2**30}[unit], "")
        assert memory.for_children() // int(environment.get(variable, "1")) >= least
