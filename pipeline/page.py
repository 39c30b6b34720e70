"""The live page: what flows, where it stopped, the latest articles. Plain HTML, no script."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple

import msgspec

from pipeline import metrics, topics
from pipeline.broker import Broker, BrokerError
from pipeline.records import ENRICHED_TOPIC, EnrichedArticle, decode_enriched

STOPPED_AFTER = 60.0
"""Seconds without a commit, with records waiting, after which the job counts as stopped."""

LATEST = 15

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="refresh" content="2"><meta name="viewport" content="width=device-width">
<title>newsline: {verdict}</title><style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem }}
h1 {{ font-size: 1.3rem }} .stopped {{ color: #b00020 }} .flowing {{ color: #126b2e }}
ol {{ display: flex; flex-wrap: wrap; gap: .6rem; list-style: none; padding: 0 }}
li {{ border: 1px solid #ccc; border-radius: .4rem; padding: .5rem .8rem; min-width: 8rem }}
li b {{ display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums }}
li small, td small {{ color: #666 }} table {{ border-collapse: collapse; width: 100% }}
td, th {{ text-align: left; vertical-align: top; padding: .4rem .6rem; border-top: 1px solid #ddd }}
</style></head><body><h1 class="{state}">{verdict}</h1><ol>{steps}</ol>
<table><tr><th>Article</th><th>Language</th><th>Entities</th><th>Tags</th></tr>{articles}</table>
</body></html>"""


class Step(NamedTuple):
    """One step on the way from feed to enriched record: a number and what lies behind it."""

    name: str
    value: str
    detail: str


class Flow(NamedTuple):
    """All counters that the page shows, by metric name and label; see :func:`metrics.totals`."""

    polls: dict[str, float]
    entries: dict[str, float]
    pages: dict[str, float]
    published: dict[str, float]
    enriched: dict[str, float]
    dead_letters: dict[str, float]
    lag_records: dict[str, float]
    last_enriched: dict[str, float]


def flow() -> Flow:
    """The counters as they stand."""
    wanted = (
        metrics.POLLS,
        metrics.ENTRIES,
        metrics.PAGES,
        metrics.PUBLISHED,
        metrics.ENRICHED,
        metrics.DEAD_LETTERS,
        metrics.LAG_RECORDS,
        metrics.LAST_ENRICHED,
    )
    return Flow(*(dict(values) for values in metrics.totals(*wanted).values()))


def verdict(flow: Flow, now: float) -> tuple[str, str]:
    """``flowing``, ``idle`` or ``stopped``, and where it stopped. Pure."""
    lag = sum(flow.lag_records.values())
    silent = now - sum(flow.last_enriched.values())
    if lag and silent > STOPPED_AFTER:
        return "stopped", f"Stopped between news.raw and news.enriched: {lag:.0f} records wait"
    if flow.polls and not flow.entries and not _succeeded(flow.polls):
        return "stopped", "Stopped at the feeds: no poll has succeeded"
    if lag or silent < STOPPED_AFTER:
        return "flowing", "Fresh articles are flowing"
    return "idle", "Idle: nothing new to enrich"


def steps(flow: Flow) -> Sequence[Step]:
    """The way of an article as numbers, in its order. Pure."""
    return [
        Step("feeds polled", _sum(flow.polls), _by_label(flow.polls)),
        Step("entries", _sum(flow.entries), _by_label(flow.entries)),
        Step("pages fetched", _sum(flow.pages), _by_label(flow.pages)),
        Step("on news.raw", _sum(flow.published), _by_label(flow.published)),
        Step("waiting", _sum(flow.lag_records), "records not yet enriched"),
        Step("on news.enriched", _sum(flow.enriched), ""),
        Step("dead letters", _sum(flow.dead_letters), _by_label(flow.dead_letters)),
    ]


def render(broker: Broker) -> str:
    """The whole page, with the newest articles on news.enriched."""
    now = datetime.now(UTC)
    counters = flow()
    state, words = verdict(counters, now.timestamp())
    try:
        rows = "".join(_row(article) for article in newest(broker))
    except BrokerError as error:
        state, words, rows = "stopped", str(error), ""
    cells = "".join(
        f"<li>{escape(s.name)}<b>{s.value}</b><small>{escape(s.detail)}</small></li>"
        for s in steps(counters)
    )
    return PAGE.format(state=state, verdict=escape(words), steps=cells, articles=rows)


def newest(broker: Broker, count: int = LATEST) -> Sequence[EnrichedArticle]:
    """The newest articles on news.enriched, newest first; other versions' records are left out."""
    articles = []
    for record in reversed(topics.latest(broker, ENRICHED_TOPIC, count)):
        try:
            articles.append(decode_enriched(record.value))
        except msgspec.DecodeError:
            continue
    return articles


def _row(article: EnrichedArticle) -> str:
    entities = ", ".join(entity.name for entity in article.entities[:8])
    tags = ", ".join(f"{tag.name} {tag.confidence:.2f}" for tag in article.topic_tags[:4])
    site = f"{article.site_name or article.url} · revision {article.revision}"
    return (
        f"<tr><td>{escape(article.title)}<br><small>{escape(site)}</small></td>"
        f"<td>{escape(article.language.code)}</td><td>{escape(entities)}</td>"
        f"<td>{escape(tags)}</td></tr>"
    )


def _succeeded(polls: dict[str, float]) -> bool:
    return any(polls.get(outcome) for outcome in ("ok", "not_modified", "same_body"))


def _sum(values: dict[str, float]) -> str:
    return f"{sum(values.values()):,.0f}"


def _by_label(values: dict[str, float]) -> str:
    return ", ".join(f"{label} {count:,.0f}" for label, count in sorted(values.items()) if count)
