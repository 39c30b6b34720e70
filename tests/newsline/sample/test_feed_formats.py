from __future__ import annotations

import io
import json

import feedparser
import pytest

from newsline.sample.expected import expected_counts
from newsline.sample.feed_formats import feed_document
from newsline.sample.sites import SITES
from newsline.sample.stories import Role

ENTRIES = {"meridian": (13, 14), "harbour": (16, 16), "northgate": (14, 14)}
"""In chapter one and in chapter two."""


def parsed(edition, key):
    return feedparser.parse(io.BytesIO(feed_document(edition, SITES[key])))


def items(edition):
    return json.loads(feed_document(edition, SITES["northgate"]))["items"]


@pytest.mark.parametrize("key", ["meridian", "harbour"])
def test_an_xml_feed_is_well_formed_and_complete(chapter_one, chapter_two, key):
    one, two = parsed(chapter_one, key), parsed(chapter_two, key)
    assert not one.bozo
    assert one.version == {"meridian": "rss20", "harbour": "atom10"}[key]
    assert (len(one.entries), len(two.entries)) == ENTRIES[key]
    assert all(entry.title and entry.link and entry.id for entry in two.entries)
    assert len({entry.id for entry in two.entries}) == len(two.entries)


def test_the_json_feed_is_complete_and_stays_as_it_is(chapter_one, chapter_two):
    document = json.loads(feed_document(chapter_one, SITES["northgate"]))
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert len(document["items"]) == ENTRIES["northgate"][0]
    assert {item["language"] for item in document["items"]} == {"en", "de"}
    assert all(("content_text" in item) != ("content_html" in item) for item in items(chapter_one))
    assert items(chapter_one) == items(chapter_two)


def test_rss_carries_authors_categories_and_some_full_texts(chapter_one):
    entries = {entry.title: entry for entry in parsed(chapter_one, "meridian").entries}
    for item in chapter_one.items(SITES["meridian"]):
        story, entry = item.story, entries[item.story.title]
        assert [author.name for author in entry.authors if author] == list(story.authors)
        assert [tag.term for tag in entry.tags] == [story.section, *story.keywords]
        assert ("content" in entry) == story.full_in_feed
    assert 1 < sum("content" in entry for entry in entries.values()) < len(entries)


def test_the_updated_article_keeps_its_entry_id_and_gets_a_new_time(chapter_one, chapter_two):
    one, two = (
        next(entry for entry in parsed(edition, "harbour").entries if "ferry" in entry.id)
        for edition in (chapter_one, chapter_two)
    )
    assert one.id == two.id
    assert one.published == two.published
    assert one.updated < two.updated
    assert one.title != two.title


def test_an_article_without_a_page_has_its_text_in_the_feed(chapter_one):
    (entry,) = (e for e in parsed(chapter_one, "meridian").entries if "tunnel" in e.link)
    assert "fourteen minutes" in entry.content[0].value


def test_an_article_with_nothing_to_fall_back_on_has_a_title_only(chapter_one):
    (entry,) = (e for e in parsed(chapter_one, "harbour").entries if "withdrawn" in e.link)
    assert "summary" not in entry
    assert "content" not in entry


def test_one_article_is_listed_by_two_feeds_and_one_twice_by_the_same(chapter_one):
    rss = [entry.link for entry in parsed(chapter_one, "meridian").entries]
    atom = [entry.link for entry in parsed(chapter_one, "harbour").entries]
    story = "business/port-strike-talks"
    assert sum(f":7001/{story}?utm_source=" in link for link in rss) == 1
    assert sum(link.endswith(f":7001/amp/{story}") for link in atom) == 1
    twice = [item["url"] for item in items(chapter_one) if "river-barrier" in item["url"]]
    assert [url.partition(":7003")[2] for url in twice] == [
        "/article?id=river-barrier",
        "/print?id=river-barrier",
    ]


def test_what_is_expected_adds_up(chapter_two):
    numbers = expected_counts(chapter_two)
    assert numbers.entries == sum(second for _, second in ENTRIES.values())
    assert numbers.entries == numbers.articles + numbers.relisted + sum(numbers.dropped.values())
    assert (numbers.articles, numbers.updates, numbers.relisted) == (39, 1, 2)
    assert (numbers.from_feed, numbers.near_duplicates) == (1, 1)
    assert numbers.dropped == {Role.GONE: 1, Role.NOT_HTML: 1, Role.NO_TEXT: 1}
