"""Free space of the places that newsline writes to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from newsline.broker import embedded_path
from newsline.monitor.snapshot import DiskNow


class DisksLook:
    """``places``: a file or directory by name: broker, state, sinks."""

    def __init__(self, places: Mapping[str, Path]) -> None:
        self._places = places

    def __call__(self) -> Sequence[DiskNow]:
        return [_disk(place, path) for place, path in self._places.items()]


def _disk(place: str, path: Path) -> DiskNow:
    existing = next(each for each in (path, *path.absolute().parents) if each.exists())
    disk = os.statvfs(existing)
    return DiskNow(
        place=place,
        path=str(existing if existing.is_dir() else existing.parent),
        free_bytes=disk.f_bavail * disk.f_frsize,
        free_share=disk.f_bavail / disk.f_blocks if disk.f_blocks else 1.0,
    )


def places(broker: str, state: str = "", sinks: str = "") -> Mapping[str, Path]:
    """The local places among a broker's and a state's address, and a directory."""
    found = {}
    if path := embedded_path(broker):
        found["broker"] = Path(path)
    if state and "://" not in state:
        found["state"] = Path(state)
    if sinks:
        found["sinks"] = Path(sinks)
    return found
