"""``newsline status``: the condition of the whole pipeline, by one look or from a process."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import msgspec
import typer

from newsline.announce import fail
from newsline.cli import last_run, options, terminal
from newsline.cli.monitor_sources import sources
from newsline.counts import number_of
from newsline.monitor.look import HANGS_SECONDS
from newsline.monitor.monitor import Monitor
from newsline.monitor.snapshot import (
    Condition,
    Snapshot,
    Status,
    longest_wait,
    records_waiting,
)
from newsline.monitor.words import size, span
from newsline.service.access import access

EXIT_CODES = {
    Condition.HEALTHY: 0,
    Condition.QUIET: 0,
    Condition.STARTING: 1,
    Condition.DEGRADED: 1,
    Condition.BROKEN: 2,
    Condition.UNKNOWN: 2,
}

BETWEEN_SECONDS = 2.0
"""Between two looks, so that what moves is seen to move."""

ANSWER_SECONDS = HANGS_SECONDS + BETWEEN_SECONDS
"""Time for the sources, or for a process, to answer."""


def status(
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL",
            show_default="none: look at the broker and the state",
            help="The live page of newsline run, poll, enrich or monitor.",
        ),
    ] = "",
    broker: options.ReadBroker = "",
    state: options.ReadState = "",
    group: options.Group = options.DEFAULT_GROUP,
    status_token: Annotated[
        str,
        typer.Option(
            "--status-token",
            envvar="NEWSLINE_STATUS_TOKEN",
            metavar="TOKEN",
            show_default="none",
            help="The token that the process at URL asks for; NEWSLINE_STATUS_TOKEN_FILE hides it"
            " from other users.",
        ),
    ] = "",
    as_json: Annotated[
        bool,
        typer.Option("--json", envvar="NEWSLINE_JSON", help="Print /status.json.  [off]"),
    ] = False,
) -> None:
    """Show the condition of the pipeline, and its first broken stage.

    Without a URL it looks twice, 2 s apart, and needs no running process. Exit code 0: healthy or
    quiet; 1: degraded or starting; 2: broken or unknown.
    """
    token = access(status_token, behind_proxy=False).token
    found = _asked(url, token) if url else _looked(broker, state, group)
    if as_json:
        terminal.say_json([found])
    else:
        terminal.say("\n".join(lines(found)))
    raise typer.Exit(EXIT_CODES[found.verdict.condition])


def _asked(url: str, token: str) -> Status:
    address = url if url.endswith("/status.json") else f"{url.rstrip('/')}/status.json"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        request = urllib.request.Request(address, headers=headers)
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            return msgspec.json.decode(answer.read(), type=Status)
    except (OSError, ValueError) as error:
        fail(f"{address} does not answer: {error}")
        raise typer.Exit(EXIT_CODES[Condition.UNKNOWN]) from error


def _looked(broker: str, state: str, group: str) -> Status:
    with Monitor(sources(last_run.broker(broker), state, group)) as monitor:
        until = time.monotonic() + ANSWER_SECONDS
        while not monitor.has_answered() and time.monotonic() < until:
            time.sleep(0.05)
        monitor.look()
        time.sleep(BETWEEN_SECONDS)
        return monitor.judged()


def lines(status: Status) -> Iterator[str]:
    """The status for people. Pure."""
    verdict, now = status.verdict, status.snapshot
    yield f"{verdict.condition}: {verdict.sentence}"
    if verdict.stage:
        since = f", since {_time(verdict.since)}" if verdict.since is not None else ""
        yield f"  stage: {verdict.stage}{since}"
    if verdict.command:
        yield f"  next:  {verdict.command}"
    yield from (f"  also:  {other}" for other in verdict.others)
    yield from (f"  {name:<16} {words}" for name, words in figures(now))


def figures(now: Snapshot) -> Iterator[tuple[str, str]]:
    """The main figures, in the order of the walk; unknown ones say so."""
    if now.has_state:
        feeds = now.feeds
        health = (
            ", ".join(f"{count} {name}" for name, count in feeds.health.items()) if feeds else ""
        )
        yield "feeds", health or "unknown"
    broker = now.broker
    for topic, each in (broker.topics if broker else {}).items():
        age = (
            "empty"
            if each.newest_at is None
            else f"newest {span(max(0.0, now.at - each.newest_at))} old"
        )
        yield topic, f"{number_of(each.records, 'offset')}, {age}"
    waiting = records_waiting(broker.lag) if broker else None
    oldest = longest_wait(broker.lag) if broker else 0.0
    late = f", the oldest for {span(oldest)}" if waiting else ""
    yield "waiting", "unknown" if waiting is None else number_of(waiting, "record") + late
    letters = now.dead_letters
    opened = None if letters is None else sum(each.open for each in letters)
    yield "dead letters", "unknown" if opened is None else f"{opened} open"
    for disk in now.disks or ():
        yield "disk", f"{size(disk.free_bytes)} ({disk.free_share:.0%}) free for {disk.place}"


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%F %H:%M:%S} UTC"
