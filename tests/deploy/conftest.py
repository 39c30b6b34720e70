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


@pytest.fixture(scope="session")
def base() -> list[dict[str, Any]]:
    """The resources of deploy/kubernetes/base."""
    return tools.kustomize(DEPLOY / "kubernetes" / "base")


@pytest.fixture(scope="session")
def monitoring() -> list[dict[str, Any]]:
    """The resources of deploy/kubernetes/monitoring."""
    return tools.kustomize(DEPLOY / "kubernetes" / "monitoring")


@pytest.fixture(scope="session")
def of_kind(base):
    """Gives all resources of a kind."""
    return lambda kind: [each for each in base if each["kind"] == kind]


@pytest.fixture(scope="session")
def named(of_kind):
    """Gives the resources of a kind, by name."""
    return lambda kind: {each["metadata"]["name"]: each for each in of_kind(kind)}
