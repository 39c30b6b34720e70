"""An element that is present but empty hides no fallback, in any format."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.parse import Entry, FeedBody, parse_feed

FORMATS = {
    "RSS 2.0": (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/">'
        "<channel><title>t</title><item>{}</item></channel></rss>"
    ),
    "RSS 0.92": '<rss version="0.92"><channel><title>t</title><item>{}</item></channel></rss>',
    "Atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>'
        "<author><name>Ola Nilsen</name></author><entry>{}</entry></feed>"
    ),
}
EMPTY = [
    "<{0}></{0}>",
    "<{0}/>",
    "<{0} />",
    "<{0}> \n </{0}>",
    "<{0}><![CDATA[]]></{0}>",
    "<{0}><![CDATA[ \n ]]></{0}>",
    "<{0}><!-- none --></{0}>",
    "<{0}>&nbsp;</{0}>",
    "<{0}>&#160;</{0}>",
]
PAGE = "https://news.example/1"

each_empty = pytest.mark.parametrize("empty", EMPTY)


def entry(format: str, elements: str) -> Entry:
    body = FORMATS[format].format(elements).encode()
    (found,) = parse_feed(FeedBody(body, "https://news.example/feed", "text/xml", None)).entries
    return found


@each_empty
@pytest.mark.parametrize("format", ["RSS 2.0", "RSS 0.92"])
def test_an_empty_link_does_not_hide_the_guid(format: str, empty: str):
    link, guid = empty.format("link"), f"<guid>{PAGE}</guid>"
    assert entry(format, link + guid).link == entry(format, guid + link).link == PAGE


@each_empty
def test_an_empty_link_does_not_hide_another_one(empty: str):
    assert entry("RSS 2.0", f"{empty.format('link')}<link>{PAGE}</link>").link == PAGE
    assert entry("RSS 2.0", f"<link>{PAGE}</link>{empty.format('link')}").link == PAGE


@pytest.mark.parametrize(
    "unusable", ["javascript:void(0)", "http://", "#", "https://news.example/feed"]
)
def test_an_unusable_link_does_not_hide_the_guid(unusable: str):
    elements = f"<link>{unusable}</link><guid>{PAGE}</guid>"
    assert entry("RSS 2.0", elements).link == PAGE


@pytest.mark.parametrize("declared", ["true", "True", "TRUE", " true ", "1", ""])
def test_a_guid_is_a_permalink_in_every_spelling(declared: str):
    assert entry("RSS 2.0", f'<guid isPermaLink="{declared}">{PAGE}</guid>').link == PAGE


def test_a_guid_that_is_a_path_is_one_on_the_feeds_host():
    assert entry("RSS 2.0", "<link/><guid>/1</guid>").link == PAGE
    assert entry("RSS 2.0", '<link/><guid isPermaLink="false">/1</guid>').link is None


@pytest.mark.parametrize("declared", ["false", "False", " false ", "no", "0"])
def test_a_guid_that_is_declared_to_be_no_link_is_an_id_alone(declared: str):
    found = entry("RSS 2.0", f"<guid isPermaLink='{declared}'>{PAGE}</guid><title>t</title>")
    assert (found.id, found.link) == (PAGE, None)


@each_empty
def test_an_empty_guid_does_not_hide_the_link(empty: str):
    found = entry("RSS 2.0", f"{empty.format('guid')}<link>{PAGE}</link>")
    assert (found.id, found.link) == (PAGE, PAGE)


@each_empty
@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_title_does_not_hide_another(format: str, empty: str):
    real = "<title>Ferry</title>"
    assert entry(format, empty.format("title") + real).title == "Ferry"
    assert entry(format, real + empty.format("title")).title == "Ferry"


@each_empty
def test_an_empty_title_does_not_hide_that_of_another_vocabulary(empty: str):
    assert entry("RSS 2.0", f"{empty.format('title')}<dc:title>Ferry</dc:title>").title == "Ferry"
    assert entry("RSS 2.0", f"{empty.format('title')}<media:title>Tug</media:title>").title == "Tug"


@each_empty
@pytest.mark.parametrize(
    "other",
    ["<dc:date>{}</dc:date>", "<dcterms:issued>{}</dcterms:issued>", "<pubDate>{}</pubDate>"],
)
def test_an_empty_date_does_not_hide_another(other: str, empty: str):
    real = other.format("2026-11-23T09:05:00Z")
    for elements in (real + empty.format("pubDate"), empty.format("pubDate") + real):
        found = entry("RSS 2.0", elements)
        assert datetime(2026, 11, 23, 9, 5, tzinfo=UTC) in (found.published, found.updated)


@each_empty
def test_an_empty_author_does_not_hide_the_creator(empty: str):
    creator = "<dc:creator>Ines Brandt</dc:creator>"
    for elements in (creator + empty.format("author"), empty.format("author") + creator):
        assert entry("RSS 2.0", elements).authors == ("Ines Brandt",)


@each_empty
def test_an_empty_author_does_not_hide_the_feeds(empty: str):
    for author in (empty.format("author"), f"<author> {empty.format('name')}</author>"):
        assert entry("Atom", author).authors == ("Ola Nilsen",)


def test_an_author_without_a_name_does_not_hide_the_feeds():
    author = "<author><name>desk@news.example</name></author>"
    assert entry("Atom", author).authors == ("Ola Nilsen",)


@each_empty
def test_an_empty_description_does_not_hide_the_content(empty: str):
    content = "<content:encoded>&lt;p&gt;All of it.&lt;/p&gt;</content:encoded>"
    for elements in (content + empty.format("description"), empty.format("description") + content):
        assert entry("RSS 2.0", elements).content_html == "<p>All of it.</p>"


@each_empty
def test_empty_content_does_not_hide_the_summary(empty: str):
    for name, format in (("content:encoded", "RSS 2.0"), ("content", "Atom")):
        summary = "description" if format == "RSS 2.0" else "summary"
        elements = f"{empty.format(name)}<{summary}>In short.</{summary}>"
        assert entry(format, elements).summary == "In short."


@pytest.mark.parametrize(
    "link",
    [
        '<link href="{}"/>',
        '<link rel="" href="{}"/>',
        '<link rel=" Alternate " href="{}"/>',
        '<link rel="alternate nofollow" href="{}"/>',
        '<link rel="http://www.iana.org/assignments/relation/alternate" href="{}"/>',
        '<link rel="alternate" href=""/><link rel="alternate" href="{}"/>',
        '<link rel="alternate" href="mailto:a@b.example"/><link rel="alternate" href="{}"/>',
    ],
)
def test_an_atom_link_is_the_alternate_in_every_spelling(link: str):
    assert entry("Atom", link.format(PAGE)).link == PAGE


@pytest.mark.parametrize(
    "link", ['<link href=""/>', '<link href=" "/>', "<link/>", '<link rel="self" href="/x"/>']
)
def test_an_atom_entry_without_a_usable_link_has_its_id(link: str):
    assert entry("Atom", f"{link}<id>{PAGE}</id>").link == PAGE


@pytest.mark.parametrize(
    ("own", "foreign"),
    [
        ("<title>Ferry</title>", "<dc:title>Tug</dc:title>"),
        ("<title>Ferry</title>", '<media:title type="plain"><![CDATA[Tug]]></media:title>'),
        ("<description>Ferry</description>", "<dc:description>Tug</dc:description>"),
        ("<pubDate>2026-11-23T09:05:00Z</pubDate>", "<dcterms:issued>2020-01-01</dcterms:issued>"),
    ],
)
def test_a_formats_own_element_goes_before_one_of_another_vocabulary(own: str, foreign: str):
    alone = entry("RSS 2.0", own)
    for elements in (own + foreign, foreign + own):
        found = entry("RSS 2.0", elements)
        assert (found.title, found.summary, found.published) == (
            alone.title,
            alone.summary,
            alone.published,
        )


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Ferry&lt;!-- ad &gt; here --&gt; again", "Ferry again"),
        ("Ferry&lt;br&gt;late", "Ferry late"),
        ('Ferry &lt;img src="x"&gt;', "Ferry"),
        ("On &lt;title&gt; tags", "On <title> tags"),
    ],
)
@pytest.mark.parametrize("format", FORMATS)
def test_a_title_that_is_html_is_read_as_html(format: str, written: str, title: str):
    assert entry(format, f"<title>{written}</title>").title == title


OWN = "<title>Ferry</title><link>https://news.example/1</link>"
ANOTHER = "<title>Tug</title><link>https://news.example/2</link>"


@pytest.mark.parametrize(
    "nested",
    [
        f"<image>{ANOTHER}<url>https://news.example/tug.png</url></image>",
        f"<activity:object>{ANOTHER}</activity:object>",
        '<source url="https://other.example/">Tug</source>',
        "<media:group><media:title>Tug</media:title></media:group>",
    ],
)
def test_what_is_inside_an_item_has_its_own_title_and_link(nested: str):
    for elements in (nested + OWN, OWN + nested):
        found = entry("RSS 2.0", elements)
        assert (found.title, found.link) == ("Ferry", PAGE)


@pytest.mark.parametrize(
    "link",
    [
        f"<link/>{PAGE}",
        f"<link>null</link><guid>{PAGE}</guid>",
        f"<link>undefined</link><guid>{PAGE}</guid>",
        f"<link>about:blank</link><guid>{PAGE}</guid>",
    ],
)
def test_a_link_is_found_beside_what_is_none(link: str):
    assert entry("RSS 2.0", f"<title>t</title>{link}").link == PAGE


def test_rss_in_a_wrong_namespace_is_read():
    body = FORMATS["RSS 2.0"].format(f"<link>{PAGE}</link>")
    body = body.replace("<rss ", '<rss xmlns="http://www.w3.org/1999/xhtml" ')
    (found,) = parse_feed(FeedBody(body.encode(), "https://news.example/f", "", None)).entries
    assert found.link == PAGE


def test_content_that_is_elsewhere_is_the_article():
    content = f'<id>tag:1</id><content type="text/html" src="{PAGE}"/>'
    assert entry("Atom", content).link == PAGE
    assert entry("Atom", f'{content}<link href="/2"/>').link == "https://news.example/2"
