"""What a name's own words and its surroundings say of its type, against what the model says.

A small model takes every second village for a person. The words that names end in ("Brook",
"Airways") and those that stand before and after them ("near …", "… said") are votes beside the
model's, summed over all mentions of a name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from newsline.records import EntityType
from pipeline.enrich.entities import gazetteer
from pipeline.enrich.entities.spans import Span

_CHANGEABLE = frozenset(EntityType) - {EntityType.GROUP, EntityType.LANGUAGE}

_ENDINGS: Mapping[EntityType, str] = {
    EntityType.PLACE: (
        "Park|Parks|Lake|Lakes|River|Rivers|Brook|Creek|Pond|Island|Islands|Isle|Mountain|Mountains|"
        "Hill|Hills|Valley|Bay|Beach|County|Province|Peninsula|Coast|Desert|Forest|Ocean|Sea|Gulf|"
        "Strait|Reservoir|Junction|Dock|Docks|Harbour|Harbor|Canyon|Falls|Cave|Caves|Glacier|"
        "Township|Village|Plateau|Plain|Plains|Archipelago|Heights|Street|Road|Avenue|Square|"
        "Boulevard|Lane"
    ),
    EntityType.ORGANISATION: (
        "Inc|Corp|Corporation|Ltd|LLC|PLC|Co|Company|Group|Holdings|Partners|Records|Airlines|"
        "Airways|Motors|Bank|Industries|Systems|Technologies|Pharmaceuticals|Pictures|Studios|"
        "Entertainment|Media|Networks?|Press|Times|Herald|Tribune|Gazette|Journal|Post|Observer|"
        "Telegraph|Guardian|News|Magazine|Radio|TV|Television|Broadcasting|University|College|"
        "Institute|Academy|Association|Federation|Confederation|Union|Party|Council|Committee|"
        "Commission|Ministry|Department|Agency|Authority|Administration|Bureau|Office|Service|"
        "Services|Society|Foundation|Trust|Fund|Club|FC|F\\.C\\.|A\\.F\\.C\\.|United|Rovers|League|"
        "Army|Navy|Force|Forces|Corps|Division|Brigade|Regiment|Squadron|Battalion|Wing|Police|"
        "Court|Parliament|Senate|Congress|Assembly|Works|Orchestra|Choir|Ensemble|Movement|Front|"
        "Alliance|Coalition|Organi[sz]ation|Organi[sz]ations|Board|Chamber|Consortium|Index|Exchange|"
        "School|Hospital|Museum|Center|Centre|Hotel|Casino|Band"
    ),
    EntityType.EVENT: (
        "Cup|Awards?|Trophy|Prize|Championships?|Olympics|Olympic Games|Games|Festival|Tournament|"
        "Grand Prix|Season|War|Revolution|Marathon|Convention|Conference|Summit|Bowl|Series|Rally"
    ),
}
_ENDING = {
    kind: re.compile(rf"(?:^|.*\s)(?:{words})\.?(?:\s\([^)]*\))?$", re.DOTALL)
    for kind, words in _ENDINGS.items()
}
_BEGINNING: Mapping[EntityType, re.Pattern[str]] = {
    EntityType.PLACE: re.compile(
        r"(?:Lake|Mount|Mt\.?|Cape|Port|Fort|Isle|Gulf|Bay) (?:of )?[A-Z]"
    ),
    EntityType.ORGANISATION: re.compile(
        r"(?:University|Bank|Ministry|Department|Institute|Bureau|Office|Association|Society|"
        r"Federation|Church|College|House|Council|Academy|Museum) (?:of|for) "
    ),
    EntityType.PRODUCT: re.compile(r"[A-Z]{1,3}-\d+[A-Z]?\b"),
}
_BEFORE: Sequence[tuple[EntityType, float, re.Pattern[str]]] = (
    (
        EntityType.PLACE,
        1.5,
        re.compile(
            r"(?:\b(?:[Ii]n|[Nn]ear|[Ii]nto|[Aa]cross|[Oo]utside|[Tt]hroughout|[Tt]owards?)|"
            r"\b(?:north|south|east|west)(?:ern)?(?: of)?|"
            r"\b(?:city|town|village|state|island|province|county|suburb|region|district|port) of|"
            r"\b(?:born|died|lives|lived|live|living|arrived|based|landed) (?:in|at))"
            r"(?: the)? $"
        ),
    ),
    (
        EntityType.PERSON,
        1.5,
        re.compile(
            r"\b(?:Mr|Mrs|Ms|Dr|Sir|Dame|Prof|Professor|actor|actress|singer|guitarist|drummer|"
            r"bassist|vocalist|author|novelist|poet|writer|director|producer|captain|coach|striker|"
            r"goalkeeper|midfielder|defender|brother|sister|son|daughter|wife|husband|father|"
            r"mother|widow|friend|composer|philosopher|pitcher|outfielder|cousin|spokesman|"
            r"spokeswoman|secretary|chairman|president|analyst|journalist|reporter)\.? $"
        ),
    ),
    (
        EntityType.ORGANISATION,
        1.5,
        re.compile(
            r"\b(?:band|company|firm|group|label|team|club|newspaper|magazine|airline|party|"
            r"website|broadcaster|retailer|manufacturer|maker|giant|publisher|charity|network|"
            r"members? of|played for|plays for|works for|worked for|signed (?:to|for|with)|"
            r"joined|employee of|drafted by|acquired by|owned by|released by|published by) $"
        ),
    ),
)
_DIRECTION = re.compile(r"\b(?:[Ff]rom|[Aa]t|[Aa]round) $")
"""Where it is no organisation: one is at a company as one is at a place."""

_AFTER: Sequence[tuple[EntityType, float, re.Pattern[str]]] = (
    (
        EntityType.PERSON,
        1.5,
        re.compile(
            r",? (?:who|whose|said|says|told|was born|died|married|recalled|wrote|tweeted|himself|"
            r"herself|was (?:appointed|elected|named|married)|became)\b|, \d\d,|"
            r" \((?:born|b\.|c?\.? ?\d{4}[ –-])"
        ),
    ),
    (
        EntityType.ORGANISATION,
        1.5,
        re.compile(
            r"(?:['’]s)? (?:shares|stock|players|employees|subsidiar\w+|headquarters|plc)\b|"
            r"['’]s (?:spokes\w+|chief executive|CEO|customers|lineup|frontman)\b"
        ),
    ),
    (EntityType.PLACE, 1.0, re.compile(r"['’]s (?:capital|population|coast|airport|mayor)\b")),
)
_CLOSED = re.compile(r"[,.]?[\"”]")
"""After what stood behind an opening quotation mark: it was a title."""

_AND_PLACE = re.compile(r", (?P<name>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)")

MODEL = 1.0
"""What the model's own word counts, for each mention."""

SURNAME = 1.5
"""What it counts, for each mention, that a person of this surname is named in full."""

ENDING = 3.0
"""What a name's own last word counts, for each mention."""


def settle(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, all those of one name with the type that most speaks for."""
    by_name: dict[str, list[Span]] = defaultdict(list)
    for span in spans:
        by_name[gazetteer.key(text[span.start : span.end])].append(span)
    surnames = {
        gazetteer.key(words[-1])
        for span in spans
        if span.type is EntityType.PERSON
        and len(words := text[span.start : span.end].split()) in (2, 3)
    }
    settled: list[Span] = []
    for name, group in by_name.items():
        kind = _kind(text, group, SURNAME if name in surnames else 0.0)
        settled += [span._replace(type=kind) for span in group] if kind else group
    return sorted(settled)


def _kind(text: str, group: Sequence[Span], surname: float) -> EntityType | None:
    """None where the model's word stands. ``surname``: what a person has for each mention."""
    if any(span.type not in _CHANGEABLE for span in group):
        return None
    votes = defaultdict(float, {EntityType.PERSON: surname * len(group)})
    for span in group:
        votes[span.type] += MODEL
        for kind, weight in _votes(text, span):
            votes[kind] += weight
    return max(votes, key=lambda kind: votes[kind])


def _votes(text: str, span: Span) -> Iterator[tuple[EntityType, float]]:
    surface = text[span.start : span.end]
    words = surface.split()
    given = gazetteer.is_given_name(words[0])
    for kind, pattern in _ENDING.items():
        of_a_person = given and len(words) == 2 and kind is EntityType.PLACE  # Fiona Hill
        if len(words) > 1 and not of_a_person and pattern.match(surface):
            yield kind, ENDING
    for kind, pattern in _BEGINNING.items():
        if pattern.match(surface):
            yield kind, ENDING
    if given and 1 < len(words) < 4 and words[-1].isalpha() and span.type is not EntityType.PLACE:
        yield EntityType.PERSON, 1.5
    before, after = text[max(0, span.start - 40) : span.start], text[span.end : span.end + 40]
    for kind, weight, pattern in _BEFORE:
        if pattern.search(before):
            yield kind, weight
    if span.type is not EntityType.ORGANISATION and not given and _DIRECTION.search(before):
        yield EntityType.PLACE, 1.2
    for kind, weight, pattern in _AFTER:
        if pattern.match(after):
            yield kind, weight
    yield from _set_off(surface, before, after)


def _set_off(surface: str, before: str, after: str) -> Iterator[tuple[EntityType, float]]:
    """Votes of an article, quotation marks and a place that follows."""
    if " " not in surface and surface.endswith("s") and before.endswith((" the ", "The ")):
        yield EntityType.ORGANISATION, 1.5  # the Steelers
    if before.endswith(('"', "“")) and _CLOSED.match(after):
        yield EntityType.WORK, 1.5
    following = _AND_PLACE.match(after)
    if following and gazetteer.is_place(following["name"]):
        yield EntityType.PLACE, 1.5
