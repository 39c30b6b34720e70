"""Articles in every script are read alike, from a page and from the feed's own content."""

from __future__ import annotations

import pytest

from connectors.extract import NoText, PageContent, extract_feed_text, extract_page
from connectors.text.clean import clean_text
from tests.support.declaration import PARAGRAPHS, UNSPACED

URL = "https://www.courier.example/world/rights"


def in_html(paragraphs: list[str]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def read(paragraphs: list[str], head: str = "") -> PageContent:
    title = paragraphs[0][:12]
    return extract_page(
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body><main><article><h1>{title}</h1>{in_html(paragraphs)}</article></main></body>"
        "</html>".encode(),
        URL,
        None,
        "text/html",
    )


@pytest.mark.parametrize("length", [2, 6])
@pytest.mark.parametrize("language", PARAGRAPHS)
class TestLanguages:
    def test_an_article_on_a_page_is_read_whole(self, language: str, length: int):
        paragraphs = PARAGRAPHS[language][:length]
        assert read(paragraphs).text == clean_text("\n".join(paragraphs))

    def test_an_article_in_a_feed_is_read_whole(self, language: str, length: int):
        paragraphs = PARAGRAPHS[language][:length]
        found = extract_feed_text(in_html(paragraphs), None)
        assert found.text == clean_text("\n".join(paragraphs))


@pytest.mark.parametrize("language", PARAGRAPHS)
def test_a_short_article_is_read_without_what_is_around_it(language: str):
    article, others = PARAGRAPHS[language][:2], PARAGRAPHS[language][2:] * 2
    menu = "".join(f'<li><a href="/s/{n}">{each[:6]}</a></li>' for n, each in enumerate(others))
    teasers = "".join(
        f'<div class="item"><a href="/n/{n}"><h3>{each[:24]}</h3></a>'
        f"<p>{each[: len(each) // 2]}</p></div>"
        for n, each in enumerate(others)
    )
    found = extract_page(
        f"<!DOCTYPE html><html><head><title>{article[0][:14]}</title></head><body>"
        f'<div><ul>{menu}</ul></div><div id="container"><div class="article-content">'
        f"<h1>{article[0][:14]}</h1>{in_html(article)}</div></div>"
        f'<div class="side">{teasers}</div></body></html>'.encode(),
        URL,
        None,
        "text/html",
    )
    assert found.text == clean_text("\n".join(article))


@pytest.mark.parametrize("language", UNSPACED)
def test_a_notice_is_no_article_in_any_script(language: str):
    notice = PARAGRAPHS[language][3]  # twelve words in English
    with pytest.raises(NoText):
        read([notice])
    assert extract_feed_text(in_html([notice]), None).text == ""


@pytest.mark.parametrize("language", UNSPACED)
def test_a_whole_article_that_is_marked_as_closed_has_no_wall(language: str):
    mark = (
        '<script type="application/ld+json">'
        '{"@type": "NewsArticle", "headline": "…", "isAccessibleForFree": false}</script>'
    )
    paragraphs = PARAGRAPHS[language]
    found = read([f"{n}. {each}" for n in range(4) for each in paragraphs], head=mark)
    assert found.wall is None
    assert paragraphs[-1][:40] in found.text


@pytest.mark.parametrize("joiner", ["\u200c", "&zwnj;", "&#8204;"])
def test_the_joiners_within_words_stay(joiner: str):
    lines = [
        f"شهردار روز سه{joiner}شنبه گفت که پل قدیمی تا پایان ماه بسته می{joiner}ماند و "
        f"قایق{joiner}ها مردم را جابه{joiner}جا می{joiner}کنند. مهندسان ترک{joiner}هایی دیدند.",
        f"هزینه کار از بودجه شهر پرداخت می{joiner}شود و نشست همگانی پنجشنبه شب برگزار خواهد شد.",
    ]
    whole = "\n".join(lines).replace(joiner, "\u200c")
    assert read(lines).text == whole
    assert extract_feed_text(in_html(lines), None).text == whole
