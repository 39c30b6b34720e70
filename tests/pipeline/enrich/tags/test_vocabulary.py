from __future__ import annotations

from pipeline.enrich.tags.mediatopics import taxonomy
from pipeline.enrich.tags.vocabulary import Matcher, matcher, source, terms


def test_the_longest_term_is_counted_and_not_what_it_holds() -> None:
    found = Matcher({"war crime": {"a": 1}, "war": {"b": 1}, "crime": {"c": 1}})
    assert found.count("War crimes, a war, and a war crime.") == {"war crime": 2, "war": 1}


def test_forms_of_a_word_are_one_and_words_of_one_stem_are_not() -> None:
    found = Matcher({"defend": {"a": 1}, "defendant": {"b": 1}, "policy": {"c": 1}})
    counted = found.count("Defending, defended, defends; two defendants; policies; police.")
    assert counted == {"defend": 3, "defendant": 1, "policy": 1}


def test_every_code_of_the_vocabulary_is_an_active_concept() -> None:
    concepts = taxonomy().concepts
    assert set(source()["top"]) == {code for code, c in concepts.items() if c.top == code}
    for table in ("concepts", "sections"):
        assert set(source()[table]) <= set(concepts)


def test_no_list_names_a_term_twice() -> None:
    for lists in source()["top"].values():
        for listed in lists.values():
            assert sorted(set(terms(listed))) == sorted(terms(listed))


def test_the_names_of_concepts_are_terms_where_they_are_phrases() -> None:
    weights = matcher().weights
    assert "medtop:20000418" in weights["climate change"]
    assert "strike" in weights
    assert all(code.startswith("medtop:20") is False for code in weights["strike"])
