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
        "Register for free to continue",
        "Join our WhatsApp channel",
        "Sign up here for our daily briefing",
        "Subscribe now",
        "Tell us what you think in the comments below",
        "Last updated on May 12, 2026",
        "Zuletzt aktualisiert: 12. Mai 2026, 14:05 Uhr",
        "Thanks for reading!",
        "To see more bridges, click here for the album.",
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
        "Register for the hearing by noon on Friday; the hall opens at six.",
        "Registers of the old toll are on show in the museum.",
        "Get the permit from the bridge office if you need access to the south bank.",
        "Sign up for the volunteers' boat at the town hall before 3 May.",
        "Tell us when it opens, the drivers called, and nobody answered.",
        "Let us know the date, the families wrote to the council.",
        "Join us at the table, the mayor told the strikers on Monday.",
        "Click here, the notice said, and nothing happened.",
        "Updated drawings of 2026 hang in the hall.",
        "Posted 24 men to the bridge and closed the road.",
        "Have a question for the council? The next session is open to all.",
        "Thanks for reading the letter aloud, the widow told the court.",
        "Like many others, she will sell the boat on Facebook.",
        "The bridge office can be reached by telephone until noon.",
        "Inscrivez-vous sur les listes avant le 18 avril.",
        "Folgen Sie der Umleitung über Orton, bat die Polizei.",
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
