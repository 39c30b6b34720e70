"""What is printed has no passwords in it."""

import pytest

from newsline.errors import without_logins


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
