"""The same article under several addresses, and the same text in several dresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.identity import (
    article_id,
    canonical_url,
    changes,
    content_hash,
    same_site,
    text_hash,
    title_hash,
)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example:443/A/b#top", "https://news.example/A/b"),
        ("http://news.example:80", "http://news.example/"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("http://news.example:443/a", "http://news.example:443/a"),
        (" https://news.example/a \n", "https://news.example/a"),
        ("https://news.example/a/../b/./c", "https://news.example/b/c"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("https://news.example/a?utm_source=rss&utm_medium=x&id=7", "https://news.example/a?id=7"),
        ("https://news.example/a?fbclid=1&gclid=2", "https://news.example/a"),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?a=1&b=2"),
    ],
)
def test_addresses_of_one_page_become_one(url: str, canonical: str):
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    "query",
    [
        "12345",
        "id=7",
        "gallery=7",
        "reference=7",
        "medium=radio",
        "p=",
        "story=a%20b",
        "aid=1",
        "u=x",
    ],
)
def test_what_identifies_is_kept(query: str):
    url = f"https://news.example/story.asp?{query}"
    assert canonical_url(url) == url


@pytest.mark.parametrize(
    "url",
    ["", "x", "/a", "mailto:a@b.example", "javascript:x", "http://", "http://[::1", "urn:x:y"],
)
def test_what_is_no_web_address_is_returned_as_it_is(url: str):
    assert canonical_url(url) == url


@given(st.text())
def test_any_string_can_be_asked_about(text: str):
    canonical_url(text)
    canonical_url(f"https://news.example/{text}")


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_a_canonical_address_stays(path: str):
    once = canonical_url(f"https://news.example/{path}")
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("url", "other", "same"),
    [
        ("https://www.news.example.co.uk/a", "https://amp.news.example.co.uk/b", True),
        ("https://www.bbc.co.uk/a", "http://bbc.co.uk/b", True),
        ("https://www.bbc.co.uk/a", "https://www.itv.co.uk/b", False),
        ("https://a.blogspot.com/a", "https://b.blogspot.com/a", False),
        ("https://www.news.example/a", "https://news.example/b", True),
        ("https://ews.example/a", "https://news.example/b", False),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8001/b", True),
        ("http://127.0.0.1:8001/a", "http://127.0.0.1:8002/a", False),
        ("http://127.0.0.1:8001/a", "https://www.bbc.co.uk/a", False),
    ],
)
def test_a_site_is_a_registrable_domain_or_a_host(url: str, other: str, same: bool):
    assert same_site(url, other) is same


def test_an_article_id_is_32_hex_digits_and_never_changes():
    assert article_id("https://news.example/a") == "f65cc979f2fa2d3a0b030e7616628033"


TEXT = 'He said: "It\'s over" - and left.'
DRESSES = [
    'He said:  "It\'s over" -\nand left. ',
    "He said: “It’s over” – and left.",
    "HE SAID: «It's over»—and left.",
    'He said:\u00a0"It\'s over" - and left.',
]


@pytest.mark.parametrize("text", DRESSES)
def test_a_cosmetic_change_is_none(text: str):
    assert text_hash(text) == text_hash(TEXT)
    assert title_hash(text) == title_hash(TEXT)
    assert content_hash(text, text) == content_hash(TEXT, TEXT)
    assert changes(title_hash(TEXT), text_hash(TEXT), title=text, text=text) == ()


@pytest.mark.parametrize(
    ("title", "text", "changed"),
    [
        ("Old", "Old text", ()),
        ("New", "Old text", ("title",)),
        ("Old", "Old text, corrected", ("text",)),
        ("New", "New text", ("title", "text")),
    ],
)
def test_changes_are_named(title: str, text: str, changed: tuple[str, ...]):
    before = title_hash("Old"), text_hash("Old text")
    assert changes(*before, title=title, text=text) == changed


def test_words_that_move_from_title_to_text_change_the_content():
    assert content_hash("a b", "c") != content_hash("a", "b c")


def test_a_lone_surrogate_can_be_hashed():
    assert len(text_hash("\ud800")) == 32
