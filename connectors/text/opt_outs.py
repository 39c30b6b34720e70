"""Publishers' opt-outs: noai, noimageai, and text and data mining (TDM). Pure.

Three sources: the page's meta elements, its response header, and the site's tdmrep.json. For TDM
(W3C TDM Reservation Protocol) the source closest to the page wins, even if it reserves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from connectors.text.clean import usable_url
from newsline.outcomes import ReservationSource
from newsline.records import Reservation

TOKEN = "newsline"
_WITH_VALUES = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}


class OptOuts(Struct, frozen=True):
    """The opt-outs in one source. ``tdm``: None if the source does not mention it."""

    noai: bool = False
    noimageai: bool = False
    tdm: bool | None = None
    policy: str = ""


def in_header(headers: Mapping[str, str], robots_tags: Iterable[str]) -> OptOuts:
    """The opt-outs in a response header; ``robots_tags``: its X-Robots-Tag lines."""
    words = {word for tag in robots_tags for word in _for_us(tag)}
    return _opt_outs(words, headers.get("tdm-reservation", ""), headers.get("tdm-policy", ""))


def in_meta(robots: Iterable[str], tdm: str, policy: str) -> OptOuts:
    """The opt-outs in a page's meta elements: contents of the robots elements and of TDM's two."""
    words = {word for content in robots for word in _words(content)}
    return _opt_outs(words, tdm, policy)


def reserved(written: str) -> bool | None:
    """True for ``1`` (reserved), False for ``0`` (not reserved), None for anything else."""
    return {"1": True, "0": False}.get(written.strip())


def reservations(meta: OptOuts, header: OptOuts, site: OptOuts) -> tuple[Reservation, ...]:
    """The reservations in force, each with its source."""
    return tuple(_reservations(meta, header, site))


def _reservations(meta: OptOuts, header: OptOuts, site: OptOuts) -> Iterator[Reservation]:
    tdm_decided = False
    sources: tuple[tuple[ReservationSource, OptOuts], ...]
    sources = (("meta", meta), ("header", header), ("tdmrep", site))
    for source, opt_outs in sources:
        if opt_outs.noai:
            yield Reservation(source, "noai")
        if opt_outs.noimageai:
            yield Reservation(source, "noimageai")
        if opt_outs.tdm and not tdm_decided:
            yield Reservation(source, "tdm", usable_url(opt_outs.policy))
        tdm_decided = tdm_decided or opt_outs.tdm is not None


def _opt_outs(words: set[str], tdm: str, policy: str) -> OptOuts:
    return OptOuts("noai" in words, "noimageai" in words, reserved(tdm), policy)


def _words(content: str) -> list[str]:
    return [word.strip().lower() for word in content.split(",")]


def _for_us(tag: str) -> Iterator[str]:
    """The directives of one X-Robots-Tag that apply to all bots or to newsline: a bot's name
    applies to all directives after it, as in ``otherbot: noai, noindex``."""
    ours = True
    for word in _words(tag):
        name, colon, directive = (part.strip() for part in word.partition(":"))
        for_one = colon and name not in _WITH_VALUES
        ours = name == TOKEN if for_one else ours
        if ours:
            yield directive if for_one else word
