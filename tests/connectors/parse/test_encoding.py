"""Documents in every encoding, with wrong declarations, to text."""

from __future__ import annotations

import json

import pytest

from connectors.parse import FeedBody, parse_feed

RSS = '{declared}<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
TEXTS = {
    "russian": "В Москве открылась новая станция метро, правительство одобрило закон о бюджете",
    "japanese": "東京で新しい駅が開業した。政府は予算案を承認した。",
    "polish": "Rząd przyjął ustawę o budżecie, w Łodzi otwarto nową stację kolejową",
    "western": "Große Brücke über die Donau “gesperrt” – Ärger für Pendler",
    "korean": "서울에서 새로운 역이 문을 열었다. 정부는 예산안을 승인했다.",
    "chinese": "北京新车站今天开通,政府批准了预算案。",
    "greek": "Η κυβέρνηση ενέκρινε τον προϋπολογισμό",
}


def rss(text: str, declared: str) -> str:
    said = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    items = f"<item><title>{text}</title><link>https://a.example/1</link></item>"
    return RSS.format(declared=said, items=items)


def title(body: bytes, charset: str | None = None, host: str = "a.example") -> str:
    (entry,) = parse_feed(FeedBody(body, f"https://{host}/feed", "text/xml", charset)).entries
    return entry.title


@pytest.mark.parametrize(
    ("language", "encoding", "declared", "header"),
    [
        ("russian", "cp1251", "windows-1251", None),
        ("russian", "cp1251", "windows-1251", "iso-8859-1"),
        ("russian", "cp1251", "", "windows-1251"),
        ("russian", "cp1251", "utf-8", "windows-1251"),
        ("russian", "koi8-r", "KOI8-R", "utf-8"),
        ("japanese", "shift_jis", "x-sjis", None),
        ("japanese", "euc-jp", "euc-jp", None),
        ("japanese", "iso-2022-jp", "iso-2022-jp", None),
        ("polish", "iso-8859-2", "ISO-8859-2", None),
        ("western", "cp1252", "iso-8859-1", None),
        ("western", "cp1252", "us-ascii", None),
        ("korean", "cp949", "ks_c_5601-1987", None),
        ("chinese", "gb18030", "gb2312", None),
        ("greek", "cp1253", "windows-1253", None),
    ],
)
def test_a_legacy_encoding_is_what_declaration_or_header_say(language, encoding, declared, header):
    assert title(rss(TEXTS[language], declared).encode(encoding), header) == TEXTS[language]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("declared", ["", "utf-8", "utf-16"])
def test_wide_characters_are_recognised_whatever_is_declared(encoding, declared):
    assert title(rss(TEXTS["western"], declared).encode(encoding), "utf-8") == TEXTS["western"]


@pytest.mark.parametrize("declared", ["", "utf-16", "iso-8859-1", "shift_jis", "nonsense"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf_8_is_recognised_whatever_is_declared(declared, mark):
    assert title(mark + rss(TEXTS["russian"], declared).encode(), "koi8-r") == TEXTS["russian"]


def test_a_few_bad_bytes_do_not_spoil_the_rest():
    body = rss(f"{TEXTS['russian']} #", "utf-8").encode().replace(b"#", b"\xe9\xff")
    assert title(body, "iso-8859-1").startswith(TEXTS["russian"])


UNDECLARED = [
    ("Après l’été, la mairie de Besançon a réouvert le marché où l’on vend des pêches", "cp1252"),
    ("A greve dos ônibus não terá fim, diz a secretária de São Luís", "cp1252"),
    ("El alcalde de Logroño inauguró ayer un jardín; ¿quién lo pagará?", "cp1252"),
    ("Die Straße nach Köln bleibt gesperrt – „für länger“, heißt es", "cp1252"),
    ("Perché il sindaco non è più in città: così la piazza sarà vuota", "cp1252"),
    ("Åskan slog ner i Gävle, och tågen står stilla på flera håll", "cp1252"),
    ("Færgen til Ærø sejler ikke på lørdag", "cp1252"),
    ("The mayor’s café – “never again” – costs £5", "cp1252"),
    ("Česká vláda schválila rozpočet, příští rok přibudou peníze na školy", "cp1250"),
    ("Rząd przyjął ustawę o budżecie, w Łodzi otwarto dworzec", "iso-8859-2"),
    ("Правительство одобрило бюджет на следующий год", "cp1251"),
    ("Правительство одобрило бюджет на следующий год", "koi8-r"),
    ("Уряд схвалив бюджет, а в Києві відкрили нову станцію", "koi8-u"),
    ("Η κυβέρνηση ενέκρινε τον προϋπολογισμό του επόμενου έτους", "cp1253"),
    ("Hükümet bütçeyi onayladı, İstanbul’da yeni bir istasyon açıldı", "cp1254"),
    ("הממשלה אישרה את התקציב לשנה הבאה", "cp1255"),
    ("الحكومة توافق على ميزانية العام المقبل", "cp1256"),
    ("Valdība apstiprināja nākamā gada budžetu, Rīgā atklāta jauna stacija", "cp1257"),
    ("รัฐบาลอนุมัติงบประมาณปีหน้า", "cp874"),
    ("東京で新しい駅が開業した。政府は予算案を承認した。", "cp932"),
    ("東京で新しい駅が開業した。政府は予算案を承認した。", "euc-jp"),
    ("东京的新车站今天开通,政府批准了预算案。", "gbk"),
    ("臺北的新車站今天啟用,政府批准了預算案。", "big5"),
    ("서울에서 새로운 역이 문을 열었다.", "cp949"),
]

OTHER_SCRIPTS = (
    "cp1251",
    "koi8-r",
    "koi8-u",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp874",
    "euc-jp",
    "gbk",
)


@pytest.mark.parametrize(("text", "encoding"), UNDECLARED)
@pytest.mark.parametrize(("declared", "header"), [("", None), ("utf-8", "utf-8")])
def test_where_nothing_true_is_declared_the_text_decides(text, encoding, declared, header):
    assert title(rss(text, declared).encode(encoding), header) == text


@pytest.mark.parametrize(
    ("text", "encoding"), [each for each in UNDECLARED if each[1] in OTHER_SCRIPTS]
)
@pytest.mark.parametrize(("declared", "header"), [("iso-8859-1", None), ("", "iso-8859-1")])
def test_latin_1_is_not_believed_of_another_script(text, encoding, declared, header):
    assert title(rss(text, declared).encode(encoding), header) == text


@pytest.mark.parametrize(("language", "encoding"), [("cs", "cp1250"), ("tr", "cp1254")])
def test_latin_1_is_not_believed_of_a_language_with_other_letters(language, encoding):
    text = {"cs": "Příští rok přibudou peníze", "tr": "Başbakan bütçeyi açıkladı"}[language]
    said = f"<channel><language>{language}</language>"
    body = rss(text, "iso-8859-1").replace("<channel>", said)
    assert title(body.encode(encoding)) == text


@pytest.mark.parametrize(
    ("language", "text", "encoding"),
    [
        ("en-GB", "Price is £5 million", "cp1252"),
        ("en", "©2026, naïve – and brave", "cp1252"),
        ("hu", "Árvíztűrő tükörfúrógép", "cp1250"),
        ("pt-br", "Não há acordo", "cp1252"),
        ("ja", "選挙", "cp932"),
    ],
)
def test_the_language_that_a_feed_states_helps_with_a_few_letters(language, text, encoding):
    body = rss(text, "").replace("<channel>", f"<channel><language>{language}</language>")
    assert title(body.encode(encoding)) == text


def test_a_feeds_country_helps_as_its_language_does():
    text = "Jövőre több pénz jut az iskolákra"
    assert title(rss(text, "").encode("cp1250"), host="hirek.hu") == text


def test_a_bad_byte_in_a_declared_encoding_spoils_nothing_else():
    body = rss(TEXTS["japanese"] + "#", "shift_jis").encode("cp932").replace(b"#", b"\xfd")
    assert title(body).startswith(TEXTS["japanese"])


@pytest.mark.parametrize(
    ("encoding", "charset"), [("utf-8-sig", None), ("utf-16", None), ("cp1251", "windows-1251")]
)
def test_a_json_feed_is_read_in_any_encoding(encoding, charset):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "title": TEXTS["russian"]}],
    }
    assert title(json.dumps(feed, ensure_ascii=False).encode(encoding), charset) == TEXTS["russian"]
