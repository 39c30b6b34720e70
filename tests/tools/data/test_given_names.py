from __future__ import annotations

from tools.data.given_names import lines


def test_a_row_of_the_census_gives_its_name() -> None:
    assert lines(["MARY           2.629  2.629      1\n"]) == b"MARY\n"


def test_a_name_in_both_lists_is_written_once_and_names_are_sorted() -> None:
    assert lines(["MARY 1 1 1\nALEX 1 2 2\n", "JOHN 3 3 1\nALEX 1 4 2\n"]) == b"ALEX\nJOHN\nMARY\n"
