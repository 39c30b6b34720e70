"""Hostile feeds: expensive in time or memory, or malformed."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from tests.connectors.hostile.cases import LISTING, Case, feed_case, says
from tests.support.connector_harness import feed, item

MIB = 1024 * 1024
JSON = "Content-Type: application/feed+json"
XML = "Content-Type: text/xml"
VERSION = "https://jsonfeed.org/version/1.1"
LAUGH = "ha" * 500
HA = "ha" * 500


def rss(*items: str, head: str = "", channel: str = "") -> bytes:
    text = (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>Courier</title>{channel}'
        f"{''.join(items)}</channel></rss>"
    )
    return text.encode("utf-8", "surrogatepass")


def entry(inner: str = "", link: str = "/page", title: str = "News") -> str:
    return f"<item><title>{title}</title><link>{escape(link)}</link>{inner}</item>"


def atom(inner: str) -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>C</title>{inner}</feed>'.encode()


def entity_levels(count: int) -> str:
    """Billion laughs: each entity expands to ten of the previous one."""
    levels = "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else f'<!ENTITY l0 "{HA}">'
        for n in range(count)
    )
    return f"<!DOCTYPE rss [{levels}]>"


def external(kind: str, to: str) -> bytes:
    head = f'<!DOCTYPE rss [<!ENTITY {kind}x SYSTEM "{to}">{"%x;" if kind else ""}]>'
    return rss(entry("<description>&x;</description>"), head=head)


def json_items(count: int, **fields: Any) -> bytes:
    items = [item(f"n{number}", url=None, **fields) for number in range(count)]
    return feed(*items).encode()


def quadratic() -> bytes:
    head = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'
    return rss(entry(f"<description>{'&a;' * 50_000}</description>"), head=head)


def attributes(name: str, count: int) -> str:
    given = " ".join(f"{name}{number}='u'" for number in range(count))
    return f"<x {given}/>"


def declared(charset: str) -> bytes:
    text = rss(entry(title="ä")).decode()
    return text.replace("?>", f' encoding="{charset}"?>', 1).encode(charset)


def dated(value: str) -> bytes:
    return rss(entry(f"<pubDate>{value}</pubDate>"))


def json_dated(value: object) -> bytes:
    return json.dumps(
        {"version": VERSION, "items": [item("page") | {"date_published": value}]}
    ).encode()


DATES = {
    "year-9999": "Fri, 31 Dec 9999 23:59:59 -1200",
    "year-0": "Sat, 01 Jan 0000 00:00:00 GMT",
    "year-minus-1": "Mon, 01 Jan -1 00:00:00 GMT",
    "year-of-9-digits": "Mon, 01 Jan 999999999 00:00:00 GMT",
    "day-99": "Mon, 99 Feb 2026 25:61:61 GMT",
    "zone-of-99-hours": "Mon, 02 Feb 2026 10:00:00 +9959",
    "nan": "NaN",
    "100-kb": "1" * 100_000,
}

MARKUP: dict[str, tuple[bytes, str]] = {
    "external-entity-file": (external("", "file:///etc/passwd"), "ok"),
    "external-entity-web": (external("", "http://127.0.0.1:@PORT@/"), "ok"),
    "external-parameter-entity": (external("% ", "http://127.0.0.1:@PORT@/"), "ok"),
    "external-dtd": (
        rss(entry(), head='<!DOCTYPE rss SYSTEM "http://127.0.0.1:@PORT@/evil.dtd">'),
        "ok",
    ),
    "xinclude": (
        rss(
            entry(
                '<description><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
                'href="file:///etc/passwd" parse="text"/></description>'
            )
        ),
        "ok",
    ),
    "stylesheet": (
        rss(entry(), head='<?xml-stylesheet href="http://127.0.0.1:@PORT@/" type="text/xsl"?>'),
        "ok",
    ),
    "surrogate-reference": (rss(entry("<description>&#xD800;</description>")), "ok"),
    "nul-reference": (rss(entry("<description>&#0;&#x0;</description>")), "ok"),
    "reference-past-unicode": (rss(entry("<description>&#x7fffffff;</description>")), "ok"),
    "nul-bytes": (rss(entry("<description>a\0b</description>", title="Ne\0ws")), "ok"),
    "controls": (rss(entry("".join(map(chr, range(1, 32))).join("ab"))), "ok"),
    "lone-surrogate": (rss(entry("<description>\ud800</description>")), "ok"),
    "1000-authors": (rss(entry("<author>ana@example.org (Ana Diaz)</author>" * 1_000)), "ok"),
    "10000-categories": (rss(entry("<category>c</category>" * 10_000)), "ok"),
    "1000-enclosures": (rss(entry('<enclosure url="/x" length="-1"/>' * 1_000)), "ok"),
    "title-of-1-mb": (rss(entry(title="long " * 200_000)), "ok"),
    "guid-of-1-mb": (rss(entry(f"<guid>{'g' * MIB}</guid>")), "ok"),
    "right-to-left-override": (rss(entry(title="\u202egnorw \u2066\u2069")), "ok"),
    "zalgo": (rss(entry(title="h" + "\u0310\u0322\u0489" * 9_000)), "ok"),
    "ttl-infinite": (rss(entry(), channel="<ttl>inf</ttl>"), "ok"),
    "ttl-nan": (rss(entry(), channel="<ttl>nan</ttl>"), "ok"),
    "ttl-huge": (rss(entry(), channel=f"<ttl>{'9' * 400}</ttl>"), "ok"),
    "doctype-of-slashes": (b"<!DOCTYPE " + b"/" * 100_000 + rss(entry()), "ok"),
    "html": (b"<!doctype html><title>News</title><p>not found", "not_a_feed"),
    "empty": (b"", "not_a_feed"),
    "white-space": (b" \n" * 100_000, "not_a_feed"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 999, "not_a_feed"),
    "zip": (b"PK\x03\x04" + bytes(range(256)) * 999, "not_a_feed"),
    "looks-like-a-path": (b"/etc/passwd", "not_a_feed"),
    "looks-like-a-url": (b"http://127.0.0.1:@PORT@/", "not_a_feed"),
}

ENCODED: dict[str, tuple[bytes, str, str]] = {
    "utf-16-with-bom": (declared("utf-16"), XML, "ok"),
    "utf-16-by-its-header": (declared("utf-16-le"), f"{XML}; charset=utf-16le", "ok"),
    "utf-16-said-to-be-utf-8": (declared("utf-16"), f"{XML}; charset=utf-8", "ok"),
    "windows-1251-declared-nowhere": (
        rss(entry(title="Новости дня")).decode().encode("cp1251"),
        XML,
        "ok",
    ),
    "shift-jis-said-to-be-utf-8": (
        rss(entry(title="港が再開")).decode().encode("shift-jis"),
        f"{XML}; charset=utf-8",
        "ok",
    ),
    "utf-8-said-to-be-utf-16": (rss(entry(title="ä")), f"{XML}; charset=utf-16", "ok"),
    "charset-unknown": (rss(entry()), f"{XML}; charset=klingon", "ok"),
    "charset-that-is-a-codec": (rss(entry()), f"{XML}; charset=zlib", "ok"),
    "charset-idna": (rss(entry()), f"{XML}; charset=idna", "ok"),
    "utf-7": (rss(entry(title="+ADw-")), f"{XML}; charset=utf-7", "ok"),
    "invalid-utf-8": (rss(entry(title="X")).replace(b"X", b"\xff\xc0\x80"), XML, "ok"),
}

CASES: list[Case] = [
    *(
        feed_case(name, says(body, XML), poll, **({"published": 1} if poll == "ok" else {}))
        for name, (body, poll) in MARKUP.items()
    ),
    *(
        feed_case(name, says(body, header), poll, **({"published": 1} if poll == "ok" else {}))
        for name, (body, header, poll) in ENCODED.items()
    ),
    *(
        feed_case(f"date-{name}", says(dated(value), XML), "ok", published=1)
        for name, value in DATES.items()
    ),
    feed_case("json-date-nan", says(json_dated(float("nan")), JSON), "ok", published=1),
    feed_case("json-date-number", says(json_dated(-1e308), JSON), "ok", published=1),
    feed_case(
        "billion-laughs",
        says(
            lambda: rss(*[entry("<description>&l29;</description>")] * 200, head=entity_levels(30)),
            XML,
        ),
        "ok",
        published=1,
    ),
    feed_case("quadratic-entities", says(quadratic, XML), "ok", published=1),
    feed_case(
        "author-email-of-1-mb",
        says(lambda: rss(entry(f"<author>{'a' * MIB}@</author>")), XML),
        "parse_deadline",
    ),
    feed_case(
        "9-mb-of-less-than", says(lambda: b"<rss>" + b"<" * (9 * MIB), XML), "parse_deadline"
    )._replace(in_time={}),
    # 4.7 s on a quiet core (feedparser 6.0.14), more than the deadline of 10 s on a busy one.
    feed_case("100000-items", says(lambda: rss(entry() * 100_000), XML), "parse_deadline")._replace(
        in_time={"published": 1, "unread": 98_000}
    ),
    feed_case(
        "100000-json-items",
        says(lambda: json_items(100_000), JSON),
        "ok",
        no_link=2_000,
        unread=98_000,
    ),
    feed_case(
        "3000-json-items-of-one-guid",
        says(lambda: json_items(3_000).replace(b'"n', b'"id", "x": "n'), JSON),
        "ok",
        no_link=2_000,
        unread=1_000,
    ),
    feed_case(
        "the-same-item-500-times",
        says(lambda: rss(entry("<guid>one</guid>") * 500), XML),
        "ok",
        published=1,
    ),
    feed_case("json-nested", says(b'{"version": "' + b"[" * 500_000, JSON), "not_a_feed"),
    feed_case(
        "json-nested-in-an-item",
        says(
            json.dumps({"version": VERSION, "items": ["@"]})
            .encode()
            .replace(b'"@"', b'{"id": "1", "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
            JSON,
        ),
        "not_a_feed",
    ),
    feed_case("json-cut", says(LISTING[:-9], JSON), "not_a_feed"),
    feed_case("json-of-numbers", says(b"1" * MIB, JSON), "not_a_feed"),
    feed_case(
        "json-duplicate-keys",
        says(LISTING.replace(b"{", b'{"version": 1, ', 1), JSON),
        "ok",
        published=1,
    ),
    feed_case(
        "xml-nested-3000",
        says(lambda: rss(entry("<a>" * 3_000)), XML),
        "ok",
        published=1,
    ),
    feed_case(
        "atom-nested-html",
        says(
            lambda: atom(
                '<entry><id>1</id><link href="/page"/><content type="html">'
                f"{escape('<div>' * 1_000)}</content></entry>"
            ),
            XML,
        ),
        "ok",
        published=1,
    ),
    feed_case(
        "300000-attributes",
        says(lambda: rss(entry(attributes("a", 300_000))), XML),
        "parse_deadline",
    ),
    feed_case(
        "10000-namespaces", says(rss(entry(attributes("xmlns:a", 10_000))), XML), "ok", published=1
    ),
]
