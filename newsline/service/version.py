"""What runs here: ``/version``, for reports of faults and for deployments."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import msgspec

from newsline.records import KINDS, Model

CHECKOUT = Path(__file__).parents[2]


class Version(msgspec.Struct, frozen=True, omit_defaults=True):
    """``commit``: of a checkout, or of an installation from a repository; missing otherwise.

    ``schemas``: of the records that are written, by topic. ``models``: those that the process has
    named in records since its start.
    """

    newsline: str
    python: str
    schemas: dict[str, str]
    commit: str = ""
    models: Sequence[Model] = ()


class _Vcs(msgspec.Struct):
    commit_id: str


class _Origin(msgspec.Struct):
    """A package's ``direct_url.json``, by PEP 610."""

    vcs_info: _Vcs | None = None


_models: dict[Model, None] = {}


def note_models(models: Iterable[Model]) -> None:
    """Models that an enriched record names."""
    _models.update(dict.fromkeys(models))


def version() -> Version:
    """The version of this process."""
    tags = {topic: str(kind.__struct_config__.tag) for topic, kind in KINDS.items()}
    return Version(_installed(), platform.python_version(), tags, _commit(), tuple(_models))


def _installed() -> str:
    try:
        return distribution("newsline").version
    except PackageNotFoundError:
        return "unknown"


@cache
def _commit() -> str:
    """Asked once, at the first request: git takes some milliseconds."""
    try:
        origin = distribution("newsline").read_text("direct_url.json")
        if origin and (vcs := msgspec.json.decode(origin, type=_Origin).vcs_info):
            return vcs.commit_id
        if (CHECKOUT / ".git").exists():
            command = ["git", "-C", str(CHECKOUT), "rev-parse", "HEAD"]
            return subprocess.check_output(command, text=True, stderr=subprocess.DEVNULL).strip()
    except (PackageNotFoundError, msgspec.DecodeError, OSError, subprocess.CalledProcessError):
        pass
    return ""
