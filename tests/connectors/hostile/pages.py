"""Hostile pages and robots.txt files: expensive in time or memory, or malformed."""

from __future__ import annotations

import asyncio
import json

from tests.connectors.hostile.cases import (
    GOOD,
    Case,
    endless,
    head,
    moved,
    page_case,
    raw,
    rules_case,
    says,
)
from tests.support.connector_harness import FIRST, SECOND, THIRD, story

MIB = 1024 * 1024
HTML = "Content-Type: text/html"
TEXT = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def page(body: str = TEXT, head: str = "") -> bytes:
    text = f"<!doctype html><html><head><title>News</title>{head}</head><body>{body}</body></html>"
    return text.encode("utf-8", "surrogatepass")


def in_article(body: str) -> bytes:
    return page(f"<article><h1>News</h1>{TEXT}{body}</article>")


def linked_data(script: str) -> bytes:
    return story(FIRST, SECOND, head=f'<script type="application/ld+json">{script}</script>')


def words(count: int, length: int) -> bytes:
    return in_article(f"<p>{' '.join(['w' * length] * count)}</p>")


def article_of(**fields: object) -> bytes:
    return linked_data(json.dumps({"@type": "NewsArticle", **fields}))


PUBLISHED = {
    "span-of-100-kb": in_article("<span>" * 16_000),
    "nested-300-deep": in_article("<div>" * 300 + FIRST + "</div>" * 300),
    "nested-5000-deep": in_article("<div>" * 5_000 + FIRST),
    "tables-nested": in_article("<table><tr><td>" * 2_000 + FIRST),
    "word-of-256-kb": words(1, MIB // 4),
    "1000-words-of-1-kb": words(1_000, 1_000),
    "right-to-left-override": in_article(
        "<p>\u202egnorw \u2066 and \u2069 so on, for a while.</p>"
    ),
    "zalgo": in_article(f"<p>h{chr(0x310) * 90_000}</p>"),
    "nul-bytes": in_article(f"<p>a\0b {FIRST}</p>"),
    "lone-surrogate": in_article(f"<p>\ud800 {FIRST}</p>"),
    "surrogate-reference": in_article(f"<p>&#xD800;&#0; {FIRST}</p>"),
    "attributes-a-million": page(f"<p {' '.join(['a'] * 1_000_000)}>x</p>{TEXT}"),
    "attribute-of-100-kb": page(f'<p class="{"c" * 100_000}">x</p>{TEXT}'),
    "comment-never-closed": page(f"{TEXT}<!-- " + "x" * MIB),
    "script-never-closed": page(f"{TEXT}<script>" + "x" * MIB),
    "base-that-is-private": page(head='<base href="http://127.0.0.1/">'),
    "canonical-elsewhere": page(head='<link rel="canonical" href="http://evil.example/">'),
    "canonical-javascript": page(head='<link rel="canonical" href="javascript:alert(1)">'),
    "canonical-of-1-mb": page(head=f'<link rel="canonical" href="/{"c" * MIB}">'),
    "refresh-elsewhere": page(
        head='<meta http-equiv="refresh" content="0;url=file:///etc/passwd">'
    ),
    "5000-meta-elements": page(head='<meta name="author" content="Ana Diaz">' * 5_000),
    "title-of-1-mb": page(head=f"<title>{'t ' * 500_000}</title>"),
    "json-ld-nested": linked_data("[" * 200_000 + "]" * 200_000),
    "json-ld-nested-objects": linked_data('{"a":' * 80_000 + "1" + "}" * 80_000),
    "json-ld-of-4-mb": linked_data(f'{{"a": "{"x" * (4 * MIB)}"}}'),
    "json-ld-cut": linked_data('{"@type": "NewsArticle", "headline": "N'),
    "json-ld-of-itself": article_of(**{"@id": "#a", "author": {"@id": "#a"}}),
    "json-ld-number-of-5000-digits": linked_data(f'{{"a": {"9" * 5_000}}}'),
    "json-ld-10000-authors": article_of(author=[{"name": f"Ana D{n}"} for n in range(10_000)]),
    "json-ld-types-wrong": article_of(
        author=7, headline=[], datePublished={}, image=[[]], keywords=1
    ),
    "json-ld-year-9999": article_of(datePublished="9999-12-31T23:59:59-12:00"),
    "json-ld-nan": linked_data('{"@type": "NewsArticle", "datePublished": NaN}'),
    "json-ld-surrogate": linked_data('{"@type": "NewsArticle", "headline": "\\ud800"}'),
}

DEADLINE = {
    "span-of-3-mb": lambda: in_article("<span>x y</span> " * 180_000),
    "short-paragraphs-of-3-mb": lambda: page("<p>a</p>" * 390_000),
}

ENCODED = {
    "utf-16-with-bom": (page().decode().encode("utf-16"), HTML),
    "utf-16-without-bom": (page().decode().encode("utf-16-le"), f"{HTML}; charset=utf-16le"),
    "utf-16-said-to-be-latin-1": (page().decode().encode("utf-16"), f"{HTML}; charset=latin-1"),
    "shift-jis": (page(f"<p>港が再開した。</p>{TEXT}").decode().encode("shift-jis"), HTML),
    "windows-1251": (page(f"<p>Гавань открыта.</p>{TEXT}").decode().encode("cp1251"), HTML),
    "invalid-utf-8": (page().replace(b"harbour", b"harb\xff\xc0\x80"), HTML),
    "charset-unknown": (page(), f"{HTML}; charset=klingon"),
    "charset-that-is-a-codec": (page() + b"\xff", f"{HTML}; charset=bz2"),
    "content-type-binary": (page(), "Content-Type: application/octet-stream"),
    "content-type-nonsense": (page(), "Content-Type: ;;;=,"),
    "no-content-type": (page(), "X: x"),
}

NOT_HTML = {
    "pdf": b"%PDF-1.7\n" + bytes(range(256)) * 9_999,
    "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9_999,
    "zip": b"PK\x03\x04" + bytes(range(256)) * 9_999,
    "elf": b"\x7fELF" + bytes(range(256)) * 9_999,
    "zeros": bytes(MIB),
    "json": b'{"headline": "News"}',
    "feed": b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>',
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "plain-text": FIRST.encode(),
    "doctype-of-slashes": b"<!DOCTYPE " + b"/" * 100_000 + b">" + page(),
    "empty": b"",
}


async def large_rules(writer: asyncio.StreamWriter) -> None:
    """50 MB of rules; the first one disallows the page."""
    writer.write(head() + b"User-agent: *\nDisallow: /page\n")
    for _ in range(50):
        writer.write(b"# and so on\n" * (MIB // 12))
        await writer.drain()


def many_rules() -> bytes:
    return b"User-agent: *\n" + b"".join(b"Disallow: /*a*%d*$\n" % n for n in range(1_000_000))


CASES: list[Case] = [
    *(page_case(f"page-{name}", says(body, HTML), published=1) for name, body in PUBLISHED.items()),
    *(
        page_case(f"page-{name}", says(b, header), published=1)
        for name, (b, header) in ENCODED.items()
    ),
    *(page_case(f"page-{name}", says(body, HTML), not_html=1) for name, body in NOT_HTML.items()),
    *(
        page_case(f"page-{name}", says(body, HTML), extract_deadline=1)._replace(
            in_time={"published": 1}
        )
        for name, body in DEADLINE.items()
    ),
    page_case(
        "page-json-ld-of-50-mb",
        endless(head(HTML) + b'<html><script type="application/ld+json">"', b"x" * 65536),
        too_large=1,
    ),
    page_case("page-without-text", says(page("<p>Page not found.</p>"), HTML), no_text=1),
    page_case(
        "page-of-frames", says(b'<html><frameset><frame src="/x"></frameset></html>'), no_text=1
    ),
    rules_case("rules-of-50-mb", large_rules, robots=1),
    rules_case("rules-a-million", says(many_rules), published=1),
    rules_case("rules-endless", endless(head(), b"Allow: /\n" * 9_999), published=1),
    rules_case("rules-slow", endless(head(), b"#", 0.1), timeout=1),
    rules_case("rules-silent", raw(stay=True), timeout=1),
    rules_case("rules-in-a-loop", moved("/robots.txt"), published=1),
    rules_case("rules-at-a-private-address", moved("http://127.0.0.1:@PORT@/"), address_refused=1),
    rules_case("rules-of-no-site", says(b"", status="500 X"), server_error=1),
    rules_case(
        "rules-that-throttle", says(b"", "Retry-After: 99999999", status="429 X"), throttled=1
    ),
    rules_case("rules-of-zeros", says(bytes(600_000)), published=1),
    rules_case("rules-that-are-a-page", says(GOOD), published=1),
    rules_case("rules-not-in-brotli", says(b"x" * 99, "Content-Encoding: br"), published=1),
    rules_case(
        "rules-in-broken-brotli", says(b"\1\2" * 99, "Content-Encoding: br"), bad_response=1
    ),
    rules_case(
        "rules-with-a-crawl-delay-for-ever", says(b"User-agent: *\nCrawl-delay: 1e999"), published=1
    ),
    rules_case("tdmrep-nested", says(b"[" * 400_000), path="/.well-known/tdmrep.json", published=1),
    rules_case(
        "tdmrep-endless",
        endless(head(), b'[{"location": "/"},' * 999),
        path="/.well-known/tdmrep.json",
        published=1,
    ),
    rules_case("tdmrep-silent", raw(stay=True), path="/.well-known/tdmrep.json", published=1),
]
