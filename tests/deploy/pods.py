"""The pods of a set of resources, whatever makes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

Resource = dict[str, Any]


class Pod(NamedTuple):
    """What becomes a pod: its labels and its spec."""

    labels: dict[str, str]
    spec: Resource

    @property
    def containers(self) -> list[Resource]:
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]


def pods(resources: list[Resource]) -> list[Pod]:
    """One of each kind that a Deployment, a Job or a FlinkDeployment makes."""
    return [Pod(each["metadata"]["labels"], each["spec"]) for each in _templates(resources)]


def select(resources: list[Resource], selector: Resource) -> list[Pod]:
    """The pods that a label selector finds."""
    labels = selector.get("matchLabels", {}).items()
    return [pod for pod in pods(resources) if labels <= pod.labels.items()]


def _templates(resources: list[Resource]) -> Iterator[Resource]:
    for resource in resources:
        spec = resource.get("spec", {})
        if resource["kind"] in ("Deployment", "Job"):
            yield spec["template"]
        if resource["kind"] == "FlinkDeployment":
            yield _of_flink(spec["jobManager"]["podTemplate"], spec["image"])
            yield _of_flink(spec["taskManager"]["podTemplate"], spec["image"])


def _of_flink(template: Resource, image: str) -> Resource:
    """With the image in Flink's own container, as the operator puts it there."""
    (main,) = template["spec"]["containers"]
    assert main["name"] == "flink-main-container"
    return template | {"spec": template["spec"] | {"containers": [main | {"image": image}]}}
