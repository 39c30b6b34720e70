"""Pages with a paywall or consent dialogue in front of the article, and pages without."""

from __future__ import annotations

import json

import pytest

from benchmarks import extraction
from connectors.extract import NoText, PageContent, extract_page
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


def content(html: bytes, url: str = URL) -> PageContent:
    return extract_page(html, url, None, "text/html")


def wall(html: bytes, url: str = URL) -> str | None:
    return content(html, url).wall


CLOSED = {"graph": {"isAccessibleForFree": False}}
PART = {"isAccessibleForFree": "false", "cssSelector": ".paid"}
MARKS = [
    CLOSED,
    {"graph": {"isAccessibleForFree": "False"}},
    {"graph": {"isAccessibleForFree": "http://schema.org/False"}},
    {"graph": {"hasPart": PART}},
    {"graph": {"hasPart": [PART]}},
    {"head": '<meta property="article:content_tier" content="metered">'},
    {"head": '<meta itemprop="isAccessibleForFree" content="false">'},
]


@pytest.mark.parametrize("mark", MARKS)
class TestClosedPages:
    """Pages that declare that not all readers may read all of them."""

    def test_a_short_text_that_is_read_whole_is_an_article(self, mark):
        found = content(page(f"{TEASER}</p><p class='paid'>{SENTENCE}", **mark))
        assert (found.wall, found.access) == (None, "metered")

    def test_a_long_text_is_an_article(self, mark):
        found = content(page(f"{WHOLE}</p><p class='paid'>{SENTENCE}", **mark))
        assert (found.wall, found.access) == (None, "metered")

    @pytest.mark.parametrize(
        "ending",
        [
            "The mayor…",
            "The mayor said…”",
            "The mayor said...",
            "The mayor said […]",
            "The mayor said on Tuesday that the old bridge over the",
        ],
    )
    def test_a_short_text_that_breaks_off_is_paywalled(self, mark, ending):
        assert wall(page(f"{TEASER}</p><p>{ending}", **mark)) == "paywalled"

    @pytest.mark.parametrize(
        "beside",
        [
            "<div class='offer'>To read the full story</div><button>Subscribe</button>",
            "<div>Continue reading</div>",
            "<div class='promo-box cta'>Subscribe to unlock this article</div>",
            "<footer>News</footer><div class='c-paywall'><p>Already a subscriber? Log in</p></div>",
        ],
    )
    def test_a_short_text_with_an_invitation_beside_it_is_paywalled(self, mark, beside):
        assert wall(page(TEASER, after=beside, **mark)) == "paywalled"

    def test_a_hidden_invitation_is_none(self, mark):
        hidden = "<p>More news</p>" * 60 + (
            "<div style='display: none'><div class='paywall'>Subscribe to continue reading.</div>"
            "</div>"
        )
        assert wall(page(TEASER, after=hidden, **mark)) is None


def test_a_page_without_its_closed_part_is_published_with_a_mark():
    found = content(page(TEASER, graph={"hasPart": PART}))
    assert (found.wall, found.access) == (None, "walled")


def test_a_locked_page_that_shows_a_teaser_is_paywalled():
    locked = '<meta property="article:content_tier" content="locked">'
    assert wall(page(TEASER, head=locked)) == "paywalled"
    assert content(page(WHOLE, head=locked)).access == "metered"


def test_a_page_that_says_it_is_free_is_free():
    assert content(page(TEASER, graph={"isAccessibleForFree": True})).access == "free"
    free = '<meta property="article:content_tier" content="free">'
    assert content(page(TEASER, head=free)).access == "free"
    assert content(page(TEASER)).access is None


INVITATIONS = [
    "Subscribe to continue reading.",
    "To continue reading this article, please sign in or subscribe.",
    "This article is only available to subscribers.",
    "Already a subscriber? Sign in",
    "Jetzt mit Plus-Abo weiterlesen",
    "Article réservé aux abonnés",
    "Abonnez-vous dès maintenant pour lire la suite",
    "La suite est réservée aux abonnés.",
    "Este contenido es exclusivo para suscriptores",
    "Questo contenuto è riservato agli abbonati",
    "Lesen Sie diesen Artikel mit einem Abo weiter",
    "Pour lire cet article en entier, connectez-vous",
    "Чтобы читать дальше, оформите подписку",
    "Щоб прочитати далі, увійдіть",
    "Para continuar a ler, subscreva o nosso jornal",
    "Om verder te lezen heeft u een abonnement nodig",
    "För att fortsätta läsa, logga in",
    "For å lese videre må du være abonnent",
    "Aby przeczytać cały tekst, zaloguj się",
    "Suscríbete hoy para seguir leyendo",
    "Abbonati ora per continuare a leggere",
    "Assine agora para continuar lendo",
    "Neem een abonnement om verder te lezen",
    "Logga in eller bli prenumerant för att läsa hela artikeln",
    "Logg inn for å lese hele saken",
    "Kirjaudu sisään jatkaaksesi lukemista",
    "Zaloguj się, aby czytać dalej",
    "Материал доступен только подписчикам",
    "Оформите подписку, чтобы читать дальше",
    "Okumaya devam etmek için abone olun",
    "اشترك الآن لمتابعة القراءة",
    "הכתבה פתוחה למנויים בלבד",
    "आगे की खबर पढ़ने के लिए लॉग इन करें",
    "Silakan berlangganan untuk membaca selengkapnya",
    "Đăng ký để đọc tiếp",
    "订阅后继续阅读全文",
    "登入會員，繼續閱讀全文",
    "この記事は有料会員限定です。残り 1,234文字",
    "続きを読むには会員登録が必要です。",
    "로그인하고 기사 전문을 계속 읽으세요",
    "สมัครสมาชิกเพื่ออ่านต่อ",
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
    assert wall(page(f"{TEASER * 4}</p><p>{INVITATIONS[0]}", **CLOSED)) == "paywalled"


def test_an_unmarked_text_with_an_invitation_after_it_is_published_with_a_mark():
    invited = page(f"{TEASER * 4}</p><p>{INVITATIONS[0]}")
    assert (content(invited).wall, content(invited).access) == (None, "walled")


@pytest.mark.parametrize("invitation", INVITATIONS)
def test_a_page_that_is_an_invitation_and_nothing_else_is_paywalled(invitation: str):
    offers = [
        f"{invitation} Offer {n}: all news for one crown a week, cancelled at any time." * 2
        for n in range(2)
    ]
    assert wall(page("</p><p>".join([*offers, *["Cancel when you like, in one click."] * 3]))) == (
        "paywalled"
    )


def test_what_a_paywalled_page_holds_in_its_json_ld_is_not_taken():
    closed = {"isAccessibleForFree": False, "articleBody": SENTENCE * 40}
    found = extract_page(page(TEASER, graph=closed), URL, None, "text/html")
    assert (found.wall, found.text) == ("paywalled", TEASER.strip())


def test_a_short_article_is_no_teaser():
    assert wall(page(TEASER)) is None
    assert wall(page(TEASER, graph={"isAccessibleForFree": True})) is None
    assert wall(page(TEASER, after='<div class="paywall"></div>')) is None


@pytest.mark.parametrize(
    "ending",
    [
        "Read the full story in the magazine, and sign up for our newsletter.",
        "Already have an account? Log in to comment on this story.",
        "Das Angebot gilt nur für Mitglieder des Vereins.",
        "Prisen er lavere for abonnenter av strøm.",
        "以上内容仅供参考，不构成投资建议。",
        "玩家购买后即可解锁新角色。",
        "オンライン登録の手続きは五月からです。",
        "서비스에 가입한 고객 전체가 계속 회원으로 남는다.",
        "Dia masuk ke gedung untuk melanjutkan rapat.",
        "طرح تازه ویژه مشترکان تلفن همراه است.",
    ],
)
def test_a_short_article_that_only_sounds_like_an_invitation_is_one(ending: str):
    found = content(page(f"{TEASER}</p><p>{ending}"))
    assert (found.wall, found.access) == (None, None)


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
