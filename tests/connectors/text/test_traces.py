"""One text in several forms, and the changes between revisions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.text.traces import (
    changes,
    content_hash,
    revision_reason,
    same_text,
    title_hash,
    traces,
)
from newsline.outcomes import RevisionReason as Why
from tests.support.declaration import PARAGRAPHS, TEXTS

TEXT = 'He said: "It\'s over" - and left.'
DRESSES = [
    'He said:  "It\'s over" -\nand left. ',
    "He said: “It’s over” – and left.",
    "HE SAID: «It's over»—and left.",
    'He said:\u00a0"It\'s over" - and left.',
]


@pytest.mark.parametrize("text", DRESSES)
def test_a_cosmetic_change_is_none(text: str):
    assert traces("", text).text_hash == traces("", TEXT).text_hash
    assert title_hash(text) == title_hash(TEXT)
    assert content_hash(text, text) == content_hash(TEXT, TEXT)
    assert changes(traces(TEXT, TEXT), traces(text, text)) == ()


@pytest.mark.parametrize(
    ("title", "text", "changed"),
    [
        ("Old", "Old text", ()),
        ("New", "Old text", ("title",)),
        ("Old", "Old text, corrected", ("text",)),
        ("New", "New text", ("title", "text")),
    ],
)
def test_changes_are_named(title: str, text: str, changed: tuple[str, ...]):
    assert changes(traces("Old", "Old text"), traces(title, text)) == changed


def test_words_that_move_from_title_to_text_change_the_content():
    assert content_hash("a b", "c") != content_hash("a", "b c")


def test_a_lone_surrogate_can_be_hashed():
    assert len(traces("", "\ud800").text_hash) == 32


STORY = """A ferry with 430 people on board ran aground off Naxos on Monday evening.
The coastguard said that all passengers were taken to the port by fishing boats.
The captain, Nikos Vassos, was questioned by the port authority.
Winds of force 9 had been forecast for the whole of the southern Aegean."""
LINES = STORY.split("\n")


def story(*, before: str = "", after: str = "", **replaced: str) -> str:
    text = "\n".join(filter(None, (before, STORY, after)))
    for old, new in replaced.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    "line",
    [
        "Updated 10:45",
        "Updated at 10.45 GMT on Tuesday",
        "Last updated: 25 November 2026, 10:45 a.m. EST",
        "Published 3 hours ago",
        "First published on Mon 23 Nov 2026 17.02 GMT",
        "2026-11-25T10:45:00Z",
        "Aktualisiert am 25. November 2026 um 10:45 Uhr",
        "Mis à jour le 25 novembre 2026 à 10h45",
        "1,234 shares",
        "Share 56 Comments",
        "1.2K views · 5 min read",
        "Read more: Five ferries that ran aground",
        "Related: Storm over the Aegean",
        "Lesen Sie auch: Sturm über der Ägäis",
        "Subscribe to our newsletter for the latest news in your inbox.",
        "Follow us on Twitter and Facebook.",
    ],
)
def test_a_line_of_the_page_around_the_article_is_no_revision(line: str):
    known = traces("Ferry", STORY)
    assert revision_reason(known, traces("Ferry", story(before=line))) == Why.COSMETIC
    assert revision_reason(known, traces("Ferry", story(after=line))) == Why.COSMETIC
    with_line = traces("Ferry", story(before=line))
    again = story(before=line.replace("10", "11").replace("23", "24").replace("56", "57"))
    assert revision_reason(with_line, traces("Ferry", again)) in (
        Why.IDENTICAL,
        Why.COSMETIC,
    )
    assert revision_reason(with_line, traces("Ferry", STORY)) == Why.COSMETIC


@pytest.mark.parametrize(
    "end",
    ["Storm keeps islands cut off\nMinister defends ferry rules", "Reporting by Ana Díaz", "Naxos"],
)
def test_titles_of_other_articles_after_the_text_are_no_revision(end: str):
    assert (
        revision_reason(traces("Ferry", STORY), traces("Ferry", story(after=end))) == Why.COSMETIC
    )


def test_a_list_at_the_end_of_the_text_is_a_part_of_it():
    squad = "\n".join(["Maria Rossi", "Ana Díaz", "Li Wei", "Zofia Lasko", "Jan Novak", "Per Berg"])
    known = traces("Ferry", story(after=squad))
    changed = story(after=squad.replace("Rossi", "Bianchi"))
    assert revision_reason(known, traces("Ferry", changed)) == Why.CORRECTED


def test_a_time_that_passes_is_no_revision():
    texts = [f"{STORY}\nThe last boat came in {n} minutes ago, it said." for n in (5, 20)]
    assert revision_reason(traces("Ferry", texts[0]), traces("Ferry", texts[1])) == Why.COSMETIC


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("430 people", "431 people"),
        ("Nikos Vassos", "Nikos Vassas"),
        ("force 9", "force 10"),
        ("Monday evening", "Sunday evening"),
        ("were taken", "were not taken"),
    ],
)
def test_a_corrected_number_name_or_word_is_a_revision(old: str, new: str):
    text = STORY.replace(old, new)
    assert revision_reason(traces("Ferry", STORY), traces("Ferry", text)) == Why.CORRECTED


@pytest.mark.parametrize(
    "line",
    [
        "Final score: 3-1",
        "3-1",
        "In May 2026 the ferry was inspected.",
        "Updated rules for ferries apply from Monday.",
        "Shares of the company fell by 12 percent.",
        "More than 400 were rescued.",
        "He shared 5 pictures of it.",
        "10:45 Smith scores for Naxos!",
    ],
)
def test_a_line_that_says_something_is_a_revision(line: str):
    assert (
        revision_reason(traces("Ferry", STORY), traces("Ferry", story(after=line))) == Why.EXTENDED
    )


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("Ferry", STORY, Why.IDENTICAL),
        ("FERRY", STORY, Why.COSMETIC),
        ("Ferry", STORY.replace(" ", "\u00a0"), Why.COSMETIC),
        ("Ferry aground", STORY, Why.TITLE),
        ("Ferry aground", STORY + "\nAll are well.", Why.EXTENDED),
        ("Ferry", "\n".join(LINES[:3]), Why.SHORTENED),
        (
            "Ferry",
            "\n".join([LINES[0], "Another text.", "And more of it."]),
            Why.REWRITTEN,
        ),
    ],
)
def test_the_reason_is_one_of_a_closed_set(title: str, text: str, reason: Why):
    assert revision_reason(traces("Ferry", STORY), traces(title, text)) == reason


def live(count: int) -> str:
    """A live blog of so many notes, the newest first."""
    notes = [
        f"1{n // 60}:{n % 60:02}\nNote {n} says that something has happened." for n in range(count)
    ]
    return "\n".join(reversed(notes))


def test_a_live_blog_is_extended_with_each_note():
    assert revision_reason(traces("Live", live(5)), traces("Live", live(6))) == Why.EXTENDED
    assert revision_reason(traces("Live", live(12)), traces("Live", live(14))) == Why.EXTENDED


def test_a_long_text_is_judged_by_a_sample_that_stays_small():
    assert len(traces("Live", live(200)).outline) == 64
    assert revision_reason(traces("Live", live(100)), traces("Live", live(200))) == Why.EXTENDED
    other = live(100).replace("something", "nothing")
    assert revision_reason(traces("Live", live(100)), traces("Live", other)) == Why.REWRITTEN


def test_a_text_that_is_all_furniture_still_counts():
    one, two = "Storm over Naxos", "Storm over Paros"
    assert traces("", one).text_hash != traces("", two).text_hash


@given(st.text())
def test_a_change_has_a_reason_and_a_reason_a_change(text: str):
    known = traces("Ferry", STORY)
    reason = revision_reason(known, traces("Ferry", text))
    changed = changes(known, traces("Ferry", text))
    assert (reason in (Why.IDENTICAL, Why.COSMETIC)) == (changed == ())


def test_texts_are_the_same_where_two_thirds_of_their_paragraphs_are():
    lines = [f"Paragraph {n} of a report from the harbour." for n in range(6)]
    whole = of(lines)
    assert same_text(whole, of([*lines[:5], "Another end."]))
    assert same_text(whole, of([line.upper() for line in lines]))
    assert not same_text(whole, of([*lines[:4], "Another end.", "And one more line."]))
    assert not same_text(of([]), of(["Anything."]))


def of(lines):
    return traces("Title", "\n".join(lines))


DEPLOYED = {
    **{"en": "da9b073e", "ar": "55c29ebf", "hi": "fefc3d1a", "bn": "b013cefc", "ko": "01d53348"},
    **{"zh": "b01442f7", "ja": "419562dc"},
}


@pytest.mark.parametrize("language", DEPLOYED)
def test_hashes_of_deployed_states_stay_the_same(language: str):
    title, text = PARAGRAPHS[language][0], TEXTS[language]
    assert content_hash(title, text)[:8] == DEPLOYED[language]


def test_what_is_the_same_as_published_is_no_revision_whatever_normalises_it():
    older = traces("Title", "Text")._replace(text_hash="0" * 32)
    assert revision_reason(older, traces("Title", "Text")) is Why.IDENTICAL
    assert changes(older, traces("Title", "Text")) == ()


@pytest.mark.parametrize("language", PARAGRAPHS)
@pytest.mark.parametrize("number", [0, 3, 5])
def test_a_correction_in_any_script_is_a_revision(language: str, number: int):
    corrected = list(PARAGRAPHS[language])
    corrected[number] = corrected[number][:10] + corrected[number][14:]
    found = traces("", "\n".join(corrected))
    assert revision_reason(traces("", TEXTS[language]), found) is Why.CORRECTED


@pytest.mark.parametrize(
    "line",
    [
        "更新时间：2026年5月3日 14:{}",
        "公開日 5月3日 14時{}分",
        "기사입력 2026.05.03 오전 9:{}",
        "阅读 1{} 评论 5",
        "コメント{}件",
        "댓글 {}개",
    ],
)
def test_a_stamp_or_count_beside_a_text_without_spaces_is_cosmetic(line: str):
    before, after = (traces("", f"{line.format(n)}\n{TEXTS['zh']}") for n in (15, 47))
    assert revision_reason(before, after) is Why.COSMETIC
