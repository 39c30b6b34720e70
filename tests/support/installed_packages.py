"""Small packages in a directory, laid out as pip installs them."""

from __future__ import annotations

from pathlib import Path

SMALL = "from newsline.enricher import Part\n"


def install(directory: Path, code: str, *, name: str = "odd", package: str = "odd-package") -> None:
    """A package of one module, whose ``load`` is the entry point ``name``."""
    module = package.replace("-", "_")
    (directory / f"{module}.py").write_text(SMALL + code)
    of_dist(directory, package, f"[newsline.enrichers]\n{name} = {module}:load\n")


def of_dist(directory: Path, package: str, entry_points: str = "") -> None:
    """The metadata of a package, version 1.2."""
    info = directory / f"{package.replace('-', '_')}-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(entry_points)


def enriching(*lines: str) -> str:
    """Code whose ``load`` returns a function of ``article`` with these lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"def load():\n    return enrich\n\ndef enrich(article):\n{body}"
