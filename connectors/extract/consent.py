"""Detect consent dialogues in place of an article. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from connectors.extract.access import PageTree
from connectors.extract.page_metadata_index import PageIndex
from connectors.text.clean import clean_line
from newsline.page_phrases import any_of

FEWEST_TERMS = 3
"""Distinct terms of a consent dialogue from which a text is one."""

_HOST = re.compile(
    r"^(?:consent|guce|privacy|cookies?|myprivacy|cmp)\.|^(?:[\w-]+\.)?consent\.", re.IGNORECASE
)
_PATH = re.compile(
    r"/(?:consent|collectconsent|privacy-gate|privacygate|cookie-?(?:wall|consent))(?:[/.?]|$)",
    re.IGNORECASE,
)
_DIALOGUE = re.compile(any_of("consent", "access"), re.IGNORECASE)
_AGREE = re.compile(rf"\b{any_of('agree', 'access')}", re.IGNORECASE)


def is_consent_wall(index: PageIndex, page: PageTree, url: str, visible: Sequence[str]) -> bool:
    """Whether the page at ``url`` is a consent dialogue without an article."""
    if index.graph.article or index.first("og:type").lower() == "article":
        return False
    parts = urlsplit(url)
    if _HOST.search(parts.hostname or "") or _PATH.search(parts.path):
        return True
    whole = clean_line(page().text_content())
    texts = visible or [whole[:5_000]]
    about_consent = sum(len(text) for text in texts if _DIALOGUE.search(text))
    terms = {term.lower() for term in _DIALOGUE.findall(" ".join(texts))}
    return (
        len(terms) >= FEWEST_TERMS
        and 2 * about_consent >= sum(map(len, texts))
        and bool(_AGREE.search(whole))
    )
