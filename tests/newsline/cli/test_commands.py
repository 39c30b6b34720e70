"""Commands without the packages of the extras: those that read work, others name their extra."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[3]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
OF_EXTRAS = {
    canonicalize_name(Requirement(line).name)
    for lines in PROJECT["optional-dependencies"].values()
    for line in lines
} - {PROJECT["name"]}
MISSING = {
    module
    for module, names in packages_distributions().items()
    if OF_EXTRAS & set(map(canonicalize_name, names))
} - {"google"}  # a namespace of many distributions

BARE = f"""
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {MISSING!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
"""
MAIN = f"{BARE}\nfrom newsline.cli import main\nmain()"


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def test_the_api_is_imported():
    done = python(f"{BARE}\nfrom newsline import *")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "words", ["--help", "--version", "schema raw", "tail --help", "trace --help", "status --help"]
)
def test_a_command_that_only_reads_needs_no_extra(words):
    done = python(MAIN, *words.split())
    assert done.returncode == 0, done.stderr


def test_topics_are_made_and_read_without_an_extra(tmp_path):
    broker = f"embedded:{tmp_path / 'broker.db'}"
    for words in (["topics", "create"], ["topics"], ["tail", "raw"], ["dead-letter", "list"]):
        done = python(MAIN, *words, "--broker", broker)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("command", "extra"),
    {
        "run": "all",
        "poll": "connectors",
        "feeds": "connectors",
        "enrich": "pipeline",
        "worker": "flink",
        "monitor": "service",
    }.items(),
)
def test_a_command_names_the_extra_that_it_misses(command, extra):
    done = python(MAIN, command)
    assert done.returncode == 1
    assert done.stderr.endswith(f": pip install 'newsline[{extra}]'\n")
    assert done.stderr.count("\n") == 1
