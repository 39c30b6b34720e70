from pipeline import topics
from pipeline.broker import connect
from tests.integration.command import newsline
from tests.pipeline.examples import raw_article, raw_message


def test_topics_shows_each_topics_end_and_what_is_yet_to_be_enriched(tmp_path):
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        topics.ensure(broker)
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
