import json

import pytest

from newsline.records import encode
from newsline.topics.dead_letters.originals import OriginalArticle, article
from tests.support.example_records import raw_article


def test_an_original_names_its_article_although_it_is_no_valid_record():
    assert article(encode(raw_article(1))) == OriginalArticle(
        "Harbour reopens", "https://example.org/1", ("https://example.org/feed",)
    )
    future = {"schema": "newsline.raw/9", "title": "Later", "feeds": [{"url": "https://a.example"}]}
    assert article(json.dumps(future).encode()).feed == "https://a.example"


@pytest.mark.parametrize(
    "original",
    [
        *(b"", b"\xff\xfe", b"<rss/>", b"[]", b"7", b"[" * 200_000, b'{"title":"\\ud800"}'),
        b'{"title":7,"url":null,"feeds":{"url":1}}',
        b'{"feeds":["https://a.example",{"url":[]},{}]}',
    ],
)
def test_an_original_that_names_no_article_is_no_error(original):
    assert article(original) == OriginalArticle()


def test_what_is_too_long_for_the_contract_is_cut():
    long = article(json.dumps({"title": "x" * 900, "feeds": [{"url": "u"}] * 50}).encode())
    assert (len(long.title), len(long.feeds)) == (500, 10)
