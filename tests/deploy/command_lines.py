"""Every ``newsline …`` that deploy/ and the guides run or tell somebody to run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.deploy.files import CHECKOUT, DEPLOY, FILES, GUIDES

ENDS = {"|", "||", "&&", ";", "&", ">", "…", "..."}
"""Words after which a command's own are over."""

LAUNCHER = re.compile(r"|\$|--|exec|worker-1|monitor|connectors|[|&;]+|\w+=\S*")
"""The word before a command: none, or what starts it."""

PRINTED = re.compile(r":$|://")
"""After ``newsline``: a line that newsline prints itself."""

IN_COMMENT = re.compile(r"^#\s{3,}(\S.*)$", re.MULTILINE)
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = ("", "sh", "bash", "console")
INDENTED = re.compile(r"^ {4,}(\S.*)$", re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")


class CommandLine(NamedTuple):
    """Where it stands, and its words after ``newsline``."""

    where: str
    words: list[str]


def found() -> list[CommandLine]:
    """All of them."""
    lines = [line for path in [*FILES, *GUIDES] for line in _told(path)]
    return [*lines, *_composed(), *_in_kubernetes(), *_in_images()]


def _told(path: Path) -> Iterator[CommandLine]:
    """In a guide's code, or in a comment's."""
    text = path.read_text()
    if path.suffix == ".md":
        blocks = [block for language, block in FENCED.findall(text) if language in SHELL]
        rest = FENCED.sub("", text)
        code = [*blocks, *INDENTED.findall(rest), *INLINE.findall(rest)]
    else:
        code = IN_COMMENT.findall(text)
    for part in code:
        for line in part.replace("\\\n", " ").splitlines():
            yield from _commands(str(path.relative_to(CHECKOUT)), line)


def _commands(where: str, line: str) -> Iterator[CommandLine]:
    try:
        words = shlex.split(line, comments=True)
    except ValueError:  # prose, with an apostrophe
        return
    for position, word in enumerate(words):
        before = words[position - 1] if position else ""
        if word == "newsline" and LAUNCHER.fullmatch(before):
            rest = words[position + 1 :]
            end = next((n for n, each in enumerate(rest) if each in ENDS), len(rest))
            if not (rest and PRINTED.search(rest[0])):
                yield CommandLine(where, rest[:end])


def _composed() -> Iterator[CommandLine]:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for name, service in services.items():
        if str(service.get("image")).startswith("newsline-"):
            yield from _started(f"compose.yaml: {name}", service, "entrypoint", "command")


def _in_kubernetes() -> Iterator[CommandLine]:
    for path in sorted((DEPLOY / "kubernetes").rglob("*.yaml")):
        for container in _containers(list(yaml.safe_load_all(path.read_text()))):
            yield from _started(f"{path.name}: {container['name']}", container, "command", "args")


def _started(where: str, of: Any, entrypoint: str, arguments: str) -> Iterator[CommandLine]:
    """The image's entry point is ``newsline``; another one is a shell."""
    if shell := of.get(entrypoint):
        assert shell[:2] == ["sh", "-c"], where
        yield from _commands(where, [*shell, *of.get(arguments, [])][2])
    else:
        yield CommandLine(where, [str(word) for word in of[arguments]])


def _containers(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        if str(part.get("image")).startswith("newsline-"):
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _containers(each)


def _in_images() -> Iterator[CommandLine]:
    text = (DEPLOY / "containers" / "Containerfile").read_text()
    assert json.loads(re.findall(r"^ENTRYPOINT (.*)$", text, re.MULTILINE)[0]) == ["newsline"]
    for words in re.findall(r"^CMD (.*)$", text, re.MULTILINE):
        yield CommandLine("Containerfile", json.loads(words))
