"""The files of deploy/, and what stands in several of them."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
DEPLOY = CHECKOUT / "deploy"

FILES = sorted(
    path
    for path in DEPLOY.rglob("*")
    if path.is_file() and path.suffix != ".pyc" and "local" not in path.parts
)
GUIDES = [
    CHECKOUT / "README.md",
    *(page for page in sorted(CHECKOUT.glob("docs/**/*.md")) if page.parent.name != "adr"),
]
"""Decisions may name what was given up."""

README = (DEPLOY / "README.md").read_text()

KUBERNETES = "1.31"
"""The version whose schemas the manifests are held to."""

PINNED = re.compile(r"^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?[a-z0-9._-]*(@sha256:[0-9a-f]{64})?$")
"""An image with its exact version as its tag, and its digest once a release has been made."""


def targets() -> list[str]:
    """The stages of the container file, by name."""
    text = (DEPLOY / "containers" / "Containerfile").read_text()
    return re.findall(r"^FROM .*\S+ AS (\S+)$", text, re.MULTILINE)
