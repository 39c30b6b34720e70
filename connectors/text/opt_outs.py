"""What a publisher reserves: noai and noimageai, and text and data mining (TDM). Pure.

Said in three places: in the page's meta elements, in its header, and for a whole site in
tdmrep.json. Of TDM (W3C TDM Reservation Protocol) what is said closer to the page holds: that it is
not reserved there, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from connectors.text.clean import usable_url
from newsline.records import Reservation

TOKEN = "newsline"
_WITH_VALUES = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}


class Said(Struct, frozen=True):
    """What one place says. ``tdm``: None where it says nothing of it."""

    noai: bool = False
    noimageai: bool = False
    tdm: bool | None = None
    policy: str = ""


def in_header(headers: Mapping[str, str], robots_tags: Iterable[str]) -> Said:
    """By a response's header, with each of its X-Robots-Tag lines."""
    words = {word for tag in robots_tags for word in _for_us(tag)}
    return _said(words, headers.get("tdm-reservation", ""), headers.get("tdm-policy", ""))


def in_meta(robots: Iterable[str], tdm: str, policy: str) -> Said:
    """By a page's meta elements: the contents of those for robots, and of TDM's."""
    words = {word for content in robots for word in _words(content)}
    return _said(words, tdm, policy)


def reserved(written: str) -> bool | None:
    """``1`` reserves, ``0`` says that nothing is; anything else says nothing."""
    return {"1": True, "0": False}.get(written.strip())


def reservations(meta: Said, header: Said, site: Said) -> tuple[Reservation, ...]:
    """What is reserved, and who says so."""
    return tuple(_reservations(meta, header, site))


def _reservations(meta: Said, header: Said, site: Said) -> Iterator[Reservation]:
    tdm_said = False
    places: tuple[tuple[Literal["meta", "header", "tdmrep"], Said], ...]
    places = (("meta", meta), ("header", header), ("tdmrep", site))
    for source, said in places:
        if said.noai:
            yield Reservation(source, "noai")
        if said.noimageai:
            yield Reservation(source, "noimageai")
        if said.tdm and not tdm_said:
            yield Reservation(source, "tdm", usable_url(said.policy))
        tdm_said = tdm_said or said.tdm is not None


def _said(words: set[str], tdm: str, policy: str) -> Said:
    return Said("noai" in words, "noimageai" in words, reserved(tdm), policy)


def _words(content: str) -> list[str]:
    return [word.strip().lower() for word in content.split(",")]


def _for_us(tag: str) -> Iterator[str]:
    """The directives of one X-Robots-Tag that are for all or for us: ``otherbot: noai, noindex``
    are both for the other."""
    ours = True
    for word in _words(tag):
        name, colon, directive = (part.strip() for part in word.partition(":"))
        for_one = colon and name not in _WITH_VALUES
        ours = name == TOKEN if for_one else ours
        if ours:
            yield directive if for_one else word
