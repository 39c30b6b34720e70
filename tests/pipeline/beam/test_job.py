"""The job in this process, on real brokers, with real children and models."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewPartitions

from newsline.broker import Message, connect
from newsline.broker.kafka.client import client_settings
from newsline.errors import OperatorError
from newsline.outcomes import Reason
from newsline.records import (
    DEAD_LETTER_TOPIC,
    ENRICHED_TOPIC,
    MAX_DEAD_LETTER_BYTES,
    MAX_RECORD_BYTES,
    MAX_TEXT,
    RAW_TOPIC,
    DeadLetter,
    EnrichedArticle,
    RawArticle,
    decode_dead_letter,
    decode_enriched,
)
from newsline.sandbox import child
from newsline.service import metrics
from newsline.sinks.jsonl import JsonLines
from newsline.topics import contents
from newsline.topics.create import PARTITIONS
from pipeline.beam import process_state, source
from pipeline.beam.children import Children
from pipeline.beam.job import EnrichJob
from pipeline.beam.runners import run_direct
from pipeline.enrich.runner.enrichers import EnricherSettings
from tests.support.command import until
from tests.support.example_records import raw_article, raw_message
from tests.support.installed_packages import install
from tests.support.topic_reader import values

pytestmark = pytest.mark.slow

SENTENCE = "The mayor of Oslo met union leaders from Norway and Sweden on Monday. "


@pytest.fixture
def address(tmp_path) -> str:
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        contents.ensure(broker)
    return address


@pytest.fixture(autouse=True)
def _drains_no_other_test() -> Iterator[None]:
    yield
    process_state.draining.clear()


def publish(address: str, *articles: RawArticle) -> None:
    with connect(address) as broker:
        broker.producer("test").commit([raw_message(article) for article in articles])


def run(address: str, *, children: int = 1, deadline: float = 30.0, **job) -> None:
    run_direct(
        EnrichJob(
            broker=address,
            group="test",
            children=Children(children, job.pop("enrichers", EnricherSettings()), deadline),
            until_caught_up=job.pop("until_caught_up", True),
            **job,
        )
    )


def enriched(address: str) -> list[EnrichedArticle]:
    with connect(address) as broker:
        return [decode_enriched(value) for value in values(broker, ENRICHED_TOPIC, wait=0.5)]


def dead_letters(address: str) -> list[DeadLetter]:
    with connect(address) as broker:
        return [decode_dead_letter(value) for value in values(broker, DEAD_LETTER_TOPIC, wait=0.5)]


def lag(address: str) -> int:
    with connect(address) as broker:
        return sum(broker.lag("test", RAW_TOPIC))


@pytest.mark.parametrize(
    "on_kafka", [False, pytest.param(True, marks=pytest.mark.kafka)], ids=["embedded", "kafka"]
)
def test_every_record_ends_on_one_of_the_two_topics(on_kafka, request, address):
    if on_kafka:
        address = request.getfixturevalue("mortal_kafka").address
    poison = [Message(RAW_TOPIC, b"poison %d" % n, b"not a record %d" % n) for n in range(20)]
    with connect(address) as broker:
        contents.ensure(broker)
        articles = [raw_message(raw_article(n, text=SENTENCE * 3)) for n in range(40)]
        mixed = [message for pair in zip(articles, poison, strict=False) for message in pair]
        broker.producer("test").commit(mixed + articles[20:])
    run(address, children=2)
    assert sorted(a.article_id for a in enriched(address)) == sorted(
        raw_article(n).article_id for n in range(40)
    )
    letters = dead_letters(address)
    assert {letter.original for letter in letters} == {message.value for message in poison}
    assert {letter.reason for letter in letters} == {Reason.NOT_A_RECORD}
    assert {letter.partition for letter in letters} == set(range(PARTITIONS))
    assert lag(address) == 0


def test_an_enriched_article_has_what_its_text_says(address):
    publish(address, raw_article(text=SENTENCE * 5))
    run(address)
    (article,) = enriched(address)
    assert article.language.code == "en"
    assert {"Oslo", "Norway", "Sweden"} <= {entity.name for entity in article.entities}
    assert {"language", "entities", "topic_tags"} <= {model.role for model in article.models}


def test_what_is_enriched_keeps_the_contract_whatever_the_text(address):
    """Each of these once came out as a record that no reader could decode, or not at all."""
    states = "The United States, the U.S., the US, America, the USA and the U.S.A. agreed. "
    emoji = "The council of Oslo met on Monday and the mayor spoke. " + "\U0001f389" * 20_000
    texts = [states * 3, emoji, "(" * 40_000 + " " + SENTENCE * 3]
    publish(address, *(raw_article(n, text=text) for n, text in enumerate(texts)))
    run(address, deadline=20.0)
    assert dead_letters(address) == []
    assert len(enriched(address)) == len(texts)


def test_a_poison_record_of_the_largest_size_passes_too(address):
    with connect(address) as broker:
        largest = Message(RAW_TOPIC, b"k" * 1_000_000, b"x" * 40_000)
        broker.producer("test").commit([largest, raw_message(raw_article(1))])
    run(address)
    (letter,) = dead_letters(address)
    assert (letter.key, letter.original) == (largest.key, largest.value)
    assert len(enriched(address)) == 1


def test_an_article_that_overruns_its_deadline_is_a_dead_letter_and_stops_no_other(address):
    heavy = raw_article(7, text=(SENTENCE * 2_000)[:MAX_TEXT])
    publish(address, heavy, *(raw_article(n) for n in range(10, 30)))
    run(address, deadline=0.4)
    (letter,) = dead_letters(address)
    assert (letter.stage, letter.reason) == ("enrich", Reason.DEADLINE)
    assert letter.key == heavy.article_id.encode()
    assert len(enriched(address)) == 20


def test_an_article_that_takes_long_holds_up_its_own_partition_only(address):
    """Although one child does it all, and that partition is the first to be read."""
    heavy = raw_article(2, text=(SENTENCE * 2_000)[:MAX_TEXT])
    publish(address, *[heavy] * 4)
    with connect(address) as broker:
        held_up = next(n for n, end in enumerate(broker.end_offsets(RAW_TOPIC)) if end)
        assert held_up == 0
        running = threading.Thread(target=run, args=(address,), kwargs={"until_caught_up": False})
        running.start()
        until(lambda: bool(enrichment_children()), "the first child")
        publish(address, *(raw_article(n) for n in range(100, 140)))
        of_others = [n for n in range(PARTITIONS) if n != held_up]

        def others_are_done() -> bool:
            lag = broker.lag("test", RAW_TOPIC)
            return not any(lag[n] for n in of_others)

        until(others_are_done, "the others' end")
        assert broker.committed("test", RAW_TOPIC)[held_up] == 0
        until(lambda: not any(broker.lag("test", RAW_TOPIC)), "the end of its own")
        process_state.draining.set()
        running.join()
    assert len(enriched(address)) == 4 + 40


def test_partitions_that_are_added_while_the_job_runs_are_read(mortal_kafka, monkeypatch):
    monkeypatch.setattr(source, "LOOK_FOR_PARTITIONS_SECONDS", 0.5)
    address = mortal_kafka.address
    with connect(address) as broker, KafkaAdminClient(**client_settings(address[8:])) as admin:
        contents.ensure(broker)
        publish(address, raw_article(1))
        running = threading.Thread(target=run, args=(address,), kwargs={"until_caught_up": False})
        running.start()
        until(lambda: sum(broker.end_offsets(ENRICHED_TOPIC)) > 0, "the first commit")
        admin.create_partitions({RAW_TOPIC: NewPartitions(PARTITIONS + 3)})
        publish(address, *(raw_article(n) for n in range(100, 160)))
        until(lambda: not any(broker.lag("test", RAW_TOPIC)), "the last commit")
        process_state.draining.set()
        running.join()
        assert all(broker.end_offsets(RAW_TOPIC)[PARTITIONS:])
    assert len(enriched(address)) == 61


def test_a_child_that_is_killed_is_replaced_and_its_article_tried_again(address):
    publish(address, *(raw_article(n, text=SENTENCE * 30) for n in range(60)))
    killed: list[int] = []

    def kill_one() -> None:
        with connect(address) as broker:
            until(lambda: sum(broker.end_offsets(ENRICHED_TOPIC)) > 0, "the first commit")
        killed.append(enrichment_children()[0])
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    run(address)
    killer.join()
    assert killed
    assert dead_letters(address) == []
    assert len(enriched(address)) == 60


def enrichment_children() -> list[int]:
    """This process's sandbox children, by pid."""
    listed = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    children = [int(pid) for file in listed for pid in file.read_text().split()]
    program = child.__file__.encode()
    return [pid for pid in children if program in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_missing_model_ends_the_job_with_its_reason_and_touches_no_record(address):
    publish(address, raw_article(1), raw_article(2))
    with pytest.raises(OperatorError, match=r"^No spaCy model for language .*no-such-package"):
        run(address, enrichers=EnricherSettings(models={"en": "no_such_package"}))
    assert lag(address) == 2
    assert dead_letters(address) == []


TROUBLE = """
import itertools, os, signal
from newsline.enricher import Part

def load():
    return enrich

def enrich(article):
    if article.title == "in C":
        sum(itertools.repeat(0))
    if article.title == "in Python":
        while True: pass
    if article.title == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return Part({"letters": len(article.text)})
"""


def test_an_installed_enricher_costs_its_part_and_only_what_kills_its_child_an_article(
    address, tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(str(tmp_path))
    install(tmp_path, TROUBLE, name="letters", package="trouble-in-a-job")
    titles = ["fine", "in Python", "in C", "deadly"]
    publish(address, *(raw_article(n, title=titles[n % 4]) for n in range(8)))
    before = runs_of("letters")
    run(address, deadline=3.0)
    found = {article.article_id: article for article in enriched(address)}
    assert found.keys() == {raw_article(n).article_id for n in (0, 1, 4, 5)}
    for number in (0, 4):
        assert found[raw_article(number).article_id].extensions.keys() == {"letters"}
    for number in (1, 5):
        late = found[raw_article(number).article_id]
        assert (late.extensions, late.notes[-1]) == ({}, "letters: deadline")
        assert late.language.code == "en"
    letters = dead_letters(address)
    assert sorted(letter.reason for letter in letters) == ["crash"] * 2 + ["deadline"] * 2
    assert {letter.key.decode() for letter in letters} == {
        raw_article(n).article_id for n in (2, 3, 6, 7)
    }
    assert lag(address) == 0
    assert runs_of("letters") - before == {"ok": 2, "deadline": 2}


def runs_of(enricher: str) -> Counter[str]:
    """How many runs of the enricher this process has counted, by outcome."""
    totals = metrics.totals(metrics.ENRICHER_ARTICLES)["newsline_enricher_articles"]
    split = {tuple(labels.split("/")): int(count) for labels, count in totals.items()}
    return Counter({outcome: n for (name, outcome), n in split.items() if name == enricher})


def test_an_enricher_that_does_not_load_ends_the_job_with_its_reason(
    address, tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(str(tmp_path))
    install(tmp_path, "import no_such_module", name="broken", package="broken-in-a-job")
    publish(address, raw_article(1))
    with pytest.raises(OperatorError, match=r"^the enricher broken .* does not load: Module"):
        run(address)
    assert lag(address) == 1
    run(address, enrichers=EnricherSettings(without=("broken", "entities")))
    (article,) = enriched(address)
    assert article.notes == ("entities: switched off",)


def test_what_news_enriched_refuses_as_too_large_is_a_dead_letter(tmp_path):
    address = f"embedded:{tmp_path / 'small.db'}"
    with connect(address) as broker:
        broker.ensure_topic(ENRICHED_TOPIC, PARTITIONS, 20_000)
        broker.ensure_topic(RAW_TOPIC, PARTITIONS, MAX_RECORD_BYTES)
        broker.ensure_topic(DEAD_LETTER_TOPIC, PARTITIONS, MAX_DEAD_LETTER_BYTES)
    large = raw_article(1, text=SENTENCE * 400)
    publish(address, large, *(raw_article(n) for n in range(2, 12)))
    run(address)
    (letter,) = dead_letters(address)
    assert (letter.reason, letter.key) == (Reason.TOO_LARGE, large.article_id.encode())
    assert len(enriched(address)) == 10


def test_revisions_of_an_article_come_out_in_their_order(address):
    for revision in range(1, 31):
        publish(address, raw_article(5, revision=revision), raw_article(100 + revision))
    run(address, children=2)
    revisions = [a.revision for a in enriched(address) if a.article_id == raw_article(5).article_id]
    assert revisions == list(range(1, 31))


def test_a_draining_job_ends_and_the_next_one_goes_on_where_it_stopped(address):
    count = 3 * PARTITIONS * source.BATCH_RECORDS
    publish(address, *(raw_article(n, text=SENTENCE) for n in range(count)))

    def drain() -> None:
        with connect(address) as broker:
            until(lambda: sum(broker.end_offsets(ENRICHED_TOPIC)) > 0, "the first commit")
        process_state.draining.set()

    drainer = threading.Thread(target=drain)
    drainer.start()
    run(address)
    drainer.join()
    done = len(enriched(address))
    assert done + lag(address) == count
    assert lag(address) > 0
    process_state.draining.clear()
    run(address)
    assert len({a.article_id for a in enriched(address)}) == len(enriched(address)) == count


def test_a_sink_that_fails_stops_the_job_and_nothing_is_committed(address, tmp_path):
    (tmp_path / "out").write_text("a file where a directory should be")
    publish(address, raw_article(1))
    with pytest.raises(OperatorError, match=r"out/enriched-\d\.jsonl: .*: write to"):
        run(address, sinks=[JsonLines(tmp_path / "out")])
    assert lag(address) == 1
    assert enriched(address) == []
