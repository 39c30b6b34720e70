"""Texts and pages for measurements, from ../shared/data."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from pathlib import Path

from newsline.records import MAX_TITLE, RawArticle
from tests.support.example_records import raw_article
from tests.support.shared_data import DATA

HEADLINES_IN_A_TEXT = 10


def articles(count: int) -> list[RawArticle]:
    """Raw articles with all different texts, then with the same ones again."""
    texts = _bbc() + _huffpost()
    return [_article(number, texts[number % len(texts)]) for number in range(count)]


def pages() -> list[bytes]:
    """The real pages of the extraction benchmark, as HTML."""
    return [gzip.decompress(f.read_bytes()) for f in sorted(_data("extraction/html").iterdir())]


def _article(number: int, text: str) -> RawArticle:
    digest = hashlib.blake2b(b"%d" % number, digest_size=16).hexdigest()
    title = text[:MAX_TITLE].partition("\n")[0]
    return raw_article(number, article_id=digest, title=title, text=text)


def _bbc() -> list[str]:
    """1,114 full articles."""
    return [row["text"] for row in _rows("topics/bbc-dev.jsonl.gz")]


def _huffpost() -> list[str]:
    """1,624 more texts of ten headlines with descriptions each, for new words."""
    lines = [
        f"{row['headline']}. {row['description']}" for row in _rows("topics/huffpost.jsonl.gz")
    ]
    steps = range(0, len(lines), HEADLINES_IN_A_TEXT)
    return ["\n".join(lines[n : n + HEADLINES_IN_A_TEXT]) for n in steps]


def _rows(name: str) -> list[dict]:
    with gzip.open(_data(name), "rt") as file:
        return [json.loads(line) for line in file]


def _data(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        sys.exit(f"nothing to measure with: {name} is not in ../shared/data")
    return path
