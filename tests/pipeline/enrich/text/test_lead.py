from __future__ import annotations

import pytest

from pipeline.enrich.text import lead

NEWS = "The harbour of Mombasa reopened on Monday."


def shown(text: str) -> str | None:
    found = lead.find_lead(text)
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
        "By Jane Doe and John Roe, Daily News.\n",
        "Share this article with all your friends.\n",
        "Follow us on X for more news.\n",
        "Follow Daily News on Twitter for more.\n",
        "Source: Reuters and our own reporters.\n",
        "Watch: the harbour as it is today.\n",
        "Watch the video of the harbour.\n",
        "Last updated on Monday at noon.\n",
    ],
)
def test_the_lead_is_the_first_sentence_that_tells_something(before: str) -> None:
    assert shown(f"{before}{NEWS} Ships came at once.\nMore came later.") == NEWS


@pytest.mark.parametrize(
    "sentence",
    [
        "Shares in Tesla fell 5% on Monday after it cut prices.",
        "Share prices fell on Monday.",
        "Watchdog Ofcom fined the BBC on Monday.",
        "By the time rescuers reached the hut, two climbers had died.",
        "By Christmas Eve, the town was empty.",
        "By Tuesday Mr Blair had left.",
        "Followers of a Muslim cleric blocked roads on Friday.",
        "Following the vote, the minister left.",
        "Source code for a missile system was stolen, the army says.",
        "Photographer Jane Doe is on the run.",
        "Copyright law is to be changed next year.",
    ],
)
def test_a_sentence_that_only_begins_like_promotion_is_the_lead(sentence: str) -> None:
    assert shown(f"{sentence} {NEWS}") == sentence


def test_an_abbreviation_does_not_end_it() -> None:
    text = "Mr. Doe of the U.S. Navy met Dr. Okoye in St. Louis. They talked."
    assert shown(text) == "Mr. Doe of the U.S. Navy met Dr. Okoye in St. Louis."


def test_a_chinese_sentence_is_one() -> None:
    assert shown("新闻\n香港大学的一位教授在周三的演讲中说。后来。") == (
        "香港大学的一位教授在周三的演讲中说。"
    )


def test_a_list_has_none() -> None:
    assert shown("Palm Bay 70\nRockledge 44\n14 11 9 10") is None
