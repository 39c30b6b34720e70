"""Texts under the attributes of a class, as PEP 257 has them: a string after an assignment.

The JSON Schema and the reference pages are made from them.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise


def attribute_docs(owner: type) -> Mapping[str, str]:
    """By attribute, bases included; a class's own text wins over its bases'."""
    found: dict[str, str] = {}
    for base in reversed(owner.__mro__):
        if base.__module__.split(".")[0] in ("newsline", "connectors", "pipeline"):
            found |= _own(base)
    return found


def _own(owner: type) -> dict[str, str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    (body,) = (node.body for node in tree.body if isinstance(node, ast.ClassDef))
    return {
        name: " ".join(text.split())
        for statement, following in pairwise(body)
        for name in _assigned(statement)
        if (text := _text(following))
    }


def _assigned(statement: ast.stmt) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    elif isinstance(statement, ast.AnnAssign):
        targets = [statement.target]
    yield from (target.id for target in targets if isinstance(target, ast.Name))


def _text(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return str(statement.value.value)
    return ""
