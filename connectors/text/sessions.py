"""Session parameters by name: session_parameters.toml. Pure."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: tuple[str, ...]
    names_of_random_values: tuple[str, ...]
    random_value: str
    segments: tuple[str, ...]
    random_segment: str


_KNOWN = msgspec.toml.decode(
    Path(__file__).with_name("session_parameters.toml").read_bytes(), type=_Names
)
_NAME = re.compile("|".join(_KNOWN.names), re.IGNORECASE)
_VAGUE_NAME = re.compile("|".join(_KNOWN.names_of_random_values), re.IGNORECASE)
_RANDOM = re.compile(_KNOWN.random_value, re.IGNORECASE)
_IN_PATH = re.compile(r"(?:;|%3b)([\w.%-]+)(?:=|%3d)([^;/]*)", re.IGNORECASE)
_SEGMENT = re.compile(rf"/(?:{'|'.join(_KNOWN.segments)})(?=/|$)", re.IGNORECASE)

RANDOM_SEGMENT = f"(?:{_KNOWN.random_value}|{_KNOWN.random_segment})"
"""Pattern of a segment of a path that may carry a session; letters in any case."""


def is_session(name: str, value: str) -> bool:
    """True if the parameter carries a session, by its name and, for ambiguous ones, its value."""
    if _NAME.fullmatch(name):
        return True
    return bool(_VAGUE_NAME.fullmatch(name) and _RANDOM.fullmatch(value))


def without_sessions(path: str) -> str:
    """The path of a URL without sessions in segments and in parameters of segments."""
    if ";" in path or "%3" in path:
        path = _IN_PATH.sub(lambda one: "" if is_session(one[1], one[2]) else one[0], path)
    return _SEGMENT.sub("", path) if "/(" in path else path
