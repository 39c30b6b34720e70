"""``newsline feeds status``: the condition of each feed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from connectors.cli.open_state import existing_state
from newsline.cli import last_run, options, terminal
from newsline.durations import ago
from newsline.errors import OperatorError

if TYPE_CHECKING:
    from connectors.poll.report import FeedReport, Hub
    from newsline.monitor.feeds_condition import OwnOutage

INDENT = " " * 9
COLUMNS = INDENT + "{:<10} {:<11} {:>8} {:>7} {:>5}  "
HEAD = "health   feed\n" + COLUMNS.format("last read", "next poll", "entries", "new", "dup")


class Sort(StrEnum):
    """The order of the feeds."""

    NEXT = "next"
    SUCCESS = "success"
    ERROR = "error"
    DUPLICATES = "duplicates"
    URL = "url"
    NEW = "new"


_EVER = datetime(1970, 1, 1, tzinfo=UTC)
ORDERS: dict[Sort, Callable[[FeedReport], Any]] = {
    Sort.NEXT: lambda feed: feed.next_poll or _EVER,
    Sort.SUCCESS: lambda feed: feed.last_success or _EVER,
    Sort.ERROR: lambda feed: -feed.last_error.at.timestamp() if feed.last_error else 0.0,
    Sort.DUPLICATES: lambda feed: -feed.duplicate_share,
    Sort.URL: lambda feed: feed.url,
    Sort.NEW: lambda feed: -feed.published,
}


def status(
    urls: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="URL…",
            show_default="all that are listed",
            help="Only these feeds, as written in the feed list.",
        ),
    ] = None,
    state: options.ReadState = "",
    sort: Annotated[
        Sort,
        typer.Option(
            envvar="NEWSLINE_FEEDS_STATUS_SORT",
            metavar="ORDER",
            help=f"Sort by {', '.join(Sort)}.",
        ),
    ] = Sort.NEXT,
    failing: Annotated[
        bool,
        typer.Option(
            "--failing",
            envvar="NEWSLINE_FEEDS_STATUS_FAILING",
            help="Only feeds that fail or are retired.  [off]",
        ),
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show each feed's last success, last error and next poll, with the reasons."""
    from connectors.feedlist.feed_list import normalised_url
    from connectors.poll.report import fails, report

    wanted = {normalised_url(url, "URL") for url in urls or ()}
    with existing_state(last_run.state(state)) as opened:
        survey = opened.survey(wanted)
        outage = opened.outage()
    for unknown in sorted(wanted - {row.feed.url for row in survey}):
        raise OperatorError(
            f"{unknown}: not in {opened.name}: give the URL as written in the feed list"
        )
    now = time.time()
    reports = [report(row, now) for row in survey]
    chosen = [feed for feed in reports if fails(feed) or not failing]
    shown = sorted(chosen, key=lambda feed: (ORDERS[sort](feed), feed.url))
    if as_json:
        terminal.say_json(shown)
        return
    if shown:
        typer.echo(HEAD + "reason")
        terminal.say("\n".join(line for feed in shown for line in feed_lines(feed, now)))
    typer.echo(total_line(reports, is_down=outage is not None))
    if outage:
        terminal.say(outage_line(outage, now))


def feed_lines(feed: FeedReport, now: float) -> Iterator[str]:
    """A feed in two lines, and one more for each remark."""
    yield f"{feed.health:<8} {feed.url}"
    columns = COLUMNS.format(
        ago(feed.last_success, now),
        _until(feed, now),
        f"{feed.entries:,}",
        f"{feed.published:,}",
        f"{feed.duplicate_share:.0%}",
    )
    yield from terminal.wrapped(columns + feed.why, len(columns))
    for remark in _remarks(feed, now):
        yield from terminal.wrapped(INDENT + remark, len(INDENT) + 2)


def total_line(feeds: Sequence[FeedReport], *, is_down: bool = False) -> str:
    """The total of all feeds in one line. ``is_down``: feeds wait for our own network."""
    from newsline.durations import format_duration

    counts = Counter(feed.health for feed in feeds)
    parts = ", ".join(f"{counts[health]:,} {health}" for health in sorted(counts))
    words = f"{len(feeds):,} feed{'' if len(feeds) == 1 else 's'}{': ' if parts else ''}{parts}"
    late = [feed.overdue_seconds for feed in feeds if feed.overdue_seconds]
    if late:
        longest = format_duration(max(late))
        question = "" if is_down else ": does newsline poll run?"
        words += f"; {len(late):,} overdue, for up to {longest}{question}"
    return words


def outage_line(outage: OwnOutage, now: float) -> str:
    """The outage of our own network in which a connector believes, in one line."""
    from newsline.durations import format_duration

    lasts = format_duration(max(0.0, now - outage.since))
    probed = format_duration(max(0.0, now - outage.seen))
    return (
        f"our own network has been down for {lasts}: no host answers ({outage.cause}); feeds wait,"
        f" and are polled when hosts answer again; last probe {probed} ago"
    )


def _remarks(feed: FeedReport, now: float) -> Iterator[str]:
    if not feed.listed:
        yield "not in the feed list: not polled"
    if error := feed.last_error:
        cause = f": {error.detail}" if error.detail else ""
        yield f"last error, {ago(error.at, now)}: {error.outcome}{cause}"
    if lost := feed.entries_lost:
        parts = ", ".join(f"{count:,} {outcome}" for outcome, count in lost.items())
        yield f"lost: {sum(lost.values()):,} of {_entries(feed.entries_listed)} listed: {parts}"
    if feed.last_gap:
        yield (
            f"gap {ago(feed.last_gap, now)}: all entries were new, others may have come and gone;"
            f" {feed.gaps:,} {'gap' if feed.gaps == 1 else 'gaps'} in all"
        )
    if feed.note:
        yield f"last poll: {feed.note}"
    if feed.moved_to:
        yield f"moved to {feed.moved_to}"
    if feed.moving_to:
        yield f"redirects to {feed.moving_to}"
    if feed.also_read_by:
        yield f"also read as {feed.also_read_by}: remove one of them from the feed list"
    if feed.robots:
        yield f"robots.txt: {_entries(feed.robots)} with a disallowed page"
    if feed.refused:
        entries = _entries(feed.refused)
        yield f"address guard: {entries} with a page at a private address or an unusual port"
    if feed.websub:
        yield _hub(feed.websub, now)


def _entries(count: int) -> str:
    return f"{count:,} {'entry' if count == 1 else 'entries'}"


def _hub(hub: Hub, now: float) -> str:
    pushed = f", last push {ago(hub.last_push, now)}" if hub.last_push else ""
    detail = f": {hub.detail}" if hub.detail else ""
    return f"hub {hub.hub}: {hub.state}{pushed}{detail}"


def _until(feed: FeedReport, now: float) -> str:
    from newsline.durations import format_duration

    if feed.being_polled:
        return "now"
    if not feed.listed:
        return "none"
    if feed.overdue_seconds:
        return f"late {format_duration(feed.overdue_seconds)}"
    wait = feed.next_poll.timestamp() - now if feed.next_poll else 0.0
    return f"in {format_duration(wait)}" if wait > 0 else "due"
