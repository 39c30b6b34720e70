"""Whether all readers may read an article, and whether a paywall is in front of it. Pure.

A mark alone (``isAccessibleForFree: false``) is not a paywall: metered articles carry it and show
the whole text to first visitors, and some of them are short. A page that is marked as closed is
paywalled if it ends in an invitation to pay; if it shows little, also if it breaks off or invites
beside the text. In doubt there is no wall, and ``access`` marks the article. Hidden text of a
paywalled page, such as its ``articleBody``, is not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lxml.html import HtmlElement

from connectors.extract.choose_text import CONTAINED, FEWEST_WORDS, FULLER, containment
from connectors.extract.page_metadata_index import PageIndex
from connectors.text.clean import clean_line
from newsline.outcomes import Access
from newsline.page_phrases import any_of
from newsline.sentence_ends import ends_sentence
from newsline.words import count_words

LONGEST_TEASER = 150
"""Words; the visible part of a closed article is usually shorter."""

MOST_BEFORE_A_WALL = 500
"""Words; a page that shows more has no wall."""

SHORTEST_BROKEN_LINE = 8
"""Words; a shorter last line without a sentence end is a caption, a name or a link."""

_AFTER = 300
"""Characters after a text in which a page invites to read on."""

_ENDING = 40
"""Characters of the end of a text by which its place on the page is found."""

_READER = "access"
_PAY = re.compile(any_of("pay", _READER), re.IGNORECASE)
_REST = re.compile(any_of("rest", _READER), re.IGNORECASE)
_WALL = re.compile(
    r"(?:^|[\s_-])(?:pay-?wall(?:ed)?|reg(?:istration)?-?wall|login-?wall|meter-?wall|offer-?wall"
    r"|subscri(?:ber|ption)-?wall|piano-offer|tp-(?:modal|container)|subscriber-only"
    r"|(?:content|article|premium)-(?:gate|wall|barrier))(?:$|[\s_-])",
    re.IGNORECASE,
)
_BROKEN_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\)|\(\.\.\.\))[\s\"'”’»]*$")
_ITEM = ("- ", "• ", "* ")
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
_UNREAD = ("script", "style", "noscript", "template")
_SELECTOR = re.compile(r"[.#]([\w-]+)$")


PageTree = Callable[[], HtmlElement]
"""Gives the page's tree as parsed, before extraction removed elements that may be the evidence."""


class ShownText(NamedTuple):
    """What a page shows of its article, and what it says elsewhere that the article is."""

    visible: Sequence[str]  # paragraphs, with what is around the text
    text: str  # without that
    bodies: Sequence[str] = ()  # of the JSON-LD


def is_closed(index: PageIndex) -> bool:
    """Whether the page says that not all readers may read all of it."""
    values = [*index.graph.values("isAccessibleForFree"), *index.all(("isaccessibleforfree",))]
    values += [part.get("isAccessibleForFree") for part in _parts(index)]
    return any(map(_is_no, values)) or bool({"locked", "metered"} & _tiers(index))


def is_paywalled(index: PageIndex, page: PageTree, shown: ShownText) -> bool:
    """Whether a paywall is in front of the article on a page of few words."""
    count = count_words(" ".join(shown.visible))
    if not is_closed(index):
        return count < LONGEST_TEASER and (
            ends_in_invitation(shown.visible) or _is_invitation(shown.visible) or _has_wall(page)
        )
    if count < FEWEST_WORDS or ends_in_invitation(shown.visible):
        return True
    if count >= LONGEST_TEASER:
        return _breaks_off(shown.text) and _invites_beside(page, shown.text)
    return (
        "locked" in _tiers(index)
        or _breaks_off(shown.text)
        or _invites_beside(page, shown.text)
        or any(_has_more(body, shown.text, page) for body in shown.bodies)
    )


def access(index: PageIndex, page: PageTree | None, shown: ShownText) -> Access | None:
    """The access to a page without a wall. ``page``: only of a page of few words."""
    if not is_closed(index):
        if page is not None and _invites_after(page, shown):
            return "walled"
        values = [*index.graph.values("isAccessibleForFree"), *index.all(("isaccessibleforfree",))]
        return "free" if any(map(_is_yes, values)) or "free" in _tiers(index) else None
    walled = ends_in_invitation(shown.visible) or (page is not None and _lacks_part(index, page))
    return "walled" if walled else "metered"


def ends_in_invitation(visible: Sequence[str]) -> bool:
    """Whether the last paragraphs invite to pay."""
    return bool(_PAY.search(" ".join(visible[-3:])[-400:]))


def _is_invitation(visible: Sequence[str]) -> bool:
    """Whether at least half of the text is an invitation to pay."""
    inviting = sum(len(each) for each in visible if _PAY.search(each))
    return 2 * inviting >= sum(map(len, visible)) > 0


def _invites_beside(page: PageTree, text: str) -> bool:
    after = _text_after(page, text)
    return bool(_PAY.search(after) or _REST.match(after)) or _has_wall(page)


def _invites_after(page: PageTree, shown: ShownText) -> bool:
    if ends_in_invitation(shown.visible):
        return True
    is_short = count_words(shown.text) < LONGEST_TEASER
    return is_short and bool(_PAY.search(_text_after(page, shown.text)))


def _breaks_off(text: str) -> bool:
    last = text.rpartition("\n")[2]
    if _BROKEN_OFF.search(last):
        return True
    is_long = count_words(last) >= SHORTEST_BROKEN_LINE
    return is_long and not last.startswith(_ITEM) and not ends_sentence(last)


def _has_more(body: str, text: str, page: PageTree) -> bool:
    """Whether the body is the text and more that the page does not show."""
    words = count_words(body)
    if words < FULLER * count_words(text) or containment(text, body) < CONTAINED:
        return False
    on_page = _shown_text(page())
    return words > count_words(on_page) or clean_line(body)[-_ENDING:] not in on_page


def _has_wall(page: PageTree) -> bool:
    """Whether a visible element named like a paywall contains an invitation to pay."""
    return any(
        _PAY.search(clean_line(element.text_content())[:2_000])
        for element in page().iter("div", "section", "aside", "p", "form")
        if _WALL.search(f"{element.get('class', '')} {element.get('id', '')}")
        and not _is_hidden(element)
    )


def _is_hidden(element: HtmlElement) -> bool:
    return any(
        each.get("hidden") is not None or _HIDDEN.search(each.get("style") or "")
        for each in (element, *element.iterancestors())
    )


def _text_after(page: PageTree, text: str) -> str:
    """What the page shows right after the text."""
    ending = text.rpartition("\n")[2][-_ENDING:]
    before, _, after = _shown_text(page()).rpartition(ending) if ending else ("", "", "")
    return after[:_AFTER].strip() if before else ""


def _shown_text(tree: HtmlElement) -> str:
    return clean_line(" ".join(_strings(tree)))


def _strings(element: HtmlElement) -> Iterator[str]:
    """The strings of an element, without scripts."""
    for each in element.iter():
        if isinstance(each.tag, str) and each.tag not in _UNREAD and each.text:
            yield each.text
        if each.tail:
            yield each.tail


def _lacks_part(index: PageIndex, page: PageTree) -> bool:
    """Whether the page names an element with its closed part, and has none."""
    named = [str(p.get("cssSelector", "")) for p in _parts(index) if _is_no(_free(p))]
    found = [match[1] for selector in named if (match := _SELECTOR.search(selector.strip()))]
    names = {name for element in page().iter() for name in _names(element)} if found else set()
    return bool(found) and names.isdisjoint(found)


def _names(element: HtmlElement) -> Iterator[str]:
    yield from (element.get("class") or "").split()
    yield element.get("id") or ""


def _parts(index: PageIndex) -> list[Mapping[str, object]]:
    return [part for part in index.graph.values("hasPart") if isinstance(part, Mapping)]


def _free(part: Mapping[str, object]) -> object:
    return part.get("isAccessibleForFree")


def _tiers(index: PageIndex) -> set[str]:
    return {tier.lower() for tier in index.all(("article:content_tier",))}


def _is_no(value: object) -> bool:
    return str(value).strip().lower().endswith(("false", "no"))


def _is_yes(value: object) -> bool:
    return str(value).strip().lower().endswith(("true", "yes"))
