"""What others write to stderr becomes whole texts."""

from __future__ import annotations

import pytest

from newsline.raw_stderr import Text

TRACEBACK = """\
Exception in thread x:
Traceback (most recent call last):
  File "a", line 1

ValueError: no"""


@pytest.mark.parametrize(
    "texts",
    [
        ["one", "two"],
        ["with\n  more of it", "next"],
        [TRACEBACK, "next"],
        [TRACEBACK, TRACEBACK],
        [TRACEBACK.partition("\n")[2], "ValueError: another"],
    ],
)
def test_lines_that_belong_together_are_one_text(texts):
    gathered, text = [], Text()
    for line in "\n".join(texts).split("\n"):
        gathered.append(text.add(line))
    gathered.append(text.add(None))
    assert [each for each in gathered if each] == texts
