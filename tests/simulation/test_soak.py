"""A short soak: the account is exact, and would show what is lost, doubled or out of order."""

from __future__ import annotations

from collections import Counter

import pytest

from simulation.soak import log_lines
from simulation.soak.__main__ import soak
from simulation.soak.account import Key, Ledger
from simulation.soak.memory import Sample, growths

SEED = 7
KINDS = ["kill -9", "disk full", "clock step"]
"""`make soak` has the others, and Kafka, PostgreSQL and Flink."""


@pytest.mark.slow
def test_a_short_soak_loses_and_doubles_nothing(tmp_path):
    done = soak("embedded", tmp_path, SEED, KINDS, hold=0.5)
    assert list(done.faults()) == []
    assert done.unknown == {}
    assert {each.kind for each in done.rounds} <= set(KINDS)
    assert len(done.rounds) >= len(KINDS) - 1  # no disk without root
    assert done.raw == done.enriched + sum(done.dead.values()) >= done.listed


def ledger() -> Ledger:
    """Of two articles, the second with a revision."""
    made = Ledger()
    made.published = Counter([("/1", "a"), ("/2", "b"), ("/2", "c")])
    made.raw = Counter([Key("1", 1), Key("2", 1), Key("2", 2)])
    made.enriched = [Key("1", 1), Key("2", 1), Key("2", 2)]
    return made


LISTED = {("/1", "a"), ("/2", "b"), ("/2", "c")}


def test_an_exact_account_has_no_fault():
    assert list(ledger().wrong(LISTED)) == []
    assert ledger().is_complete(LISTED)


def test_a_version_that_was_never_published_shows():
    (fault,) = ledger().wrong(LISTED | {("/3", "d")})
    assert fault == "/3 'd' is 1 times too few on news.raw"
    assert not ledger().is_complete(LISTED | {("/3", "d")})


def test_an_outcome_that_is_missing_doubled_or_made_up_shows():
    missing, doubled, made_up = ledger(), ledger(), ledger()
    missing.enriched.remove(Key("1", 1))
    doubled.dead[Key("1", 1)] += 1
    made_up.enriched.append(Key("9", 1))
    assert not missing.is_complete(LISTED)
    for each in (missing, doubled, made_up):
        assert list(each.wrong(LISTED))


def test_revisions_out_of_order_show():
    turned = ledger()
    turned.enriched.reverse()
    (fault,) = turned.wrong(LISTED)
    assert fault == "2 has the revisions [2, 1] in this order"


def test_growth_is_that_of_the_longest_life_once_it_is_warm():
    short = [Sample(0.0, "poll", 1, 50.0), Sample(10.0, "poll", 1, 60.0)]
    long = [Sample(100.0 + 60.0 * n, "poll", 2, 100.0 + n) for n in range(61)]
    (growth,) = growths([*short, *long])
    assert (growth.lives, growth.minutes) == (2, 60.0)
    assert (growth.first, growth.last) == (102.0, 160.0)
    assert growth.per_hour == pytest.approx(60.0)


def test_lines_that_nobody_knows_are_reported():
    lines = log_lines.sort({"poll": "the broker is reachable again\n\nwhat is this?\n"})
    assert lines.known == {"recovery": 1}
    assert lines.unknown == {"poll: what is this?": 1}


def test_a_traceback_is_one_line_and_known_only_of_beam_s_workers():
    traceback = (
        "Traceback (most recent call last):\n  File x\n    y\nkafka.errors.KafkaError: away\n"
    )
    assert log_lines.sort({"worker": traceback}).unknown == {}
    assert log_lines.sort({"poll": traceback}).unknown == {
        "poll: Traceback: kafka.errors.KafkaError: away": 1
    }
