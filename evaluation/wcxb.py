"""The article pages of WCXB with their labels, from ../shared/data."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple
from zlib import crc32

from evaluation.scores import Missing
from tests.support.shared_data import DATA

DIRECTORY = DATA / "extraction-wcxb"


class WcxbPage(NamedTuple):
    """A page and its labels; an empty label: not stated. ``date``: ``2026-11-25``."""

    id: str
    url: str
    html: bytes
    title: str
    author: str
    date: str
    text: str

    @property
    def is_unseen(self) -> bool:
        """True for the half of the pages that no rule was made on."""
        return crc32(self.id.encode()) % 2 == 1


@cache
def pages() -> tuple[WcxbPage, ...]:
    """Raises Missing."""
    if not DIRECTORY.exists():
        raise Missing("../shared/data/extraction-wcxb is missing")
    return tuple(_pages())


def _pages() -> Iterator[WcxbPage]:
    labels = json.loads(gzip.decompress((DIRECTORY / "ground-truth.json.gz").read_bytes()))
    for name, about in sorted(labels.items()):
        html = gzip.decompress((DIRECTORY / "html" / f"{name}.html.gz").read_bytes())
        keys = ("title", "author", "publish_date", "main_content")
        title, author, date, text = (about[key] or "" for key in keys)
        # A page without a URL in the data gets one.
        yield WcxbPage(
            name, about["url"] or "https://page.example/", html, title, author, date, text
        )
