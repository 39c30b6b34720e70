"""The events of an article as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from newsline.cli import terminal
from newsline.outcomes import Health
from newsline.trace.event_words import name, place, words
from newsline.trace.events import EntryEvent, Event, LookedEvent


def story(events: Sequence[Event]) -> Iterator[str]:
    """All lines of a trace; times are in UTC."""
    for event in events:
        if not isinstance(event, LookedEvent):
            yield from _lines(event)
    yield from _looked(events)
    yield from _hints(events)


def _lines(event: Event) -> Sequence[str]:
    at: datetime | None = getattr(event, "at", None)
    head = f"{at:%F %T}  " if at else ""
    head += f"{name(event):<11}  "
    return terminal.wrapped(head + words(event), len(head))


def _looked(events: Sequence[Event]) -> Sequence[str]:
    """The ranges that were searched, in one paragraph."""
    places = ", ".join(place(event) for event in events if isinstance(event, LookedEvent))
    head = f"{'looked':<11}  "
    return terminal.wrapped(f"{head}{places}", len(head)) if places else []


def _hints(events: Sequence[Event]) -> Iterator[str]:
    """Commands that show more."""
    failing = {
        event.feed
        for event in events
        if isinstance(event, EntryEvent) and event.feed_health in (Health.FAILING, Health.RETIRED)
    }
    for feed in sorted(failing):
        yield f"this feed fails; see newsline feeds status {feed}"
