"""Lines around an article's text that are not part of it."""

from __future__ import annotations

import pytest

from connectors.extract.trim import trim_boilerplate
from connectors.text.traces import title_hash

FIRST = "The bridge over the river stays closed until Monday."
LAST = "The engineers have looked at all of it, and want to look again."


@pytest.mark.parametrize(
    "line",
    [
        "Subscribe to the Morning Review newsletter",
        "Get the day's headlines delivered to your inbox every morning.",
        "Follow Newsbeat on Instagram, Facebook, Twitter and YouTube.",
        "Ana Díaz may be reached at ana@courier.example. Follow her on Twitter @ana.",
        "SOURCE: News agencies",
        "Quelle: dpa",
        "Filed under: Bridges |",
        "Updated at 1:23 p.m.",
        "© 2026 The Courier. All rights reserved.",
        "Abonnieren Sie unseren Newsletter.",
        "Inscrivez-vous à notre newsletter",
        "[button link=x type=big] Send us your story[/button]",
        "Have a tip? Write to us.",
    ],
)
def test_invitations_and_credits_at_the_end_go(line: str):
    assert trim_boilerplate([FIRST, LAST, line, line], frozenset()) == [FIRST, LAST]


@pytest.mark.parametrize(
    "line",
    [
        "Follow the road to the bridge, and it is on the left.",
        "Copyright law does not know bridges.",
        "Published in 1998, her book on the bridge is still read by those who build others.",
        "Get out of the way, said the sign that stood there for a year.",
        "Sources close to the council say that it is safe.",
        "Related work on other bridges is under way.",
    ],
)
def test_sentences_that_only_begin_like_that_stay(line: str):
    assert trim_boilerplate([FIRST, line], frozenset()) == [FIRST, line]


def test_an_invitation_within_the_text_stays_and_a_label_goes():
    inner = "Sign up for the tour, they said."
    lines = [FIRST, inner, "Most read in World", "ADVERTISEMENT", LAST]
    assert trim_boilerplate(lines, frozenset()) == [FIRST, inner, LAST]


def test_titles_and_a_date_over_the_text_go():
    above = {title_hash("Bridge closed")}
    lines = ["Bridge  closed", "5:45 AM PST 11/19/2026 by Ana Díaz", "3 min read", FIRST, LAST]
    assert trim_boilerplate(lines, above) == [FIRST, LAST]


def test_a_text_is_not_taken_away_whole():
    assert trim_boilerplate(["Subscribe to our newsletter"], frozenset()) != []
