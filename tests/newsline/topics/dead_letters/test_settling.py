from contextlib import closing

import pytest

from newsline import lineage
from newsline.broker import Fenced, Message, Storage, connect
from newsline.errors import OperatorError
from newsline.records import DEAD_LETTER_TOPIC, RAW_TOPIC, Header
from newsline.topics.create import MAX_BYTES
from newsline.topics.dead_letters import settling
from newsline.topics.dead_letters.marks import MARKS_TOPIC, LetterPlace
from newsline.topics.dead_letters.open_count import OpenDeadLetters
from newsline.topics.dead_letters.settling import Settled, Settler
from tests.support.example_dead_letters import put_letter


def replay(broker, *places, **options):
    with closing(Settler(broker, "anna@desk")) as settler:
        return list(settler.replay(places, **options))


def raw(broker):
    return [
        record
        for partition in range(broker.partitions(RAW_TOPIC))
        for record in broker.read(RAW_TOPIC, partition, 0, limit=1_000)
    ]


def test_originals_come_back_with_key_and_headers(newsroom):
    place = put_letter(newsroom, 1, headers=(Header("traceparent", b"00-1"), Header("x", b"\xff")))
    assert replay(newsroom, place) == [Settled(place)]
    (record,) = raw(newsroom)
    assert (record.key, record.value) == (b"key 1", b"original 1")
    assert record.headers[:-1] == (("traceparent", b"00-1"), ("x", b"\xff"))
    assert OpenDeadLetters(newsroom).read() == {}


def test_each_is_replayed_once_in_whatever_selections(newsroom):
    places = [put_letter(newsroom, number) for number in range(9)]
    for selected in (places[2:5], places[4:7], places, places):
        replay(newsroom, *selected)
    assert sorted(record.value for record in raw(newsroom)) == [
        b"original %d" % n for n in range(9)
    ]


def test_again_replays_what_was_settled_before(newsroom):
    place = put_letter(newsroom, 1)
    replay(newsroom, place)
    replay(newsroom, place, again=True)
    assert len(raw(newsroom)) == 2


def test_a_newer_replay_fences_an_older_one_and_none_is_doubled(newsroom, monkeypatch):
    monkeypatch.setattr(settling, "MOST", 2)
    places = [put_letter(newsroom, number) for number in range(6)]
    older = Settler(newsroom, "anna@desk").replay(places)
    next(older)
    assert len(replay(newsroom, *places)) == 4
    with pytest.raises(Fenced):
        list(older)
    assert len(raw(newsroom)) == 6


def test_what_cannot_be_published_is_named_and_stops_no_other(newsroom):
    good = put_letter(newsroom, 1)
    strange = put_letter(newsroom, 2, topic="news.gone")
    big = put_letter(newsroom, 3, original=b"x" * MAX_BYTES[RAW_TOPIC])
    newsroom.producer("foreign").commit([Message(DEAD_LETTER_TOPIC, b"k", b'{"schema":')])
    partition = newsroom.partition_of(DEAD_LETTER_TOPIC, b"k")
    broken = LetterPlace(partition, newsroom.end_offsets(DEAD_LETTER_TOPIC)[partition] - 1)
    done = replay(newsroom, good, strange, big, broken)
    problems = {each.place: each.problem for each in done}
    assert problems.pop(good) == ""
    assert problems.pop(strange) == "its original is from news.gone, not news.raw"
    assert problems.pop(big).startswith("its original has 1048581 bytes, more than news.raw takes")
    assert problems.pop(broken).startswith("cannot be decoded: Input data was truncated")
    assert problems == {}
    assert [record.value for record in raw(newsroom)] == [b"original 1"]
    assert OpenDeadLetters(newsroom).read() == {
        ("decode", "invalid"): 2,
        ("unknown", "unknown"): 1,
    }


def test_without_news_raw_each_is_named(tmp_path):
    with connect(f"embedded:{tmp_path / 'broker.db'}") as broker:
        broker.ensure_topic(DEAD_LETTER_TOPIC, 1, 10_000)
        place = put_letter(broker, 1)
        assert replay(broker, place) == [Settled(place, "topic news.raw does not exist")]


def test_an_original_as_large_as_the_topic_allows_goes_without_its_lineage(newsroom):
    key = b"key"
    place = put_letter(newsroom, 1, key=key, original=b"x" * (MAX_BYTES[RAW_TOPIC] - len(key)))
    assert replay(newsroom, place) == [Settled(place)]
    assert raw(newsroom)[0].headers == ()


def test_an_original_without_a_key_is_replayed_under_another(newsroom):
    place = put_letter(newsroom, 1, key=b"", original=b"")
    replay(newsroom, place)
    assert [(record.key, record.value) for record in raw(newsroom)] == [(b"-", b"")]


def test_dropped_ones_are_settled_and_not_replayed(newsroom):
    first, second = put_letter(newsroom, 1), put_letter(newsroom, 2)
    with closing(Settler(newsroom, "anna@desk")) as settler:
        assert list(settler.drop([first])) == [Settled(first)]
    assert OpenDeadLetters(newsroom).read() == {("decode", "invalid"): 1}
    replay(newsroom, first, second)
    assert [record.value for record in raw(newsroom)] == [b"original 2"]


def test_a_dead_letter_that_failed_after_a_replay_counts_on(newsroom):
    place = put_letter(newsroom, 1, attempts=2)
    replay(newsroom, place)
    found = lineage.read(raw(newsroom)[0].headers)
    assert (found.replay_of, found.attempts) == (str(place), 2)


def test_marks_that_are_deleted_after_a_time_are_refused(newsroom):
    newsroom.change_retention(MARKS_TOPIC, Storage(retention=60.0))
    with pytest.raises(OperatorError, match="dead letters whose marks are gone are replayed again"):
        Settler(newsroom, "anna@desk")
