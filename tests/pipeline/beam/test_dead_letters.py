import msgspec
import pytest

from newsline import lineage, records, trace_context
from newsline.broker import Message, Record
from newsline.outcomes import Reason, Stage
from newsline.records import DeadLetter, Header, Withdrawal
from pipeline.beam import dead_letters
from pipeline.beam.claims import Partition
from tests.newsline.test_records import largest_enriched
from tests.support.example_records import enriched_article, raw_article

PARTITION = Partition("embedded:none", "group", "news.raw", 2)


def record(value: bytes) -> Record:
    return Record(7, b"key", value, 0.0)


def test_a_record_becomes_its_article():
    assert (
        dead_letters.decode_record(PARTITION, record(records.encode(raw_article()))).article
        == raw_article()
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", Reason.NOT_A_RECORD),
        (b"\xff\xfe", Reason.NOT_A_RECORD),
        (b"<rss/>", Reason.NOT_A_RECORD),
        (b'{"schema":"newsline.raw/1","x":' + b"[" * 200_000, Reason.NOT_A_RECORD),
        (b"{}", Reason.INVALID),
        (b"[]", Reason.INVALID),
        (b'{"schema":"newsline.raw/1"}', Reason.INVALID),
        (b'{"schema":"newsline.raw/9"}', Reason.UNKNOWN_SCHEMA),
    ],
)
def test_a_poison_record_becomes_a_dead_letter_with_its_bytes(value, reason):
    letter = dead_letters.decode_record(PARTITION, record(value)).article
    assert isinstance(letter, DeadLetter)
    assert (letter.stage, letter.reason) == (Stage.DECODE, reason)
    assert (letter.topic, letter.partition, letter.offset) == ("news.raw", 2, 7)
    assert letter.original == value
    assert letter.error


def test_a_tombstone_withdraws_the_article_of_its_key():
    tombstone = Record(7, b"key", None, 0.0)
    withdrawal = dead_letters.decode_record(PARTITION, tombstone).article
    assert withdrawal == Withdrawal(b"key")
    assert dead_letters.message(PARTITION, tombstone, withdrawal) == (
        Message(records.ENRICHED_TOPIC, b"key", None),
        withdrawal,
    )


def test_a_tombstone_without_a_key_is_a_dead_letter():
    letter = dead_letters.decode_record(PARTITION, Record(7, b"", None, 0.0)).article
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.original) == (Reason.NOT_A_RECORD, b"")


def test_an_article_that_enriching_made_too_large_becomes_a_dead_letter():
    article = largest_enriched()
    tags = tuple(article.topic_tags) * 3
    crowded = msgspec.structs.replace(article, topic_tags=tags)
    message, left = dead_letters.message(PARTITION, record(b"original"), crowded)
    assert isinstance(left, DeadLetter)
    assert left.reason == Reason.TOO_LARGE
    assert message.topic == records.DEAD_LETTER_TOPIC
    assert records.decode_dead_letter(message.value).original == b"original"


@pytest.mark.parametrize("key", [b"", b"of another program"])
def test_an_article_is_published_under_its_id_whatever_the_record_s_key(key):
    article = enriched_article()
    sent, _ = dead_letters.message(PARTITION, Record(7, key, b"", 0.0), article)
    assert sent.key == article.article_id.encode()


@pytest.mark.parametrize("outcome", ["enriched", "withdrawn", "dead"])
def test_the_trace_of_a_record_goes_on_with_what_becomes_of_it(outcome):
    begun, state = trace_context.begin(), ("tracestate", b"vendor=1")
    traced = Record(7, b"key", b"", 0.0, (begun.header(), state, ("other", b"x")))
    outcomes = {
        "enriched": enriched_article(),
        "withdrawn": Withdrawal(b"key"),
        "dead": dead_letters.decode_record(PARTITION, traced).article,
    }
    sent, _ = dead_letters.message(PARTITION, traced, outcomes[outcome])
    (name, _), *others = sent.headers
    step = trace_context.read(sent.headers)
    assert name == "traceparent"
    assert step
    assert (step.trace_id, step.span_id != begun.span_id) == (begun.trace_id, True)
    assert others == [state]


def test_an_error_message_of_any_length_fits_the_dead_letter():
    letter = dead_letters.dead_letter(
        PARTITION, record(b"x"), Stage.ENRICH, Reason.ERROR, "e" * 1_000_000
    )
    assert records.decode_dead_letter(records.encode(letter)) == letter


def test_a_dead_letter_keeps_the_headers_of_its_original():
    found = Record(7, b"key", b"{}", 0.0, (("traceparent", b"00-1"),))
    letter = dead_letters.decode_record(PARTITION, found).article
    assert letter.headers == (Header("traceparent", b"00-1"),)
    assert (letter.first_failed_at, letter.replay_of) == (None, None)


def test_headers_that_would_not_fit_are_left_out_and_said_so():
    found = Record(7, b"key", b"{}", 0.0, (("x", b"x" * 65_536),))
    letter = dead_letters.decode_record(PARTITION, found).article
    assert letter.headers == ()
    assert letter.error.startswith("its headers of 65545 bytes are left out; ")


def test_a_replayed_record_that_fails_again_keeps_its_lineage():
    before = dead_letters.decode_record(PARTITION, record(b"{}")).article
    replayed = Record(9, b"key", b"{}", 0.0, lineage.headers(before, "0:17"))
    letter = dead_letters.decode_record(PARTITION, replayed).article
    assert (letter.replay_of, letter.attempts) == ("0:17", 2)
    assert letter.first_failed_at == before.failed_at
    assert letter.headers == ()
