"""Elements removed from an article's markup before its text is read."""

from __future__ import annotations

import pytest
from lxml.html import HtmlElement, document_fromstring, tostring

from connectors.extract.boilerplate import (
    drop_asides,
    drop_markers,
    drop_unshown,
    keep_openings,
    keep_posts,
)

TEXT = "The bridge over the river stays closed until the engineers have looked at all of it. " * 5


def tree(body: str) -> HtmlElement:
    return document_fromstring(f"<html><body><p>{TEXT}</p>{body}</body></html>")


@pytest.mark.parametrize(
    "aside",
    [
        '<div class="Newsletter-container">The day in your inbox</div>',
        '<div class="article-cta">Join the readers</div>',
        '<section class="pushdown-promo">Awards</section>',
        '<p class="estimated-read-time">3 minutes</p>',
        '<p>She<span class="rollover-people-block">Her other news</span> said so.</p>',
        '<span role="tooltip">A bridge is a bridge.</span>',
        '<span itemprop="datePublished">Monday</span>',
    ],
)
def test_asides_go_and_what_follows_them_stays(aside: str):
    page = tree(f"{aside} Then more.")
    inner = page.xpath("//*[@class or @role or @itemprop]")[0].text_content()
    drop_asides(page)
    assert inner not in page.text_content()
    assert page.text_content().endswith("Then more.")


def test_what_holds_the_article_is_no_aside_whatever_it_is_called():
    page = document_fromstring(f'<html><body><div class="promo"><p>{TEXT}</p></div></body></html>')
    drop_asides(page)
    assert TEXT in page.text_content()


def test_scripts_do_not_make_a_large_part_of_the_article_look_small():
    script = "let all = 'words';" * 500
    page = document_fromstring(
        f'<html><body><script>{script}</script><div class="cta-v2">{TEXT}</div></body></html>'
    )
    drop_unshown(page)
    drop_asides(page)
    assert TEXT in page.text_content()


@pytest.mark.parametrize(
    "menu", ["<nav>{}</nav>", '<div role="navigation">{}</div>', "<div hidden>{}</div>"]
)
def test_menus_go_unless_the_article_is_in_them(menu: str):
    page = tree(menu.format("<a href='/'>Home</a>"))
    drop_unshown(page)
    assert "Home" not in page.text_content()
    page = document_fromstring(f"<html><body>{menu.format(f'<p>{TEXT}</p>')}</body></html>")
    drop_unshown(page)
    assert TEXT in page.text_content()


def test_a_box_with_several_long_paragraphs_is_a_part_of_the_article():
    inner = f"<p>{TEXT}</p>" * 3
    page = tree(f'<p>{TEXT * 12}</p><div class="cta-box">{inner}</div>')
    drop_asides(page)
    assert inner in tostring(page, encoding="unicode")


def test_a_quoted_post_is_a_plain_quotation():
    page = tree(
        '<div class="social-media-embed"><blockquote class="twitter-tweet"><p>It is closed. '
        '<a href="https://t.co/x">t.co/x</a></p>— A neighbour</blockquote></div>'
    )
    keep_posts(page)
    assert page.xpath("//blockquote/..")[0].attrib == {}
    assert page.xpath("//blockquote//a") == []


def test_a_post_s_frame_that_holds_more_keeps_its_name():
    page = tree(f'<div class="a"><blockquote class="twitter-tweet">No.</blockquote>{TEXT}</div>')
    keep_posts(page)
    assert page.xpath("//div")[0].get("class") == "a"


def test_an_empty_mark_goes_and_the_paragraph_after_it_stays():
    page = tree('<p><span id="more-5129"></span>He said so.</p>')
    drop_markers(page)
    assert page.xpath("//span") == []
    assert page.xpath("//p")[-1].text == "He said so."


OPENING = "The council has closed the bridge for a month, its chair said."


def article(above: str, head: str = "") -> str:
    page = document_fromstring(
        f"<html><head>{head}</head><body><article><header><h1>Bridge closed</h1>{above}</header>"
        f"<div><p>{TEXT}</p></div></article></body></html>"
    )
    keep_openings(page)
    return page.xpath("//article/div")[0].text_content()


def test_sentences_under_the_title_begin_the_text():
    second = "Nobody had expected it to stay closed for so long."
    assert article(f"<p>{OPENING}</p><p>{second}</p>") == f"{OPENING}{second}{TEXT}"


def test_a_subtitle_and_a_byline_do_not():
    described = f'<meta name="description" content="{OPENING}">'
    assert article(f"<p>{OPENING}</p>", described) == TEXT
    assert article("<p>By Ana Díaz</p><p>Monday, 12 May 2026</p>") == TEXT
