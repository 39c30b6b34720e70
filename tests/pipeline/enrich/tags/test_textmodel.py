from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from pipeline.enrich.tags import textmodel
from pipeline.enrich.tags.mediatopics import taxonomy
from pipeline.enrich.tags.textmodel import PATH, TextModel

TEXT = (
    "Doctors said the vaccine protects patients. The hospital treated infections with antibiotics."
)


def test_each_shipped_model_has_its_own_version() -> None:
    digest = sha256(PATH.read_bytes()).hexdigest()
    assert (textmodel.VERSION, digest) == (
        "2",
        "efb3d43b8dd36819008b36b4d9a8a271601420db524fdccfa3e1c4e30079a249",
    )


def test_the_shipped_model_is_small_and_knows_all_top_level_concepts() -> None:
    assert PATH.stat().st_size < 20_000_000
    tops = {concept.top for concept in taxonomy().concepts.values()}
    assert set(textmodel.shipped_model().codes) == tops


def test_shares_are_of_one_and_the_words_are_the_texts_own() -> None:
    reading = textmodel.shipped_model().read("Flu", TEXT)
    assert reading is not None
    assert sum(np.exp(list(reading.scores.values()))) == pytest.approx(1)
    assert max(reading.scores, key=lambda code: reading.scores[code]) == "medtop:07000000"
    words = set(textmodel.model_words(f"Flu {TEXT}"))
    assert set(reading.words) <= words
    for code in reading.scores:
        assert set(reading.strongest(code, textmodel.shipped_model())) <= words
    assert reading.strongest("medtop:07000000", textmodel.shipped_model())


def test_reading_is_a_function_of_the_text() -> None:
    first = textmodel.shipped_model().read("Flu", TEXT)
    textmodel.shipped_model().read("Goal", "The striker scored.")
    again = textmodel.shipped_model().read("Flu", TEXT)
    assert first is not None
    assert again is not None
    assert again[:3] == first[:3]
    assert (again.parts == first.parts).all()


def test_a_text_without_a_known_word_is_not_read() -> None:
    assert textmodel.shipped_model().read("1:0", "3-2 (4)") is None


def test_there_is_more_substance_in_rarer_words() -> None:
    thin = textmodel.shipped_model().read("", "It was the one that they had.")
    thick = textmodel.shipped_model().read("", "Vaccines protect hospital patients from influenza.")
    assert thin is not None
    assert thick is not None
    assert thin.substance < 1 < thick.substance


def test_what_is_saved_is_read_again_and_the_same_model_makes_the_same_bytes(tmp_path) -> None:
    model = TextModel(
        ("medtop:07000000", "medtop:15000000"),
        {"vaccine": 0, "goal": 1},
        np.array([[100, 0], [0, 100]], dtype=np.int8),
        np.array([1, 0.5], dtype=np.float16),
        np.array([[1, -1], [-1, 1]], dtype=np.float16),
        np.zeros(2, dtype=np.float32),
        (1.5, 0.25),
    )
    for name in ("one", "two"):
        textmodel.save_model(model, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    again = textmodel.read_model(tmp_path / "one")
    assert again.calibration == (1.5, 0.25)
    assert again.read("", "goal")[:3] == model.read("", "goal")[:3]
