from __future__ import annotations

from pipeline.enrich.tags.mediatopics import taxonomy


def test_what_is_shipped_has_the_seventeen_top_levels_and_says_where_it_comes_from() -> None:
    released, concepts = taxonomy()
    tops = [c for c in concepts.values() if c.code == c.top]
    assert len(tops) == 17
    assert len(concepts) == 1099
    assert released == "2023-10-24"


def test_a_path_leads_from_the_top_level_to_the_concept() -> None:
    concepts = taxonomy().concepts
    assert concepts["medtop:15000000"].path == ("sport",)
    assert concepts["medtop:20001065"].path == ("sport", "competition discipline", "soccer")
    assert concepts["medtop:20001065"].name == "soccer"


def test_every_concept_stands_below_its_ancestors_and_its_path_ends_in_its_name() -> None:
    concepts = taxonomy().concepts
    for concept in concepts.values():
        assert [concepts[code].name for code in concept.ancestors] == list(concept.path[:-1])
        assert concept.path[-1] == concept.labels["en-GB"]
        assert len(concept.path) <= 6
