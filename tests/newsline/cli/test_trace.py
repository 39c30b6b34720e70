"""``newsline trace`` on real states and brokers, with records as connectors and jobs leave them."""

import json
import re
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from typer.testing import CliRunner

from connectors.article.candidate import Candidate
from connectors.feedlist.feed_list import Feed
from connectors.publish.publisher import Publisher
from connectors.state import AfterPoll, Listing, SeenEntry, State
from connectors.text.traces import content_hash
from newsline.broker import Broker, Message, Position, connect
from newsline.cli import app
from newsline.outcomes import Reason, Stage
from newsline.records import (
    DEAD_LETTER_TOPIC,
    ENRICHED_TOPIC,
    RAW_TOPIC,
    EnrichedArticle,
    FeedRef,
    Language,
    RawArticle,
    TopicTag,
    article_id,
    encode,
)
from newsline.sinks.jsonl import JsonLines
from newsline.topics import contents
from pipeline.beam.claims import Partition
from pipeline.beam.dead_letters import dead_letter
from tests.support.example_records import raw_article

URL = "https://example.org/harbour"
AMP = "https://example.org/amp/harbour"
ID = article_id(URL)
FEEDS = ("https://a.example/rss", "https://b.example/rss")
TAG = TopicTag(
    code="medtop:03000000", name="disaster", path=("disaster",), confidence=0.87, evidence=()
)
TRACE = re.compile(r"(trace\s+)[0-9a-f]{32}")
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


class Places(NamedTuple):
    """A state and a broker, to be written to as the connector and the job do."""

    state: State
    broker: Broker
    broker_address: str

    def publish(self, article: RawArticle, link: str) -> None:
        with closing(Publisher(self.broker, self.broker_address, self.state)) as publisher:
            publisher.publish([Candidate(article, link)])

    def entry(self, feed_url: str, outcome: str, link: str, **fields) -> None:
        feed = self.state.feed(feed_url)
        seen = SeenEntry("e1", "1" * 32, 1, True, outcome, "", time.time(), time.time(), link)
        self.state.save_polls([AfterPoll(feed, [seen._replace(**fields)])])

    def raw(self, number: int = 0):
        """The article's ``number``-th record on news.raw, and its partition."""
        partition = self.broker.partition_of(RAW_TOPIC, ID.encode())
        records = self.broker.read(RAW_TOPIC, partition, 0, limit=100, wait=5)
        return partition, [each for each in records if each.key == ID.encode()][number]

    def enriched(self, number: int = 0) -> EnrichedArticle:
        """As the job writes it, with its offset."""
        partition, record = self.raw(number)
        article = EnrichedArticle(
            **msgspec.structs.asdict(msgspec.json.decode(record.value, type=RawArticle)),
            language=Language("en", 1.0),
            entities=(),
            topic_tags=(TAG,),
            models=(),
            enriched_at=datetime.now(UTC),
        )
        position = Position("newsline-enrich", RAW_TOPIC, partition, record.offset + 1)
        message = Message(ENRICHED_TOPIC, record.key, encode(article))
        with closing(self.broker.producer("job")) as producer:
            producer.commit([message], position)
        return article


def found(text: str = "The harbour reopened on Monday.") -> RawArticle:
    return raw_article(
        article_id=ID,
        url=URL,
        fetched_url=AMP,
        text=text,
        feeds=(FeedRef(FEEDS[0], "e1", "Harbour reopens"),),
        content_hash=content_hash("Harbour reopens", text),
    )


@pytest.fixture
def broker_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return "embedded:broker.db"


@pytest.fixture
def state_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return "state.db"


@pytest.fixture
def places(broker_address, state_address):
    with closing(State(state_address)) as state, connect(broker_address) as broker:
        yield prepared(state, broker, broker_address)


def prepared(state, broker, broker_address) -> Places:
    contents.ensure(broker)
    state.enlist([Feed(url) for url in FEEDS])
    state.claim_due(time.time(), 2)
    return Places(state, broker, broker_address)


def traced(broker_address, *arguments, state="state.db"):
    """What a trace prints, with TIME for each time, and ID for each trace's id."""
    done = CliRunner().invoke(
        app, ["trace", *arguments, "--state", state, "--broker", broker_address]
    )
    assert done.exit_code == 0, done.output
    story = TIME.sub("TIME", TRACE.sub(r"\1ID", done.stdout))
    return story.replace("\n" + " " * 34, "\n" + " " * 19)


def events(broker_address, *arguments, state="state.db"):
    """The events of a trace, as JSON has them."""
    shown = traced(broker_address, *arguments, "--json", state=state)
    return [json.loads(line) for line in shown.splitlines()]


def whole_story(places):
    """Two revisions, of which the first is enriched; two feeds list it."""
    places.publish(found(), URL)
    JsonLines(Path("enriched").resolve()).write(places.raw()[0], "from 0", [places.enriched()])
    places.publish(found("The harbour closed again on Tuesday."), URL)
    places.entry(FEEDS[0], "update", URL)
    places.state.list_in(Listing(ID, FEEDS[1], "other", "Harbour"), AMP)
    places.entry(FEEDS[1], "duplicate", AMP, entry_id="other")


@pytest.mark.parametrize("asked", [URL, f"{URL}?utm_source=x#top", AMP, ID])
def test_everything_that_happened_is_told_in_order_whichever_link_is_given(places, asked):
    whole_story(places)
    assert traced(places.broker_address, asked, "--jsonl", "enriched") == (
        """\
article      eba804d5c6d3536b1e2c98c67133151d, revision 2 “Harbour reopens”
             https://example.org/harbour, also https://example.org/amp/harbour
TIME  raw          news.raw[1]@0: revision 1, 31 characters from the page, fetched
                   TIME, trace ID
TIME  jsonl        revision 1, line 1 of enriched/enriched-1.jsonl
TIME  enriched     news.enriched[1]@0: revision 1, en, 0 entities, tags: disaster
                   0.87
TIME  raw          news.raw[1]@1: revision 2, changed: text, 36 characters from the
                   page, fetched TIME, trace
                   ID
TIME  entry        update, in https://a.example/rss
TIME  entry        duplicate, in https://b.example/rss
job          newsline-enrich is at news.raw[1]@1: has yet to enrich @1, lag 1 record
looked       news.raw[1] from 0 to 2 (2 records), news.enriched[1] from 0 to 1 (1 record),
             news.dead-letter[1] from 0 to 0 (0 records)
"""
    )


def test_the_same_is_told_from_each_store(any_state_address, broker_address):
    with closing(State(any_state_address)) as state, connect(broker_address) as broker:
        whole_story(prepared(state, broker, broker_address))
    told = events(broker_address, URL, state=any_state_address)
    kinds = ["article", "raw", "enriched", "raw", "entry", "entry", "job", *["looked"] * 3]
    assert [event["event"] for event in told] == kinds
    assert [event["outcome"] for event in told[4:6]] == ["update", "duplicate"]


def test_the_same_is_told_of_a_kafka(state_address, mortal_kafka):
    with closing(State(state_address)) as state, connect(mortal_kafka.address) as broker:
        places = prepared(state, broker, mortal_kafka.address)
        whole_story(places)
        partition, second = places.raw(1)
    article, first, enriched, last, *_, job, raw, _, _ = events(mortal_kafka.address, URL)
    assert (article["article_id"], article["revision"]) == (ID, 2)
    assert [first["revision"], last["revision"], enriched["revision"]] == [1, 2, 1]
    assert (last["partition"], last["offset"]) == (partition, second.offset)
    assert (job["waiting"], job["lag"], job["missing"]) == ([second.offset], 1, [])
    assert (raw["partition"], raw["records"]) == (partition, 2)


@pytest.mark.parametrize(
    ("outcome", "detail", "expected"),
    [
        ("robots", "", "TIME  entry        robots, in https://a.example/rss\n"),
        ("opted_out", "", "TIME  entry        opted_out, in https://a.example/rss\n"),
        ("not_found", "404", "TIME  entry        not_found (404), in https://a.example/rss\n"),
    ],
)
def test_why_an_article_was_never_published_is_told(places, outcome, detail, expected):
    places.entry(FEEDS[0], outcome, URL, detail=detail)
    assert traced(places.broker_address, URL) == expected


@pytest.mark.parametrize("asked", ["no-link-7", "The quay’s plan", "the quay's PLAN"])
def test_an_entry_without_an_address_is_found_by_its_id_and_by_its_title(places, asked):
    places.entry(FEEDS[0], "no_link", "", entry_id="no-link-7", title="The quay’s plan")
    assert traced(places.broker_address, asked) == (
        "TIME  entry        no_link, “The quay’s plan” in https://a.example/rss\n"
    )


def test_the_id_of_an_entry_that_led_to_an_article_tells_the_article_s_story(places):
    places.publish(found(), URL)
    places.entry(FEEDS[0], "published", URL, entry_id="tag:a.example,2026:7")
    told = traced(places.broker_address, "tag:a.example,2026:7")
    assert told == traced(places.broker_address, URL)


def test_an_entry_that_is_tried_again_and_a_feed_that_fails_are_told(places):
    places.entry(FEEDS[0], "timeout", URL, settled=False, attempts=2)
    failing = places.state.claim(FEEDS[0], 0.0)._replace(failures=3, last_outcome="not_found")
    places.state.save_polls([AfterPoll(failing)])
    assert traced(places.broker_address, URL) == (
        """\
TIME  entry        timeout; attempt 2, tried again at its next poll, in
                   https://a.example/rss
this feed fails; see newsline feeds status https://a.example/rss
"""
    )


def test_a_record_that_became_a_dead_letter_says_why(places):
    places.publish(found(), URL)
    partition, record = places.raw()
    place = Partition(places.broker_address, "newsline-enrich", RAW_TOPIC, partition)
    letter = dead_letter(place, record, Stage.ENRICH, Reason.DEADLINE, "took over 30 s", 2)
    with closing(places.broker.producer("job")) as producer:
        message = Message(DEAD_LETTER_TOPIC, record.key, encode(letter))
        producer.commit([message], Position("newsline-enrich", RAW_TOPIC, partition, 1))
    shown = traced(places.broker_address, URL)
    assert (
        """\
TIME  dead_letter  news.dead-letter[1]@0: news.raw[1]@0, 2 attempts, enrich/deadline:
                   took over 30 s
job          newsline-enrich is at news.raw[1]@1: past it
"""
        in shown
    )


def test_what_the_job_has_passed_and_left_nothing_of_is_told(places):
    places.publish(found(), URL)
    partition = places.raw()[0]
    with closing(places.broker.producer("job")) as producer:
        producer.commit([], Position("newsline-enrich", RAW_TOPIC, partition, 1))
    (job,) = [event for event in events(places.broker_address, URL) if event["event"] == "job"]
    assert (job["committed"], job["waiting"], job["missing"]) == (1, [], [0])
    assert "past @0, of which nothing is left" in traced(places.broker_address, URL)


def test_revisions_are_found_where_partitions_were_added_between_them(places):
    places.publish(found(), URL)
    places.enriched()
    for topic in (RAW_TOPIC, ENRICHED_TOPIC):
        places.broker.add_partitions(topic, 7)
    places.publish(found("The harbour closed again on Tuesday."), URL)
    raw = [event for event in events(places.broker_address, URL) if event["event"] == "raw"]
    assert [(event["revision"], event["partition"]) for event in raw] == [(1, 1), (2, 3)]
    assert "enriched     news.enriched[1]@0: revision 1" in traced(places.broker_address, URL)


def test_what_is_past_its_retention_on_news_raw_is_told_of_from_what_the_job_made(places):
    whole_story(places)
    places.enriched(1)
    with places.broker.transaction() as connection:
        connection.execute("DELETE FROM records WHERE topic = ?", (RAW_TOPIC,))
    told = events(places.broker_address, URL, "--jsonl", "enriched")
    assert [event["event"] for event in told if event["event"] != "looked"] == (
        ["article", "jsonl", "enriched", "entry", "entry", "enriched"]
    )


def test_an_article_that_only_news_raw_has_is_found_there(places):
    places.publish(found(), URL)
    with closing(State("other.db")) as other:
        other.enlist([])
    first, second, *_ = events(places.broker_address, URL, state="other.db")
    assert (first["event"], first["revision"]) == ("article", 1)
    assert (second["event"], second["revision"]) == ("raw", 1)


def test_a_file_that_lacks_the_article_is_told(places):
    places.publish(found(), URL)
    Path("enriched").mkdir()
    shown = traced(places.broker_address, URL, "--jsonl", "enriched")
    assert "jsonl        it is not in enriched/enriched-1.jsonl\n" in shown


@pytest.mark.parametrize("asked", ["https://example.org/other", "f" * 32, "harbour"])
def test_what_nothing_is_known_of_is_an_error_that_says_where_it_looked(places, asked):
    places.publish(found(), URL)
    places.entry(FEEDS[0], "no_link", "")
    arguments = ["trace", asked, "--broker", places.broker_address, "--state", "state.db"]
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"newsline: {asked}: nothing is known of it; looked at state.db, news.raw["
    )
    assert done.stderr.count("\n") == 1
    assert ("titles are kept only of" in done.stderr) == (asked == "harbour")


def test_a_directory_that_is_missing_is_an_error_in_one_line(places):
    places.publish(found(), URL)
    arguments = ["trace", URL, "--broker", places.broker_address, "--state", "state.db"]
    done = CliRunner().invoke(app, [*arguments, "--jsonl", "missing"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("newsline: --jsonl missing: no such directory")
    assert done.stderr.count("\n") == 1


def test_a_group_that_has_committed_nothing_is_told_as_such(places):
    whole_story(places)
    said = "job          typo has committed nothing on news.raw: is it the job's --group?\n"
    assert said in traced(places.broker_address, URL, "--group", "typo")
    assert said not in traced(places.broker_address, URL)
    (job,) = [each for each in events(places.broker_address, URL) if each["event"] == "job"]
    assert job["begun"]
