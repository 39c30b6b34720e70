from datetime import UTC, datetime, timedelta

import pytest

from newsline.broker import Message
from newsline.records import DEAD_LETTER_TOPIC, encode
from newsline.topics.dead_letters import survey
from newsline.topics.dead_letters.marks import LetterPlace
from newsline.topics.dead_letters.survey import Selection
from tests.support.example_dead_letters import put_letter
from tests.support.example_records import FeedRef, raw_article

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def found(broker, **selection):
    letters = survey.survey(broker, Selection(**selection), {})
    return {letter.found.place for letter in letters}


@pytest.fixture
def letters(newsroom):
    """Four dead letters an hour apart, of two feeds, stages and reasons."""
    places = []
    for number in range(4):
        feeds = (FeedRef(f"https://feed-{number % 2}.example", "1"),)
        stage, reason = ("decode", "invalid") if number < 3 else ("enrich", "deadline")
        fields = {
            "original": encode(raw_article(number, feeds=feeds)),
            "failed_at": NOON + timedelta(hours=number),
        }
        places.append(put_letter(newsroom, number, stage, reason, **fields))
    return places


def test_dead_letters_are_selected_by_stage_reason_feed_time_and_place(newsroom, letters):
    assert found(newsroom) == set(letters)
    assert found(newsroom, stages={"enrich"}) == {letters[3]}
    assert found(newsroom, reasons={"invalid", "deadline"}) == set(letters)
    assert found(newsroom, feeds={"https://feed-1.example"}) == {letters[1], letters[3]}
    noon = NOON.timestamp()
    assert found(newsroom, since=noon + 3600, until=noon + 7200) == {letters[1], letters[2]}
    assert found(newsroom, places=frozenset(letters[1:3])) == set(letters[1:3])
    assert found(newsroom, places=frozenset({letters[0]}), reasons={"deadline"}) == set()
    assert found(newsroom, places=frozenset({LetterPlace(9, 0), LetterPlace(0, 99)})) == set()


def test_a_report_has_the_article_of_the_original(newsroom, letters):
    (letter,) = survey.survey(newsroom, Selection(frozenset({letters[1]})), {})
    report = survey.report(letter)
    assert (report.place, report.state) == (str(letters[1]), "open")
    assert (report.title, report.url) == ("Harbour reopens", "https://example.org/1")
    assert report.feeds == ("https://feed-1.example",)
    assert report.bytes == len(letter.found.original)


def test_what_cannot_be_decoded_is_of_an_unknown_stage_and_keeps_its_bytes(newsroom):
    newsroom.producer("foreign").commit([Message(DEAD_LETTER_TOPIC, b"k", b"\xff")])
    (letter,) = survey.survey(newsroom, Selection(reasons={"unknown"}), {})
    report = survey.report(letter)
    assert (report.stage, report.reason) == ("unknown", "unknown")
    assert report.error
    assert letter.found.original == b"\xff"
