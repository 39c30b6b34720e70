"""``newsline dead-letter`` on an embedded broker."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from newsline.broker import BrokerUnreachable, Fenced, Message, connect
from newsline.cli import app, dead_letter
from newsline.records import DEAD_LETTER_TOPIC, RAW_TOPIC, Header, encode
from newsline.topics import contents
from newsline.topics.dead_letters.marks import MARKS_TOPIC
from newsline.topics.dead_letters.settling import Settled, Settler
from tests.support.example_dead_letters import put_letter
from tests.support.example_records import raw_article
from tests.support.topic_reader import values

HOSTILE = "\x1b]52;c;cHduZWQ=\x07\x1b[2J\u009b31m\u202egpj\u2066\x1b]8;;http://e.example\x07 a\nb"


@pytest.fixture
def address(tmp_path):
    return f"embedded:{tmp_path / 'broker.db'}"


@pytest.fixture
def broker(address):
    with connect(address) as connection:
        contents.ensure(connection)
        yield connection


@pytest.fixture
def run(address):
    def run(command, *arguments):
        arguments = ["dead-letter", command, *map(str, arguments), "--broker", address]
        return CliRunner().invoke(app, arguments)

    return run


def lines(done):
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout.splitlines()


def refused(done):
    """The one line of an error."""
    (line,) = done.stderr.splitlines()
    assert done.exit_code == 1
    return line


@pytest.mark.usefixtures("broker")
def test_without_dead_letters_each_command_says_so(run):
    for command in ("list", "replay", "drop"):
        assert lines(run(command))[0].startswith("no dead letters")
    assert lines(run("list", "--json")) == []


def test_the_list_has_each_dead_letter_the_counts_and_a_total(run, broker):
    article = put_letter(broker, 1, original=encode(raw_article(1)))
    replayed, dropped = put_letter(broker, 2, "enrich", "deadline"), put_letter(broker, 3)
    run("replay", replayed)
    run("drop", dropped)
    shown = lines(run("list"))
    text = "\n".join(shown)
    assert f"\n{article}" in f"\n{text}"
    assert re.search(rf"^{replayed} .* replayed .* by .*: enrich/deadline", text, re.MULTILINE)
    assert "“Harbour reopens” https://example.org/1 in https://example.org/feed" in text
    assert shown[-5:] == [
        "      open  replayed   dropped",
        "         0         0         1  decode/invalid  (no feed)",
        "         1         0         0  decode/invalid  https://example.org/feed",
        "         0         1         0  enrich/deadline  (no feed)",
        "3 dead letters: 1 open, 1 replayed, 1 dropped",
    ]


def test_a_long_list_shows_the_newest_and_counts_all(run, broker):
    for number in range(5):
        failed_at = datetime.now(UTC) - timedelta(hours=5 - number)
        put_letter(broker, number, error=f"error {number}", failed_at=failed_at)
    shown = lines(run("list", "-n", "2"))
    assert [line[-1] for line in shown if "error" in line] == ["3", "4"]
    assert "… and 3 older, see --count" in shown
    assert shown[-1] == "5 dead letters: 5 open, 0 replayed, 0 dropped"
    assert lines(run("list", "-n", "0"))[-1] == shown[-1]
    assert len(lines(run("list", "--json", "--since", "3h"))) == 2


def test_json_has_a_line_for_each(run, broker):
    place = put_letter(broker, 1, original=encode(raw_article(1)), error=HOSTILE)
    (line,) = lines(run("list", "--json"))
    assert line.isprintable()
    found = json.loads(line)
    assert (found["place"], found["state"], found["error"]) == (str(place), "open", HOSTILE)
    assert found["title"] == "Harbour reopens"
    assert lines(run("show", place, "--json")) == [line]


def test_one_is_shown_with_all_that_is_known_of_it(run, broker):
    place = put_letter(
        broker,
        1,
        original=encode(raw_article(1)),
        attempts=3,
        replay_of="0:5",
        first_failed_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        headers=(Header("traceparent", b"00-1\x1b"),),
    )
    shown = lines(run("show", place))
    for line in (
        f"place       {place}",
        "state       open",
        "attempts    3",
        "replay of   0:5, first failed 2026-03-01 12:00:00",
        "original    news.raw[0]@1",
        "header      traceparent: 00-1\\x1b",
        "title       Harbour reopens",
        "feed        https://example.org/feed",
    ):
        assert line in shown
    assert encode(raw_article(1)).decode() in "".join(shown)


def test_nothing_of_a_record_controls_the_terminal(run, broker):
    title = json.dumps({"title": HOSTILE, "url": HOSTILE, "feeds": [{"url": HOSTILE}]})
    places = [
        put_letter(broker, 1, original=HOSTILE.encode() + b"\xff\xed\xa0\x80", error=HOSTILE),
        put_letter(broker, 2, original=title.encode(), key=HOSTILE.encode()),
        put_letter(broker, 3, headers=(Header(HOSTILE, b"\x1b"),), original=b"x" * 1_000_000),
    ]
    foreign = Message(DEAD_LETTER_TOPIC, b"k", b'{"schema":"\\u001b[2J","x":"\x9b"}')
    broker.producer("foreign").commit([foreign])
    for shown in (lines(run("list")), *(lines(run("show", place)) for place in places)):
        assert all(line.isprintable() for line in shown)
        assert max(map(len, shown)) < 200
    assert "\\x1b]52;c;" in "\n".join(lines(run("show", places[0])))


def test_the_original_s_bytes_go_to_a_pipe_and_to_no_terminal(run, broker, address):
    place = put_letter(broker, 1, original=b"\x1b[2J\xff")
    assert run("show", place, "--raw").stdout_bytes == b"\x1b[2J\xff"
    terminal, inside = pty.openpty()
    command = [sys.executable, "-m", "newsline", "dead-letter", "show", str(place), "--raw"]
    done = subprocess.run(
        [*command, "--broker", address], stdout=inside, stderr=subprocess.PIPE, check=False
    )
    os.close(inside)
    os.close(terminal)
    assert done.returncode == 1
    assert b"send them to a file or a pipe" in done.stderr


def test_a_replay_says_what_it_will_do_and_what_it_did(run, broker):
    place = put_letter(broker, 1)
    put_letter(broker, 2, "enrich", "deadline")
    plan = "2 dead letters: 2 open, 0 replayed, 0 dropped; would replay: 2"
    assert lines(run("replay", "--dry-run")) == [plan]
    assert values(broker, RAW_TOPIC) == []
    assert broker.describe(MARKS_TOPIC) is None
    assert lines(run("replay", "--stage", "decode")) == [
        "1 dead letter: 1 open, 0 replayed, 0 dropped; to replay: 1",
        "1 replayed",
    ]
    for _ in range(3):
        again = lines(run("replay", place))
        assert again == ["1 dead letter: 0 open, 1 replayed, 0 dropped; to replay: 0"]
    assert values(broker, RAW_TOPIC) == [b"original 1"]
    assert lines(run("replay", place, "--again"))[-1] == "1 replayed"
    assert len(values(broker, RAW_TOPIC)) == 2


def test_what_cannot_be_replayed_is_named_and_the_others_are(run, broker):
    strange = put_letter(broker, 1, topic="news.gone\x1b[2J\n")
    put_letter(broker, 2)
    done = run("replay")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == "1 replayed"
    assert done.stderr.splitlines() == [
        f"{strange}: its original is from news.gone [2J , not news.raw",
        "newsline: 1 could not be replayed: see the lines above",
    ]
    assert values(broker, RAW_TOPIC) == [b"original 2"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("0:1:2",), "'0:1:2' is not PARTITION:OFFSET, such as 0:17"),
        (("-1:2",), None),
        (("٣:2",), "'٣:2' is not PARTITION:OFFSET, such as 0:17"),
        (("9:999",), "no dead letter matches: newsline dead-letter list shows all"),
        (("--reason", "bad"), "--reason 'bad' is none of not_a_record, invalid"),
        (("--stage", "bad"), "--stage 'bad' is none of decode, enrich, encode, unknown"),
        (("--since", "noon"), "--since 'noon' is neither a time, such as 2026-03-01T12:00, nor 2h"),
        (("--feed", "https://no.example"), "no dead letter matches"),
        (("--until", "2001-01-01"), "no dead letter matches"),
    ],
)
def test_a_selection_that_is_wrong_or_matches_nothing_is_one_line(run, broker, arguments, line):
    put_letter(broker, 1)
    for command in ("list", "replay", "drop"):
        done = run(command, *arguments)
        if line is None:
            assert done.exit_code == 2
        else:
            assert line in refused(done)
    assert values(broker, RAW_TOPIC) == []


def test_a_place_without_a_dead_letter_stops_a_replay_before_it_begins(run, broker):
    place = put_letter(broker, 1)
    assert "no dead letter matches at 9:999" in refused(run("replay", place, "9:999"))
    assert values(broker, RAW_TOPIC) == []
    assert "no dead letter at 9:999" in refused(run("show", "9:999"))


def test_a_user_without_a_name_is_a_number(monkeypatch):
    def nameless():
        raise KeyError("getpwuid(): uid not found: 65532")

    monkeypatch.setattr(dead_letter.getpass, "getuser", nameless)
    assert re.fullmatch(r"\d+@.+", dead_letter._user())


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (Fenced("taken over"), "another replay or drop has taken over; 1 replayed by this one"),
        (
            BrokerUnreachable("no answer"),
            "no answer; 1 replayed, repeat the command for the others",
        ),
    ],
)
def test_a_replay_that_does_not_reach_its_end_says_how_far_it_came(
    run, broker, monkeypatch, error, line
):
    place = put_letter(broker, 1)

    def replay(*_arguments, **_options):
        yield Settled(place)
        raise error

    monkeypatch.setattr(Settler, "replay", replay)
    assert line in refused(run("replay"))
