from __future__ import annotations

from pipeline.enrich.mediatopics import reduce, taxonomy


def concept(code: str, name: str, retired: str | None = None) -> dict[str, object]:
    return {"qcode": f"medtop:{code}", "retired": retired, "name": {"en-GB": name}}


def test_a_concepts_top_level_is_the_one_before_it_in_the_tree() -> None:
    listed = [
        concept("15000000", "sport"),
        concept("20000822", "competition discipline"),
        concept("20000824", "archery", retired="2020-01-01"),
        concept("17000000", "weather"),
        concept("20001128", "weather forecast"),
    ]
    reduced = reduce({"updated": "2023-10-24", "concepts": listed})
    assert [(code, top) for code, top, _ in reduced["concepts"]] == [
        ("medtop:15000000", "medtop:15000000"),
        ("medtop:20000822", "medtop:15000000"),
        ("medtop:17000000", "medtop:17000000"),
        ("medtop:20001128", "medtop:17000000"),
    ]


def test_what_is_shipped_has_the_seventeen_top_levels_and_says_where_it_comes_from() -> None:
    released, concepts = taxonomy()
    tops = [c for c in concepts.values() if c.code == c.top]
    assert len(tops) == 17
    assert len(concepts) == 1099
    assert released == "2023-10-24"


def test_a_path_leads_from_the_top_level_to_the_concept() -> None:
    concepts = taxonomy().concepts
    assert concepts["medtop:15000000"].path == ("sport",)
    assert concepts["medtop:20001065"].path == ("sport", "soccer")
    assert concepts["medtop:20001065"].name == "soccer"
