from __future__ import annotations

from collections import Counter

import pytest

from newsline.sample import boilerplate, expected_text, promotion_lines
from newsline.sample.stories import STORIES, BlockKind, Role

ARTICLES = [
    story for story in STORIES if story.texts(BlockKind.PARAGRAPH) and story.role != Role.NO_TEXT
]


@pytest.mark.parametrize("story", ARTICLES, ids=lambda story: f"{story.slug}.r{story.revision}")
def test_an_article_has_the_length_of_a_news_report(story):
    words = sum(len(paragraph.split()) for paragraph in expected_text(story.slug, story.revision))
    assert 250 <= words <= 600
    assert len(story.texts(BlockKind.PARAGRAPH)) >= 5
    assert story.summary
    assert story.authors
    assert story.keywords


def test_there_are_articles_enough_in_several_languages():
    languages = Counter(story.language for story in ARTICLES if story.revision == 1)
    assert languages == {"en": 33, "de": 3, "fr": 3}


def test_a_slug_is_used_by_one_site_only():
    assert len({(story.slug, story.revision) for story in STORIES}) == len(STORIES)


def test_every_special_role_is_cast():
    roles = Counter(story.role for story in STORIES)
    del roles[Role.ORDINARY]
    assert roles == {
        Role.WIRE: 2,
        Role.LATE: 1,
        Role.PAGE_GONE: 1,
        Role.GONE: 1,
        Role.NOT_HTML: 1,
        Role.NO_TEXT: 1,
    }
    assert [story.slug for story in STORIES if story.revision == 2] == ["ferry-aground"]
    assert {story.relisted for story in STORIES} == {None, "harbour", "northgate"}


def test_the_revision_changes_title_and_text():
    first, second = (story for story in STORIES if story.slug == "ferry-aground")
    assert first.title != second.title
    assert expected_text("ferry-aground", 1) != expected_text("ferry-aground", 2)


def test_the_wire_copy_is_near_identical_but_not_identical():
    one, other = (expected_text(story.slug) for story in STORIES if story.role is Role.WIRE)
    assert one != other
    assert len(set(one) & set(other)) >= 5


def test_an_unknown_revision_is_an_error():
    with pytest.raises(KeyError):
        expected_text("ferry-aground", 3)


def test_no_furniture_stands_in_an_article():
    texts = ["\n".join(story.texts(BlockKind.PARAGRAPH)) for story in STORIES]
    assert not [text for text in boilerplate() if any(text in article for article in texts)]
    assert set(promotion_lines()) < set(boilerplate())
