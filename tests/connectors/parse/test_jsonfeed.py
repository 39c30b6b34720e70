"""JSON Feeds as loosely as they are found: nothing beside the items spoils them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.parse import FeedBody, ParsedFeed, parse_feed

URL = "https://news.example/feed.json"
ONE = {"id": "1", "url": "https://news.example/1", "title": "Ferry"}


def parsed(*items: object, **beside: Any) -> ParsedFeed:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items} | beside
    return parse_feed(FeedBody(json.dumps(feed).encode(), URL, "application/json", None))


def authors(item: dict[str, Any], **beside: Any) -> tuple[str, ...]:
    (entry,) = parsed(ONE | item, **beside).entries
    return entry.authors


@pytest.mark.parametrize(
    "version",
    [
        "https://jsonfeed.org/version/1",
        "http://jsonfeed.org/version/1",
        "https://www.jsonfeed.org/version/1.1/",
        "HTTPS://JSONFEED.ORG/version/1.1",
        " https://jsonfeed.org/version/1.1 ",
        "jsonfeed.org/version/1",
        "1.0",
        "v1.1",
        "JSON Feed 1.1",
        1,
        1.1,
    ],
)
def test_a_version_is_known_in_every_spelling(version: object):
    assert [entry.link for entry in parsed(ONE, version=version).entries] == [ONE["url"]]


@pytest.mark.parametrize("odd", [None, 5, 1.5, True, "x", {}, {"a": 1}, [], [None], [[{}]]])
@pytest.mark.parametrize(
    "name", ["title", "language", "feed_url", "hubs", "author", "authors", "icon"]
)
def test_an_odd_value_beside_the_items_spoils_nothing(name: str, odd: object):
    assert [entry.title for entry in parsed(ONE, **{name: odd}).entries] == ["Ferry"]


@pytest.mark.parametrize("odd", [None, True, {}, {"a": 1}, [], [None], [[{}]]])
@pytest.mark.parametrize(
    "name", ["id", "title", "summary", "content_html", "content_text", "language"]
)
def test_an_odd_value_in_an_item_spoils_nothing(name: str, odd: object):
    (entry,) = parsed(ONE | {name: odd}).entries
    assert entry.link == ONE["url"]


@pytest.mark.parametrize(
    "hubs",
    [
        {"type": "WebSub", "url": "https://hub.example/"},
        [5, {"type": 5}, {"type": "websub", "url": "https://hub.example/"}],
    ],
)
def test_a_hub_is_found_beside_odd_ones(hubs: object):
    assert parsed(hubs=hubs).hub == "https://hub.example/"


def test_a_number_is_an_id_and_a_title():
    (entry,) = parsed({"id": 17, "url": "/17", "title": 1984}).entries
    assert (entry.id, entry.title) == ("17", "1984")


def test_the_text_of_an_object_is_used():
    (entry,) = parsed(ONE | {"url": {"href": "/2"}, "title": {"value": "Tug"}}).entries
    assert (entry.link, entry.title) == ("https://news.example/2", "Tug")


@pytest.mark.parametrize("empty", ["", " ", None, [], {}, "javascript:x", URL])
def test_an_empty_address_hides_no_fallback(empty: object):
    external = parsed({"id": "1", "url": empty, "external_url": "https://a.example/1"})
    by_id = parsed({"id": "https://a.example/1", "url": empty, "external_url": empty})
    assert external.entries[0].link == by_id.entries[0].link == "https://a.example/1"


@pytest.mark.parametrize(
    "said",
    [
        {"authors": [{"name": "Ines Brandt"}]},
        {"author": {"name": "Ines Brandt"}},
        {"authors": {"name": "Ines Brandt"}},
        {"authors": ["Ines Brandt"]},
        {"author": "Ines Brandt"},
        {"author": {"name": "ines@paper.studio (Ines Brandt)"}},
        {"authors": [], "author": {"name": "Ines Brandt"}},
        {"authors": [{"name": ""}, {"name": None}, {"name": "Ines Brandt"}]},
    ],
)
def test_an_item_without_authors_has_the_feeds(said: dict[str, Any]):
    for nobody in ({}, {"authors": []}, {"author": None}, {"authors": [{"name": " "}]}):
        assert authors(nobody, **said) == ("Ines Brandt",)
    assert authors(said, authors=[{"name": "Ola Nilsen"}]) == ("Ines Brandt",)


@pytest.mark.parametrize(
    "written", ["2026-11-23T09:05:00Z", 1_795_424_700, "1795424700", 1_795_424_700_000]
)
def test_a_time_is_text_or_a_number(written: object):
    (entry,) = parsed(ONE | {"date_published": written}).entries
    assert entry.published == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "tags", ["Ports, Ferries", ["Ports", "Ferries"], [{"name": "Ports"}, 5, "Ferries"]]
)
def test_tags_are_a_list_or_a_text(tags: object):
    (entry,) = parsed(ONE | {"tags": tags}).entries
    assert entry.categories == ("Ports", "Ferries")


def test_a_feed_may_have_null_for_items():
    body = b'{"version": "https://jsonfeed.org/version/1", "items": null}'
    assert parse_feed(FeedBody(body, URL, "", None)).entries == ()


@pytest.mark.parametrize("odd", [b'"Fer\nry"', b'"Fer\try"', b'"Fer\x01ry"'])
def test_a_raw_control_character_in_a_text_spoils_nothing(odd: bytes):
    body = b'{"version": "1.1", "items": [{"url": "/1", "title": %b, "rating": NaN}]}' % odd
    (entry,) = parse_feed(FeedBody(body, URL, "", None)).entries
    assert entry.title.replace(" ", "") == "Ferry"
