"""Copies are distinguished from other articles on the same event, in made and in real texts."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest
from rensa import RMinHash

from connectors.text.minhash import FEWEST_WORDS, SIMILAR, VERSION, fingerprint, similarity
from tests.support.declaration import PARAGRAPHS, TEXTS
from tests.support.shared_data import DATA, needs

WORDS = [f"{start}{end}" for start in "abcdefghijklmnopqrst" for end in ("lo", "ra", "ni", "ste")]
BOILERPLATE = [
    "Subscribe to our newsletter for the latest news in your inbox every morning.",
    "Read more: five things that you need to know today.",
    "This article was amended on Monday to correct a spelling.",
]


def text(seed: int, words: int = 400) -> str:
    chosen = random.Random(seed).choices(WORDS, k=words)
    return " ".join(chosen)


def likeness(one: str, other: str) -> float:
    """The similarity of two texts, 0 where no key leads from one to the other."""
    a, b = fingerprint(one), fingerprint(other)
    assert a
    assert b
    return similarity(a.signature, b.signature) if set(a.keys) & set(b.keys) else 0.0


def test_a_text_is_like_itself_in_any_dress():
    assert likeness(text(1), text(1).upper().replace(" ", ",\n ")) == 1.0


def test_two_texts_are_unlike():
    assert likeness(text(1), text(2)) == 0.0


@pytest.mark.parametrize("share", [0.3, 0.5, 0.7, 0.9])
def test_similarity_is_the_share_of_three_words_in_a_row_that_both_have(share: float):
    common = text(1, words=int(2_000 * share))
    rest = 2_000 - len(common.split())
    one, other = (f"{common} {text(seed, rest // 2)}" for seed in (2, 3))
    a, b = fingerprint(one), fingerprint(other)
    assert a
    assert b
    assert similarity(a.signature, b.signature) == pytest.approx(share, abs=0.13)


def test_a_text_of_few_words_has_no_fingerprint():
    assert fingerprint(text(1, FEWEST_WORDS - 1)) is None
    assert fingerprint("") is None
    assert fingerprint(text(1, FEWEST_WORDS)) is not None


def test_a_language_without_spaces_has_words_too():
    japanese = (
        "東京で新しい駅が開業した。政府は予算案を承認した。市長は記者会見で計画について説明した。"
    )
    assert likeness(japanese * 2, japanese * 2 + "以上。") > 0.8


DEPLOYED = {
    **{"en": "c248ce9a", "hi": "a0f5a07f", "bn": "8963ddba", "ar": "6026d1a0", "ko": "6ba5b96c"},
    **{"zh": "37d20f2e", "ja": "dee9022d", "ur": "74a49d96", "hy": "258d375b", "am": "a495780c"},
}


@pytest.mark.parametrize("language", DEPLOYED)
def test_fingerprints_of_deployed_states_stay_the_same(language: str):
    found = hashlib.blake2b(repr(fingerprint(TEXTS[language])).encode(), digest_size=4)
    assert found.hexdigest() == DEPLOYED[language]


@pytest.mark.parametrize("language", PARAGRAPHS)
class TestScripts:
    def test_a_copy_without_a_paragraph_is_like_the_text(self, language: str):
        copy = "\n".join(PARAGRAPHS[language][1:])
        assert likeness(TEXTS[language], copy) >= SIMILAR

    def test_a_copy_with_every_tenth_word_replaced_is_like_the_text(self, language: str):
        text = TEXTS[language] * 3
        replaced = re.sub(r"(.{45}).{5}", r"\1 123 ", text, flags=re.DOTALL)
        assert likeness(text, replaced) >= SIMILAR - 0.1

    def test_two_halves_of_a_text_are_unlike(self, language: str):
        halves = ("\n".join(PARAGRAPHS[language][part]) for part in (slice(2), slice(2, 6)))
        assert likeness(*halves) < SIMILAR


def test_what_is_stored_fits_its_columns():
    stored = fingerprint(text(1))
    assert stored
    assert len(stored.signature) == 129
    assert len(stored.keys) == len(set(stored.keys)) == 24
    assert all(-(2**63) <= key < 2**63 for key in stored.keys)
    assert any(key < 0 for key in stored.keys)


def test_a_stored_fingerprint_stays_valid():
    """If this fails, what is stored no longer compares: give it a new VERSION."""
    stored = fingerprint(text(1))
    assert stored
    assert (VERSION, RMinHash.ALGORITHM_VERSION) == (1, 2)
    assert stored.signature[:9].hex() == "0134b3d56b2b2d9ff3"
    assert stored.keys[:2] == (-8548288741125631050, -7498045808197128895)


def test_another_process_makes_the_same_fingerprint():
    program = "from connectors.text.minhash import fingerprint; print(fingerprint(input()).keys)"
    made = subprocess.run(
        [sys.executable, "-c", program], input=text(1), capture_output=True, text=True, check=True
    )
    stored = fingerprint(text(1))
    assert stored
    assert made.stdout.strip() == str(stored.keys)


def test_fingerprints_of_two_versions_are_unlike():
    stored = fingerprint(text(1))
    assert stored
    assert similarity(stored.signature, b"\2" + stored.signature[1:]) == 0.0


def real_texts() -> list[str]:
    with gzip.open(DATA / "topics" / "bbc-dev.jsonl.gz") as lines:
        news = [json.loads(line)["text"] for line in lines]
    pages = json.loads((DATA / "extraction" / "ground-truth.json").read_text())
    every = [*(page["articleBody"] for page in pages.values()), *news]
    return [text for text in every if len(text.split()) >= 60]


def edited(text: str, chance: random.Random, share: float) -> str:
    """With that share of its words replaced."""
    return " ".join(
        chance.choice(WORDS) if chance.random() < share else word for word in text.split()
    )


def shortened(text: str, chance: random.Random, share: float) -> str:
    """Without some sentences here and there, of up to that share of its words."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    left = share * len(text.split())
    while len(sentences) > 2:
        lost = chance.randrange(1, len(sentences))
        left -= len(sentences[lost].split())
        if left < 0:
            break
        del sentences[lost]
    return " ".join(sentences)


def cut(text: str, _: random.Random, share: float) -> str:
    words = text.split()
    return " ".join(words[: int(len(words) * (1 - share))])


def furnished(text: str, chance: random.Random, share: float) -> str:
    """With so many more words, of the site's own."""
    more: list[str] = []
    while len(more) < share * len(text.split()):
        more += chance.choice(BOILERPLATE).split()
    return " ".join(["Agency copy", text, *more])


def rewritten(text: str, chance: random.Random, share: float) -> str:
    """A bit of everything."""
    for change in (edited, shortened, furnished):
        text = change(text, chance, share / 3)
    return text


def words_shared(one: str, other: str) -> float:
    a, b = Counter(one.split()), Counter(other.split())
    return (a & b).total() / max(a.total(), b.total())


@needs("topics")
@needs("extraction")
class TestRealTexts:
    @pytest.mark.parametrize("change", [edited, shortened, cut, furnished, rewritten])
    @pytest.mark.parametrize("share", [0.03, 0.08])
    def test_nearly_all_copies_that_share_nine_words_of_ten_are_found(
        self, change: Callable[[str, random.Random, float], str], share: float
    ):
        chance = random.Random(7)
        pairs = [(text, change(text, chance, share)) for text in real_texts()[:300]]
        pairs = [pair for pair in pairs if words_shared(*pair) >= 0.9]
        assert len(pairs) > 100
        found = sum(likeness(*pair) >= SIMILAR for pair in pairs)
        assert found / len(pairs) >= 0.98

    def test_articles_on_one_event_are_not_copies_of_each_other(self):
        """The data has copies of its own: those are more alike than any two reports."""
        by_key: dict[int, list[int]] = {}
        prints = [fingerprint(text) for text in real_texts()]
        for number, one in enumerate(prints):
            for key in one.keys if one else ():
                by_key.setdefault(key, []).append(number)
        met = {(a, b) for group in by_key.values() for a in group for b in group if a < b}
        assert len(met) < 100
        alike = sorted(
            similarity(one.signature, other.signature)
            for a, b in met
            if (one := prints[a]) and (other := prints[b])
        )
        merged = [each for each in alike if each >= SIMILAR]
        assert len(merged) == 46
        assert sum(each < 0.6 for each in merged) <= 1
