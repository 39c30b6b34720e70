from __future__ import annotations

import re

import pytest

from newsline.page_phrases import any_of, kinds, phrases

READERS = {"normalise", "trim", "lead", "access"}


def test_a_phrase_is_in_one_group_of_its_kind_and_a_regular_expression() -> None:
    for kind, groups in kinds().items():
        listed = [phrase for group in groups for phrase in group.phrases]
        assert len(listed) == len(set(listed)), kind
        for phrase in listed:
            re.compile(phrase)


def test_each_group_has_known_readers_and_no_two_groups_have_the_same() -> None:
    for groups in kinds().values():
        readers = [frozenset(group.readers) for group in groups]
        assert set().union(*readers) <= READERS
        assert len(readers) == len(set(readers))


def test_a_reader_gets_the_phrases_of_all_its_groups_and_no_others() -> None:
    assert {"also read", "read (?:more|also|next)", "lee también"} <= phrases("link", "normalise")
    assert "also read" not in phrases("link", "trim")


def test_a_kind_that_is_not_for_the_reader_is_an_error() -> None:
    with pytest.raises(LookupError):
        phrases("notice", "trim")
    with pytest.raises(LookupError):
        phrases("no such kind", "lead")


def test_any_of_matches_each_phrase() -> None:
    assert re.fullmatch(any_of("link", "trim"), "read next")
    assert not re.fullmatch(any_of("link", "trim"), "read")
