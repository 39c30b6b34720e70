"""The public API: its names are documented, stable and cheap to import."""

from __future__ import annotations

import re
import subprocess
import sys
import types
from contextlib import closing
from pathlib import Path

import pytest

import newsline
from newsline import ENRICHED_TOPIC, connect, decode, encode
from newsline.topics import contents
from tests.support.example_records import enriched_article, enriched_message, raw_article

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "api.md").read_text()
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def documented() -> list[str]:
    """The names in the first column of the page's tables."""
    cells = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


def example(first_line: str) -> str:
    (found,) = [code for code in EXAMPLES if code.startswith(first_line)]
    return found


def test_the_exported_names_are_those_of_the_page_each_once():
    assert sorted(documented()) == sorted(newsline.__all__)


def test_every_public_name_is_exported():
    public = {
        name
        for name, value in vars(newsline).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert public == set(newsline.__all__)


def test_importing_it_loads_no_heavy_package():
    script = "import newsline, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "msgspec" in loaded
    heavy = {"aiohttp", "apache_beam", "kafka", "prometheus_client", "rich", "spacy", "typer"}
    assert loaded.isdisjoint(heavy)


def test_decode_finds_the_kind_by_the_schema_field():
    for record in (raw_article(), enriched_article()):
        assert decode(encode(record)) == record


@pytest.mark.parametrize(
    "value", [b"\xff", b"{}", b'{"schema": "newsline.raw/9"}', b'{"schema": "newsline.raw/1"}']
)
def test_what_is_not_a_known_record_is_a_value_error(value):
    with pytest.raises(ValueError, match=r"."):
        decode(value)


def test_the_page_s_example_reads_an_embedded_broker(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with connect("embedded:data/broker.db") as broker:
        contents.ensure(broker)
        broker.producer("test").commit([enriched_message(enriched_article())])
    exec(example("from newsline import ENRICHED_TOPIC"), {})
    assert capsys.readouterr().out == "Harbour reopens en []\n"


def test_the_page_s_example_reads_kafka_with_kafka_python(kafka, name, monkeypatch, capsys):
    message = enriched_message(enriched_article())._replace(topic=name)
    with connect(kafka.address) as broker:
        broker.ensure_topic(name, 1, 1_000_000)
        with closing(broker.producer(name)) as producer:
            producer.commit([message])
    monkeypatch.setattr(newsline, "ENRICHED_TOPIC", name)
    code = example("from kafka import").replace("10_000", "3_000").replace('"my-group"', repr(name))
    names: dict = {}
    exec(code.replace("localhost:9092", kafka.address.removeprefix("kafka://")), names)
    names["consumer"].close()
    record = enriched_article()
    assert capsys.readouterr().out == f"{record.article_id} 1 {record.url}\n"


def test_the_page_s_enricher_works():
    names: dict = {}
    exec(example("from newsline import Enrich"), names)
    assert names["load"]()(enriched_article(text="Who? Ships.")).fields == {"questions": 1}


def test_the_topics_are_named_as_documented():
    assert ENRICHED_TOPIC == "news.enriched"
