import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

import pytest

from connectors.article.candidate import Candidate
from connectors.publish.publisher import Publisher
from connectors.state import Listing, State
from newsline import trace_context
from newsline.broker import BrokerError, BrokerUnreachable, Fenced, Message, connect
from newsline.outcomes import EntryOutcome
from newsline.records import MAX_FEEDS, RAW_TOPIC, FeedRef, encode
from newsline.records import article_id as id_at
from newsline.topics.create import PARTITIONS
from tests.support.connector_harness import published
from tests.support.example_records import NOON, article_id, raw_article, raw_message

PUBLISHED, UPDATE = EntryOutcome.PUBLISHED, EntryOutcome.UPDATE
UNCHANGED, DUPLICATE = EntryOutcome.UNCHANGED, EntryOutcome.DUPLICATE

HERE = "https://example.org/feed"
THERE = "https://example.com/other-feed"

NESTED = encode(raw_article())[:-1] + b',"x":' + b"[" * 300_000 + b"]" * 300_000 + b"}"
"""Deeper than any Python reads: 3.14 is limited by the stack of 8 MB, 100,000 levels."""


def candidate(number=1, feed=HERE, entry="", **fields):
    ref = FeedRef(feed, entry or str(number), "Harbour reopens")
    article = raw_article(number, **({"feeds": (ref,)} | fields))
    return Candidate(article, f"{article.url}?from={feed}")


@pytest.fixture
def state(any_state):
    return any_state


@pytest.fixture
def publisher(broker, broker_address, state):
    with closing(Publisher(broker, broker_address, state)) as publisher:
        yield publisher


@pytest.fixture
def reopen(broker, broker_address, state):
    """Opens the next connector's publisher on the same broker."""
    return lambda its_state=state: Publisher(broker, broker_address, its_state)


def nothing_is_known(state: State, number: int = 1) -> bool:
    found = candidate(number)
    known = (state.article(found.article.article_id), state.article_at(found.link))
    return not any(known) and not state.listings(found.article.article_id)


def test_a_new_article_is_published_as_it_was_found_and_then_known(publisher, broker, state):
    found = candidate()
    assert publisher.publish([found]) == [PUBLISHED]
    assert published(broker) == [found.article]
    known = state.article(article_id(1))
    assert (known.revision, known.first_seen, known.text_source) == (1, NOON, "page")
    assert state.article_at(found.link) == state.article_at(found.article.url) == known
    assert state.listings(article_id(1)) == [Listing(article_id(1), HERE, "1", "Harbour reopens")]


def test_the_key_on_the_topic_is_the_article_id(publisher, broker):
    publisher.publish([candidate()])
    records = [r for n in range(PARTITIONS) for r in broker.read(RAW_TOPIC, n, 0, limit=9)]
    assert [record.key.decode() for record in records] == [article_id(1)]


def test_each_revision_begins_a_trace_of_its_own(publisher, broker):
    publisher.publish([candidate(1)])
    publisher.publish([candidate(1, title="Harbour shuts")])
    number = broker.partition_of(RAW_TOPIC, article_id(1).encode())
    traces = [trace_context.read(r.headers) for r in broker.read(RAW_TOPIC, number, 0, limit=9)]
    assert len({trace and trace.trace_id for trace in traces} - {None}) == 2


def test_the_same_entry_with_nothing_new_is_unchanged(publisher, broker):
    outcomes = [publisher.publish([candidate()])[0] for _ in range(3)]
    assert outcomes == [PUBLISHED, UNCHANGED, UNCHANGED]
    assert len(published(broker)) == 1


def test_an_article_in_six_feeds_is_one_article_that_lists_six_feeds(publisher, broker, state):
    feeds = [f"https://example.org/feed/{n}" for n in range(6)]
    outcomes = [publisher.publish([candidate(feed=feed)])[0] for feed in feeds]
    assert outcomes == [PUBLISHED] + 5 * [DUPLICATE]
    assert len(published(broker)) == 1
    assert sorted(one.feed_url for one in state.listings(article_id(1))) == feeds
    assert publisher.publish([candidate(feed=feeds[3], title="Harbour shut")]) == [UPDATE]
    update = max(published(broker), key=lambda article: article.revision)
    assert update.feeds[0].url == feeds[3]
    assert sorted(ref.url for ref in update.feeds) == feeds


def test_a_duplicate_s_link_leads_to_the_article(publisher, state):
    publisher.publish([candidate()])
    other = candidate(feed=THERE)
    publisher.publish([other])
    assert state.article_at(other.link) == state.article(article_id(1))


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        (("title",), {"title": "Harbour shuts"}),
        (("text",), {"text": "The harbour shut on Tuesday."}),
        (("title", "text"), {"title": "Harbour shuts", "text": "The harbour shut on Tuesday."}),
    ],
)
def test_an_update_is_the_next_revision_and_says_what_changed(publisher, broker, changed, fields):
    later = NOON + timedelta(hours=1)
    publisher.publish([candidate()])
    assert publisher.publish([candidate(first_seen=later, fetched_at=later, **fields)]) == [UPDATE]
    first, second = published(broker)
    assert (first.revision, first.changed) == (1, ())
    assert (second.revision, second.changed) == (2, changed)
    assert (second.first_seen, second.fetched_at) == (NOON, later)
    assert {name: getattr(second, name) for name in fields} == fields


def test_a_cosmetic_change_is_none(publisher, broker):
    publisher.publish([candidate(title="Harbour – “reopens”")])
    assert publisher.publish([candidate(title='Harbour -  "Reopens"')]) == [UNCHANGED]
    assert len(published(broker)) == 1


def test_a_change_back_is_a_revision_too(publisher, broker):
    for title in ("One", "Two", "One"):
        publisher.publish([candidate(title=title)])
    assert [(a.revision, a.title) for a in published(broker)] == [
        (1, "One"),
        (2, "Two"),
        (3, "One"),
    ]


def test_an_update_lists_no_more_feeds_than_a_record_may_hold(publisher, broker):
    for n in range(MAX_FEEDS + 3):
        publisher.publish([candidate(feed=f"https://example.org/feed/{n}")])
    publisher.publish([candidate(title="Harbour shuts")])
    update = published(broker)[1]
    assert len(update.feeds) == MAX_FEEDS
    assert update.feeds[0].url == HERE


def test_two_candidates_of_one_article_in_a_batch_are_one_article(publisher, broker, state):
    batch = [candidate(), candidate(2), candidate(feed=THERE), candidate()]
    assert publisher.publish(batch) == [PUBLISHED, PUBLISHED, DUPLICATE, UNCHANGED]
    assert sorted(article.article_id for article in published(broker)) == [
        article_id(1),
        article_id(2),
    ]
    assert {one.feed_url for one in state.listings(article_id(1))} == {HERE, THERE}


def test_two_versions_of_one_article_in_a_batch_are_revisions_in_order(publisher, broker, state):
    batch = [candidate(), candidate(feed=THERE, title="Harbour shuts")]
    assert publisher.publish(batch) == [PUBLISHED, UPDATE]
    first, second = published(broker)
    assert (first.revision, second.revision) == (1, 2)
    assert [ref.url for ref in second.feeds] == [THERE, HERE]
    assert state.article(article_id(1)).revision == 2


def test_a_text_from_the_feed_never_supersedes_the_page_s(publisher, broker, state):
    publisher.publish([candidate()])
    teaser = {"text": "A teaser.", "text_source": "feed", "page_outcome": "timeout"}
    assert publisher.publish([candidate(**teaser)]) == [UNCHANGED]
    assert publisher.publish([candidate(feed=THERE, **teaser)]) == [DUPLICATE]
    assert len(published(broker)) == 1
    assert state.article(article_id(1)).text_source == "page"


def test_the_page_s_text_supersedes_the_feed_s(publisher, broker):
    publisher.publish([candidate(text="A teaser.", text_source="feed", page_outcome="timeout")])
    assert publisher.publish([candidate()]) == [UPDATE]
    assert [(a.revision, a.text_source) for a in published(broker)] == [(1, "feed"), (2, "page")]


def die_before_state(address: str, state: str, candidates: Sequence[Candidate]) -> None:
    lines = b"\n".join(
        (found.moved_from or "").encode() + encode(found.article) for found in candidates
    )
    program = [sys.executable, "-m", "tests.support.die_before_state", address, state]
    died = subprocess.run(program, input=lines, timeout=60, check=False)
    assert died.returncode == 9


def test_what_the_broker_had_when_a_connector_died_is_known_to_the_next(
    broker, broker_address, state, any_state_address
):
    die_before_state(broker_address, any_state_address, [candidate(), candidate(2)])
    assert len(published(broker)) == 2
    assert nothing_is_known(state)
    publisher = Publisher(broker, broker_address, state)
    assert publisher.publish([candidate(), candidate(2, feed=THERE)]) == [UNCHANGED, DUPLICATE]
    assert len(published(broker)) == 2
    assert state.article_at("https://example.org/1").first_seen == NOON


def test_an_update_that_a_connector_died_of_is_not_made_twice(
    publisher, broker, broker_address, state, any_state_address, reopen
):
    publisher.publish([candidate(), candidate(feed=THERE)])
    changed = candidate(title="Harbour shuts")
    die_before_state(broker_address, any_state_address, [changed])
    assert state.article(article_id(1)).revision == 1
    following = reopen()
    assert state.article(article_id(1)).revision == 2
    assert following.publish([changed]) == [UNCHANGED]
    assert [article.revision for article in published(broker)] == [1, 2]
    assert {one.feed_url for one in state.listings(article_id(1))} == {HERE, THERE}


def test_a_lost_state_file_is_rebuilt_from_news_raw(
    publisher, broker, state, tmp_path, reopen, broker_address
):
    publisher.publish([candidate(n) for n in range(1, 21)])
    publisher.publish([candidate(1, title="Harbour shuts", feed=THERE)])
    with closing(State(str(tmp_path / "new.db"))) as new:
        following = reopen(new)
        for n in range(1, 21):
            assert new.article(article_id(n)) == state.article(article_id(n))
            assert sorted(new.listings(article_id(n))) == sorted(state.listings(article_id(n)))
        assert new.positions(broker_address) == state.positions(broker_address)
        assert following.publish([candidate(1, title="Harbour shuts")]) == [UNCHANGED]
        assert following.publish([candidate(1, title="Harbour gone")]) == [UPDATE]
    assert max(article.revision for article in published(broker)) == 3


def test_only_what_is_past_the_position_is_read_again(publisher, broker, monkeypatch, reopen):
    publisher.publish([candidate(n) for n in range(1, 21)])
    asked = []

    def read(topic, partition, offset, **options):
        asked.append((partition, offset))
        return type(broker).read(broker, topic, partition, offset, **options)

    monkeypatch.setattr(broker, "read", read)
    reopen()
    assert asked == list(enumerate(broker.end_offsets(RAW_TOPIC)))


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\xff\xfe\x00",
        b"{}",
        b"[1, 2]",
        NESTED,
        encode(raw_article()).replace(b"newsline.raw/1", b"newsline.raw/7"),
        encode(raw_article(revision=0)),
    ],
    ids=["empty", "binary", "object", "array", "nested", "version", "invalid"],
)
def test_junk_on_news_raw_is_passed_over(publisher, broker, state, junk, reopen):
    stranger = broker.producer("stranger")
    stranger.commit([Message(RAW_TOPIC, b"key", junk), raw_message(raw_article(2))])
    following = reopen()
    assert nothing_is_known(state)
    assert state.article(article_id(2)).revision == 1
    assert following.publish([candidate()]) == [PUBLISHED]


def test_a_replay_of_an_older_revision_does_not_turn_the_state_back(
    publisher, broker, state, reopen
):
    publisher.publish([candidate(), candidate(title="Harbour shuts")])
    broker.producer("operator").commit([raw_message(candidate().article)])
    following = reopen()
    assert state.article(article_id(1)).revision == 2
    assert following.publish([candidate(title="Harbour shuts")]) == [UNCHANGED]


def test_an_older_publisher_is_fenced_by_a_newer_one(publisher, broker, state, reopen):
    newer = reopen()
    with pytest.raises(Fenced):
        publisher.publish([candidate()])
    assert published(broker) == []
    assert nothing_is_known(state)
    assert newer.publish([candidate()]) == [PUBLISHED]


def test_a_batch_that_the_broker_refuses_moves_nothing(publisher, state, reopen, broker_address):
    publisher.publish([candidate()])
    before = state.positions(broker_address)
    reopen()
    with pytest.raises(Fenced):
        publisher.publish([candidate(feed=THERE), candidate(2), candidate(title="Harbour shuts")])
    assert state.article(article_id(1)).revision == 1
    assert [one.feed_url for one in state.listings(article_id(1))] == [HERE]
    assert nothing_is_known(state, 2)
    assert state.positions(broker_address) == before


def test_a_topic_that_is_gone_is_an_error_and_moves_nothing(publisher, broker, state):
    with broker.transaction() as connection:
        connection.execute("DELETE FROM topics WHERE topic = ?", (RAW_TOPIC,))
    with pytest.raises(BrokerError, match=r"news\.raw"):
        publisher.publish([candidate()])
    assert nothing_is_known(state)


def test_without_the_topic_there_is_no_publisher(tmp_path, state):
    address = f"embedded:{tmp_path / 'empty.db'}"
    with connect(address) as broker, pytest.raises(BrokerError, match=r"news\.raw"):
        Publisher(broker, address, state)


def url(number: int) -> str:
    return f"https://example.org/{number}"


def at(number: int, moved_from: int = 0, **fields) -> Candidate:
    """A candidate with the id of its URL; ``moved_from``: the article to which its entry led."""
    found = candidate(number, article_id=id_at(url(number)), entry="entry", **fields)
    return found._replace(moved_from=id_at(url(moved_from)) if moved_from else None)


def test_an_article_that_has_moved_keeps_its_id_and_is_known_at_both_urls(publisher, broker, state):
    publisher.publish([at(1)])
    assert publisher.publish([at(2, moved_from=1)]) == [UPDATE]
    first, second = published(broker)
    assert (second.article_id, second.revision, second.url) == (first.article_id, 2, url(2))
    assert (second.changed, second.revision_reason) == (("url",), "moved")
    assert second.cluster_id == first.cluster_id
    assert state.article(id_at(url(2))) == state.article(first.article_id)
    assert state.article_at(first.url) == state.article_at(second.url)
    assert publisher.publish([at(2), at(1)]) == [UNCHANGED, UNCHANGED]


def test_candidates_at_both_urls_of_an_article_are_revisions_in_order(publisher, broker):
    publisher.publish([at(1)])
    batch = [
        at(2, moved_from=1),
        at(2, feed=THERE, title="Harbour shuts"),
        at(1, feed=THERE, title="Harbour gone"),
    ]
    assert publisher.publish(batch) == [UPDATE, UPDATE, UPDATE]
    articles = published(broker)
    assert [article.revision for article in articles] == [1, 2, 3, 4]
    assert {article.article_id for article in articles} == {id_at(url(1))}
    assert articles[3].changed == ("title", "url")


def test_a_move_that_a_connector_died_of_is_not_made_twice(
    publisher, broker, broker_address, state, any_state_address, reopen
):
    publisher.publish([at(1)])
    die_before_state(broker_address, any_state_address, [at(2, moved_from=1)])
    assert len(published(broker)) == 2
    assert state.article(id_at(url(2))) is None
    following = reopen()
    assert state.article(id_at(url(2))).revision == 2
    assert following.publish([at(2, moved_from=1)]) == [UNCHANGED]
    assert [article.revision for article in published(broker)] == [1, 2]


def test_a_state_that_is_rebuilt_knows_articles_where_they_have_moved(
    publisher, broker, tmp_path, reopen
):
    publisher.publish([at(1)])
    publisher.publish([at(2, moved_from=1)])
    with closing(State(str(tmp_path / "new.db"))) as new:
        following = reopen(new)
        assert new.article(id_at(url(2))).article_id == id_at(url(1))
        assert following.publish([at(2, title="Harbour shuts")]) == [UPDATE]
    assert published(broker)[2].article_id == id_at(url(1))


def test_twins_at_urls_that_differ_in_a_session_are_one_article(
    publisher, broker, broker_address, state, any_state_address, reopen
):
    first, second, third = (
        candidate(n, feed=f"{HERE}/{n}", url=f"{url(1)}?id=7&visit={n}", content_hash="7" * 32)
        for n in (1, 2, 3)
    )
    die_before_state(broker_address, any_state_address, [first])
    assert reopen().publish([second, third]) == [DUPLICATE, DUPLICATE]
    other = candidate(4, url=f"{url(1)}?id=8&visit=4")
    assert reopen().publish([other]) == [PUBLISHED]
    assert len(published(broker)) == 2
    assert len(state.listings(first.article.article_id)) == 3


def test_twins_in_one_batch_are_one_article(publisher, broker):
    twins = [
        candidate(n, feed=f"{HERE}/{n}", url=f"{url(1)}?visit={n}", content_hash="7" * 32)
        for n in (1, 2, 3)
    ]
    assert publisher.publish(twins) == [PUBLISHED, DUPLICATE, DUPLICATE]
    assert len(published(broker)) == 1


def test_a_connector_waits_for_records_that_an_open_transaction_hides(
    publisher, reopen, broker, monkeypatch
):
    def hidden(topic):
        raise BrokerUnreachable(f"a transaction is open on {topic}")

    monkeypatch.setattr(broker, "settled_ends", hidden)
    assert publisher.publish([candidate()]) == [PUBLISHED]
    with pytest.raises(BrokerUnreachable, match="a transaction is open"):
        reopen()
    monkeypatch.undo()
    with closing(reopen()) as next_connector:
        assert next_connector.publish([candidate()]) == [UNCHANGED]
    assert len(published(broker)) == 1
