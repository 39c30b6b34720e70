"""One page under several addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.text.urls import canonical_url, same_site


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
        ("https://news.example/a?utm%5Fsource=x&gad_source=1", "https://news.example/a"),
        ("https://news.example/a?utm_source=rss&amp;utm_medium=feed", "https://news.example/a"),
        ("https://news.example/a?rss=1&cmp=rss&emc=edit_th", "https://news.example/a"),
        ("https://ana:secret@news.example/a", "https://news.example/a"),
        ("https://news.example/a;jsessionid=0A1B.n1?id=7", "https://news.example/a?id=7"),
        ("https://news.example/a%3BJSESSIONID%3D0A1B/b", "https://news.example/a/b"),
        ("https://news.example/a?PHPSESSID=12&id=7", "https://news.example/a?id=7"),
        ("https://news.example/a?CFID=1&CFTOKEN=2&id=7", "https://news.example/a?id=7"),
        ("https://news.example/a?sid=0f1e2d3c4b5a69788796a5b4c3d2e1f0", "https://news.example/a"),
        (
            "https://news.example/(S(lit3py55t21z5v55vlm25s55))/a.aspx",
            "https://news.example/a.aspx",
        ),
        (
            "https://news-example.cdn.ampproject.org/v/s/news.example/a?amp_js_v=0.1&usqp=mq331AQ",
            "https://news.example/a",
        ),
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
        "rss=7",
        "sid=26",
        "s=harbour-opens-2026-and-shuts-again-2027",
        "session=2026",
        "cmp=2",
        "emc=1",
        "at_id=4",
        "at_xt=4",
        "pk_id=33",
        "itm_id=77",
    ],
)
def test_what_identifies_is_kept(query: str):
    url = f"https://news.example/story.asp?{query}"
    assert canonical_url(url) == url


def test_a_fragment_that_names_a_page_is_kept():
    first, second = (f"https://news.example/app#!/story/{n}" for n in (1, 2))
    assert (canonical_url(first), canonical_url(second)) == (first, second)


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


@pytest.mark.parametrize(
    ("url", "original"),
    [
        ("https://www.google.com/amp/s/courier.example/a", "https://courier.example/a"),
        ("https://www.google.co.uk/amp/courier.example/a?b=1", "http://courier.example/a?b=1"),
        (
            "https://www-courier-example.cdn.ampproject.org/c/s/www.courier.example/amp/a",
            "https://www.courier.example/amp/a",
        ),
        (
            "https://courier-example.cdn.ampproject.org/v/courier.example/a?utm_source=x",
            "http://courier.example/a",
        ),
        ("https://courier-example.bing-amp.com/c/s/courier.example/a", "https://courier.example/a"),
        ("https://www.google.com/amp/help", "https://www.google.com/amp/help"),
        ("https://a.example/amp/s/b.example/a", "https://a.example/amp/s/b.example/a"),
        ("https://cdn.ampproject.org/v0.js", "https://cdn.ampproject.org/v0.js"),
    ],
)
def test_a_copy_in_an_amp_cache_is_the_original(url: str, original: str):
    assert canonical_url(url) == original
