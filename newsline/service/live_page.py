"""The live page: counters, verdict and newest articles. HTML without script."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import NamedTuple

import msgspec

from newsline.broker import Broker, BrokerError
from newsline.outcomes import POLL_SUCCEEDED
from newsline.records import ENRICHED_TOPIC, EnrichedArticle, decode_enriched
from newsline.service import metrics
from newsline.topics import contents

STOPPED_AFTER = 60.0
"""Seconds without a commit after which the job counts as stopped, if records wait."""

LATEST = 15

PAGE = Template(Path(__file__).with_name("live_page.html").read_text())

STARTED = time.time()
"""Start of counting in this process, in seconds since 1970."""


class Step(NamedTuple):
    """A step from feed to enriched record: a count, and its parts by label."""

    name: str
    value: float
    parts: Mapping[str, float]
    is_trouble: bool = False


class Flow(NamedTuple):
    """The counters of the page by label, see :func:`metrics.totals`."""

    polls: Mapping[str, float]
    entries: Mapping[str, float]
    pages: Mapping[str, float]
    published: Mapping[str, float]
    enriched: Mapping[str, float]
    dead_letters: Mapping[str, float]
    lag_records: Mapping[str, float]
    last_enriched: Mapping[str, float]
    feeds: Mapping[str, float] = {}
    entries_lost: Mapping[str, float] = {}
    gaps: Mapping[str, float] = {}


def flow() -> Flow:
    """Read the counters."""
    wanted = (
        metrics.POLLS,
        metrics.ENTRIES,
        metrics.PAGES,
        metrics.PUBLISHED,
        metrics.ENRICHED,
        metrics.DEAD_LETTERS,
        metrics.LAG_RECORDS,
        metrics.LAST_ENRICHED,
        metrics.FEEDS,
        metrics.ENTRIES_LOST,
        metrics.FEED_GAPS,
    )
    return Flow(*metrics.totals(*wanted).values())


def verdict(flow: Flow, now: float, started: float) -> tuple[str, str]:
    """``flowing``, ``idle`` or ``stopped``, and where it stopped. Pure."""
    if flow.polls and not any(flow.polls.get(outcome) for outcome in POLL_SUCCEEDED):
        return "stopped", "Stopped at the feeds: no poll has succeeded"
    if not flow.lag_records:  # no job in this process
        return ("flowing", "Feeds are being polled") if flow.polls else ("idle", "Starting")
    lag = sum(flow.lag_records.values())
    silent = now - max(started, *flow.last_enriched.values())
    if lag and silent > STOPPED_AFTER:
        return "stopped", f"Stopped between news.raw and news.enriched: {lag:,.0f} records wait"
    if lag or now - sum(flow.last_enriched.values()) < STOPPED_AFTER:
        return "flowing", "Fresh articles are flowing"
    return "idle", "Idle: nothing new to enrich"


def steps(flow: Flow) -> Sequence[Step]:
    """The steps of an article with their counts, in order. Pure."""
    return [
        _step("feeds polled", flow.polls),
        _step("entries", flow.entries),
        _step("pages fetched", flow.pages),
        _step("on news.raw", flow.published),
        Step("waiting", sum(flow.lag_records.values()), {}),
        Step("on news.enriched", sum(flow.enriched.values()), {}),
        _step("dead letters", flow.dead_letters, is_trouble=True),
    ]


def feeds(flow: Flow) -> Sequence[Step]:
    """The listed feeds by health and their losses; none in a process without feeds. Pure."""
    if not any(flow.feeds.values()):
        return []
    gaps = sum(flow.gaps.values())
    return [
        _step("feeds", flow.feeds),
        _step("listed entries lost", flow.entries_lost, is_trouble=True),
        Step("gaps between polls", gaps, {}, is_trouble=gaps > 0),
    ]


def _step(name: str, values: Mapping[str, float], *, is_trouble: bool = False) -> Step:
    parts = {label: count for label, count in values.items() if count}
    largest_first = dict(sorted(parts.items(), key=lambda part: (-part[1], part[0])))
    value = sum(values.values())
    return Step(name, value, largest_first, is_trouble and value > 0)


def render(broker: Broker) -> str:
    """Render the page, with the newest articles on news.enriched."""
    counters, now = flow(), datetime.now(UTC)
    state, words = verdict(counters, now.timestamp(), STARTED)
    try:
        articles = "\n".join(_article(article) for article in newest(broker))
    except BrokerError as error:
        state, words, articles = "stopped", str(error), ""
    return PAGE.substitute(
        state=state,
        verdict=escape(words),
        since=_since(counters, now),
        steps="\n".join(_card(step) for step in steps(counters)),
        feeds=_section("Feeds", feeds(counters)),
        articles=articles or "<p>None yet.</p>",
    )


def newest(broker: Broker, count: int = LATEST) -> Sequence[EnrichedArticle]:
    """The newest articles on news.enriched, newest first; unknown records are left out."""
    articles = []
    for record in reversed(contents.latest(broker, ENRICHED_TOPIC, count)):
        try:
            if record.value is not None:
                articles.append(decode_enriched(record.value))
        except msgspec.DecodeError:
            continue
    return articles


def _since(flow: Flow, now: datetime) -> str:
    began = datetime.fromtimestamp(STARTED, UTC)
    words = f"At {now:%H:%M:%S} UTC; counted since {began:%F %H:%M}"
    if last := sum(flow.last_enriched.values()):
        words += f"; last article enriched {max(0.0, now.timestamp() - last):,.0f} s ago"
    return words


def _section(title: str, cards: Sequence[Step]) -> str:
    if not cards:
        return ""
    return f"<h2>{escape(title)}</h2>\n<ol>{''.join(map(_card, cards))}</ol>"


def _card(step: Step) -> str:
    parts = "".join(
        f"<small><span>{escape(label)}</span><span>{count:,.0f}</span></small>"
        for label, count in step.parts.items()
    )
    kind = ' class="bad"' if step.is_trouble else ""
    return f"<li{kind}>{escape(step.name)}<b>{step.value:,.0f}</b>{parts}</li>"


def _article(article: EnrichedArticle) -> str:
    revised = f" · revision {article.revision}" if article.revision > 1 else ""
    about = (
        f"{article.site_name or article.url} · {article.language.code}"
        f" · {article.published.at:%F %H:%M} UTC{revised}"
    )
    tags = "".join(f"<i>{escape(tag.name)}</i>" for tag in article.topic_tags[:4])
    entities = escape(", ".join(entity.name for entity in article.entities[:8]))
    return (
        f'<article><a href="{escape(article.url)}" rel="noreferrer">{escape(article.title)}</a>'
        f"<p>{escape(about)}</p><p>{tags}{entities}</p></article>"
    )
