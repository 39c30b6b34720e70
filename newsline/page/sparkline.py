"""Bars of the last 60 minutes as inline SVG. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape

from newsline.page.figures import number

BARS = 60
HEIGHT = 30
PITCH = 3

Points = Sequence[int | None]


def minutes(points: Points, step: float, whole: Callable[[Iterable[int]], int]) -> Points:
    """One point a minute, the last one at the end; None where nothing is known of a minute.

    ``whole``: ``sum`` of counts, ``max`` of levels.
    """
    size = max(1, round(60 / step))
    padded = [*[None] * max(0, BARS * size - len(points)), *points][-BARS * size :]
    return [_whole(padded[start : start + size], whole) for start in range(0, BARS * size, size)]


def sparkline(label: str, points: Points, second: Points = (), second_label: str = "") -> str:
    """Bars, with those of a second series before them; a dot on the ground is an unknown minute."""
    most = max([known for known in [*points, *second] if known is not None], default=0)
    labels = [_spoken(label, points), *([_spoken(second_label, second)] if second_label else [])]
    width = BARS * PITCH
    return (
        f'<svg class="spark" viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="Last 60 minutes: {escape("; ".join(labels))}">'
        f'<path class="ground" d="M0 {HEIGHT - 0.5}H{width}"/>'
        f'<path class="bars" d="{_bars(points, most)}"/>'
        f'<path class="bars second" d="{_bars(second, most)}"/>'
        f'<path class="gap" d="{_gaps(points)}"/></svg>'
    )


def _whole(points: Points, whole: Callable[[Iterable[int]], int]) -> int | None:
    known = [point for point in points if point is not None]
    return whole(known) if known else None


def _bars(points: Points, most: int) -> str:
    return "".join(
        f"M{_x(place)} {HEIGHT}V{HEIGHT - max(2.0, (HEIGHT - 2) * point / most):.0f}"
        for place, point in enumerate(points)
        if point
    )


def _gaps(points: Points) -> str:
    unknown = [place for place, point in enumerate(points) if point is None]
    return "".join(f"M{_x(place) - 1} {HEIGHT - 2}h1.5" for place in unknown)


def _x(place: int) -> float:
    return place * PITCH + PITCH / 2


def _spoken(label: str, points: Points) -> str:
    known = [point for point in points if point is not None]
    if not known:
        return f"{label} unknown"
    unknown = (
        "" if len(known) == len(points) else f", unknown in {len(points) - len(known)} of them"
    )
    return f"{label} {number(min(known))} to {number(max(known))} a minute{unknown}"
