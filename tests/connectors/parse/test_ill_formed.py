"""A malformed item affects itself alone, whatever is wrong with it."""

from __future__ import annotations

import pytest

from connectors.parse import FeedBody, ParsedFeed, parse_feed

FORMATS = {
    "RSS": (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{}</channel></rss>',
        "<item><title>{0}</title><link>https://a.example/{0}</link></item>",
    ),
    "RDF": (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/"><channel><title>t</title></channel>{}</rdf:RDF>',
        "<item><title>{0}</title><link>https://a.example/{0}</link></item>",
    ),
    "Atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{}</feed>',
        '<entry><title>{0}</title><link href="https://a.example/{0}"/></entry>',
    ),
    "prefixed Atom": (
        '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>t</a:title>{}</a:feed>',
        '<a:entry><a:title>{0}</a:title><a:link href="https://a.example/{0}"/></a:entry>',
    ),
}


def parsed(body: str) -> ParsedFeed:
    return parse_feed(FeedBody(body.encode(), "https://a.example/feed", "text/xml", None))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "fault",
    [
        "<b>not closed",
        "closed too often</b></i>",
        "<!-- not closed",
        "<![CDATA[not closed",
        "5 < 6 & 7",
        "<textinput><title>x",
        "<image><title>x",
        '<link href="x',
        "<source>",
        "<svg>",
        "<unknown:prefix>x</unknown:prefix>",
        "<category",
        "\x01\ufffe",
        "<author><name>",
    ],
)
def test_the_items_around_a_malformed_one_are_read(format: str, fault: str):
    document, item = FORMATS[format]
    first, bad, last = (item.format(name) for name in ("first", "bad", "last"))
    end = bad.rindex("</")
    feed = parsed(document.format(first + bad[:end] + fault + bad[end:] + last))
    titles = [entry.title for entry in feed.entries]
    assert (titles[0], titles[-1]) == ("first", "last")
    assert len(titles) + feed.dropped == 3


@pytest.mark.parametrize("format", FORMATS)
def test_the_items_around_one_that_is_cut_off_are_read(format: str):
    document, item = FORMATS[format]
    first, bad, last = (item.format(name) for name in ("first", "bad", "last"))
    for length in range(7, len(bad) - 8):
        feed = parsed(document.format(first + bad[:length] + last))
        assert {"first", "last"} <= {entry.title for entry in feed.entries}


def test_a_namespace_with_white_space_is_a_namespace():
    document, item = FORMATS["RSS"]
    spaced = ' xmlns:media="http://search.yahoo.com/mrss/ " xmlns:x=" a b "'
    feed = parsed(document.replace('"2.0"', '"2.0"' + spaced).format(item.format("one")))
    assert [entry.title for entry in feed.entries] == ["one"]


def test_prefixes_that_are_not_declared_are_known_by_their_names():
    document, _ = FORMATS["RSS"]
    creator = "<item><title>t</title><dc:creator>Ines Brandt</dc:creator></item>"
    feed = parsed(document.format(creator + "<item><title>a & b < c</title></item>"))
    assert [entry.title for entry in feed.entries] == ["t", "a & b < c"]
    assert feed.entries[0].authors == ("Ines Brandt",)


def test_a_feed_of_malformed_items_alone_is_read():
    document, item = FORMATS["RSS"]
    items = (item.format(n).replace("</title>", "<br></title>") for n in range(50))
    feed = parsed(document.format("".join(items)))
    assert [entry.title for entry in feed.entries] == [str(n) for n in range(50)]
