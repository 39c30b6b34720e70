"""What deploy/ is checked with: programs and schemas, pinned, fetched once into .cache/."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from deploy.local import downloads
from tests.support import debian, go
from tests.support.missing import missing

COMPOSE = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2"
PROMETHEUS_OPERATOR = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
FLINK_OPERATOR = "org.apache.flink:flink-kubernetes-operator-api:1.10.0"
"""The newest that resolves on Maven Central with its CRD in it (November 2026)."""


def promtool(*arguments: str | Path) -> str:
    """From the PATH or Debian's package: a build from source costs 347 s of CPU. 2.x and 3.x accept
    the rules' proofs alike, though only ranges of 2.x include their left end."""
    return _run(debian.program("promtool", package="prometheus"), *arguments)


def kustomize(directory: Path) -> list[dict[str, Any]]:
    """The resources that a kustomization makes: by kubectl, which PyPI has ready to run."""
    return list(yaml.safe_load_all(_run(_kubectl(), "kustomize", directory)))


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

    directory = downloads.cached(downloads.CACHE / "flink-operator", FLINK_OPERATOR.encode(), fetch)
    (jar,) = directory.glob("*.jar")
    with zipfile.ZipFile(jar) as opened:
        text = opened.read("META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml")
    return dict(yaml.safe_load(text))


def _kubectl() -> str:
    """Skips the test where it is missing, and fails it there when ``CI=true``: the package is for
    Linux alone."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    if found := shutil.which("kubectl", path=path):
        return found
    missing("kubectl is missing")


@cache
def _module(module: str) -> Path:
    """The directory with the Go module's files."""
    go.require()
    return Path(json.loads(_run("go", "mod", "download", "-json", module))["Dir"])


def _run(*command: str | Path, directory: Path = downloads.CHECKOUT) -> str:
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
