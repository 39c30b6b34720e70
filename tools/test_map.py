"""``python -m tools.test_map``: write tests/MAP.md, which test files exercise each module.

``--check`` only compares. A test exercises a module if it imports it or runs its command, itself or
through tests/support. A module that no test reaches so is exercised through those that import it.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple

from newsline.cli.commands import COMMANDS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "tests" / "MAP.md"
PRODUCT = ("newsline", "connectors", "pipeline", "deploy")
TARGET = re.compile(r"([a-z_]+(?:\.[a-z_]+)+)(?::\w+)?")
"""A module that is named by a string and imported when it is needed."""

RUNNERS = ("newsline.cli", "tests.support.command")
"""A test that imports one of these and names a command runs it."""

SHOWN = 4
"""Test files in a row; the module's own come first."""

HEAD = """\
# Tests by module

Written by `make docs`. A test file exercises a module if it imports it or runs its command, itself
or through [support](support). A module that no test imports is exercised through those that import
it. Of many files the nearest are listed.

| Module | Test files | Through |
|---|---|---|
"""


class Row(NamedTuple):
    """A module, its test files, and the modules through which they exercise it; () if directly."""

    module: str
    tests: tuple[str, ...]
    through: tuple[str, ...]


def rows() -> list[Row]:
    """All modules of the product that contain code."""
    files = {name: path for top in PRODUCT for name, path in _modules(top)}
    tests = _tests(files)
    importers = defaultdict(set)
    for name, path in files.items():
        for imported in _imports(path, files) - {name}:
            importers[imported].add(name)
    return [_row(name, tests, importers) for name, path in files.items() if _has_code(path)]


def _row(name: str, tests: Mapping[str, set[str]], importers: Mapping[str, set[str]]) -> Row:
    """Directly tested, or through its importers, or through theirs."""
    if name in tests:
        return Row(name, tuple(sorted(tests[name])), ())
    seen, layer = {name}, {name}
    while layer := {each for found in layer for each in importers.get(found, ())} - seen:
        seen |= layer
        if through := sorted(each for each in layer if each in tests):
            files = {file for each in through for file in tests[each]}
            return Row(name, tuple(sorted(files)), tuple(through))
    return Row(name, (), ())


def _tests(files: Mapping[str, Path]) -> Mapping[str, set[str]]:
    """By module, the test files that import it, themselves or through other test modules."""
    found = defaultdict(set)
    own = dict(_modules("tests"))
    for path in own.values():
        if path.name.startswith("test_"):
            for module in _reached(path, own, files):
                found[module].add(str(path.relative_to(ROOT / "tests")))
    return found


def _reached(path: Path, own: Mapping[str, Path], files: Mapping[str, Path]) -> set[str]:
    known = {**own, **files}
    seen: set[str] = set()
    waiting = _imports(path, known)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            if name in own:
                waiting |= _imports(own[name], known)
    return {name for name in seen if name in files}


def _modules(top: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / top).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _has_code(path: Path) -> bool:
    return any(not isinstance(node, ast.Expr) for node in _tree(path).body)


def _imports(path: Path, known: Mapping[str, Path]) -> set[str]:
    """The modules of those known that the file imports, runs or names, wherever in it."""
    names: set[str] = set()
    targets: set[str] = set()
    commands: set[str] = set()
    for node in ast.walk(_tree(path)):
        match node:
            case ast.Import():
                names |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module), level=0):
                names |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
            case ast.Constant(value=str(text)) if found := TARGET.fullmatch(text):
                targets.add(found[1])
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Call(args=items):
                texts = [str(item.value) for item in items if isinstance(item, ast.Constant)]
                names |= {f"{after}.__main__" for word, after in pairwise(texts) if word == "-m"}
                commands.update(texts[:1])
    if not path.is_relative_to(ROOT / "tests"):
        names |= targets
    elif not names.isdisjoint(RUNNERS):
        names |= {COMMANDS[name].target.partition(":")[0] for name in commands & COMMANDS.keys()}
    return {name for name in names if name in known}


def page() -> str:
    """The whole of tests/MAP.md."""
    return HEAD + "".join(_line(row) for row in rows())


def _line(row: Row) -> str:
    nearest = sorted(row.tests, key=lambda file: (_distance(row.module, file), file))[:SHOWN]
    files = ", ".join(f"[{Path(file).stem}]({file})" for file in nearest)
    through = ", ".join(f"`{name}`" for name in row.through[:SHOWN])
    return f"| `{row.module}` | {files} | {through} |\n"


def _distance(module: str, file: str) -> int:
    """0 for the module's own test file; the fewer folders in common, the more."""
    parts, folders = module.split("."), Path(file).with_suffix("").parts
    if folders == (*parts[:-1], f"test_{parts[-1]}"):
        return 0
    common = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(parts, folders, strict=False))
    )
    return 100 - common


def main(arguments: list[str]) -> int:
    """Exit code 1 with ``--check`` if the page is stale, or a module has no test."""
    untested = [row.module for row in rows() if not row.tests]
    for module in untested:
        print(f"no test exercises {module}")
    if arguments == ["--check"]:
        return 1 if untested or PAGE.read_text() != page() else 0
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
