"""``make bench-extraction``: texts of real pages by scrapinghub's article-extraction-benchmark.

Its measure (``evaluate.py`` there): shingles of four words, precision and recall of each page, both
averaged over the pages, and F1 of the two averages.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from statistics import mean
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from tests.support.shared_data import DATA

SHINGLE = 4
HALVES = 200

PUBLISHED = {
    "AutoExtract, November 2019": (0.970, 0.984, 0.956),
    "rs_trafilatura 9261e08": (0.970, 0.951, 0.990),
    "trafilatura 2.0.0": (0.958, 0.938, 0.978),
    "Diffbot, November 2019": (0.951, 0.958, 0.944),
    "newspaper4k 0.9.3.1": (0.949, 0.964, 0.934),
    "news-please 1.6.16": (0.948, 0.964, 0.933),
    "readability-lxml 0.8.4.1": (0.922, 0.913, 0.931),
}
"""F1, precision and recall on all 181 pages; ../shared/data has half of them. From README.rst of
github.com/scrapinghub/article-extraction-benchmark."""

Extractor = Callable[[bytes, str], str]
"""(a page's HTML, its URL) → the text."""


class LabelledPage(NamedTuple):
    url: str
    html: bytes
    truth: str


class ShingleScore(NamedTuple):
    f1: float
    precision: float
    recall: float


def pages() -> list[LabelledPage]:
    """The real pages with their true text, from ../shared/data."""
    directory = DATA / "extraction"
    truth = json.loads((directory / "ground-truth.json").read_text())
    return [
        LabelledPage(
            about["url"],
            gzip.decompress((directory / "html" / f"{name}.html.gz").read_bytes()),
            about["articleBody"],
        )
        for name, about in sorted(truth.items())
    ]


def matched(truth: str, found: str) -> tuple[float, float]:
    """Precision and recall of one page. An empty result has 0 of both; in the benchmark it has no
    precision."""
    wanted, had = _shingles(truth), _shingles(found)
    right = (wanted & had).total()
    return right / max(1, had.total()), right / max(1, wanted.total())


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    return Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1)))


def score(each: Sequence[tuple[float, float]]) -> ShingleScore:
    precision, recall = (mean(column) for column in zip(*each, strict=True))
    return ShingleScore(2 * precision * recall / (precision + recall), precision, recall)


def ours(html: bytes, url: str) -> str:
    from connectors.extract import NoText, extract_page

    try:
        return extract_page(html, url, None, "text/html").text
    except NoText:
        return ""


def bare(**options: bool) -> Extractor:
    """trafilatura alone, with its options."""
    from trafilatura import bare_extraction
    from trafilatura.utils import decode_file

    def read(html: bytes, url: str) -> str:
        settings = {"include_comments": False, "with_metadata": False, **options}
        found = bare_extraction(decode_file(html), url=url, **settings)
        return found.text or "" if found else ""

    return read


def main() -> None:
    """Print the table: newsline, trafilatura alone, published results."""
    table = Table("text by", "F1", "precision", "recall", "worst half", "ms a page")
    alone = {"trafilatura": {}, "trafilatura, favor_precision": {"favor_precision": True}}
    readers = {"newsline": ours} | {name: bare(**options) for name, options in alone.items()}
    for name, read in readers.items():
        started = time.process_time()
        texts = [(page.truth, read(page.html, page.url)) for page in pages()]
        cost = (time.process_time() - started) / len(texts) * 1_000
        each = [matched(*both) for both in texts]
        table.add_row(name, *_shown(score(each)), f"{_worst_half(each):.4f}", f"{cost:.1f}")
    for name, published in PUBLISHED.items():
        table.add_row(f"{name} (published, 181 pages)", *_shown(ShingleScore(*published)), "", "")
    Console(width=110).print(table)


def _shown(found: ShingleScore) -> list[str]:
    return [f"{number:.4f}".rstrip("0") for number in found]


def _worst_half(each: Sequence[tuple[float, float]]) -> float:
    """The lowest F1 on random halves of the pages: the influence of the selection."""
    chance = random.Random(0)
    return min(score(chance.sample(each, len(each) // 2)).f1 for _ in range(HALVES))


if __name__ == "__main__":
    main()
