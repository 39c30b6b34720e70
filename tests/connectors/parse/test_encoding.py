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


def title(body: bytes, charset: str | None = None) -> str:
    (entry,) = parse_feed(FeedBody(body, "https://a.example/feed", "text/xml", charset)).entries
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


@pytest.mark.parametrize(("language", "encoding"), [("russian", "cp1251"), ("japanese", "cp932")])
def test_where_nothing_is_declared_the_text_tells(language, encoding):
    assert title(rss(TEXTS[language], "").encode(encoding)) == TEXTS[language]


@pytest.mark.parametrize(
    ("encoding", "charset"), [("utf-8-sig", None), ("utf-16", None), ("cp1251", "windows-1251")]
)
def test_a_json_feed_is_read_in_any_encoding(encoding, charset):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "title": TEXTS["russian"]}],
    }
    assert title(json.dumps(feed, ensure_ascii=False).encode(encoding), charset) == TEXTS["russian"]
