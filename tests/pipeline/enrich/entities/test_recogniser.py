from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy

from newsline.errors import OperatorError
from newsline.outcomes import EntityType
from newsline.records import Model
from pipeline.enrich.entities.recogniser import Recogniser, _without_unused_tok2vec

PERSON, ORG, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


def test_a_model_that_is_not_installed_is_named_with_what_to_do() -> None:
    with pytest.raises(OperatorError, match=r"'fr': install .*fr-core-news-nowhere"):
        Recogniser({"fr": "fr_core_news_nowhere"})


def test_a_tok2vec_stays_where_the_names_are_found_by_it() -> None:
    listens = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    for model, kept in (({"tok2vec": listens}, ["tok2vec", "ner"]), ({}, ["ner"])):
        nlp = spacy.blank("en")
        nlp.add_pipe("tok2vec")
        nlp.add_pipe("ner", config={"model": model}).add_label("PERSON")
        nlp.initialize()
        assert _without_unused_tok2vec(nlp).pipe_names == kept


def test_a_long_paragraph_without_spaces_is_read_in_chinese_and_blanked_in_english() -> None:
    recogniser = Recogniser()
    for code, text in (("zh", "北京市长会见了代表团。" * 30), ("en", "Oslo/" * 60)):
        nlp = spacy.blank(code)
        rules = [{"label": "GPE", "pattern": name} for name in ("北京", "Oslo")]
        nlp.add_pipe("entity_ruler").add_patterns(rules)
        recogniser._models[code] = nlp
        assert len(recogniser.mark(text, code)) == (30 if code == "zh" else 0)


INIT = """
from spacy.util import load_model_from_init_py

def load(**overrides):
    return load_model_from_init_py(__file__, **overrides)
"""


def test_a_package_with_labels_of_its_own_is_used_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nlp = spacy.blank("xx")
    named = {"PER": "Ana", "persName": "Zofia", "LOC": "Oslo", "ORG": "Equinor", "MISC": "Nobel"}
    rules = [{"label": label, "pattern": name} for label, name in named.items()]
    nlp.add_pipe("entity_ruler").add_patterns(rules)
    nlp.meta |= {"name": "ent_tiny", "version": "1.2.3"}
    (tmp_path / "xx_ent_tiny").mkdir()
    nlp.to_disk(tmp_path / "xx_ent_tiny" / "xx_ent_tiny-1.2.3")
    (tmp_path / "xx_ent_tiny" / "meta.json").write_text(json.dumps(nlp.meta))
    (tmp_path / "xx_ent_tiny" / "__init__.py").write_text(INIT)
    (tmp_path / "xx_ent_tiny-1.2.3.dist-info").mkdir()
    metadata = "Metadata-Version: 2.1\nName: xx-ent-tiny\nVersion: 1.2.3\n"
    (tmp_path / "xx_ent_tiny-1.2.3.dist-info" / "METADATA").write_text(metadata)
    monkeypatch.syspath_prepend(tmp_path)

    recogniser = Recogniser({"nb": "xx_ent_tiny"})

    text = "Ana og Zofia fra Oslo fikk Nobel av Equinor"
    marked = [(text[s.start : s.end], s.type) for s in recogniser.mark(text, "nb")]
    assert marked == [("Ana", PERSON), ("Zofia", PERSON), ("Oslo", PLACE), ("Equinor", ORG)]
    assert recogniser.model("nb") == Model("entities", "xx_ent_tiny", "1.2.3")
