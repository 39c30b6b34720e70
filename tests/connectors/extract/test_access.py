"""Pages with a paywall or consent dialogue in front of the article, and pages without."""

from __future__ import annotations

import json

import pytest

from benchmarks import extraction
from connectors.extract import NoText, extract_page
from tests.support.shared_data import needs

URL = "https://courier.example/bridge"
SENTENCE = "The bridge over the river stays closed until the engineers have looked at all of it. "
TEASER = SENTENCE * 3
WHOLE = "</p><p>".join(f"Day {n}. {SENTENCE * 3}" for n in range(10))


def page(text: str, *, graph: dict | None = None, head: str = "", after: str = "") -> bytes:
    said = json.dumps({"@type": "NewsArticle", "headline": "Bridge", **graph}) if graph else ""
    script = f'<script type="application/ld+json">{said}</script>' if said else ""
    return (
        f"<!DOCTYPE html><html><head><title>Bridge</title>{head}{script}</head>"
        f"<body><article><p>{text}</p></article>{after}</body></html>"
    ).encode()


def wall(html: bytes, url: str = URL) -> str | None:
    return extract_page(html, url, None, "text/html").wall


@pytest.mark.parametrize(
    "mark",
    [
        {"graph": {"isAccessibleForFree": False}},
        {"graph": {"isAccessibleForFree": "False"}},
        {"graph": {"hasPart": {"isAccessibleForFree": "false", "cssSelector": ".paid"}}},
        {"graph": {"hasPart": [{"isAccessibleForFree": False, "cssSelector": ".paid"}]}},
        {"head": '<meta property="article:content_tier" content="locked">'},
        {"head": '<meta property="article:content_tier" content="metered">'},
    ],
)
def test_a_page_that_says_it_is_closed_and_shows_a_teaser_is_paywalled(mark):
    assert wall(page(TEASER, **mark)) == "paywalled"
    assert wall(page(WHOLE, **mark)) is None


INVITATIONS = [
    "Subscribe to continue reading.",
    "To continue reading this article, please sign in or subscribe.",
    "This article is only available to subscribers.",
    "Already a subscriber? Sign in",
    "Jetzt mit Plus-Abo weiterlesen",
    "Article réservé aux abonnés",
    "Abonnez-vous dès maintenant pour lire la suite",
    "Suscríbete hoy para seguir leyendo",
    "Abbonati ora per continuare a leggere",
    "Assine agora para continuar lendo",
    "Neem een abonnement om verder te lezen",
]


@pytest.mark.parametrize("invitation", INVITATIONS)
def test_a_teaser_that_ends_in_an_invitation_is_paywalled_in_any_language(invitation: str):
    assert wall(page(f"{TEASER}</p><p>{invitation}")) == "paywalled"
    assert wall(page(TEASER, after=f'<div class="paywall-box paywall">{invitation}</div>')) == (
        "paywalled"
    )


@pytest.mark.parametrize("invitation", INVITATIONS)
def test_a_whole_text_is_an_article_whatever_invites_beside_it(invitation: str):
    assert wall(page(f"{WHOLE}</p><p>{invitation}")) is None
    assert wall(page(WHOLE, after=f'<div class="paywall">{invitation}</div>')) is None


def test_a_marked_text_that_ends_in_an_invitation_is_paywalled_however_long():
    closed = {"graph": {"isAccessibleForFree": False}}
    assert wall(page(f"{TEASER * 4}</p><p>{INVITATIONS[0]}", **closed)) == "paywalled"


def test_what_a_paywalled_page_holds_in_its_json_ld_is_not_taken():
    closed = {"isAccessibleForFree": False, "articleBody": SENTENCE * 40}
    found = extract_page(page(TEASER, graph=closed), URL, None, "text/html")
    assert (found.wall, found.text) == ("paywalled", TEASER.strip())


def test_a_short_article_is_no_teaser():
    assert wall(page(TEASER)) is None
    assert wall(page(TEASER, graph={"isAccessibleForFree": True})) is None
    assert wall(page(TEASER, after='<div class="paywall"></div>')) is None


DIALOGUES = [
    "We and our partners use cookies to store personal data. Accept all, or manage options.",
    "Wir und unsere Partner verwenden Cookies. Mit Ihrer Einwilligung verarbeiten wir "
    "personenbezogene Daten. Alle akzeptieren",
    "Avec votre consentement, nos partenaires utilisent des cookies et des données personnelles. "
    "Accepter et fermer",
    "Con su consentimiento, nuestros socios usan cookies y datos personales. Aceptar y cerrar",
    "Con il tuo consenso i nostri partner usano cookie e dati personali, e cookies. Accetta tutto",
    "Met uw toestemming gebruiken onze partners cookies en persoonsgegevens. Accepteren",
]


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_a_page_that_only_asks_for_consent_is_a_wall_in_any_language(dialogue: str):
    assert wall(page("</p><p>".join([f"{dialogue} {dialogue}"] * 2))) == "consent_wall"


@pytest.mark.parametrize(
    "url",
    [
        "https://consent.courier.example/v2/collectConsent?sessionId=1",
        "https://guce.courier.example/copyConsent",
        "https://myprivacy.courier.example/?siteKey=1",
        "https://courier.example/privacy-gate/?return=/bridge",
    ],
)
def test_where_a_consent_host_was_redirected_to_is_a_wall(url: str):
    assert wall(page(TEASER), url) == "consent_wall"


@pytest.mark.parametrize("dialogue", DIALOGUES)
def test_an_article_about_consent_is_an_article(dialogue: str):
    about = f"{dialogue}</p><p>{SENTENCE * 2}"
    assert wall(page(f"{dialogue} {SENTENCE}", graph={"author": "Ana"})) is None
    assert wall(page(f"{about}</p><p>{SENTENCE * 4}")) is None


def test_a_page_with_neither_wall_nor_article_has_no_text():
    with pytest.raises(NoText):
        wall(page("This page has moved."))


@needs("extraction")
def test_of_the_real_pages_the_one_that_is_paywalled_is():
    """It shows 67 words and says ``isAccessibleForFree: false``."""
    found = [(p.url, wall(p.html, p.url)) for p in extraction.pages()]
    marked = [(url.split("/")[2], kind) for url, kind in found if kind]
    assert marked == [("www.wsj.com", "paywalled")]
