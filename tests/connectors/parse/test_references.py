"""Ampersands in documents, bare and escaped."""

from __future__ import annotations

import pytest

from connectors.parse.references import in_feed, in_xml


@pytest.mark.parametrize("escape", [in_xml, in_feed])
@pytest.mark.parametrize(
    ("written", "escaped"),
    [
        ("?id=7&sec=news&lang=en", "?id=7&amp;sec=news&amp;lang=en"),
        ("?a=1&amp;b=2", "?a=1&amp;b=2"),
        ("AT&T & Söhne &", "AT&amp;T &amp; Söhne &amp;"),
        ("&lt;b&gt; &#8364; &#x20aC; &#; &#x;", "&lt;b&gt; &#8364; &#x20aC; &amp;#; &amp;#x;"),
        ("&<![CDATA[a&b]]>&", "&amp;<![CDATA[a&b]]>&amp;"),
        ("<!-- a&b <![CDATA[ -->&", "<!-- a&b <![CDATA[ -->&amp;"),
        ("<![CDATA[a&b", "<![CDATA[a&b"),
    ],
)
def test_an_ampersand_that_begins_no_reference_stands_for_itself(escape, written, escaped):
    assert escape(written.encode()).decode() == escaped


def test_names_of_html_are_known_to_feeds_alone():
    assert in_xml(b"&nbsp;&copy=1") == b"&amp;nbsp;&amp;copy=1"
    assert in_feed(b"&nbsp;&copy=1") == b"\xc2\xa0&amp;copy=1"


def test_names_of_html_become_characters_where_they_are_references():
    assert in_feed(b"&eacute;&Auml;&rarr;").decode() == "éÄ→"
    assert in_feed(b"&LT;&AMP;&nope;") == b"&lt;&amp;&amp;nope;"
    assert in_feed(b"<![CDATA[&eacute;]]><!-- &eacute; -->&#233;&lt;&amp;") == (
        b"<![CDATA[&eacute;]]><!-- &eacute; -->&#233;&lt;&amp;"
    )


@pytest.mark.parametrize("piece", [b"&", b"<![CDATA[", b"<!--", b"&#1", b"&aaaaaaaaaaaaaaaa"])
def test_a_hostile_document_takes_linear_time(piece: bytes):
    assert in_feed(piece * 300_000).count(b"&amp;") in (0, 300_000)
