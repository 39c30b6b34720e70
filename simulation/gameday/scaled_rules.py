"""Alert rules in which every duration is divided by one factor. Pure.

A duration of PromQL is a number with a unit outside of strings, comments and names. A number that
is compared with a metric in seconds is a duration too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

UNITS = {
    "ms": 1.0,
    "s": 1_000.0,
    "m": 60_000.0,
    "h": 3_600_000.0,
    "d": 86_400_000.0,
    "w": 604_800_000.0,
    "y": 31_536_000_000.0,
}
"""Milliseconds."""

PART = r"\d+(?:ms|[smhdwy])"
DURATION = re.compile(rf"(?:{PART})+")

TOKEN = re.compile(
    rf"""
      (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    | (?P<comment>\#[^\n]*)
    | (?P<space>\s+)
    | (?P<duration>(?:{PART})+(?!\w))
    | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>:?[A-Za-z_][\w:]*)
    | (?P<sign>[<>=!]=?~?|.)
    """,
    re.VERBOSE | re.DOTALL,
)
"""A word does not begin with ``:`` and a digit: in ``[5m:30s]`` the step follows."""

COMPARISONS = frozenset({">", "<", ">=", "<=", "==", "!="})
SET_OPERATORS = frozenset({"and", "or", "unless"})
IN_SECONDS = re.compile(r"newsline_\w+_seconds")

WITHOUT_UNIT = frozenset({"/", "rate", "irate", "deriv"})
"""What makes a plain number of seconds."""

GROUP_DURATIONS = ("interval", "query_offset")
RULE_DURATIONS = ("for", "keep_firing_for")


class Token(NamedTuple):
    kind: str
    text: str


def scaled_rules(rules: dict[str, Any], factor: float) -> dict[str, Any]:
    """The rule file with its durations divided by ``factor``; names and texts stay as they are."""
    return {"groups": [_scaled_group(group, factor) for group in rules["groups"]]}


def scaled_duration(text: str, factor: float) -> str:
    """``1h30m`` by 60 is ``90000ms``, at least ``1ms``. Raises ValueError if it is none."""
    if not DURATION.fullmatch(text):
        raise ValueError(f"not a duration: {text!r}")
    parts = re.findall(r"(\d+)(ms|[smhdwy])", text)
    return f"{max(1, round(sum(int(number) * UNITS[unit] for number, unit in parts) / factor))}ms"


def scaled_expression(expression: str, factor: float) -> str:
    tokens = [Token(str(match.lastgroup), match.group()) for match in TOKEN.finditer(expression)]
    return "".join(_scaled_tokens(tokens, factor))


def _scaled_group(group: dict[str, Any], factor: float) -> dict[str, Any]:
    durations = {
        name: scaled_duration(group[name], factor) for name in GROUP_DURATIONS if name in group
    }
    return group | durations | {"rules": [_scaled_rule(rule, factor) for rule in group["rules"]]}


def _scaled_rule(rule: dict[str, Any], factor: float) -> dict[str, Any]:
    durations = {
        name: scaled_duration(rule[name], factor) for name in RULE_DURATIONS if name in rule
    }
    return rule | durations | {"expr": scaled_expression(rule["expr"], factor)}


def _scaled_tokens(tokens: Sequence[Token], factor: float) -> Iterator[str]:
    for at, token in enumerate(tokens):
        if token.kind == "duration":
            yield scaled_duration(token.text, factor)
        elif token.kind == "number" and _is_in_seconds(tokens[:at]):
            yield f"{float(token.text) / factor:g}"
        else:
            yield token.text


def _is_in_seconds(before: Sequence[Token]) -> bool:
    """Whether a number after these tokens is compared with a metric in seconds."""
    said = [token for token in before if token.kind not in ("space", "comment")]
    if said and said[-1].text == "bool":
        said.pop()
    if not said or said[-1].text not in COMPARISONS:
        return False
    left = list(_left_operand(said[:-1]))
    if any(token.text in WITHOUT_UNIT for token in left):
        return False
    return any(IN_SECONDS.fullmatch(token.text) for token in left)


def _left_operand(before: Sequence[Token]) -> Iterator[Token]:
    """From the end back to the parenthesis or the set operator in which it begins."""
    depth = 0
    for token in reversed(before):
        if token.text in (")", "]", "}"):
            depth += 1
        if token.text in ("(", "[", "{"):
            depth -= 1
        if depth < 0 or (depth == 0 and token.text in SET_OPERATORS):
            return
        yield token
