from __future__ import annotations

import json
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from newsline.errors import OperatorError
from newsline.records import MAX_ENTITIES, MAX_MENTIONS, MAX_NAME, EntityType, Model
from pipeline.enrich.entities.entities import Recogniser, _lean, extract
from pipeline.enrich.entities.spans import Span
from tests.support.example_articles import spans

PERSON, ORG, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE


def test_an_entity_has_its_fullest_name_its_aliases_and_exact_mentions() -> None:
    text = "Lena Brandt spoke in Oslo. Brandt left."
    marked = spans(text, ("Lena Brandt", PERSON), ("Oslo", PLACE))
    person, place = extract(text, [*marked, Span(27, 33, ORG)])
    assert (person.name, person.type, person.aliases, person.count) == (
        "Lena Brandt",
        PERSON,
        ("Brandt",),
        2,
    )
    assert [text[m.start : m.end] for m in person.mentions] == ["Lena Brandt", "Brandt"]
    assert (place.name, place.type) == ("Oslo", PLACE)


def test_a_surname_alone_keeps_its_office() -> None:
    text = "On Monday President Kimura spoke. Kimura left. Mr Li stayed."
    found = extract(text, spans(text, ("Kimura", PERSON)))
    assert [(e.name, e.aliases) for e in found] == [("President Kimura", ("Kimura",)), ("Li", ())]
    assert [text[m.start : m.end] for m in found[0].mentions] == ["Kimura", "Kimura"]


def test_a_dateline_in_capitals_is_not_how_the_place_is_called() -> None:
    text = "NAIROBI (Reuters) - Shops in Nairobi closed."
    (place,) = extract(text, spans(text, ("NAIROBI", PLACE), ("Nairobi", PLACE)))
    assert (place.name, place.aliases, place.count) == ("Nairobi", ("NAIROBI",), 2)


def test_salience_falls_and_adds_up_to_one() -> None:
    text = "Ana Marić and Ana Marić met Ivo Horvat. Then the Bank of Ghana paid."
    found = extract(
        text, spans(text, ("Ana Marić", PERSON), ("Ivo Horvat", PERSON), ("Bank of Ghana", ORG))
    )
    assert [e.name for e in found] == ["Ana Marić", "Ivo Horvat", "Bank of Ghana"]
    assert sum(e.salience for e in found) == pytest.approx(1)


def test_what_the_title_names_matters_more() -> None:
    text = "Ana Marić met Ivo Horvat."
    marked = spans(text, ("Ana Marić", PERSON), ("Ivo Horvat", PERSON))
    assert extract(text, marked)[0].name == "Ana Marić"
    assert extract(text, marked, "Ivo Horvat resigns")[0].name == "Ivo Horvat"


def test_a_text_without_names_has_no_entities() -> None:
    assert extract("nothing here", []) == ()


def test_the_limits_hold_on_a_text_with_too_much() -> None:
    lines = [
        f"Person{'abcdefghij'[i % 10]}{'klmnopqrst'[i // 10 % 10]} Name{i} spoke"
        for i in range(500)
    ]
    text = "\n".join(lines * 4)
    marked, start = [], 0
    for line in lines * 4:
        marked.append(Span(start, start + len(line) - len(" spoke"), PERSON))
        start += len(line) + 1
    found = extract(text, marked)
    assert len(found) == MAX_ENTITIES
    assert all(e.count == 4 for e in found)
    assert sum(e.salience for e in found) == pytest.approx(1)
    assert all(len(e.mentions) == 4 for e in found)


def test_mentions_are_shared_out_so_that_every_entity_has_its_first() -> None:
    text = "Ana Marić spoke. " * (MAX_MENTIONS + 50) + "Ivo Horvat left."
    found = extract(text, spans(text, ("Ana Marić", PERSON), ("Ivo Horvat", PERSON)))
    assert [e.count for e in found] == [MAX_MENTIONS + 50, 1]
    assert [len(e.mentions) for e in found] == [MAX_MENTIONS - 1, 1]


WORDS = st.sampled_from(
    [
        *(
            "Ana",
            "Marić",
            "the",
            "Bank",
            "of",
            "UN",
            "U.S.",
            "President",
            "said",
            "Kyiv’s",
            "(IAEA)",
        ),
        *("\n", "“", "NEWYou", "Monday", "Russian", "Russians", "a" * 105, "Mr", "x.", "ŠŤ"),
    ]
)


def test_an_organisation_with_a_name_longer_than_the_contract_allows_is_left_out() -> None:
    text = (
        "Paris hosts the International Association of the Telecommunications and Electricity "
        "Undertakings of the Mediterranean and the Caribbean (IATEUMC)."
    )
    assert [e.name for e in extract(text, spans(text, ("Paris", PLACE)))] == ["Paris", "IATEUMC"]


def test_a_place_marked_with_the_space_before_it_is_named_without():
    text = "Bank Russian"
    (entity,) = extract(text, [Span(4, 11, EntityType.PLACE)])
    assert entity.name == "Russia"


@settings(max_examples=200)
@given(st.lists(WORDS, min_size=1, max_size=30), st.data())
def test_whatever_is_marked_the_record_is_valid(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    offsets = st.integers(0, len(text))
    pairs = data.draw(
        st.lists(st.tuples(offsets, offsets, st.sampled_from(EntityType)), max_size=20)
    )
    found = extract(text, [Span(min(a, b), max(a, b), kind) for a, b, kind in pairs])
    taken: set[int] = set()
    for entity in found:
        assert 1 <= len(entity.name) <= MAX_NAME
        assert entity.count >= len(entity.mentions) >= 1
        shown = {text[m.start : m.end] for m in entity.mentions}
        assert all(s == s.strip() and s for s in shown)
        assert shown <= {entity.name, *entity.aliases}
        for mention in entity.mentions:
            positions = set(range(mention.start, mention.end))
            assert not positions & taken
            taken |= positions
    assert [e.salience for e in found] == sorted((e.salience for e in found), reverse=True)
    if found:
        assert sum(e.salience for e in found) == pytest.approx(1)


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
        assert _lean(nlp).pipe_names == kept


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


def test_a_person_that_the_model_took_for_something_else_is_trimmed_as_one() -> None:
    text = "Myles Garrett, who was fined, spoke. Then Myles Garrett hit Rudolph, who fell."
    found = extract(text, spans(text, ("Myles Garrett hit Rudolph", EntityType.WORK)))
    assert [entity.name for entity in found] == ["Myles Garrett"]
