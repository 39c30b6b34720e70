"""Entities for tests of quotes, key phrases and Wikidata ids."""

from __future__ import annotations

import re

from newsline.outcomes import EntityType
from newsline.records import Entity, Mention


def named(text: str, *names: tuple[str, EntityType]) -> tuple[Entity, ...]:
    """One entity per name, mentioned wherever the name occurs; "Full Name|Name" has an alias."""
    made = []
    for listed, kind in names:
        forms = listed.split("|")
        found = re.finditer("|".join(re.escape(form) for form in forms), text)
        mentions = tuple(Mention(m.start(), m.end()) for m in found)
        made.append(
            Entity(
                name=forms[0],
                type=kind,
                count=max(1, len(mentions)),
                salience=0.1,
                mentions=mentions,
                aliases=tuple(forms[1:]),
            )
        )
    return tuple(made)
