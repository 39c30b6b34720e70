from __future__ import annotations

import json

import pytest
import trafilatura
from lxml import html

from newsline.sample import boilerplate, promotion_lines
from newsline.sample.pages import article_page, home_page
from newsline.sample.sites import SITES
from newsline.sample.stories import STORIES, BlockKind, Role

WITH_PAGE = (Role.ORDINARY, Role.WIRE, Role.LATE)
PAGES = [story for story in STORIES if story.role in WITH_PAGE]

every_article = pytest.mark.parametrize(
    "story", PAGES, ids=lambda story: f"{story.slug}.r{story.revision}"
)


def one_of(site):
    return next(story for story in PAGES if story.site == site)


def metadata(page):
    """The JSON-LD objects, and the OpenGraph properties."""
    tree = html.fromstring(page)
    scripts = tree.xpath('//script[@type="application/ld+json"]/text()')
    return [json.loads(script) for script in scripts], {
        meta.get("property"): meta.get("content") for meta in tree.xpath("//meta[@property]")
    }


@every_article
def test_an_extractor_finds_the_paragraphs_in_order_and_little_else(chapter_two, story):
    document = trafilatura.bare_extraction(
        article_page(chapter_two, story),
        url=chapter_two.url(story),
        favor_precision=True,
        with_metadata=True,
        include_comments=False,
    )
    paragraphs = story.texts(BlockKind.PARAGRAPH)
    lines = [line.strip() for line in document.text.splitlines()]
    found = [line for line in lines if line in paragraphs]
    assert len(found) >= 0.95 * len(paragraphs)
    assert found == [paragraph for paragraph in paragraphs if paragraph in found]
    others = set(boilerplate()) - set(promotion_lines())
    assert not [text for text in others if text in document.text]
    assert document.title == story.title
    assert document.author == "; ".join(story.authors)
    assert document.url == chapter_two.url(story)


@every_article
def test_a_page_is_furnished(chapter_two, story):
    text = " ".join(html.fromstring(article_page(chapter_two, story)).text_content().split())
    assert not [
        missing
        for missing in (
            *SITES[story.site].boilerplate(),
            *story.texts(BlockKind.PROMO),
            story.credit,
        )
        if missing not in text
    ]


def test_a_site_describes_its_articles_in_its_own_way(chapter_one):
    (article,), properties = metadata(article_page(chapter_one, one_of("meridian")))
    assert article["@type"] == "NewsArticle"
    assert properties["og:url"] == article["mainEntityOfPage"]

    (graph,), properties = metadata(article_page(chapter_one, one_of("harbour")))
    assert [node["@type"] for node in graph["@graph"]] == ["WebSite", "NewsArticle"]
    assert properties == {}

    scripts, properties = metadata(article_page(chapter_one, one_of("northgate")))
    assert scripts == []
    assert properties["article:section"] == one_of("northgate").section


@every_article
def test_json_ld_says_what_the_story_says(chapter_two, story):
    scripts, _ = metadata(article_page(chapter_two, story))
    for script in scripts:
        article = script.get("@graph", [script])[-1]
        assert article["headline"] == story.title
        assert article["inLanguage"] == story.language
        assert article["keywords"] == list(story.keywords)
        assert article["dateModified"] == chapter_two.modified(story).isoformat()


def test_a_page_without_text_has_none_to_speak_of():
    (story,) = (story for story in STORIES if story.role is Role.NO_TEXT)
    assert sum(len(text) for text in story.texts(BlockKind.PARAGRAPH)) < 40


@pytest.mark.parametrize("site", SITES.values(), ids=SITES)
def test_a_home_page_names_its_feed_and_links_to_its_articles(chapter_one, site):
    tree = html.fromstring(home_page(chapter_one, site))
    (feed,) = tree.xpath('//link[@rel="alternate"]')
    assert feed.get("href") == chapter_one.feed_url(site)
    own = {chapter_one.url(story) for story in chapter_one.stories() if story.site == site.key}
    assert set(tree.xpath("//li/a/@href")) == own
