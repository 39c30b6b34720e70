import json

import pytest

from newsline.announce import report
from newsline.printable import (
    escaped,
    escaped_json,
    printable,
    printable_lines,
    without_logins,
)

HOSTILE = (
    "x\x1b]52;c;cHduZWQ=\x07\x1b[2J\x9b31m\u202egpj.exe\u2066\u200b\ufeff\U000e0041\x7f\r\n\u2028y"
)


def test_nothing_that_controls_a_terminal_or_turns_text_is_left():
    line = printable(HOSTILE)
    assert line.isprintable()
    assert line.startswith("x ]52;c;cHduZWQ=")
    assert len(line) == len(HOSTILE)


@pytest.mark.parametrize("text", ["plain", "naïve 漢字 🙂", "می\u200cخواهم", "क्\u200dष"])
def test_words_of_all_scripts_stay_as_they_are(text):
    assert printable(text) == text


def test_line_breaks_stay_where_several_lines_are_printed():
    assert printable_lines("a\x1b\n\tb\r\nc") == "a \n b \nc"


def test_a_reported_line_is_one_line(capsys):
    report(f"newsline: {HOSTILE}")
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.rstrip("\n").isprintable()


def test_json_means_the_same_and_has_no_such_character():
    line = json.dumps({"title": HOSTILE, "name": "Zoë"}, ensure_ascii=False).encode()
    escaped = escaped_json(line)
    assert escaped.decode().isprintable()
    assert json.loads(escaped) == json.loads(line)
    assert "Zoë" in escaped.decode()


def test_what_is_no_json_is_escaped_too():
    assert escaped_json(b"\xff\x1b[2J") == b"\\xff\\u001b[2J"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("http://me:secret@a.example/feed: due now", "http://a.example/feed: due now"),
        ("'https://me@a.example' and ftp://me:sec@ret@b/", "'https://a.example' and ftp://b/"),
        ("postgresql://me:secret@host/db", "postgresql://host/db"),
        ("https://a.example/@me", "https://a.example/@me"),
        ("https://a.example?to=me@b.example", "https://a.example?to=me@b.example"),
        ("https://a.example: write to me@b.example", "https://a.example: write to me@b.example"),
        ("http://me:secret@", "http://"),
    ],
)
def test_logins_are_left_out_and_all_else_stays(text, printed):
    assert without_logins(text) == printed


def test_bytes_are_shown_with_what_is_not_visible_escaped():
    assert (
        escaped(b"\xff\x1b[2J\n\xe2\x80\xae\xc2\x9b Zo\xc3\xab")
        == "\\xff\\x1b[2J\\n\\u202e\\x9b Zoë"
    )
    assert escaped(HOSTILE.encode()).isprintable()
    assert escaped(b"\xed\xa0\x80") == "\\xed\\xa0\\x80"
