"""Addresses as operators type and paste them."""

import pytest

from connectors.feedlist.typed_address import typed_urls


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("https://a.example/feed", "https://a.example/feed"),
        (" https://a.example/feed\n", "https://a.example/feed"),
        ("https://a.example/feed - The Example", "https://a.example/feed"),
        ("The Example: https://a.example/feed.", "https://a.example/feed"),
        ("<https://a.example/>", "https://a.example/"),
        ("“https://a.example/”,", "https://a.example/"),
        ("[The Example](https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("feed:https://a.example/x", "https://a.example/x"),
        ("feed://a.example/x", "http://a.example/x"),
        ("http:/a.example/", "http://a.example/"),
        ("https//a.example/", "https://a.example/"),
        ("ftp://a.example/", "ftp://a.example/"),
    ],
)
def test_an_address_with_a_scheme_is_one_url(typed, url):
    assert typed_urls(typed) == [url]


def test_without_a_scheme_https_is_tried_first_and_then_www():
    assert typed_urls("a.example/news") == [
        "https://a.example/news",
        "http://a.example/news",
        "https://www.a.example/news",
        "http://www.a.example/news",
    ]


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("www.a.example", "https://www.a.example"),
        ("a.example.", "https://a.example"),
        ("«a.example»", "https://a.example"),
        ("a.example the best news", "https://a.example"),
        ("//a.example/x", "https://a.example/x"),
        ("a.example:8080/x?y=1", "https://a.example:8080/x?y=1"),
        ("bücher.example", "https://bücher.example"),
    ],
)
def test_words_and_signs_around_an_address_are_dropped(typed, url):
    assert typed_urls(typed)[0] == url


@pytest.mark.parametrize("typed", ["127.0.0.1:8000/x", "localhost:8000/x", "intranet/x"])
def test_a_host_without_a_domain_has_no_www(typed):
    assert typed_urls(typed) == [f"https://{typed}", f"http://{typed}"]
