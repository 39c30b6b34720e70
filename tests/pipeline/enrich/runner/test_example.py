"""The documented example, installed by pip unchanged, in ``newsline enrich``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from newsline.broker import connect
from newsline.records import ENRICHED_TOPIC, EnrichedArticle, decode_enriched
from newsline.topics import contents
from tests.support.command import newsline
from tests.support.example_records import raw_article, raw_message
from tests.support.topic_reader import values

DOCS = Path(__file__).parents[4] / "docs"
GUIDE = DOCS / "how-to" / "add-an-enricher.md"
EXAMPLE = DOCS / "examples" / "newsline-readability"
TEXT = "The harbour reopened on Monday. Ships from Norway came first, with timber. " * 10


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A directory with the example in it; pip builds in its sources, so in a copy of them."""
    place = tmp_path_factory.mktemp("example")
    shutil.copytree(EXAMPLE, place / "source")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [sys.executable, "-m", "pip", "install", *options, "--target", place / "installed"]
    subprocess.run([*command, place / "source"], check=True, capture_output=True)
    return place / "installed"


def enriched(installed: Path, tmp_path: Path, *arguments: str) -> list[EnrichedArticle]:
    """A long and a short article, enriched by the command where the example is installed."""
    address = f"embedded:{tmp_path / 'broker.db'}"
    with connect(address) as broker:
        contents.ensure(broker)
        articles = [raw_article(1, text=TEXT), raw_article(2, text="Ships came to Norway.")]
        broker.producer("test").commit([raw_message(article) for article in articles])
        path = os.pathsep.join([str(installed), os.environ.get("PYTHONPATH", "")])
        options = ["--until-caught-up", "--status", "127.0.0.1:0", "--children", "1"]
        done = newsline("enrich", "--broker", address, *options, *arguments, PYTHONPATH=path)
        assert done.returncode == 0, done.stderr
        found = [decode_enriched(value) for value in values(broker, ENRICHED_TOPIC, wait=0.5)]
    return sorted(found, key=lambda article: article.article_id)


def test_its_part_stands_in_the_record_with_its_version(installed, tmp_path):
    long, short = enriched(installed, tmp_path)
    assert long.extensions == {"readability": {"lix": 22.7, "words": 120}}
    role, name, version = "readability", "newsline-readability", "1.0"
    assert (role, name, version) in [(m.role, m.name, m.version) for m in long.models]
    assert short.extensions == {}
    assert "readability: too little text" in short.notes


def test_it_can_be_left_out(installed, tmp_path):
    arguments = ["--without", "readability", "--without", "entities"]
    for article in enriched(installed, tmp_path, *arguments):
        assert article.extensions == {}
        assert article.entities == ()


def test_the_document_shows_the_examples_entry_point():
    entry_point = re.search(
        r"^\[project\.entry-points.*\n.*\n", (EXAMPLE / "pyproject.toml").read_text(), re.MULTILINE
    )
    assert entry_point
    assert entry_point[0] in GUIDE.read_text()


def test_the_documents_smallest_enricher_works():
    (code, *_) = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(), re.M | re.S)
    names: dict = {}
    exec(code, names)
    article = raw_article(1, text="Ships came to Norway.")
    assert names["load"]()(article).fields == {"words": 4}
