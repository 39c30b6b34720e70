"""The whole page from its parts; one that cannot be made is unknown, and the rest is shown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

from newsline.monitor.snapshot import Condition, Status
from newsline.page import figures, sections, walk
from newsline.page.foreign import plain
from newsline.page.recent import Recent

ASSETS = Path(__file__).with_name("assets")
REFRESH = '<noscript><meta http-equiv="refresh" content="10"></noscript>\n'
"""Not with a search: each one reads topics."""

MOST_ASKED = 2_048
"""Characters of a query, as in page.html."""

PAGE = Template((ASSETS / "page.html").read_text())


class Shown(NamedTuple):
    """The page at one moment: ``parts`` by the id of their element, as HTML."""

    clock: str
    title: str
    condition: Condition
    parts: Mapping[str, str]


def shown(status: Status, recent: Recent | None) -> Shown:
    """``recent`` None: the topics could not be read."""
    now = status.snapshot.at
    parts: Mapping[str, Callable[[], str]] = {
        "clock": lambda: f"read at {figures.clock(now)}",
        "headline": lambda: sections.headline(status),
        "verdict": lambda: sections.verdict(status),
        "walk": lambda: walk.walk(status),
        "worst": lambda: sections.feeds(status),
        "hosts": lambda: sections.hosts(status),
        "letters": lambda: sections.dead_letters(status, recent),
        "articles": lambda: sections.articles(recent, now),
        "footer": lambda: sections.footer(status),
    }
    return Shown(
        clock=figures.clock(now),
        title=f"{status.verdict.condition.capitalize()}: newsline",
        condition=status.verdict.condition,
        parts={name: _made(name, make) for name, make in parts.items()},
    )


def document(page: Shown, query: str = "", found: str = "") -> str:
    """The page as a whole; ``query``, up to MOST_ASKED long; ``found``: the section of a search."""
    return PAGE.substitute(
        page.parts,
        title=escape(page.title),
        condition=page.condition,
        refresh="" if found else REFRESH,
        old=f"Not updated since {page.clock}: what is shown is old. Reload the page.",
        query=plain(query, MOST_ASKED),
        found=found,
    )


def _made(name: str, make: Callable[[], str]) -> str:
    try:
        return make()
    except Exception:  # a fault of ours: the other parts are still worth showing
        logging.getLogger("newsline.page").exception("the page's part %s", name)
        return f'<p class="nothing">{figures.UNKNOWN}: this part could not be made.</p>'
