"""What deploy/ is checked with: programs and schemas, pinned, fetched once into .cache/."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.local import parts
from tests import go

PROMTOOL = "github.com/prometheus/prometheus/cmd/promtool@v0.316.0"
KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1"
COMPOSE = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2"
PROMETHEUS_OPERATOR = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
FLINK_OPERATOR = "org.apache.flink:flink-kubernetes-operator-api:1.10.0"
"""The newest that resolves on Maven Central with its CRD in it (November 2026)."""


def promtool(*arguments: str | Path) -> str:
    """Without service discovery, of which we have none, it is built in 3 minutes of CPU, not 8."""
    return _run(go.program(PROMTOOL, "-tags=remove_all_sd"), *arguments)


def kustomize(directory: Path) -> list[dict[str, Any]]:
    """The resources that a kustomization makes."""
    return list(yaml.safe_load_all(_run(go.program(KUSTOMIZE), "build", directory)))


def compose(file: Path) -> dict[str, Any]:
    """The file as Compose understands it. Its loader's command (2.16) knows no variables: they
    stay as they are written."""
    command = [go.program(COMPOSE), "-no-interpolation", "-format=json", file.name]
    loaded = _run(*command, directory=file.parent)
    return dict(json.loads(loaded))


def prometheus_operator_crd(plural: str) -> dict[str, Any]:
    """A CustomResourceDefinition of the Prometheus Operator."""
    directory = _module(PROMETHEUS_OPERATOR)
    path = (
        directory / "example" / "prometheus-operator-crd" / f"monitoring.coreos.com_{plural}.yaml"
    )
    return dict(yaml.safe_load(path.read_text()))


def flink_operator_crd() -> dict[str, Any]:
    """The CustomResourceDefinition of FlinkDeployment."""

    def fetch(to: Path) -> None:
        goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
        _run(
            "mvn", "-q", "-B", "-C", goal, f"-Dartifact={FLINK_OPERATOR}", f"-DoutputDirectory={to}"
        )

    directory = parts.part(parts.CACHE / "flink-operator", FLINK_OPERATOR.encode(), fetch)
    (jar,) = directory.glob("*.jar")
    with zipfile.ZipFile(jar) as opened:
        text = opened.read("META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml")
    return dict(yaml.safe_load(text))


@cache
def _module(module: str) -> Path:
    """The directory with the Go module's files."""
    go.require()
    return Path(json.loads(_run("go", "mod", "download", "-json", module))["Dir"])


def _run(*command: str | Path, directory: Path = parts.CHECKOUT) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        check=False,
        cwd=directory,
    )
    assert done.returncode == 0, _shown(command, done.stdout, done.stderr)
    return done.stdout


def _shown(command: Sequence[str | Path], *output: str) -> str:
    return "\n".join([" ".join(map(str, command)), *output])
