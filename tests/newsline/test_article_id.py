"""Article ids."""

from __future__ import annotations

from newsline.records import article_id


def test_an_article_id_is_32_hex_digits_and_never_changes():
    assert article_id("https://news.example/a") == "f65cc979f2fa2d3a0b030e7616628033"
