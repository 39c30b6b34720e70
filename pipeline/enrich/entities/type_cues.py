"""Words in and beside a name that indicate its type: the tables of :mod:`.type_votes`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from newsline.outcomes import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


class Cue(NamedTuple):
    """``weight`` votes for the type, for each mention that the pattern matches."""

    type: EntityType
    weight: float
    pattern: re.Pattern[str]


IN_NAME = 3.0
"""Weight of a name's own first or last words."""


def _ending(kind: EntityType, words: str) -> Cue:
    """A name that ends in one of the words; initials in brackets may follow."""
    pattern = rf"(?:^|.*\s)(?:{words})\.?(?:\s\([^)]*\))?$"
    return Cue(kind, IN_NAME, re.compile(pattern, re.DOTALL))


ENDINGS: Sequence[Cue] = (
    _ending(
        PLACE,
        "Park|Parks|Lake|Lakes|River|Rivers|Brook|Creek|Pond|Island|Islands|Isle|Mountain|Mountains|"
        "Hill|Hills|Valley|Bay|Beach|County|Province|Peninsula|Coast|Desert|Forest|Ocean|Sea|Gulf|"
        "Strait|Reservoir|Junction|Dock|Docks|Harbour|Harbor|Canyon|Falls|Cave|Caves|Glacier|"
        "Township|Village|Plateau|Plain|Plains|Archipelago|Heights|Street|Road|Avenue|Square|"
        "Boulevard|Lane",
    ),
    _ending(
        ORGANISATION,
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
        "School|Hospital|Museum|Center|Centre|Hotel|Casino|Band",
    ),
    _ending(
        EntityType.EVENT,
        "Cup|Awards?|Trophy|Prize|Championships?|Olympics|Olympic Games|Games|Festival|Tournament|"
        "Grand Prix|Season|War|Revolution|Marathon|Convention|Conference|Summit|Bowl|Series|Rally",
    ),
)
"""Matched against the whole name."""

BEGINNINGS: Sequence[Cue] = (
    Cue(
        PLACE,
        IN_NAME,
        re.compile(r"(?:Lake|Mount|Mt\.?|Cape|Port|Fort|Isle|Gulf|Bay) (?:of )?[A-Z]"),
    ),
    Cue(
        ORGANISATION,
        IN_NAME,
        re.compile(
            r"(?:University|Bank|Ministry|Department|Institute|Bureau|Office|Association|Society|"
            r"Federation|Church|College|House|Council|Academy|Museum) (?:of|for) "
        ),
    ),
    Cue(EntityType.PRODUCT, IN_NAME, re.compile(r"[A-Z]{1,3}-\d+[A-Z]?\b")),
)
"""Matched at the name's start."""

BEFORE: Sequence[Cue] = (
    Cue(
        PLACE,
        1.5,
        re.compile(
            r"(?:\b(?:[Ii]n|[Nn]ear|[Ii]nto|[Aa]cross|[Oo]utside|[Tt]hroughout|[Tt]owards?)|"
            r"\b(?:north|south|east|west)(?:ern)?(?: of)?|"
            r"\b(?:city|town|village|state|island|province|county|suburb|region|district|port) of|"
            r"\b(?:born|died|lives|lived|live|living|arrived|based|landed) (?:in|at))"
            r"(?: the)? $"
        ),
    ),
    Cue(
        PERSON,
        1.5,
        re.compile(
            r"\b(?:Mr|Mrs|Ms|Dr|Sir|Dame|Prof|Professor|actor|actress|singer|guitarist|drummer|"
            r"bassist|vocalist|author|novelist|poet|writer|director|producer|captain|coach|striker|"
            r"goalkeeper|midfielder|defender|brother|sister|son|daughter|wife|husband|father|"
            r"mother|widow|friend|composer|philosopher|pitcher|outfielder|cousin|spokesman|"
            r"spokeswoman|secretary|chairman|president|analyst|journalist|reporter)\.? $"
        ),
    ),
    Cue(
        ORGANISATION,
        1.5,
        re.compile(
            r"\b(?:band|company|firm|group|label|team|club|newspaper|magazine|airline|party|"
            r"website|broadcaster|retailer|manufacturer|maker|giant|publisher|charity|network|"
            r"members? of|played for|plays for|works for|worked for|signed (?:to|for|with)|"
            r"joined|employee of|drafted by|acquired by|owned by|released by|published by) $"
        ),
    ),
)
"""Searched in the text before a mention."""

DIRECTION = re.compile(r"\b(?:[Ff]rom|[Aa]t|[Aa]round) $")
"""Before a place. Not evidence against an organisation: one can be at a company too."""

AFTER: Sequence[Cue] = (
    Cue(
        PERSON,
        1.5,
        re.compile(
            r",? (?:who|whose|said|says|told|was born|died|married|recalled|wrote|tweeted|himself|"
            r"herself|was (?:appointed|elected|named|married)|became)\b|, \d\d,|"
            r" \((?:born|b\.|c?\.? ?\d{4}[ –-])"
        ),
    ),
    Cue(
        ORGANISATION,
        1.5,
        re.compile(
            r"(?:['’]s)? (?:shares|stock|players|employees|subsidiar\w+|headquarters|plc)\b|"
            r"['’]s (?:spokes\w+|chief executive|CEO|customers|lineup|frontman)\b"
        ),
    ),
    Cue(PLACE, 1.0, re.compile(r"['’]s (?:capital|population|coast|airport|mayor)\b")),
)
"""Matched after a mention."""
