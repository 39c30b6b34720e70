"""Texts of real pages, by the functions of ``make bench-extraction``."""

from __future__ import annotations

from benchmarks import extraction
from evaluation.scores import Missing, Score
from tests.support.shared_data import DATA


def pages() -> list[Score]:
    if not (DATA / "extraction").exists():
        raise Missing("../shared/data/extraction is missing")
    readers = {
        "newsline": extraction.ours,
        "trafilatura": extraction.bare(),
        "trafilatura, favor_precision": extraction.bare(favor_precision=True),
    }
    found = []
    for name, read in readers.items():
        each = [extraction.matched(p.truth, read(p.html, p.url)) for p in extraction.pages()]
        figures = zip(("F1", "precision", "recall"), extraction.score(each), strict=True)
        found += [Score("extraction", "pages", name, figure, value) for figure, value in figures]
    return found


MEASURES = (pages,)
