"""Author fields of feeds, with mail addresses in every form."""

from __future__ import annotations

import pytest

from connectors.parse.author_field import names_in


@pytest.mark.parametrize(
    "field",
    [
        "ines@paper.studio (Ines Brandt)",
        "ines.brandt+desk@news.paper.co.uk (Ines Brandt)",
        "Ines Brandt (ines@paper.photography)",
        "Ines Brandt (mailto:ines@paper.example)",
        "Ines Brandt <ines@paper.example>",
        "Ines Brandt [ines@paper.example]",
        "ines@paper.example Ines Brandt",
        "Ines Brandt, ines@paper.example",
        "Ines Brandt - ines@paper.example",
        "mailto:ines@zeitung-köln.example (Ines Brandt)",
        "ines@localhost (Ines Brandt)",
        "ines@paper.example?subject=Ferries (Ines Brandt)",
        "(Ines Brandt, ines@paper.example)",
        "Ines Brandt",
    ],
)
def test_the_name_is_what_is_left_without_the_address(field: str):
    assert names_in(field) == "Ines Brandt"


@pytest.mark.parametrize("field", ["", "ines@paper.example", "<ines@paper.example>", "i@p.news ()"])
def test_an_address_alone_is_nobody(field: str):
    assert names_in(field) == ""


def test_every_name_of_a_list_is_kept():
    assert names_in("i@p.news (Ines Brandt), o@p.news (Ola Nilsen)") == "Ines Brandt,Ola Nilsen"


@pytest.mark.parametrize("piece", ["a@", "(", "a@b.c (", "<"])
def test_a_hostile_field_takes_linear_time(piece: str):
    names_in("@" + piece * 20_000)
