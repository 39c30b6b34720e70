"""What a search has found, as HTML. Pure."""

from __future__ import annotations

from datetime import datetime

from newsline.page import figures
from newsline.page.foreign import link, shown
from newsline.page.search import SearchResult
from newsline.trace.by_title import TitledArticle
from newsline.trace.event_words import name, words
from newsline.trace.events import ArticleEvent, Event, LookedEvent

LONGEST = 600
"""Characters of an event."""


def found_section(query: str, found: SearchResult, now: float) -> str:
    """The events of the article, the articles of a title, or why there is nothing."""
    looked = [each for each in found.events if isinstance(each, LookedEvent)]
    events = "".join(
        _event(each, now) for each in found.events if not isinstance(each, LookedEvent)
    )
    articles = "".join(_article(each, now) for each in found.articles)
    ranges = ", ".join(words(each) for each in looked)
    return (
        '<section class="found" id="found" aria-labelledby="found-head">'
        f'<h2 id="found-head">Found for {shown(query, 120)}</h2>'
        + (f'<p class="sum">{shown(found.note, 400)}</p>' if found.note else "")
        + (f'<ol class="events">{events}</ol>' if events else "")
        + (f'<ol class="events">{articles}</ol>' if articles else "")
        + (f'<p class="about">Searched: {shown(ranges, 600)}</p>' if ranges else "")
        + '<p><a href="/">Close</a></p></section>'
    )


def _event(event: Event, now: float) -> str:
    at: datetime | None = getattr(event, "at", None)
    time = f"{figures.when(at.timestamp(), now)} " if at else ""
    line = shown(words(event), LONGEST)
    if isinstance(event, ArticleEvent) and event.url:
        line += f" · {link(event.url, 'open')}"
    return f"<li><b>{name(event)}</b> {time}{line}</li>"


def _article(article: TitledArticle, now: float) -> str:
    return (
        f'<li><a href="/?q={article.article_id}">{shown(article.title)}</a> '
        f"<small>{shown(article.url, 120)} · {figures.relative(article.at, now)}</small></li>"
    )
