from __future__ import annotations

from pathlib import Path

import pytest

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


def test_a_broader_concept_that_is_retired_is_skipped() -> None:
    listed = [
        concept("15000000", "sport"),
        concept("20000822", "competition discipline", retired="2020-01-01"),
        concept("20000824", "archery"),
    ]
    reduced = reduce({"updated": "2023-10-24", "concepts": listed}, parents(LEVELS))
    assert reduced["concepts"][1][:2] == ["medtop:20000824", "medtop:15000000"]


def test_what_the_spreadsheet_moved_since_is_moved_back() -> None:
    assert parents(LEVELS)["medtop:20001332"] == "medtop:20000822"


def test_rows_of_the_spreadsheet_that_are_no_concept_are_ignored() -> None:
    assert parents([["", ""], ["IPTC MediaTopic NewsCodes", ""]]).keys() == parents([]).keys()


def test_the_spreadsheet_is_read_with_empty_cells_as_empty_text(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="`make data` installs it")
    from tools.data.mediatopics import rows

    book = openpyxl.Workbook()
    book.active.append(["uri", "medtop:15000000", "medtop:15000000", None])
    book.save(tmp_path / "levels.xlsx")
    assert list(rows(tmp_path / "levels.xlsx")) == [
        ["uri", "medtop:15000000", "medtop:15000000", ""]
    ]
