"""Which process loads what: connectors never Beam or spaCy, the job never a feed or page parser."""

from __future__ import annotations

import subprocess
import sys

import pytest


def loaded_by(code: str) -> set[str]:
    """The top-level names of all modules that a fresh interpreter has loaded after the code."""
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    "code",
    [
        "import connectors.poll.wiring",
        # All that `newsline poll` does up to its first poll; port 9 answers nobody.
        "import sys, typer.testing\n"
        "from newsline.cli import app\n"
        "arguments = ['poll', 'http://127.0.0.1:9/', '--once', '--status', '127.0.0.1:0',\n"
        "    '--broker', f'embedded:{PLACE}/b.db', '--state', f'{PLACE}/s.db']\n"
        "assert typer.testing.CliRunner().invoke(app, arguments).exit_code == 1",
    ],
    ids=["connectors.poll.wiring", "newsline poll"],
)
def test_connectors_load_neither_beam_nor_spacy(code, tmp_path):
    loaded = loaded_by(f"PLACE = {str(tmp_path)!r}\n{code}")
    assert "aiohttp" in loaded
    assert loaded.isdisjoint({"apache_beam", "spacy"})


@pytest.mark.parametrize(
    ("code", "loads"),
    [
        ("import pipeline.beam.runners", "apache_beam"),
        (
            "from pipeline.enrich.runner.child import EnricherSettings, load_enrichers;"
            " load_enrichers(EnricherSettings(), 30.0)",
            "spacy",
        ),
    ],
    ids=["pipeline.beam.runners", "an enrichment child"],
)
def test_the_job_and_its_children_load_no_parser_of_feeds_or_pages(code, loads):
    loaded = loaded_by(code)
    assert loads in loaded
    assert loaded.isdisjoint({"feedparser", "trafilatura", "connectors"})


def test_enrichment_children_do_not_load_beam():
    assert "apache_beam" not in loaded_by("import pipeline.enrich.runner.child")


def test_the_newsline_command_alone_loads_none_of_them():
    heavy = {"apache_beam", "spacy", "feedparser", "trafilatura", "kafka"}
    assert loaded_by("import newsline.cli").isdisjoint(heavy)
