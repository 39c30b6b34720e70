from __future__ import annotations

import pytest

from pipeline.enrich import lead

NEWS = "The harbour of Mombasa reopened on Monday."


def shown(text: str) -> str | None:
    found = lead.find(text)
    return text[found.start : found.end] if found else None


@pytest.mark.parametrize(
    "before",
    [
        "",
        "NAIROBI — ",
        "NAIROBI, Kenya (AP) — ",
        "Hong Kong (CNN Business) ",
        "(Reuters) - ",
        "By Jane Doe\n",
        "READ ALSO: MINISTERS IN MOMBASA\n",
        "Subscribe to our newsletter now for free.\n",
        "You can now listen to the news!\nNEWS\n",
        "Photo: Jane Doe for the Daily News.\n",
    ],
)
def test_the_lead_is_the_first_sentence_that_tells_something(before: str) -> None:
    assert shown(f"{before}{NEWS} Ships came at once.\nMore came later.") == NEWS


def test_an_abbreviation_does_not_end_it() -> None:
    text = "Mr. Doe of the U.S. Navy met Dr. Okoye in St. Louis. They talked."
    assert shown(text) == "Mr. Doe of the U.S. Navy met Dr. Okoye in St. Louis."


def test_a_chinese_sentence_is_one() -> None:
    assert shown("新闻\n香港大学的一位教授在周三的演讲中说。后来。") == (
        "香港大学的一位教授在周三的演讲中说。"
    )


def test_a_list_has_none() -> None:
    assert shown("Palm Bay 70\nRockledge 44\n14 11 9 10") is None
