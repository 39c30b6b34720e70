"""The stages of a container file that install Python packages, carried out below a directory.

No docker: COPY copies, and those RUN steps run that are pip's and the interpreter's. The image's
paths become paths below the stage's own root, and its Python this machine's.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from dockerfile_parse import DockerfileParser

from tests.deploy.files import CHECKOUT, DEPLOY

FILE = DEPLOY / "containers" / "Containerfile"
IMAGE_PATHS = re.compile(r"(?<![\w.])/(opt/newsline|wheels|src)\b")


class Step(NamedTuple):
    """One instruction: ``RUN``, and what follows it."""

    instruction: str
    value: str


class Stage(NamedTuple):
    """What it is made from, and how."""

    base: str
    steps: list[Step]


def stages() -> dict[str, Stage]:
    """The stages by name, in their order; arguments before the first are in their places."""
    with FILE.open("rb") as opened:
        structure = DockerfileParser(fileobj=opened).structure
    arguments: dict[str, str] = {}
    found: dict[str, Stage] = {}
    for step in structure:
        instruction, value = step["instruction"], step["value"]
        if instruction == "FROM":
            base, _, name = value.removeprefix("--platform=$BUILDPLATFORM ").partition(" AS ")
            found[name] = Stage(re.sub(r"\$\{(\w+)\}", lambda m: arguments[m[1]], base), [])
        elif found and instruction != "COMMENT":
            list(found.values())[-1].steps.append(Step(instruction, value))
        elif instruction == "ARG":
            key, _, value = value.partition("=")
            arguments[key] = value
    return found


def all_steps(name: str) -> list[Step]:
    """The stage's steps after those of the stages that it is made from."""
    stage = stages()[name]
    before = all_steps(stage.base) if stage.base in stages() else []
    return before + stage.steps


def last(name: str, instruction: str) -> str:
    """The value of the instruction that holds in the image."""
    return [step.value for step in all_steps(name) if step.instruction == instruction][-1]


def variables(name: str) -> dict[str, str]:
    """What ENV sets in the image."""
    pairs = [shlex.split(step.value) for step in all_steps(name) if step.instruction == "ENV"]
    return dict(pair.split("=", 1) for words in pairs for pair in words)


class Build:
    """Stages in directories below ``directory``, each built once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._python = directory / "python"
        subprocess.run([sys.executable, "-m", "venv", self._python], check=True)

    def stage(self, name: str) -> Path:
        """The root of the built stage."""
        root = self._directory / name
        if not root.exists():
            base = stages()[name].base
            if base in stages():
                shutil.copytree(self.stage(base), root, symlinks=True)
            root.mkdir(exist_ok=True)
            for step in stages()[name].steps:
                if step.instruction == "COPY":
                    self._copy(root, shlex.split(step.value))
                elif step.instruction == "RUN" and step.value.startswith("python "):
                    self._run(name, root, step.value)
        return root

    def _copy(self, root: Path, words: list[str]) -> None:
        context = CHECKOUT
        if words[0].startswith("--from="):
            context = self.stage(words.pop(0).removeprefix("--from="))
        *sources, to = words
        for source in sources:
            what = context / source.lstrip("/")
            where = root / "src" / to if not to.startswith("/") else root / to.lstrip("/")
            where = where / what.name if to.endswith("/") else where
            where.parent.mkdir(parents=True, exist_ok=True)
            if what.is_dir():
                shutil.copytree(what, where, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(what, where)

    def _run(self, name: str, root: Path, command: str) -> None:
        environment = variables(name)
        del environment["PIP_NO_CACHE_DIR"]  # what an image must not keep, a test run may
        environment["PIP_NO_COMPILE"] = "1"  # bytecode of 900 MB, of which the tests import a part
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        path = f"{self._python / 'bin'}:{os.environ['PATH']}"
        (root / "src").mkdir(exist_ok=True)
        done = subprocess.run(
            ["sh", "-c", IMAGE_PATHS.sub(rf"{root}/\1", command)],
            cwd=root / "src",
            env=kept | environment | {"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
