import re

from newsline.page.highlight import marked
from newsline.records import Entity, Evidence, Mention, TopicTag
from tests.support.example_records import enriched_article


def entity(*mentions):
    return Entity(
        name="Norway",
        type="place",
        count=1,
        salience=1.0,
        mentions=tuple(Mention(*each) for each in mentions),
    )


def tag(term, source="text"):
    return TopicTag(
        code="medtop:04000000",
        name="economy",
        path=("economy",),
        confidence=1.0,
        evidence=(Evidence(source, term),),
    )


def marks(text, *, entities=(), tags=(), most=500):
    article = enriched_article(text=text, entities=entities, topic_tags=tags)
    return re.findall(r'<mark class="(\w+)"[^>]*>([^<]*)</mark>', marked(article, most))


def test_offsets_count_characters_beyond_the_basic_plane_once():
    text = "😀🚢 Ships from Norway came."
    start = text.index("Norway")
    assert marks(text, entities=(entity((start, start + 6)),)) == [("entity", "Norway")]


def test_words_that_support_a_tag_are_marked_wherever_they_are_words():
    assert marks("Trade rises. TRADE; retrade, traders", tags=(tag("trade"),)) == [
        ("evidence", "Trade"),
        ("evidence", "TRADE"),
    ]
    assert marks("Trade rises.", tags=(tag("trade", "title"),)) == []


def test_marks_neither_overlap_nor_leave_the_text():
    spans = entity((0, 5), (3, 9), (5, 10**9), (7, 7), (9, 8))
    assert marks("Ships from Norway", entities=(spans,)) == [("entity", "Ships")]


def test_a_term_with_signs_of_patterns_is_text():
    assert marks("a (.*)+$ b", tags=(tag("(.*)+$"),)) == [("evidence", "(.*)+$")]


def test_a_long_text_is_cut_between_words_and_marks_behind_it_are_left_out():
    article = enriched_article(text="one two three four five", entities=(entity((14, 18)),))
    assert marked(article, 12) == "<bdi>one two…</bdi>"


def test_markup_in_a_text_is_text():
    article = enriched_article(text="<script>alert(1)</script>", entities=(entity((0, 8)),))
    assert "<script" not in marked(article, 100)
