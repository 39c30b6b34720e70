"""Feeds of every format, valid and as found on the web."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import pytest

from connectors.parse import MAX_ENTRIES, Entry, FeedBody, NotAFeed, ParsedFeed, parse_feed
from newsline.records import MAX_TITLE
from tests.support.shared_data import DATA, needs

REAL = DATA / "feeds"
URL = "https://news.example/feeds/latest.xml"

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Example Courier</title><link>https://news.example/</link><language>en-gb</language>
<ttl>15</ttl>{items}</channel></rss>"""

ITEM = """<item><title>Bread &amp;amp; &lt;b&gt;butter&lt;/b&gt;</title>
<link>/food/bread?utm_source=rss</link><guid isPermaLink="false">bread-1</guid>
<pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate>
<dc:creator>By Ana Díaz and Li Wei</dc:creator><category>Food</category><category>Food</category>
<description><![CDATA[<p>What to eat.</p>]]></description>
<content:encoded><![CDATA[<p>All of it.</p>]]></content:encoded>
<enclosure url="https://cdn.example/bread.mp3" type="audio/mpeg" length="1"/></item>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Blatt</title>
<entry><title>Brücke gesperrt</title><id>tag:blatt.example,2026:1</id>
<link rel="enclosure" href="https://cdn.example/b.mp3"/>
<link rel="alternate" type="text/html" href="https://blatt.example/bruecke"/>
<published>2026-11-23T08:00:00Z</published><updated>2026-11-23T09:30:00+01:00</updated>
<author><name>Kerstin Wiebe</name></author><category term="x" label="Verkehr"/>
<content type="html">&lt;p&gt;Ganz.&lt;/p&gt;</content></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://rdf.example/"><title>RDF</title></channel>
<item rdf:about="https://rdf.example/1"><title>One</title><link>https://rdf.example/1</link>
<dc:date>2026-11-23T08:00:00Z</dc:date></item></rdf:RDF>"""


def parsed(body: str | bytes, content_type: str = "text/xml") -> ParsedFeed:
    return parse_feed(
        FeedBody(body.encode() if isinstance(body, str) else body, URL, content_type, None)
    )


def rss(*items: str) -> tuple[Entry, ...]:
    return parsed(RSS.format(items="".join(items))).entries


def item(**elements: str) -> str:
    return "<item>" + "".join(f"<{k}>{v}</{k}>" for k, v in elements.items()) + "</item>"


def json_feed(*items: object) -> ParsedFeed:
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items}
    return parsed(json.dumps(document), "application/feed+json")


def test_an_rss_item_is_read_whole():
    (entry,) = rss(ITEM)
    assert entry.id == "bread-1"
    assert entry.link == "https://news.example/food/bread?utm_source=rss"
    assert entry.title == "Bread & butter"
    assert entry.summary == "What to eat."
    assert entry.content_html == "<p>All of it.</p>"
    assert entry.authors == ("Ana Díaz", "Li Wei")
    assert entry.categories == ("Food",)
    assert entry.published == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert entry.updated is None


def test_a_feed_says_its_title_language_and_pace():
    feed = parsed(RSS.format(items=ITEM))
    assert (feed.title, feed.language, feed.ttl) == ("The Example Courier", "en-gb", 15.0)


@pytest.mark.parametrize("ttl", ["", "soon", "-5", "0", "inf", "nan"])
def test_a_pace_that_is_none_is_ignored(ttl: str):
    assert parsed(RSS.format(items="").replace(">15<", f">{ttl}<")).ttl is None


@pytest.mark.parametrize(
    ("period", "frequency", "minutes"),
    [("hourly", "2", 30), ("Daily", "", 1_440), ("weekly", "7", 1_440), ("often", "1", None)],
)
def test_the_time_between_a_feeds_updates_is_its_pace_too(period, frequency, minutes):
    namespace = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    asks = f"<sy:updatePeriod {namespace}>{period}</sy:updatePeriod>"
    asks += f"<sy:updateFrequency {namespace}>{frequency}</sy:updateFrequency>"
    assert parsed(RSS.format(items="").replace("<ttl>15</ttl>", asks)).ttl == minutes


def test_the_longest_of_a_feeds_wishes_is_its_pace():
    namespace = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    asks = f"<ttl>15</ttl><sy:updatePeriod {namespace}>hourly</sy:updatePeriod>"
    assert parsed(RSS.format(items="").replace("<ttl>15</ttl>", asks)).ttl == 60


def test_an_atom_entry_is_read_whole():
    (entry,) = parsed(ATOM).entries
    assert entry.id == "tag:blatt.example,2026:1"
    assert entry.link == "https://blatt.example/bruecke"
    assert entry.title == "Brücke gesperrt"
    assert (entry.summary, entry.content_html) == ("", "<p>Ganz.</p>")
    assert entry.authors == ("Kerstin Wiebe",)
    assert entry.categories == ("Verkehr",)
    assert entry.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


def atom_authors(feed: str, entry: str) -> tuple[str, ...]:
    elements = f"<title>Blatt</title>{feed}<entry><id>1</id><title>t</title>{entry}</entry>"
    (found,) = parsed(f'<feed xmlns="http://www.w3.org/2005/Atom">{elements}</feed>').entries
    return found.authors


def test_an_atom_entry_without_an_author_has_its_source_s_or_the_feed_s():
    kerstin, li, ana = (
        f"<author><name>{name}</name></author>" for name in ("Kerstin Wiebe", "Li Wei", "Ana Díaz")
    )
    source = f"<source><title>s</title>{li}</source>"
    assert atom_authors(kerstin + ana, "") == ("Kerstin Wiebe", "Ana Díaz")
    assert atom_authors(kerstin, source) == ("Li Wei",)
    assert atom_authors(kerstin, source + ana) == ("Ana Díaz",)


def test_the_editor_of_an_rss_feed_is_not_the_author_of_its_items():
    body = RSS.format(items=item(title="t")).replace(
        "<ttl>", "<managingEditor>ana@news.example (Ana Díaz)</managingEditor><ttl>"
    )
    assert parsed(body).entries[0].authors == ()


def test_an_rdf_item_is_read():
    (entry,) = parsed(RDF).entries
    assert (entry.title, entry.link) == ("One", "https://rdf.example/1")
    assert datetime(2026, 11, 23, 8, tzinfo=UTC) in (entry.published, entry.updated)


def test_a_json_feed_is_read_whole():
    feed = json_feed(
        {
            "id": 7,
            "url": "https://j.example/7",
            "title": "a < b & c",
            "summary": "Short",
            "content_text": "One & two\n\nthree",
            "date_published": "2026-11-23T10:00:00+02:00",
            "date_modified": "2026-11-23T10:05:00+02:00",
            "authors": [{"name": "Zofia Lasko"}, {"url": "https://j.example/x"}],
            "tags": ["Trade"],
        }
    )
    (entry,) = feed.entries
    assert (entry.id, entry.link, entry.title) == ("7", "https://j.example/7", "a < b & c")
    assert entry.content_html == "<p>One &amp; two</p>\n<p>three</p>"
    assert (entry.authors, entry.categories) == (("Zofia Lasko",), ("Trade",))
    assert entry.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert entry.updated == datetime(2026, 11, 23, 8, 5, tzinfo=UTC)


def test_a_json_feed_that_repeats_the_summary_has_no_full_text():
    (entry,) = json_feed({"id": "1", "summary": "Short  one", "content_text": "Short one"}).entries
    assert entry.content_html == ""


@pytest.mark.parametrize("odd", [5, "x", True, {}, [], [1, None, [], {"name": 5}], {"a": "b"}])
@pytest.mark.parametrize(
    "name",
    ["author", "authors", "tags", "attachments", "date_published", "date_modified", "external_url"],
)
def test_what_stands_oddly_beside_a_json_item_spoils_nothing(name: str, odd: object):
    feed = json_feed({"id": "1", "url": "/1", "title": "t", name: odd})
    assert [(entry.link, entry.title) for entry in feed.entries] == [
        ("https://news.example/1", "t")
    ]
    assert (feed.entries[0].published, feed.entries[0].updated) == (None, None)


def test_what_is_understood_of_an_odd_json_item_is_used():
    said = {"author": "Zofia Lasko", "tags": [1, "Trade"], "date_published": 1_795_424_700}
    (entry,) = json_feed({"id": "1", **said}).entries
    assert (entry.authors, entry.categories) == (("Zofia Lasko",), ("Trade",))
    assert entry.published == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


def test_an_external_address_is_the_link_of_a_json_item_without_its_own():
    page, own = "https://elsewhere.example/1", "https://news.example/1"
    feed = json_feed(
        {"id": own, "external_url": page}, {"id": "2", "url": own, "external_url": page}
    )
    assert [entry.link for entry in feed.entries] == [page, own]


def test_a_broken_json_item_spoils_only_itself():
    feed = json_feed({"id": "1", "title": "Good"}, ["no item"], "no item", None)
    assert [entry.title for entry in feed.entries] == ["Good"]
    assert feed.dropped == 3


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<!DOCTYPE html><html><head><title>x</title></head></html>", "an HTML page"),
        (b"", "an empty body"),
        (b" \n", "an empty body"),
        (b"/etc/passwd", "neither RSS"),
        (b"http://127.0.0.1/feed", "neither RSS"),
        (b"\x00\xff\xfe" * 50, "neither RSS"),
        (b"{}", "not a JSON Feed"),
        (b'{"version": "2", "items": []}', "unknown version"),
        (b'{"version": {"major": 3}, "items": []}', "unknown version"),
        (b'{"version": null, "items": []}', "no version"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": ' + b"[" * 50_000, "not a JSON"),
        (b"<" * 2_000, "neither RSS"),
    ],
)
def test_what_is_no_feed_is_refused_and_named(body: bytes, what: str):
    with pytest.raises(NotAFeed, match=what) as refused:
        parsed(body)
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_a_feed_and_its_entries_cross_to_another_process():
    feed = parsed(RSS.format(items=ITEM))
    assert pickle.loads(pickle.dumps(feed)) == feed


def test_an_empty_feed_is_a_feed():
    assert parsed(RSS.format(items="")).entries == ()


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("../x", "https://news.example/x"),
        ("javascript:alert(1)", None),
        ("ftp://a.example/x", None),
        ("http://[::1", None),
        ("", None),
    ],
)
def test_a_link_is_an_absolute_web_address_or_none(written: str, link: str | None):
    (entry,) = rss(item(title="t", link=written))
    assert entry.link == link


def test_a_bare_ampersand_in_an_address_is_part_of_it():
    (entry,) = rss(item(title="A & B&nbsp;&copy;", link="/s.asp?id=7&sec=news&lang=en&copy=1"))
    assert entry.link == "https://news.example/s.asp?id=7&sec=news&lang=en&copy=1"
    assert entry.title == "A & B ©"


def test_a_guid_that_is_an_address_stands_in_for_a_missing_link():
    (entry,) = rss(item(title="t", guid="https://a.example/1"))
    assert entry.link == "https://a.example/1"


MP3 = "https://cdn.example/a.mp3"


@pytest.mark.parametrize(
    "address",
    [
        "",
        f"<link>{MP3}</link>",
        f"<guid>{MP3}</guid>",
        '<guid isPermaLink="false">https://pod.example/1</guid>',
        "<guid>episode-1</guid>",
    ],
)
def test_an_enclosure_is_never_the_link(address: str):
    (entry,) = rss(f'<item><title>t</title>{address}<enclosure url="{MP3}"/></item>')
    assert entry.link is None


def test_an_episode_that_has_a_page_is_found_there():
    (entry,) = rss(f'<item><link>https://pod.example/1</link><enclosure url="{MP3}"/></item>')
    assert entry.link == "https://pod.example/1"


def atom_links(*links: str, base: str = "") -> str | None:
    """The link of an entry with these links, ``rel type href`` each."""
    elements = "".join(
        '<link rel="{}" type="{}" href="{}"/>'.format(*link.split()) for link in links
    )
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}"><entry><id>x</id>'
    (entry,) = parsed(f"{feed}<title>t</title>{elements}</entry></feed>").entries
    return entry.link


@pytest.mark.parametrize("relation", ["self", "via", "related", "enclosure", "edit", "replies"])
def test_a_link_of_another_relation_is_never_the_link(relation: str):
    other, page = f"{relation} text/html /other", "alternate text/html /page"
    assert atom_links(other) is None
    assert atom_links(other, page) == atom_links(page, other) == "https://news.example/page"


def test_of_several_alternates_the_first_page_is_the_link():
    links = ["application/json /json", "text/html /page", "text/html /page?lang=de"]
    assert atom_links(*(f"alternate {link}" for link in links)) == "https://news.example/page"
    assert atom_links("alternate application/pdf /pdf") == "https://news.example/pdf"


@pytest.mark.parametrize(
    ("base", "link"),
    [
        ("https://b.example/x/", "https://b.example/x/page"),
        ("/y/", "https://news.example/y/page"),
    ],
)
def test_a_link_is_relative_to_the_xml_base(base: str, link: str):
    assert atom_links("alternate text/html page", base=base) == link


def test_a_json_feeds_attachment_is_never_the_link():
    attachments = [{"url": MP3, "mime_type": "audio/mpeg"}]
    one, two = json_feed(
        {"id": MP3, "attachments": attachments},
        {"id": "2", "url": "/2", "attachments": attachments},
    ).entries
    assert (one.link, two.link) == (None, "https://news.example/2")


def test_a_feed_may_offer_no_hub():
    assert (parsed(RDF).hub, parsed(RDF).topic) == (None, None)


@pytest.mark.parametrize("version", ["0.91", "0.92", "2.0"])
def test_every_rss_is_read(version: str):
    body = f'<rss version="{version}"><channel><title>t</title>' + item(
        title="One", link="https://a.example/1"
    )
    (entry,) = parsed(body + "</channel></rss>").entries
    assert (entry.title, entry.link) == ("One", "https://a.example/1")


def test_rss_0_90_is_read():
    body = RDF.replace("http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/")
    assert [entry.link for entry in parsed(body).entries] == ["https://rdf.example/1"]


def test_an_id_is_the_guid_or_the_link_or_a_hash():
    by_guid, by_link, by_hash = rss(
        item(guid="g-1", link="https://a.example/1"),
        item(link="https://a.example/2"),
        item(title="Neither"),
    )
    assert (by_guid.id, by_link.id) == ("g-1", "https://a.example/2")
    assert len(by_hash.id) == 32


def test_a_long_id_is_hashed_and_stays_the_same():
    (first,), (again,) = (rss(item(guid="x" * (MAX_TITLE + 1))) for _ in range(2))
    assert first.id == again.id
    assert len(first.id) == 32


def test_an_entry_that_stands_twice_is_read_once():
    assert len(rss(ITEM, ITEM)) == 1


def test_entries_that_share_an_id_are_told_apart_whatever_their_order():
    one, two = (item(guid="same", link=f"https://a.example/{n}") for n in (1, 2))
    ids = {entry.link: entry.id for entry in rss(one, two)}
    assert len(set(ids.values())) == 2
    assert ids == {entry.link: entry.id for entry in rss(two, one)}


@pytest.mark.parametrize("oldest_first", [True, False])
def test_of_more_entries_than_the_limit_the_newest_are_kept_in_order(oldest_first: bool):
    days = [datetime(2015, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(MAX_ENTRIES + 5)]
    days = days if oldest_first else days[::-1]
    in_xml = parsed(RSS.format(items="".join(item(guid=d, pubDate=d.isoformat()) for d in days)))
    in_json = json_feed(*({"id": str(d), "date_published": d.isoformat()} for d in days))
    kept = days[5:] if oldest_first else days[:-5]
    for feed in (in_xml, in_json):
        assert [entry.published for entry in feed.entries] == kept
        assert feed.dropped == 5


def test_an_undated_entry_is_as_old_as_the_one_before_it():
    days = (datetime(2015, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(MAX_ENTRIES))
    dated = [item(guid=str(n), pubDate=day.isoformat()) for n, day in enumerate(days)]
    first, last = item(guid="undated, first"), item(guid="undated, last")
    feed = parsed(RSS.format(items="".join((first, *dated, last))))
    assert [feed.entries[0].id, feed.entries[-1].id] == ["1", "undated, last"]


def test_entries_past_the_limit_are_counted():
    items = "".join(item(guid=str(n)) for n in range(MAX_ENTRIES + 5))
    feed = parsed(RSS.format(items=items))
    assert (len(feed.entries), feed.dropped) == (MAX_ENTRIES, 5)
    assert feed.entries[0].id == "0"
    assert [entry.id for entry in feed.left_out] == [str(MAX_ENTRIES + n) for n in range(5)]


def test_a_section_without_an_end_takes_no_other_items_in():
    spoilt = item(guid="1").replace("<guid", "<title><![CDATA[ A harbour </title><guid", 1)
    feed = parsed(RSS.format(items=item(guid="0") + spoilt + item(guid="2") + item(guid="3")))
    assert len(feed.entries) + feed.dropped == 4
    assert {"0", "2", "3"} <= {entry.id for entry in feed.entries}


@pytest.mark.parametrize("hidden", ["<!-- <item>x</item> -->", "<![CDATA[ <item> <entry> ]]>"])
def test_items_in_comments_and_quotations_are_none(hidden):
    spoilt = item(guid="1").replace("<guid", f"<description>{hidden}</description><guid", 1)
    assert parsed(RSS.format(items=spoilt + item(guid="2"))).dropped == 0


@pytest.mark.parametrize("name", ["title", "link", "description"])
def test_the_fingerprint_changes_with_what_is_said(name: str):
    before = {"guid": "1", "title": "t", "link": "https://a.example/1", "description": "d"}
    (old,), (new,) = rss(item(**before)), rss(item(**before | {name: before[name] + "x"}))
    assert old.fingerprint != new.fingerprint


def test_the_fingerprint_does_not_change_with_the_publishing_date():
    (old,) = rss(item(guid="1", pubDate="Mon, 23 Nov 2026 10:00:00 GMT"))
    (new,) = rss(item(guid="1", pubDate="Mon, 23 Nov 2026 11:00:00 GMT"))
    assert old.fingerprint == new.fingerprint


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("Wed, 25 Nov 2026 10:00:00 CET", "2026-11-25T09:00:00Z"),
        ("2026-11-25 10:00:00 UTC", "2026-11-25T10:00:00Z"),
        ("Nov 25, 2026 10:00 PM", "2026-11-25T22:00:00Z"),
        ("Τετ, 25 Νοε 2026 10:00:00 +0200", "2026-11-25T08:00:00Z"),
        ("2026년 11월 25일 10:00:00", "2026-11-25T10:00:00Z"),
        ("Τετ, 25 Νοε 2026 10:00:00 EET", "2026-11-25T08:00:00Z"),
        ("11/04/2026 10:00", None),
        ("Wed, 25 Nov 2026 10:00:00 IST", None),
        ("2026-11-25T25:00:00Z", None),
        ("2026", None),
        ("0001-01-01T00:00:00Z", None),
    ],
)
def test_a_time_is_known_or_none_and_never_another(written: str, published: str | None):
    (entry,) = rss(item(title="t", pubDate=written))
    assert entry.published == (datetime.fromisoformat(published) if published else None)


@pytest.mark.parametrize("empty", ["<pubDate/>", "<pubDate> </pubDate>", "<pubDate>n/a</pubDate>"])
@pytest.mark.parametrize("name", ["dc:date", "published", "updated"])
def test_a_date_element_without_a_date_hides_no_other(name: str, empty: str):
    dated = f"<{name}>2026-11-25T10:00:00Z</{name}>"
    for elements in (dated + empty, empty + dated):
        (entry,) = rss(f"<item><title>t</title>{elements}</item>")
        assert (entry.published or entry.updated) == datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.mark.parametrize(("language", "month"), [("pl-PL", 11), ("hr", 10)])
def test_the_feed_s_language_decides_on_a_month_of_two_meanings(language: str, month: int):
    body = RSS.format(items=item(title="t", pubDate="25 listopada 2026"))
    (entry,) = parsed(body.replace("en-gb", language)).entries
    assert entry.published == datetime(2026, month, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    "reference", ["&#xD800;", "&#0;", "&#x0;", "&#8;", "&#55296;", "&#x110000;", "\x00", "\x08"]
)
def test_a_character_that_nothing_can_hold_is_left_out(reference: str):
    (entry,) = rss(item(title=f"be{reference}fore", link="https://a.example/1"))
    assert entry.title == "before"


def test_an_astral_character_reference_stays():
    (entry,) = rss(item(title="&#x1F600; &#228;"))
    assert entry.title == "😀 ä"


def test_an_entity_bomb_is_harmless():
    declared = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    body = RSS.format(items=item(title="x&b;", link="https://a.example/1"))
    (entry,) = parsed(body.replace("<rss", declared + "<rss", 1)).entries
    assert len(entry.title) < 100


def test_an_external_entity_is_not_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    declared = f'<!DOCTYPE rss [<!ENTITY s SYSTEM "file://{secret}">]>'
    body = RSS.format(items=item(title="x&s;")).replace("<rss", declared + "<rss", 1)
    assert "the secret" not in str(parsed(body))


def test_utf_8_is_recognised_under_a_wrong_charset():
    body = RSS.format(items=item(title="Brücke")).replace("utf-8", "iso-8859-1").encode()
    (entry,) = parse_feed(FeedBody(body, URL, "text/xml; charset=iso-8859-1", "iso-8859-1")).entries
    assert entry.title == "Brücke"


def test_the_declared_charset_is_used():
    body = RSS.format(items=item(title="Brücke")).replace("utf-8", "iso-8859-1")
    (entry,) = parsed(body.encode("iso-8859-1")).entries
    assert entry.title == "Brücke"


def test_space_before_the_declaration_does_no_harm():
    assert len(parsed("\n\n" + RSS.format(items=ITEM)).entries) == 1


@needs("feeds")
class TestRealFeeds:
    def test_korea_times(self):
        feed = parsed((REAL / "real-korean-times.rss").read_bytes())
        assert (len(feed.entries), feed.dropped) == (195, 0)
        first = feed.entries[0]
        assert first.id == "333483"
        assert first.title == "France on course for driest July on record: weather office"
        assert first.link == "https://www.koreatimes.co.kr/www/nation/2022/07/501_333483.html?fl"
        assert first.published == datetime(2022, 7, 27, 19, 35, 5, tzinfo=UTC)
        assert first.authors == ()

    def test_cnn(self):
        feed = parsed((REAL / "real-cnn.rss").read_bytes())
        assert (len(feed.entries), feed.ttl, feed.language) == (69, 10.0, "en-US")
        assert feed.entries[0].published == datetime(2022, 7, 27, 3, 27, 9, tzinfo=UTC)
        assert all(entry.link and "cdn" not in entry.link for entry in feed.entries)


ATOM_LINKS = """<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="/feed"/>
<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>
<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="https://second.example/"/>"""


def test_the_hub_of_an_xml_feed_is_the_first_that_it_names():
    feed = parsed(RSS.format(items="").replace("<ttl>15</ttl>", ATOM_LINKS))
    assert (feed.hub, feed.topic) == ("https://hub.example/", urljoin(URL, "/feed"))


def test_the_hub_of_a_json_feed_is_one_that_speaks_websub():
    hubs = [{"type": "rssCloud", "url": "https://a/"}, {"type": "WebSub", "url": "https://b/"}]
    body = {"version": "https://jsonfeed.org/version/1.1", "items": [], "hubs": hubs}
    feed = parsed(json.dumps(body | {"feed_url": "/feed.json"}))
    assert (feed.hub, feed.topic) == ("https://b/", urljoin(URL, "/feed.json"))


@pytest.mark.parametrize("href", ["", "javascript:alert(1)", "http://[::1"])
def test_a_hub_that_is_no_web_address_is_none(href):
    atom = f'<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="{href}"/>'
    assert parsed(RSS.format(items="").replace("<ttl>15</ttl>", atom)).hub is None


@pytest.mark.parametrize(
    ("written", "unread"),
    [("<pubDate>kein Datum</pubDate>", "kein Datum"), ("<pubDate> </pubDate>", ""), ("", "")],
)
def test_a_date_that_cannot_be_read_is_kept_as_written(written: str, unread: str):
    item = f"<item><title>Bread</title><link>/bread</link>{written}</item>"
    (entry,) = parse_feed(FeedBody(RSS.format(items=item).encode(), URL, "", "")).entries
    assert (entry.published, entry.unread_date) == (None, unread)


def test_one_readable_date_is_enough():
    dates = "<pubDate>kein Datum</pubDate><dc:date>2026-11-23T10:00:00Z</dc:date>"
    item = f"<item><title>Bread</title><link>/bread</link>{dates}</item>"
    (entry,) = parse_feed(FeedBody(RSS.format(items=item).encode(), URL, "", "")).entries
    assert entry.updated
    assert not entry.unread_date
