import pytest

from connectors.text.clean import clean_line, clean_text

MARKS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\u206a"
UNENDED = ["a\u202eb", "a\u2066b\u202c", "\u2067\u202bx\u2069\u202c", "a\u2069"]


@pytest.mark.parametrize("mark", MARKS)
def test_a_line_turns_no_direction(mark):
    assert clean_line(f"invoice{mark}gpj.exe") == "invoicegpj.exe"


def test_a_text_keeps_turns_that_end_within_their_line():
    assert clean_text("he said \u2067שלום\u2069 twice") == "he said \u2067שלום\u2069 twice"
    assert clean_text("a \u202b\u2067x\u2069\u202c b") == "a \u202b\u2067x\u2069\u202c b"


@pytest.mark.parametrize("line", UNENDED)
def test_turns_that_do_not_end_are_taken_out_of_their_line_alone(line):
    text = clean_text(f"{line}\n\u2067x\u2069")
    assert text.split("\n")[0].isprintable()
    assert text.split("\n")[1] == "\u2067x\u2069"
