"""Detect paywalls and consent dialogues in front of an article. Pure.

A mark alone (``isAccessibleForFree: false``) is not a paywall: metered articles carry it and show
the whole text to first visitors. The visible text decides: a page marked as closed that shows
little, or that ends in an invitation to pay, is paywalled. Hidden text of such a page, such as its
``articleBody``, is not used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from connectors.extract.page_metadata_index import PageIndex
from connectors.text.clean import clean_line
from newsline.words import count_words

Wall = Literal["paywalled", "consent_wall"]

LONGEST_TEASER = 150
"""Words; the visible part of a closed article is usually shorter."""

MOST_BEFORE_A_WALL = 500
"""Words; a page that shows more has no wall."""

FEWEST_TERMS = 3
"""Distinct terms of a consent dialogue from which a text is one."""

_CLOSED_TIERS = {"locked", "metered"}
_WALL = re.compile(
    r"(?:^|[\s_-])(?:paywall(?:ed)?|regwall|piano-offer|subscriber-only|premium-wall)(?:$|[\s_-])",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    r"(?:subscribe|sign (?:in|up)|log in|register|become a (?:member|subscriber))\b.{0,40}"
    r"\b(?:to (?:continue|keep|read|unlock|access)|for (?:full|unlimited) access)"
    r"|(?:to (?:continue|keep) reading|continue reading)\b.{0,60}"
    r"\b(?:subscri|sign|log in|register|free trial)"
    r"|(?:this|the full) (?:article|story|content) is (?:only )?(?:for|available (?:only )?to)\b"
    r".{0,20}\bsubscribers|already a subscriber\?|subscribers? only"
    r"|(?:weiterlesen|artikel (?:lesen|freischalten))\b.{0,40}\b(?:abo|plus|registrier|anmeld)"
    r"|(?:jetzt|mit) .{0,30}\b(?:abo\w*|plus)\b.{0,30}\b(?:weiterlesen|lesen|freischalten)"
    r"|article (?:est )?réservé aux abonnés"
    r"|(?:abonnez-vous|s'abonner)\b.{0,30}\bpour (?:lire|continuer|accéder)"
    r"|(?:suscríbete|suscríbase|regístrate)\b.{0,30}\bpara (?:seguir|continuar|leer)"
    r"|contenido exclusivo para suscriptores"
    r"|(?:abbonati|registrati)\b.{0,30}\bper (?:continuare|leggere)"
    r"|contenuto riservato agli abbonati"
    r"|(?:assine|cadastre-se)\b.{0,30}\bpara (?:continuar|ler)"
    r"|conteúdo exclusivo para assinantes"
    r"|(?:word abonnee|neem een abonnement|log in)\b.{0,30}\bom (?:verder|dit|door)",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(
    r"^(?:consent|guce|privacy|cookies?|myprivacy|cmp)\.|^(?:[\w-]+\.)?consent\.", re.IGNORECASE
)
_CONSENT_PATH = re.compile(
    r"/(?:consent|collectconsent|privacy-gate|privacygate|cookie-?(?:wall|consent))(?:[/.?]|$)",
    re.IGNORECASE,
)
_DIALOGUE = re.compile(
    r"\bcookies?\b|\bconsent\b|\bGDPR\b|your privacy|personal data|our partners"
    r"|einwillig|zustimm|datenschutz|personenbezogene|unsere partner"
    r"|consentement|vie privée|données personnelles|nos partenaires"
    r"|consentimiento|privacidad|datos personales|nuestros socios"
    r"|consenso|dati personali|nostri partner|consentimento|privacidade|dados pessoais"
    r"|toestemming|persoonsgegevens|onze partners",
    re.IGNORECASE,
)
_AGREE = re.compile(
    r"\b(?:accept|agree|manage (?:options|settings|preferences)|akzeptieren|zustimmen|accepter"
    r"|aceptar|accetta|aceitar|accepteren|akkoord)",
    re.IGNORECASE,
)


def is_paywalled(index: PageIndex, tree: HtmlElement, visible: Sequence[str]) -> bool:
    """Whether the article is behind a paywall; ``visible``: the paragraphs that the page shows."""
    count = sum(map(count_words, visible))
    invited = bool(_INVITATION.search(" ".join(visible[-3:])[-400:]))
    if _is_marked_closed(index):
        return count < LONGEST_TEASER or invited
    return count < LONGEST_TEASER and (invited or _shows_wall(tree))


def _is_marked_closed(index: PageIndex) -> bool:
    parts = [part for part in index.graph.values("hasPart") if isinstance(part, Mapping)]
    values = [*index.graph.values("isAccessibleForFree")]
    values += [part.get("isAccessibleForFree") for part in parts]
    closed = any(str(value).strip().lower().endswith(("false", "no")) for value in values)
    return closed or bool(_CLOSED_TIERS & set(index.all(("article:content_tier",))))


def _shows_wall(tree: HtmlElement) -> bool:
    """Whether an element named like a paywall contains an invitation to pay."""
    return any(
        _INVITATION.search(clean_line(element.text_content())[:2_000])
        for element in tree.iter("div", "section", "aside", "p", "form")
        if _WALL.search(f"{element.get('class', '')} {element.get('id', '')}")
    )


def is_consent_wall(index: PageIndex, tree: HtmlElement, url: str, visible: Sequence[str]) -> bool:
    """Whether the page at ``url`` is a consent dialogue without an article."""
    if index.graph.article or index.first("og:type").lower() == "article":
        return False
    parts = urlsplit(url)
    if _CONSENT_HOST.search(parts.hostname or "") or _CONSENT_PATH.search(parts.path):
        return True
    whole = clean_line(tree.text_content())
    texts = visible or [whole[:5_000]]
    about_consent = sum(len(text) for text in texts if _DIALOGUE.search(text))
    terms = {term.lower() for term in _DIALOGUE.findall(" ".join(texts))}
    return (
        len(terms) >= FEWEST_TERMS
        and 2 * about_consent >= sum(map(len, texts))
        and bool(_AGREE.search(whole))
    )
