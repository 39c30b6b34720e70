"""The main text: a strict reading, completed from a wide one."""

from __future__ import annotations

from lxml.html import document_fromstring

from connectors.extract.main_text import complete, main_text

URL = "https://courier.example/world/bridge"
A, B, C, D = (
    f"The engineers looked at {part} of the bridge for two days, and wrote down each crack."
    for part in ("the first pier", "the second pier", "the deck", "the handrail")
)


def test_lines_between_the_first_and_the_last_of_both_are_from_the_wide_reading():
    assert complete([A, D], [A, B, C, D]) == [A, B, C, D]


def test_lines_before_and_after_those_are_from_the_strict_reading():
    long = [f"{line} {n}" for n in range(4) for line in (A, B, C, D)]
    gap = long[:5] + long[6:]
    assert complete(gap, ["Menu", *long, "Read another story."]) == long
    assert complete(["First.", *gap, "Last."], long) == ["First.", *long, "Last."]


def test_a_wide_reading_with_far_more_is_taken_whole():
    assert complete([A], [A, B, C, D]) == [A, B, C, D]


def test_a_wide_reading_with_nothing_in_common_is_left():
    long = [A] * 12
    assert complete(long, [B] * 12) == long
    assert complete(long, []) == long


def test_a_part_that_only_the_wide_reading_has_is_in_the_text():
    text = [f"{line} {n}" for n in range(3) for line in (A, B, C, D)]
    inner = "".join(f"<p>{line}</p>" for line in text[4:8])
    outer = [f"<p>{line}</p>" for line in text]
    body = f"{''.join(outer[:4])}<div class='bordered'>{inner}</div>{''.join(outer[8:])}"
    tree = document_fromstring(f"<html><body><article>{body}</article></body></html>")
    assert main_text(tree, URL) == text
