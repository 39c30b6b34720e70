import pytest

from evaluation.metadata import is_same_people


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("Ana Díaz", ["ANA DÍAZ"]),
        ("Ana Díaz, Tom Li & Eva Ek", ["Tom Li", "Eva Ek", "Ana Díaz"]),
        ("Ana Díaz, MD, RD", ["Ana Díaz"]),
        ("Ana Díaz, CEO of Example", ["Ana Díaz"]),
        ("Ana Díaz (Editor)", ["Ana Díaz"]),
    ],
)
def test_the_same_people_are_right_however_they_are_written(label: str, found: list[str]):
    assert is_same_people(label, found)


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("Ana Díaz", []),
        ("Ana Díaz", ["Ana"]),
        ("Ana Díaz", ["Ana Díaz", "Tom Li"]),
        ("Ana Díaz, Tom Li", ["Ana Díaz"]),
    ],
)
def test_others_fewer_or_more_are_wrong(label: str, found: list[str]):
    assert not is_same_people(label, found)
