"""Texts of pages of three origins, beside trafilatura's settings.

``F1`` is that of scrapinghub's benchmark: shingles of four words. ``F1 of words`` is WCXB's: words
in lower case as a multiset, averaged over the pages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from statistics import mean

from benchmarks import extraction
from benchmarks.extraction import LabelledPage
from evaluation import made_pages, wcxb
from evaluation.scores import Missing, Score
from tests.support.shared_data import DATA

SETTINGS: Mapping[str, Mapping[str, bool]] = {
    "trafilatura": {"include_comments": True},
    "trafilatura, no comments": {"include_comments": False},
    "trafilatura, favor_precision": {"include_comments": False, "favor_precision": True},
}
"""favor_precision takes no comments either."""

READ, LOST = 0.8, 0.3
"""F1 of words: a page is lost at less than LOST if a setting of trafilatura has READ or more."""


@cache
def sets() -> dict[str, tuple[LabelledPage, ...]]:
    """Name → pages; the sets whose data is there."""
    found = {}
    if (DATA / "extraction").exists():
        found["pages"] = tuple(extraction.pages())
    if wcxb.DIRECTORY.exists():
        found["WCXB"] = tuple(LabelledPage(p.url, p.html, p.text) for p in wcxb.pages())
        unseen = (p for p in wcxb.pages() if p.is_unseen)
        found["WCXB, unseen half"] = tuple(LabelledPage(p.url, p.html, p.text) for p in unseen)
    made = made_pages.pages()
    found["made pages"] = tuple(LabelledPage(p.url, p.html, p.text) for p in made)
    return found


def word_f1(truth: str, found: str) -> float:
    wanted, had = (Counter(re.findall(r"\w+", text.lower())) for text in (truth, found))
    if not wanted and not had:
        return 1.0
    return 2 * (wanted & had).total() / max(1, wanted.total() + had.total())


def texts() -> list[Score]:
    """Scores of newsline and of each setting on each set."""
    if "pages" not in sets():
        raise Missing("../shared/data/extraction is missing")
    found = []
    for data, pages in sets().items():
        read = {
            name: [extraction.bare(**options)(p.html, p.url) for p in pages]
            for name, options in SETTINGS.items()
        }
        best = [
            max(word_f1(p.truth, text) for text in each)
            for p, *each in zip(pages, *read.values(), strict=True)
        ]
        mine = ours(pages)
        for name, each in {"newsline": mine, **read}.items():
            found += [Score("extraction", data, name, *row) for row in figures(pages, each).items()]
        lost = sum(
            high >= READ and word_f1(p.truth, text) < LOST
            for p, high, text in zip(pages, best, mine, strict=True)
        )
        found.append(Score("extraction", data, "newsline", "pages lost", lost))
    return found


def ours(pages: Sequence[LabelledPage]) -> list[str]:
    return [extraction.ours(page.html, page.url) for page in pages]


def figures(pages: Sequence[LabelledPage], found: Sequence[str]) -> dict[str, float]:
    each = [extraction.matched(p.truth, text) for p, text in zip(pages, found, strict=True)]
    words = mean(word_f1(p.truth, text) for p, text in zip(pages, found, strict=True))
    return {
        **dict(zip(("F1", "precision", "recall"), extraction.score(each), strict=True)),
        "F1 of words": words,
    }


MEASURES = (texts,)
