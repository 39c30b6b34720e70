from datetime import UTC, datetime, timedelta, timezone
from typing import get_args

import msgspec
import pytest

from newsline import records
from newsline.outcomes import (
    EntityType,
    EvidenceSource,
    LabelSource,
    PublishedRevisionReason,
    Reason,
    RevisionReason,
    Stage,
)
from newsline.records import (
    MAX_DEAD_LETTER_BYTES,
    MAX_ENTITIES,
    MAX_FEEDS,
    MAX_KEYWORDS,
    MAX_MENTIONS,
    MAX_NAME,
    MAX_RECORD_BYTES,
    MAX_SUMMARY,
    MAX_TAGS,
    MAX_TEXT,
    MAX_TITLE,
    MAX_URL,
    DeadLetter,
    EnrichedArticle,
    Entity,
    Evidence,
    FeedRef,
    Header,
    Language,
    Lead,
    Mention,
    Model,
    Quote,
    RawArticle,
    Reservation,
    Statistics,
    Time,
    TopicTag,
)
from tests.support.example_records import NOON, raw_article

WIDEST = "\U0001f5de"
"""Four bytes in UTF-8, the most that a character can take."""


def largest_enriched() -> EnrichedArticle:
    """Every field as large as the contract allows."""
    url = "https://example.org/" + "u" * (MAX_URL - 20)
    name = WIDEST * MAX_NAME
    mentions = [Mention(MAX_TEXT - 10, MAX_TEXT)] * (MAX_MENTIONS // MAX_ENTITIES)
    entity = Entity(
        name=name,
        type=EntityType.ORGANISATION,
        count=99_999,
        salience=0.123456789012345,
        mentions=tuple(mentions),
        aliases=(name,) * records.MAX_ALIASES,
        wikidata="Q12345678901",
    )
    tag = TopicTag(
        code="medtop:20000105",
        name=name,
        path=(name,) * 6,
        confidence=0.123456789012345,
        evidence=(Evidence("keyword", name),) * 5,
        wikidata="Q12345678901",
    )
    extension = {"x": "x" * (records.MAX_EXTENSION_BYTES - len('{"x":""}'))}
    raw = raw_article(
        url=url,
        fetched_url=url,
        feeds=(FeedRef(url, WIDEST * MAX_TITLE, WIDEST * MAX_TITLE),) * MAX_FEEDS,
        title=WIDEST * MAX_TITLE,
        text=WIDEST * MAX_TEXT,
        truncated=True,
        access="metered",
        summary=WIDEST * MAX_SUMMARY,
        authors=(name,) * records.MAX_AUTHORS,
        keywords=(name,) * MAX_KEYWORDS,
        feed_categories=(name,) * MAX_KEYWORDS,
        section=name,
        site_name=name,
        image_url=url,
        changed=("title", "text"),
        modified=Time(NOON, "page"),
        reservations=(Reservation("tdmrep", "noimageai", url),) * records.MAX_RESERVATIONS,
    )
    return EnrichedArticle(
        **msgspec.structs.asdict(raw),
        language=Language("en", 0.123456789012345),
        entities=(entity,) * MAX_ENTITIES,
        topic_tags=(tag,) * MAX_TAGS,
        key_phrases=(name,) * records.MAX_KEY_PHRASES,
        lead=Lead(MAX_TEXT - 10, MAX_TEXT),
        quotes=(Quote(MAX_TEXT - 10, MAX_TEXT, name),) * records.MAX_QUOTES,
        statistics=Statistics(MAX_TEXT, MAX_TEXT, MAX_TEXT, MAX_TEXT, MAX_TEXT),
        models=(Model("e" * 40, name, name),) * records.MAX_MODELS,
        notes=(WIDEST * records.MAX_NOTE,) * records.MAX_NOTES,
        extensions={"e" * 39 + str(n): extension for n in range(records.MAX_EXTENSIONS)},
        enriched_at=NOON,
    )


def test_the_largest_enriched_record_fits_a_broker_message():
    value = records.encode(largest_enriched())
    assert records.decode_enriched(value)
    assert len(value) < MAX_RECORD_BYTES - 1024  # a batch's overhead, on Kafka


def test_mentions_are_limited_over_the_whole_article():
    article = largest_enriched()
    crowded = msgspec.structs.replace(article.entities[0], mentions=(Mention(0, 1),) * 6)
    with pytest.raises(ValueError, match="mentions"):
        msgspec.structs.replace(article, entities=(crowded,) * MAX_ENTITIES)


def test_the_largest_dead_letter_fits_its_topic():
    letter = DeadLetter(
        stage=Stage.DECODE,
        reason=Reason.NOT_A_RECORD,
        error=WIDEST * records.MAX_ERROR,
        attempts=1,
        topic="news.raw",
        partition=0,
        offset=0,
        key=b"k" * 1000,
        original=b"\xff" * MAX_RECORD_BYTES,
        failed_at=NOON,
        headers=(Header("\x01" * records.MAX_HEADER_BYTES, b""),),
        first_failed_at=NOON,
        replay_of="0:17",
    )
    value = records.encode(letter)
    assert records.decode_dead_letter(value) == letter
    assert len(value) < MAX_DEAD_LETTER_BYTES


def test_an_enriched_record_has_every_field_of_the_raw_one():
    assert set(RawArticle.__struct_fields__) <= set(EnrichedArticle.__struct_fields__)


def test_a_record_survives_the_way_there_and_back():
    article = raw_article()
    assert records.decode_raw(records.encode(article)) == article


def test_a_reader_refuses_a_major_version_it_does_not_know():
    value = records.encode(raw_article()).replace(b"newsline.raw/1", b"newsline.raw/2")
    with pytest.raises(msgspec.ValidationError, match=r"\$\.schema"):
        records.decode_raw(value)


def test_a_reader_ignores_fields_it_does_not_know():
    value = records.encode(raw_article()).replace(b'"title":', b'"mood":"calm","title":', 1)
    assert records.decode_raw(value) == raw_article()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("article_id", "not-a-digest"),
        ("revision", 0),
        ("url", "ftp://example.org/"),
        ("url", "https://example.org/with space"),
        ("url", "https://example.org/\n"),
        ("article_id", "0" * 32 + "\n"),
        ("revision", 10**24),
        ("authors", ["a null \0 character"]),
        ("feeds", []),
        ("title", ""),
        ("title", "t" * (MAX_TITLE + 1)),
        ("text", "x" * (MAX_TEXT + 1)),
        ("text", "a null \0 character"),
        ("text_source", "hearsay"),
        ("published", {"at": "2026-03-01T12:00:00", "source": "feed"}),
        ("published", {"at": "2026-03-01T12:00:00Z", "source": "rumour"}),
        ("declared_language", "English"),
    ],
)
def test_decoding_refuses_what_the_contract_does_not_allow(field, value):
    document = msgspec.json.decode(records.encode(raw_article()))
    document[field] = value
    with pytest.raises(msgspec.ValidationError):
        records.decode_raw(msgspec.json.encode(document))


def test_records_are_frozen():
    with pytest.raises(AttributeError):
        raw_article().title = "another"  # type: ignore[misc]


def test_times_are_turned_into_utc():
    oslo = timezone(timedelta(hours=1))
    assert records.utc(datetime(2026, 3, 1, 13, tzinfo=oslo)) == NOON
    assert records.utc(datetime(2026, 3, 1, 12)).tzinfo is UTC


def test_a_published_revision_has_every_reason_but_those_that_are_no_revision():
    unpublished = {RevisionReason.IDENTICAL, RevisionReason.COSMETIC}
    assert set(get_args(PublishedRevisionReason)) == set(RevisionReason) - unpublished


def test_a_tag_s_evidence_is_a_publisher_s_label_or_the_text():
    assert set(get_args(EvidenceSource)) == {*get_args(LabelSource), "title", "text"}
