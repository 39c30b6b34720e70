"""deploy/compose.yaml: valid to Compose itself, and all that it names is there."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from connectors.state.engine import is_postgresql
from connectors.state.password import PASSWORD_FILE
from deploy.local.kafka import KafkaServer
from newsline.broker import connect
from tests.deploy.files import DEPLOY, PINNED, targets
from tests.deploy.flink import properties, unknown_keys
from tests.support.command import newsline

ONCE = ("no", "on-failure")
"""How a service is restarted that is to end."""


@pytest.fixture(scope="session")
def services(compose):
    return compose["services"]


def ours(services):
    return {name: of for name, of in services.items() if of["image"].startswith("newsline-")}


def test_its_variable_has_no_default_and_says_what_it_is():
    text = (DEPLOY / "compose.yaml").read_text()
    assert re.findall(r"(?<!\$)\$\{(\w+):\?.+?\}", text) == ["FEEDS"]
    assert text.count("${") == 1


def test_the_connectors_keep_their_state_in_the_database_that_is_made(services):
    postgres, connectors = (
        services["postgres"]["environment"],
        services["connectors"]["environment"],
    )
    state = urlsplit(connectors["NEWSLINE_STATE"])
    assert is_postgresql(connectors["NEWSLINE_STATE"])
    assert (state.hostname, state.username, state.path) == (
        "postgres",
        postgres["POSTGRES_USER"],
        f"/{postgres['POSTGRES_DB']}",
    )
    assert services["connectors"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_both_read_the_password_from_a_file_that_no_one_else_has(compose, services):
    (name,) = compose["secrets"]
    assert compose["secrets"][name]["file"].endswith("deploy/secrets/postgres-password")
    assert "/deploy/secrets/" in (DEPLOY.parent / ".gitignore").read_text().splitlines()
    users = {user for user, of in services.items() if of.get("secrets")}
    assert users == {"postgres", "connectors", "monitor"}
    files = {
        services["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"],
        services["connectors"]["environment"][PASSWORD_FILE],
    }
    assert files == {f"/run/secrets/{name}"}


def reached(services, name):
    """The services that share a network with it."""
    mine = set(services[name]["networks"])
    return {other for other, of in services.items() if mine & set(of.get("networks") or {})} - {
        name
    }


def test_who_reads_the_web_reaches_neither_flink_nor_zookeeper(compose, services):
    assert reached(services, "connectors") == {
        *("kafka", "monitor", "postgres", "prometheus", "topics", "submit", "task-1", "task-2")
    }
    assert set(services["connectors"]["networks"]) & set(services["prometheus"]["networks"]) == {
        "metrics"
    }


def test_each_service_is_in_the_networks_that_it_needs(services):
    assert reached(services, "topics") >= {"kafka"}
    assert reached(services, "submit") >= {"kafka", "jobmanager"}
    assert reached(services, "task-1") >= {"kafka", "jobmanager", "zookeeper", "task-2"}
    assert reached(services, "prometheus") >= {"connectors", "jobmanager", "task-1", "task-2"}
    assert reached(services, "grafana") >= {"prometheus"}
    assert reached(services, "postgres") == {"connectors", "monitor"}


def test_a_port_on_this_machine_needs_a_network_that_is_not_internal(compose, services):
    outside = {name for name, of in compose["networks"].items() if not of.get("internal")}
    assert outside == {"web", "pages"}
    for name, service in services.items():
        assert bool(service.get("ports")) == bool(outside & set(service.get("networks") or {})), (
            name
        )


def size(text):
    """In bytes, of ``3g``."""
    return int(text[:-1]) * {"m": 2**20, "g": 2**30}[text[-1]]


def test_logs_are_rotated_and_memory_is_limited(services):
    for name, service in services.items():
        assert service["logging"]["options"] == {"max-size": "20m", "max-file": "5"}, name
        assert size(service["mem_limit"]) > 0


def test_flinks_processes_fit_into_their_containers(services):
    settings = properties(services["jobmanager"]["environment"]["FLINK_PROPERTIES"])
    for name in ("jobmanager", "taskmanager"):
        megabytes = int(settings[f"{name}.memory.process.size"].removesuffix("m"))
        service = services[name if name == "jobmanager" else "taskmanager-1"]
        assert megabytes * 2**20 < size(service["mem_limit"])


def test_images_are_pinned_or_built_here(services):
    for service in services.values():
        assert PINNED.match(service["image"]) or service["build"]


def test_what_is_built_is_a_stage_of_the_container_file(services):
    for service in ours(services).values():
        build = service["build"]
        assert Path(build["context"]) == DEPLOY.parent
        assert (Path(build["context"]) / build["dockerfile"]).is_file()
        assert build["target"] in targets()
        assert service["image"] == f"newsline-{build['target']}"


def test_services_wait_for_what_can_come_true(services):
    healthy_by_image = {name for name, of in ours(services).items() if "healthcheck" not in of}
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            other = services[name]
            if wait["condition"] == "service_healthy":
                assert "test" in other.get("healthcheck", {}) or name in healthy_by_image
            if wait["condition"] == "service_completed_successfully":
                assert other["restart"] in ONCE


def test_what_ends_has_no_status_page_to_ask_and_the_rest_comes_back(services):
    for name, service in services.items():
        if service["restart"] in ONCE:
            assert name == "flink-volume" or service["healthcheck"] == {"disable": True}
        else:
            assert service["restart"] == "unless-stopped"


def test_every_volume_is_used_and_every_file_exists(compose, services):
    mounts = [mount for of in services.values() for mount in of.get("volumes", [])]
    named = {mount["source"] for mount in mounts if mount["type"] == "volume"}
    assert named == set(compose["volumes"])
    for mount in mounts:
        if mount["type"] == "bind" and "${FEEDS" not in mount["source"]:
            assert Path(mount["source"]).exists()
            assert mount["read_only"]


def test_a_worker_and_its_task_manager_share_a_network_that_outlives_both(services):
    pairs = [name for name in services if name.startswith("taskmanager-")]
    assert len(pairs) == 2
    for name in pairs:
        number = name.removeprefix("taskmanager-")
        network = services[name]["network_mode"]
        assert network == services[f"worker-{number}"]["network_mode"] == f"service:task-{number}"
        assert services[f"task-{number}"]["image"].startswith("registry.k8s.io/pause:")


def test_our_processes_have_no_more_rights_than_they_need(services):
    for service in ours(services).values():
        assert service["read_only"]
        assert service["tmpfs"] == ["/tmp"]
        assert service["init"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_ports_are_open_on_this_machine_alone(services):
    ports = [port for of in services.values() for port in of.get("ports", [])]
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}
    assert sorted(port["target"] for port in ports) == [3000, 8081, 9090, 9401, 9401]


def test_status_pages_are_reached_from_this_machine_and_its_networks_alone(services):
    """So that no token is needed on 0.0.0.0, where the images listen."""
    environments = [each["environment"] for each in ours(services).values()]
    assert {each.get("NEWSLINE_BEHIND_PROXY") for each in environments} == {"true"}


def test_prometheus_asks_processes_that_are_there(services):
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text())
    asked = [
        target
        for job in config["scrape_configs"]
        for static in job["static_configs"]
        for target in static["targets"]
    ]
    assert sorted(asked) == sorted(
        [
            "connectors:9401",
            "monitor:9401",
            *(f"{name}:{port}" for name in ("task-1", "task-2") for port in (9249, 9403)),
            "jobmanager:9249",
        ]
    )
    assert {target.partition(":")[0] for target in asked} <= set(services)


def test_grafana_finds_its_data_source_and_its_dashboard(services):
    provisioning = DEPLOY / "grafana" / "provisioning"
    source = yaml.safe_load((provisioning / "datasources" / "prometheus.yaml").read_text())
    assert source["datasources"][0]["url"] == "http://prometheus:9090"
    boards = yaml.safe_load((provisioning / "dashboards" / "newsline.yaml").read_text())
    targets = [mount["target"] for mount in services["grafana"]["volumes"]]
    assert boards["providers"][0]["options"]["path"] in targets
    home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert (DEPLOY / "grafana" / "dashboards" / Path(home).name).is_file()


def test_flink_knows_every_setting(services, java):
    settings = properties(services["jobmanager"]["environment"]["FLINK_PROPERTIES"])
    assert unknown_keys(settings) == set()
    assert settings["state.checkpoints.dir"].startswith("file:///flink/")
    assert services["jobmanager"]["image"] == services["taskmanager-1"]["image"]
    assert services["jobmanager"]["environment"] == services["taskmanager-1"]["environment"]


def test_a_mistyped_setting_of_flinks_would_be_seen(java):
    assert unknown_keys(["state.checkpoint.dir", "state.savepoints.dir"]) == {
        "state.checkpoint.dir"
    }


ADDRESSES = ("node", "controller", "listeners", "advertised", "log")
"""What the local broker of the next test has of its own."""


@pytest.mark.kafka
def test_a_broker_with_its_settings_makes_our_topics_and_no_others(services, java, tmp_path):
    environment = services["kafka"]["environment"]
    settings = {
        name.removeprefix("KAFKA_").lower().replace("_", "."): value
        for name, value in environment.items()
        if name.startswith("KAFKA_")
    }
    kept = {key: value for key, value in settings.items() if key.split(".")[0] not in ADDRESSES}
    text = "".join(f"{key}={value}\n" for key, value in kept.items())
    command = [str(word) for word in services["topics"]["command"]]
    with KafkaServer(tmp_path, text) as kafka:
        done = newsline(*command, NEWSLINE_BROKER=kafka.address)
        assert done.returncode == 0, done.stderr
        with connect(kafka.address) as broker:
            assert broker.end_offsets("news.raw")
        assert not _exists(kafka.address, "some.topic")


def _exists(address: str, topic: str) -> bool:
    from kafka import KafkaAdminClient, KafkaProducer
    from kafka.errors import KafkaError

    server = address.removeprefix("kafka://")
    producer = KafkaProducer(bootstrap_servers=server, max_block_ms=2_000)
    try:
        producer.send(topic, b"x").get(5)
    except KafkaError:
        pass
    finally:
        producer.close(timeout=1)
    with KafkaAdminClient(bootstrap_servers=server) as admin:
        return topic in admin.list_topics()
