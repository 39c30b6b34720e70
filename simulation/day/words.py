"""Texts of invented news, each different from all others. Pure, but for the chance given."""

from __future__ import annotations

import random

PLACES = (
    "Oslo",
    "Nairobi",
    "Lima",
    "Hanoi",
    "Quito",
    "Warsaw",
    "Dakar",
    "Perth",
    "Turin",
    "Bergen",
)
PEOPLE = ("Ana Duarte", "Tom Ferris", "Mei Lin", "Kofi Mensah", "Ingrid Voss", "Paulo Reis")
BODIES = ("council", "harbour board", "ministry", "court", "hospital", "railway", "university")
DEEDS = ("votes on", "halts", "reopens", "reviews", "defends", "delays", "finishes")
THINGS = ("bridge plan", "tram line", "water works", "budget", "night service", "flood wall")
SENTENCES = (
    "{person} told reporters in {place} that {number} people asked for the plan to be changed.",
    "The {body} said late on Monday that it would need another {number} days to answer them all.",
    "Residents of {place} have waited since spring, some of them more than {number} weeks.",
    "A first report had put the cost at {number} million, which {person} called a cautious guess.",
    "Work in the northern districts is to begin once the {body} has heard all {number} sides.",
    "In {place} a similar scheme was given up last year, when {number} of its supporters withdrew.",
    "Traffic was led around the square for {number} hours, and shops nearby stayed closed all day.",
    "{person}, who has led the {body} for years, did not want to say how the vote would come out.",
    "Engineers counted {number} cracks in the old walls, most of them too small to be seen.",
    "The opposition asked for an inquiry and named {number} questions that had been left open.",
    "According to the {body}, the new rules would reach {number} households before winter.",
    "At the station in {place}, {number} travellers had to wait until the last train could leave.",
    "A spokesman of the {body} said that {number} letters had come in on the first morning alone.",
    "Nobody was hurt, {person} said, although {number} helpers were called to the scene at night.",
    "The next meeting is planned for summer, when {number} members are expected in {place}.",
    "Prices have gone up by {number} per cent since then, and builders have become hard to find.",
)


def headline(chance: random.Random, number: int) -> str:
    body, place = chance.choice(BODIES), chance.choice(PLACES)
    return f"{place} {body} {chance.choice(DEEDS)} {chance.choice(THINGS)} {number}"


def report(chance: random.Random, paragraphs: int = 7) -> tuple[str, ...]:
    """Paragraphs of two sentences: some 250 words, as news have."""
    said = [_sentence(chance, form) for form in chance.sample(SENTENCES, 2 * paragraphs)]
    return tuple(f"{one} {two}" for one, two in zip(said[::2], said[1::2], strict=True))


def correction(chance: random.Random, before: tuple[str, ...]) -> tuple[str, ...]:
    """The report with one paragraph written anew."""
    paragraphs = list(before)
    paragraphs[chance.randrange(len(before))] = _correction(chance)
    return tuple(paragraphs)


def _correction(chance: random.Random) -> str:
    number = chance.randrange(10**6)
    place = chance.choice(PLACES)
    return f"This report has been corrected: officials in {place} now speak of {number} in all."


def _sentence(chance: random.Random, form: str) -> str:
    return form.format(
        person=chance.choice(PEOPLE),
        place=chance.choice(PLACES),
        body=chance.choice(BODIES),
        number=chance.randrange(2, 10**6),
    )
