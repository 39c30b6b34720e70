import json
import signal
import subprocess
import sys

import pytest

from newsline.broker import Message, Record, connect
from newsline.cli.tail import describe
from newsline.outcomes import Reason, Stage
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC, decode_raw, encode
from newsline.topics import contents
from pipeline.beam.dead_letters import dead_letter
from tests.support.command import PATIENCE, newsline
from tests.support.example_dead_letters import dead_letter as example_dead_letter
from tests.support.example_records import raw_article, raw_message


@pytest.fixture
def address(tmp_path):
    return f"embedded:{tmp_path / 'broker.db'}"


@pytest.fixture
def broker(address):
    """A broker with twelve articles on news.raw."""
    with connect(address) as connection:
        contents.ensure(connection)
        for number in range(12):
            article = raw_article(number, title=f"Title {number}")
            connection.producer("test").commit([raw_message(article)])
        yield connection


def tail(*arguments):
    done = newsline("tail", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.usefixtures("broker")
def test_the_newest_records_are_shown_oldest_first(address):
    lines = tail("raw", "--broker", address).splitlines()
    titles = [line.split("Title ")[1] for line in lines if "Title" in line]
    assert titles == [str(number) for number in range(2, 12)]


@pytest.mark.usefixtures("broker")
def test_json_is_the_record_as_it_is_a_line_each(address):
    lines = tail("raw", "-n", "3", "--json", "--broker", address).splitlines()
    assert [decode_raw(line.encode()).title for line in lines] == [
        "Title 9",
        "Title 10",
        "Title 11",
    ]
    assert json.loads(lines[0])["schema"] == "newsline.raw/1"


@pytest.mark.usefixtures("broker")
def test_a_topic_without_records_shows_nothing(address):
    assert tail("enriched", "--broker", address) == ""


def test_dead_letters_say_why_and_where_the_original_stands(broker, address):
    record = Record(7, b"key", b'{"schema":"newsline.raw/9"}', 0.0)
    letter = dead_letter(
        _partition(address), record, Stage.DECODE, Reason.UNKNOWN_SCHEMA, "no such schema"
    )
    message = Message(DEAD_LETTER_TOPIC, b"key", encode(letter))
    broker.producer("test").commit([message])
    shown = tail("dead-letter", "--broker", address)
    assert "decode/unknown_schema: no such schema" in shown
    assert "news.raw[2]@7, 27 bytes, attempts: 1" in shown


HOSTILE = (
    "\x1b[2J\x9b31m\x1b]52;c;cHc=\x07\x1b]8;;http://e.example\x1b\\ \u202e\u2066\nALL IS WELL "
    + "x" * 900
)


def test_nothing_of_a_record_controls_the_terminal_or_makes_a_line_of_its_own(broker, address):
    foreign = json.dumps({"schema": f"newsline.raw/9{HOSTILE}"}).encode()
    letter = example_dead_letter(1, error=HOSTILE, topic=HOSTILE, original=HOSTILE.encode())
    article = raw_article(1, title="Quiet\nALL IS WELL \u202e\x9b31m")
    for value in (encode(letter), foreign, encode(article), b'"\xff\x1b[2J'):
        broker.producer("test").commit([Message(DEAD_LETTER_TOPIC, b"key", value)])
    broker.producer("test").commit([Message(DEAD_LETTER_TOPIC, HOSTILE.encode()[:99], None)])
    shown = tail("dead-letter", "--broker", address).splitlines()
    assert all(line.isprintable() for line in shown)
    assert not [line for line in shown if line.startswith("ALL IS WELL")]
    for line in tail("dead-letter", "--json", "--broker", address).splitlines():
        assert line.isprintable()


def test_a_withdrawn_article_is_a_line_and_no_json(broker, address):
    broker.producer("test").commit([Message(ENRICHED_TOPIC, b"key", None)])
    assert tail("enriched", "--broker", address) == "key: withdrawn\n\n"
    assert tail("enriched", "--json", "--broker", address) == ""


def _partition(address):
    from pipeline.beam.claims import Partition

    return Partition(address, "group", RAW_TOPIC, 2)


def test_follow_goes_on_with_each_new_record_once_until_ctrl_c(broker, address):
    command = [sys.executable, "-m", "newsline", "tail", "raw", "-f", "--json"]
    with subprocess.Popen(
        [*command, "-n", "1", "--broker", address], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        assert decode_raw(process.stdout.readline()).title == "Title 11"
        for number in (12, 13):
            article = raw_article(number, title=f"Title {number}")
            broker.producer("test").commit([raw_message(article)])
            assert decode_raw(process.stdout.readline()).title == f"Title {number}"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")


@pytest.mark.usefixtures("broker")
@pytest.mark.parametrize("options", ["--json", "", "-f --json"])
def test_a_pipe_whose_reader_has_gone_is_no_error(address, options, broker):
    large = raw_article(99, text="word " * 15_000)
    broker.producer("test").commit([raw_message(large)] * 5)
    command = f"{sys.executable} -m newsline tail raw {options} --broker {address} | head -c 9"
    done = subprocess.run(
        command, shell=True, capture_output=True, timeout=PATIENCE, check=False, text=True
    )
    assert (len(done.stdout), done.stderr) == (9, "")


def test_what_is_no_record_of_this_version_is_said_so():
    assert describe(b"{}").startswith("(not a record of this version: ")
    assert describe(b"\xff\xfe").startswith("(not a record of this version: ")


def test_a_broker_that_does_not_exist_is_said_so_and_not_made(tmp_path):
    for command in ("tail", "topics"):
        done = newsline(command, "--broker", f"embedded:{tmp_path / 'none' / 'broker.db'}")
        assert done.returncode == 1
        assert done.stderr.startswith(f"newsline: no broker at {tmp_path}/none/broker.db: ")
        assert not list(tmp_path.iterdir())
