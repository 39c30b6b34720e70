from __future__ import annotations

import pytest

from pipeline.enrich.tags.mediatopics import taxonomy
from tools.data.mediatopics import parents, reduce


def concept(code: str, name: str, retired: str | None = None) -> dict[str, object]:
    return {"qcode": f"medtop:{code}", "retired": retired, "name": {"en-GB": name}}


LEVELS = [
    ["URI", "NewsCode-QCode", "Level1", "Level2", "Level3"],
    ["", "medtop:15000000", "medtop:15000000", "", "", "", "", ""],
    ["", "medtop:20000822", "", "medtop:20000822", "", "", "", ""],
    ["", "medtop:20000824", "", "", "medtop:20000824", "", "", ""],
    ["", "medtop:17000000", "medtop:17000000", "", "", "", "", ""],
    ["", "medtop:20001128", "", "medtop:20001128", "", "", "", ""],
]


def test_each_concept_is_kept_with_the_one_above_it_and_retired_ones_are_not() -> None:
    listed = [
        concept("15000000", "sport"),
        concept("20000822", "competition discipline"),
        concept("20000824", "archery", retired="2020-01-01"),
        concept("17000000", "weather"),
        concept("20001128", "weather forecast"),
    ]
    reduced = reduce({"updated": "2023-10-24", "concepts": listed}, parents(LEVELS))
    assert [(code, above) for code, above, _ in reduced["concepts"]] == [
        ("medtop:15000000", ""),
        ("medtop:20000822", "medtop:15000000"),
        ("medtop:17000000", ""),
        ("medtop:20001128", "medtop:17000000"),
    ]


def test_a_list_in_another_order_than_the_tree_is_refused() -> None:
    listed = [
        concept("15000000", "sport"),
        concept("17000000", "weather"),
        concept("20000822", "competition discipline"),
    ]
    with pytest.raises(ValueError, match="20000822 does not stand below medtop:15000000"):
        reduce({"updated": "2023-10-24", "concepts": listed}, parents(LEVELS))


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
