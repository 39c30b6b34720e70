import pytest

from newsline.broker import connect
from newsline.topics import contents
from tests.support.command import newsline
from tests.support.example_records import raw_article, raw_message


def test_topics_shows_each_topics_end_and_what_is_yet_to_be_enriched(tmp_path):
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        contents.ensure(broker)
        broker.producer("test").commit([raw_message(raw_article(n)) for n in range(3)])
    done = newsline("topics", "--broker", address)
    rows = [line.strip("│").split("│") for line in done.stdout.splitlines() if "news." in line]
    assert [[cell.strip() for cell in row] for row in rows] == [
        ["news.raw", "4", "3", "3"],
        ["news.enriched", "4", "0", ""],
        ["news.dead-letter", "4", "0", ""],
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_file_that_is_no_newsline_broker_is_said_so(tmp_path):
    (tmp_path / "notes.txt").write_text("not a database, though it is long enough to be one\n" * 9)
    done = newsline("topics", "--broker", f"embedded:{tmp_path / 'notes.txt'}")
    assert done.returncode == 1
    assert "notes.txt cannot be used as an embedded broker" in done.stderr
    assert done.stderr.count("\n") == 1


def test_topics_are_made_and_extended_in_an_embedded_broker(tmp_path):
    address = f"embedded:{tmp_path / 'broker.db'}"
    assert newsline("topics", "create", "--broker", address).returncode == 0
    done = newsline("topics", "create", "--broker", address, "--partitions", "6")
    assert done.stdout.splitlines()[0] == "news.raw: 6 partitions now, 4 before"
    assert (done.returncode, done.stderr) == (0, "")
    with connect(address) as broker:
        assert [state.partitions for state in contents.states(broker, "group")] == [6, 6, 6]


def test_an_embedded_broker_is_given_a_retention_and_loses_it_again(tmp_path):
    address = f"embedded:{tmp_path / 'broker.db'}"
    create = ("topics", "create", "--broker", address)
    assert newsline(*create, "--retention", "raw=12h").returncode == 0
    limited = newsline(*create, "--retention", "raw=7d", "--retention", "raw=2GB")
    assert limited.stdout.splitlines()[:2] == [
        "news.raw: exists, 4 partitions, 1 copy, min ISR 1",
        "news.raw: records are kept for 7 d and up to 2 GB now",
    ]
    again = newsline(*create, "--retention", "raw=7d")
    assert "now" not in again.stdout
    unlimited = newsline(*create, "--retention", "raw=forever")
    assert "news.raw: records are kept for ever now" in unlimited.stdout
    assert [each.stderr for each in (limited, again, unlimited)] == ["", "", ""]


def test_a_retention_that_is_neither_duration_nor_size_is_refused():
    done = newsline("topics", "create", "--retention", "raw=2 weeks")
    assert done.returncode == 1
    assert "--retention 'raw=2 weeks' is not TOPIC=DURATION or TOPIC=SIZE" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--compact", "enriched"), "is an embedded broker, which keeps one copy of each record"),
        (("--replication", "3"), "--replication 3 needs as many brokers; the cluster has 1"),
        (("--min-isr", "2"), "--min-isr 2 of 1 copies: nothing could be written"),
    ],
)
def test_what_an_embedded_broker_does_not_have_is_refused(tmp_path, options, said):
    done = newsline("topics", "create", "--broker", f"embedded:{tmp_path / 'broker.db'}", *options)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_dead_letters_are_not_compacted(tmp_path):
    done = newsline("topics", "create", "--compact", "dead-letter")
    assert done.returncode == 2
    assert "'dead-letter' is not one of 'raw', 'enriched'" in done.stderr


def test_options_before_a_subcommand_are_refused_and_not_ignored():
    done = newsline("topics", "--broker", "embedded:somewhere.db", "create")
    assert done.returncode == 2
    assert "options go after the command: newsline topics create --broker …" in done.stderr
