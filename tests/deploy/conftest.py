"""What tests of deploy/ look at: the resources for Kubernetes, the compose file, the images."""

from __future__ import annotations

from typing import Any

import pytest

from tests.deploy import tools
from tests.deploy.files import DEPLOY


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """deploy/compose.yaml as Compose understands it."""
    return tools.compose(DEPLOY / "compose.yaml")


@pytest.fixture(scope="session", params=["direct", "flink"])
def resources(request) -> list[dict[str, Any]]:
    """The resources of each kind of deployment: the job by itself, and on Flink."""
    return tools.kustomize(DEPLOY / "kubernetes" / request.param)


@pytest.fixture(scope="session")
def on_flink() -> list[dict[str, Any]]:
    """The resources of deploy/kubernetes/flink."""
    return tools.kustomize(DEPLOY / "kubernetes" / "flink")


@pytest.fixture(scope="session")
def flink_deployment(on_flink) -> dict[str, Any]:
    """What the operator makes Flink of."""
    (found,) = [each for each in on_flink if each["kind"] == "FlinkDeployment"]
    return found


@pytest.fixture(scope="session")
def monitoring() -> list[dict[str, Any]]:
    """The resources of deploy/kubernetes/monitoring."""
    return tools.kustomize(DEPLOY / "kubernetes" / "monitoring")


@pytest.fixture(scope="session")
def of_kind(resources):
    """Gives all resources of a kind."""
    return lambda kind: [each for each in resources if each["kind"] == kind]


@pytest.fixture(scope="session")
def named(of_kind):
    """Gives the resources of a kind, by name."""
    return lambda kind: {each["metadata"]["name"]: each for each in of_kind(kind)}
