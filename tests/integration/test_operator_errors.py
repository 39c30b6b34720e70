"""What an operator is told when something is wrong: one line that says what to do, an exit code
that is not 0, and nothing lost."""

from __future__ import annotations

import http.client
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from newsline.broker import Broker, Message, connect
from newsline.records import DEAD_LETTER_TOPIC, ENRICHED_TOPIC, RAW_TOPIC
from newsline.topics import contents
from tests.support.command import PATIENCE, Command, newsline, until, without_times
from tests.support.example_records import raw_article, raw_message
from tests.support.news_site import Answer, Site, page, rss

FREE = ("--status", "127.0.0.1:0")
FEED = "http://127.0.0.1:9/feed"
"""Never asked: what is tested ends before a feed is."""

ARTICLES = 40


def the_line(done: subprocess.CompletedProcess) -> str:
    """The one line on stderr, after the greetings of poll and enrich, and poll's warning
    that it was given no contact."""
    assert done.returncode == 1, done.stderr
    greetings = ("polling ", "enriching ", "newsline: warning: publishers ")
    lines = [each for each in done.stderr.splitlines() if not each.startswith(greetings)]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("newsline: ")
    return lines[0]


@pytest.fixture
def closed_port():
    """A port of this machine that nobody listens to, and nobody else is given."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


COMMANDS = [
    ("run", FEED, *FREE),
    ("poll", FEED, *FREE),
    ("enrich", *FREE),
    ("tail", "raw"),
    ("topics",),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_an_unreachable_broker(command, closed_port, tmp_path):
    data = ("--data", str(tmp_path)) if command[0] == "run" else ()
    done = newsline(*command, *data, "--broker", f"kafka://127.0.0.1:{closed_port}")
    assert f"kafka://127.0.0.1:{closed_port} does not answer" in the_line(done)
    assert "Connection refused" in the_line(done)


def test_a_state_that_is_away_when_poll_starts(closed_port, tmp_path):
    state = f"postgresql://newsline@127.0.0.1:{closed_port}/newsline"
    broker = f"embedded:{tmp_path / 'broker.db'}"
    done = newsline("poll", FEED, *FREE, "--broker", broker, "--state", state)
    line = the_line(done)
    assert line.startswith(f"newsline: {state.replace('newsline@', '')}: connection failed: ")
    assert "Connection refused" in line


def test_with_debug_there_is_a_traceback_and_the_line_all_the_same(closed_port):
    broker = f"kafka://127.0.0.1:{closed_port}"
    by_flag = newsline("--debug", "topics", "--broker", broker)
    by_variable = newsline("topics", NEWSLINE_DEBUG="1", NEWSLINE_BROKER=broker)
    for done in (by_flag, by_variable):
        assert done.returncode == 1
        assert "Traceback (most recent call last)" in done.stderr
        assert done.stderr.splitlines()[-1].startswith("newsline: kafka://")


def test_an_unknown_kind_of_broker():
    line = the_line(newsline("topics", "--broker", "rabbit://localhost"))
    assert "use embedded:PATH or kafka://HOST:PORT" in line


def test_a_missing_language_model_ends_enrich_and_leaves_the_records_where_they_are(tmp_path):
    address = broker_of(tmp_path, articles=3)
    done = newsline("enrich", "--broker", address, "--model", "en=no_such_package", *FREE)
    assert "No spaCy model for language 'en': install one of" in the_line(done)
    assert_untouched(address, articles=3)


def test_a_model_that_is_no_pair(tmp_path):
    done = newsline("enrich", "--broker", broker_of(tmp_path), "--model", "en", *FREE)
    assert "--model 'en' is not LANGUAGE=PACKAGE" in the_line(done)


def test_an_enricher_that_is_not_known(tmp_path):
    address = broker_of(tmp_path, articles=1)
    done = newsline("enrich", "--broker", address, "--without", "sentiment", *FREE)
    assert "--without sentiment: no such enricher; known are language, " in the_line(done)
    assert_untouched(address, articles=1)


@pytest.mark.parametrize("command", ["poll", "run"])
def test_a_bad_feed_list(tmp_path, command):
    feeds = tmp_path / "feeds.toml"
    feeds.write_text('[[feed]]\nurl = "https://a.example/rss"\n\n[[feed]]\nurl = "b.example"\n')
    places = {"poll": ("--state", str(tmp_path / "s.db")), "run": ("--data", str(tmp_path))}
    broker = ("--broker", f"embedded:{tmp_path / 'broker.db'}")
    done = newsline(command, str(feeds), *places[command], *broker, *FREE)
    assert "feeds.toml:5: 'b.example' is not an http or https URL" in the_line(done)


@pytest.mark.parametrize("command", ["run", "poll", "enrich"])
def test_a_status_port_in_use(tmp_path, command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = newsline(*with_places(command, tmp_path), "--status", address)
    line = the_line(done)
    assert f"cannot listen on {address} (Address already in use)" in line
    assert "--status" in line


def with_places(command: str, directory: Path) -> list[str]:
    """The command with feeds and with all its files in the directory."""
    broker = ["--broker", f"embedded:{directory / 'broker.db'}"]
    return {
        "run": ["run", FEED, "--data", str(directory)],
        "poll": ["poll", FEED, "--state", str(directory / "state.db"), *broker],
        "enrich": ["enrich", "--jsonl", str(directory / "enriched"), *broker],
    }[command]


@pytest.mark.parametrize("command", ["run", "poll", "enrich"])
def test_a_directory_that_cannot_be_written(tmp_path, command):
    file = tmp_path / "file"
    file.write_text("no directory")
    line = the_line(newsline(*with_places(command, file / "data"), *FREE))
    assert str(file) in line


def test_json_lines_that_cannot_be_written_lose_nothing(tmp_path):
    address = broker_of(tmp_path, articles=3)
    (tmp_path / "file").write_text("no directory")
    options = ("--broker", address, "--until-caught-up", "--children", "1", *FREE)
    line = the_line(newsline("enrich", *options, "--jsonl", str(tmp_path / "file" / "out")))
    assert str(tmp_path / "file" / "out") in line
    assert_untouched(address, articles=3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[poll]\nworker = 1\n", "[poll] has no setting 'worker'; known are allow, behind-proxy, "),
        ("[poll\n", "not TOML: "),
        ("[poll]\nworkers = 'many'\n", "[poll] workers = 'many': "),
    ],
)
def test_a_bad_settings_file(tmp_path, text, said):
    settings = tmp_path / "newsline.toml"
    settings.write_text(text)
    assert f"{settings}: {said}" in the_line(newsline("--config", str(settings), "poll", FEED))


@pytest.mark.parametrize(
    ("options", "environment", "said"),
    [
        (["--childen", "2"], {}, "No such option: --childen"),
        (["--children", "two"], {}, "--children"),
        ([], {"NEWSLINE_CHILDREN": "two"}, "env var: 'NEWSLINE_CHILDREN'"),
        ([], {"NEWSLINE_DEADLINE": "0"}, "env var: 'NEWSLINE_DEADLINE'"),
    ],
)
def test_a_wrong_option_or_environment_variable(options, environment, said):
    done = newsline("enrich", *options, **environment)
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "poll", "topics"])
def test_a_flag_is_stronger_than_the_environment_and_that_than_the_settings_file(tmp_path, command):
    settings = tmp_path / "newsline.toml"
    settings.write_text(
        f"[run]\nbroker = 'x:file'\ndata = '{tmp_path}'\n"
        "[poll]\nbroker = 'x:file'\n[topics]\nbroker = 'x:file'\n"
    )
    feeds = () if command == "topics" else (FEED,)
    arguments = ("--config", str(settings), command, *feeds)
    assert "broker 'x:file' is not" in the_line(newsline(*arguments))
    environment = {"NEWSLINE_BROKER": "x:environment"}
    assert "broker 'x:environment' is not" in the_line(newsline(*arguments, **environment))
    flag = ("--broker", "x:flag")
    assert "broker 'x:flag' is not" in the_line(newsline(*arguments, *flag, **environment))


def test_a_missing_language_model_ends_run_with_the_line_of_the_process_that_misses_it(tmp_path):
    """Run's own settings reach its processes; what is meant for the commands alone does not."""
    settings = tmp_path / "newsline.toml"
    settings.write_text(
        f"[run]\ndata = '{tmp_path / 'data'}'\nmodel = ['en=no_such_package']\n"
        "status = '127.0.0.1:0'\n[enrich]\nmodel = ['en=of_another_command']\n"
    )
    environment = {"NEWSLINE_CONFIG": str(settings), "NEWSLINE_ONCE": "1"}
    line = the_line(newsline("run", FEED, **environment))
    assert "No spaCy model for language 'en': install one of no-such-package" in line


def site() -> Site:
    """A feed of articles that fill a small disk."""
    text = ["The river rose on Monday, and the town waited for the water to go. " * 20] * 3
    items = [(f"/story/{n}", f"Flood report number {n}", "") for n in range(ARTICLES)]
    pages: dict[str, Answer] = {
        link: (200, "text/html", page(title, [f"{title}. {line}" for line in text]))
        for link, title, _ in items
    }
    pages["/feed"] = (200, "application/rss+xml", rss(items))
    return Site(pages.get)


def test_poll_waits_while_the_disk_is_full_and_then_publishes_each_article_once(tmp_path):
    """No privileges are needed to make a file's growth fail; SQLite then says "disk I/O error"."""
    address = f"embedded:{tmp_path / 'broker.db'}"
    port = free_port()
    with site() as news, connect(address) as broker:
        arguments = [
            *("poll", f"{news.url}/feed", "--allow", news.host, "--broker", address),
            *("--state", str(tmp_path / "state.db"), "--workers", "1", *status_on(port)),
        ]
        with Command(tmp_path / "log", *arguments) as poll:
            until(lambda: "polling 1 feed " in poll.output(), what="its greeting")
            no_more = max(path.stat().st_size for path in tmp_path.iterdir()) + 20_000
            whole = resource.prlimit(poll.process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(poll.process.pid, resource.RLIMIT_FSIZE, (no_more, whole[1]))
            until(lambda: "is unreachable, retrying: " in poll.output(), what="the full disk")
            until(lambda: probe(port, "readyz")[0] == 503, what="poll's unreadiness")
            resource.prlimit(poll.process.pid, resource.RLIMIT_FSIZE, whole)
            until(lambda: "is reachable again" in poll.output(), what="its end")
            until(lambda: len(keys(broker, RAW_TOPIC)) == ARTICLES, what="the last article")
            until(lambda: probe(port, "readyz") == (200, "ok"), what="poll's readiness")
            assert poll.terminate() == 0, poll.output()
        assert "disk I/O error" in poll.output()
        assert "Traceback" not in poll.output()
        assert Counter(keys(broker, RAW_TOPIC).values()) == {1: ARTICLES}


def test_a_full_disk_ends_enrich_and_what_did_not_fit_comes_later_once(tmp_path):
    address = broker_of(tmp_path)
    arguments = ("enrich", "--broker", address, "--children", "1")
    port = free_port()
    with Command(tmp_path / "log", *arguments, *status_on(port)) as enrich:
        until(lambda: probe(port, "readyz") == (200, "ok"), what="enrich's readiness")
        resource.prlimit(enrich.process.pid, resource.RLIMIT_FSIZE, (150_000, 150_000))
        put_articles(address, 20)
        assert enrich.wait() == 1
        (line,) = enrich.output().splitlines()[1:]
    assert "disk I/O error" in line
    assert newsline(*arguments, "--until-caught-up", *FREE).returncode == 0
    with connect(address) as broker:
        assert Counter(keys(broker, ENRICHED_TOPIC).values()) == {1: 20}
        assert not keys(broker, DEAD_LETTER_TOPIC)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare, for a small disk")
def test_no_space_left_on_device_says_to_make_room(tmp_path):
    """A real disk of 300 kB, where this machine lets us mount one in a namespace of our own."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "none", str(tmp_path)]
    own = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*own, *mount], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no mounts without privileges")
    with site() as news:
        run = [
            *(sys.executable, "-m", "newsline", "run", f"{news.url}/feed"),
            *("--allow", news.host, "--data", str(tmp_path), *FREE),
        ]
        script = ["sh", "-c", '"$@" && shift "$#" && exec $RUN', "sh", *mount]
        done = subprocess.run(
            [*own, *script],
            env=os.environ | {"RUN": " ".join(run)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    lines = re.findall(r"^newsline: .*", without_times(done.stderr), re.MULTILINE)
    assert done.returncode == 1
    assert 1 <= len(lines) <= 2, done.stderr  # poll and enrich may meet it at the same time
    assert all("free some" in line or "disk with space" in line for line in lines)


def test_a_broker_that_goes_down_ends_enrich_with_one_line_and_makes_poll_unready(
    tmp_path, mortal_kafka
):
    broker = ("--broker", mortal_kafka.address)
    ports = free_port(), free_port()
    state = ("--state", str(tmp_path / "state.db"))
    poll = Command(tmp_path / "poll", "poll", FEED, *broker, *state, *status_on(ports[0]))
    enrich = Command(tmp_path / "enrich", "enrich", *broker, *status_on(ports[1]))
    with poll, enrich:
        until(lambda: all(probe(port, "readyz") == (200, "ok") for port in ports), what="readiness")
        mortal_kafka.kill()
        assert enrich.wait() == 1
        (line,) = enrich.output().splitlines()[1:]
        assert f"newsline: {mortal_kafka.address} does not answer" in line
        until(lambda: probe(ports[0], "readyz")[0] == 503, what="poll's unreadiness")
        assert f"{mortal_kafka.address} does not answer" in probe(ports[0], "readyz")[1]
        assert probe(ports[0], "livez") == (200, "ok")


def test_the_status_of_run_shows_what_both_of_its_processes_do(tmp_path):
    port = free_port()
    with site() as news:
        arguments = ("run", f"{news.url}/feed", "--allow", news.host, "--data", str(tmp_path / "d"))
        with Command(tmp_path / "log", *arguments, *status_on(port)) as run:
            until(lambda: enriched(port) == ARTICLES, what="the last article")
            metrics = probe(port, "metrics")[1]
            assert f'newsline_entries_total{{outcome="published"}} {ARTICLES:.1f}' in metrics
            until(lambda: probe(port, "readyz") == (200, "ok"), what="readiness")
            until(lambda: "Fresh articles are flowing" in probe(port, "")[1], what="the verdict")
            assert "Flood report number" in probe(port, "")[1]
            assert run.terminate() == 0, run.output()


def enriched(port: int) -> float:
    """What run's metrics say of the job that is a process of its own."""
    found = re.search(r"^newsline_articles_enriched_total (\S+)$", probe(port, "metrics")[1], re.M)
    return float(found[1]) if found else 0.0


def status_on(port: int) -> tuple[str, str]:
    return "--status", f"127.0.0.1:{port}"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def probe(port: int, path: str) -> tuple[int, str]:
    """Status and text of a status endpoint; (0, "") while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", f"/{path}")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()


def broker_of(directory: Path, articles: int = 0) -> str:
    """The address of an embedded broker with so many articles on news.raw."""
    address = f"embedded:{directory / 'broker.db'}"
    with connect(address) as broker:
        contents.ensure(broker)
    put_articles(address, articles)
    return address


def put_articles(address: str, count: int) -> None:
    text = "The harbour of Oslo reopened on Monday after the storm. " * 60
    messages: list[Message] = [raw_message(raw_article(n, text=text)) for n in range(count)]
    with connect(address) as broker:
        broker.producer("test").commit(messages)


def keys(broker: Broker, topic: str) -> Counter[bytes]:
    """How often each key stands on the topic."""
    return Counter(record.key for record in contents.latest(broker, topic, 10_000))


def assert_untouched(address: str, articles: int) -> None:
    """The records stand on news.raw, unread, and none is a dead letter."""
    with connect(address) as broker:
        raw, enriched, dead = contents.states(broker, "newsline-enrich")
    assert (raw.end, raw.lag) == (articles, articles)
    assert (enriched.end, dead.end) == (0, 0)
