from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from newsline.errors import OperatorError
from pipeline.enrich.tags import textmodel
from pipeline.enrich.tags.mediatopics import taxonomy
from tools.train import corpus
from tools.train.__main__ import main

URLS = [f"https://news.example/{number}" for number in range(400)]
WORDS = {"SPORTS": "goal match coach", "POLITICS": "vote senate law", "WORLD NEWS": "vote match"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A little of each file that training reads."""
    with gzip.open(tmp_path / corpus.HUFFPOST, "wt", encoding="utf-8") as lines:
        for number, url in enumerate(URLS):
            category = list(WORDS)[number % len(WORDS)]
            row = {"url": url, "category": category, "description": WORDS[category]}
            lines.write(json.dumps(row | {"headline": f"{url[-1]} {WORDS[category]}"}) + "\n")
    concepts = [{"qcode": code, "definition": "what it is"} for code in taxonomy().concepts]
    (tmp_path / corpus.DEFINITIONS).write_text(json.dumps({"concepts": concepts}))
    return tmp_path


def test_what_is_held_back_is_told_by_the_url_and_never_learnt_from(folder: Path) -> None:
    found = corpus.read(folder)
    held = sum(corpus.is_held_back(url) for url in URLS)
    assert (len(found.held), len(found.headlines)) == (held, len(URLS) - held)
    assert 0.1 < held / len(URLS) < 0.3


def test_data_that_is_missing_is_named_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"huffpost\.jsonl\.gz is missing: name its folder$"):
        corpus.read(tmp_path)


def test_training_without_its_data_ends_with_one_line_and_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"^[^\n]+ is missing: [^\n]+$"):
        main(tmp_path, tmp_path / "model.npz")
    assert not list(tmp_path.iterdir())


def test_the_same_data_and_seed_make_the_same_bytes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("sklearn", "scipy", "safetensors", "tokenizers"):
        pytest.importorskip(package, reason="`make data` installs it")
    from tools.train import training

    class Teacher:
        """Any vectors will do, so long as a word's is its own."""

        def whole_words(self) -> set[str]:
            return {"goal", "vote"}

        def embed(self, texts: Sequence[str]) -> textmodel.Array:
            seeds = [int.from_bytes(text.encode()[:6], "big") for text in texts]
            return np.array([np.random.default_rng(seed).normal(size=384) for seed in seeds])

    monkeypatch.setattr(training, "Teacher", Teacher)
    for name in ("first", "second"):
        textmodel.save_model(training.train(corpus.read(folder), 1), tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
