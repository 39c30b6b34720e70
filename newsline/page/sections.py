"""The parts of the page, each as HTML. Pure.

Everything that is not newsline's own word goes through :mod:`newsline.page.foreign`.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from newsline.counts import number_of
from newsline.monitor.feeds_condition import FailingFeed, FeedsCondition, ThrottlingHost
from newsline.monitor.snapshot import DeadLettersNow, Status
from newsline.page import figures
from newsline.page.foreign import link, original, plain, shown
from newsline.page.highlight import marked
from newsline.page.recent import Recent
from newsline.records import DeadLetter, EnrichedArticle

EXCERPT = 260
"""Characters of an article's text that are shown at once."""

SHOWN_TEXT = 4_000
"""Characters of it on demand."""

SHOWN_TAGS = 4

SHORT_ERROR = 160
"""Characters of a dead letter's error that are shown at once."""

SHOWN_FEEDS = 10

SHOWN_OTHERS = 6


def verdict(status: Status) -> str:
    """One sentence, since when, at which stage, the next command, and further findings."""
    found, now = status.verdict, status.snapshot.at
    facts = []
    if found.stage:
        facts.append(_fact("Stage", f'<a href="#{found.stage}">{escape(found.stage)}</a>'))
    if found.since is not None:
        facts.append(_fact("Since", figures.when(found.since, now)))
    if found.command:
        facts.append(_fact("Next", f"<code>{shown(found.command)}</code>"))
    if found.runbook:
        facts.append(_fact("Runbook", f"<code>deploy/RUNBOOK.md#{plain(found.runbook)}</code>"))
    others = "".join(f"<li>{shown(other, 200)}</li>" for other in found.others[:SHOWN_OTHERS])
    return (f'<dl class="facts">{"".join(facts)}</dl>' if facts else "") + (
        f'<ul class="others" aria-label="Further findings">{others}</ul>' if others else ""
    )


def headline(status: Status) -> str:
    """What is read out when it changes. As a block, the sentence has a direction of its own."""
    found = status.verdict
    badge = f'<span class="badge">{found.condition.capitalize()}</span>'
    sentence = f"<h1>{plain(found.sentence)}</h1>"
    return f'<div class="verdict {found.condition}">{badge}{sentence}</div>'


def feeds(status: Status) -> str:
    """The feeds that an operator should look at."""
    snapshot = status.snapshot
    if snapshot.feeds is None:
        return _nothing(_why_no_feeds(status))
    health = " · ".join(
        f"{figures.number(count)} {escape(name)}"
        for name, count in snapshot.feeds.health.items()
        if count
    )
    listed = number_of(snapshot.feeds.listed, "feed")
    summary = f'<p class="sum">{listed}{": " if health else ""}{health}</p>'
    return summary + _worst(snapshot.feeds, snapshot.at) + _lost(snapshot.feeds)


def _why_no_feeds(status: Status) -> str:
    if not status.snapshot.has_state:
        return "This process has no --state, so it does not know the feeds."
    return f"Unknown: {status.snapshot.state_problem or 'the state has not been read yet'}."


def _worst(now: FeedsCondition, at: float) -> str:
    if not now.worst:
        return _nothing("No feed needs a look.")
    rows = "".join(_feed(feed, at) for feed in now.worst[:SHOWN_FEEDS])
    return (
        '<table class="stacked feeds"><caption class="hidden">Feeds that need a look</caption>'
        '<thead><tr><th scope="col">Feed</th><th scope="col">Cause</th>'
        '<th scope="col" class="number">Failures</th><th scope="col">Last success</th>'
        f'<th scope="col">Next poll</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _feed(feed: FailingFeed, now: float) -> str:
    last = "never" if feed.last_success is None else figures.relative(feed.last_success, now)
    upcoming = "now" if feed.next_poll is None else figures.relative(feed.next_poll, now)
    return (
        f'<tr data-key="{plain(feed.url, 500)}">'
        f'<th scope="row">{link(feed.url, feed.url, 120)}</th>'
        f'<td data-label="Cause"><span class="pill broken">{escape(feed.outcome)}</span>'
        f" {shown(feed.detail, 200)}</td>"
        f'<td data-label="Failures" class="number">{figures.number(feed.failures)}</td>'
        f'<td data-label="Last success">{last}</td><td data-label="Next poll">{upcoming}</td></tr>'
    )


def _lost(now: FeedsCondition) -> str:
    lost = {outcome: count for outcome, count in now.lost.items() if count}
    if not lost:
        return ""
    parts = ", ".join(f"{count:,} {escape(outcome)}" for outcome, count in lost.items())
    listed = figures.share(sum(lost.values()), now.entries_listed)
    return f'<p class="sum">{listed} listed entries led to no article: {parts}</p>'


def dead_letters(status: Status, recent: Recent | None) -> str:
    """Open dead letters by reason, and the newest originals."""
    counts = status.snapshot.dead_letters
    if counts is None:
        table = _nothing("Unknown: news.dead-letter was not read in the last 15 s.")
    elif not counts:
        table = _nothing("None is open.")
    else:
        table = _reasons(counts, status.snapshot.at)
    if recent is None:
        return table
    letters = "".join(_letter(at, letter, status.snapshot.at) for at, letter in recent.letters)
    head = "<h3>Newest on the topic</h3>" if letters else ""
    return f'{table}{head}<div class="letters">{letters}</div>'


def _reasons(counts: Iterable[DeadLettersNow], now: float) -> str:
    rows = "".join(
        f'<tr data-key="{plain(each.stage)}/{plain(each.reason)}">'
        f'<th scope="row">{shown(each.reason)}</th><td data-label="Stage">{shown(each.stage)}</td>'
        f'<td data-label="Open" class="number">{figures.number(each.open)}</td>'
        f'<td data-label="Newest">{figures.relative(each.newest_at, now)}</td></tr>'
        for each in counts
    )
    return (
        '<table class="stacked"><caption class="hidden">Dead letters by reason</caption>'
        '<thead><tr><th scope="col">Reason</th><th scope="col">Stage</th>'
        '<th scope="col" class="number">Open</th><th scope="col">Newest</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _letter(at: float, letter: DeadLetter, now: float) -> str:
    place = f"{letter.topic}[{letter.partition}]@{letter.offset}"
    whole = f"<p>{shown(letter.error, 2_000)}</p>" if len(letter.error) > SHORT_ERROR else ""
    return (
        f'<details id="letter-{letter.partition}-{letter.offset}">'
        f'<summary><span class="pill broken">{escape(letter.stage)}/{escape(letter.reason)}</span> '
        f"{shown(letter.error, SHORT_ERROR)} <small>{figures.relative(at, now)}</small></summary>"
        f'{whole}<p class="about">{shown(place)} · {number_of(letter.attempts, "attempt")}</p>'
        f'<pre tabindex="0" role="region" aria-label="Original of {plain(place)}">'
        f"{original(letter.original)}</pre></details>"
    )


def articles(recent: Recent | None, now: float) -> str:
    """The newest articles, newest first."""
    if recent is None:
        return _nothing("Unknown: news.enriched was not read in the last 15 s.")
    if not recent.articles:
        return _nothing("None yet.")
    return "".join(_article(at, article, now) for at, article in recent.articles)


def _article(at: float, article: EnrichedArticle, now: float) -> str:
    about = [
        shown(article.site_name or article.url, 80),
        shown(article.language.code),
        f"published {figures.relative(article.published.at.timestamp(), now)}",
        f"enriched {figures.relative(at, now)}",
        *([f"revision {article.revision}"] if article.revision > 1 else []),
        f'<a href="/?q={article.article_id}">trace</a>',
    ]
    tags = "".join(
        f'<li class="tag" title="{plain(" › ".join(tag.path), 200)}">{shown(tag.name, 60)}'
        f" <small>{tag.confidence:.0%}</small></li>"
        for tag in article.topic_tags[:SHOWN_TAGS]
    )
    key = f"{article.article_id}-{article.revision}"
    return (
        f'<article data-key="{key}"><h3>{link(article.url, article.title, 160)}</h3>'
        f'<p class="about">{" · ".join(about)}</p>'
        + (f'<ul class="tags">{tags}</ul>' if tags else "")
        + f'<p class="text excerpt">{marked(article, EXCERPT)}</p>'
        + _whole_text(article, key)
        + "</article>"
    )


def _whole_text(article: EnrichedArticle, key: str) -> str:
    if len(article.text) <= EXCERPT:
        return ""
    return (
        f'<details id="text-{key}"><summary>Whole text</summary>'
        f'<p class="text">{marked(article, SHOWN_TEXT)}</p></details>'
    )


def _fact(name: str, value: str) -> str:
    return f"<div><dt>{name}</dt><dd>{value}</dd></div>"


def _nothing(why: str) -> str:
    return f'<p class="nothing">{shown(why)}</p>'


def hosts(status: Status) -> str:
    """Hosts that refuse our requests for now."""
    now = status.snapshot.feeds
    if now is None:
        return _nothing("Unknown.")
    rows = "".join(_host(host, status.snapshot.at) for host in now.throttling)
    return f'<ul class="hosts">{rows}</ul>' if rows else _nothing("None.")


def _host(host: ThrottlingHost, now: float) -> str:
    again = "now" if host.next_poll is None else figures.relative(host.next_poll, now)
    return (
        f'<li data-key="{plain(host.host)}">{shown(host.host, 100)}'
        f" <small>{number_of(host.feeds, 'feed')}, asked again {again}</small>"
        f'<p class="about">{shown(host.detail, 160)}</p></li>'
    )


def footer(status: Status) -> str:
    """For how long the figures have been watched."""
    snapshot = status.snapshot
    watched = figures.seconds(snapshot.watched_seconds)
    stepped = snapshot.clock_stepped
    step = f" · the clock was stepped by {figures.seconds(abs(stepped))}" if stepped else ""
    return (
        f"<p>Watched for {watched}{step}. "
        '<a href="/status.json">status.json</a> · <a href="/metrics">metrics</a></p>'
    )
