"""Sizes in bytes as text."""

import pytest

from newsline.sizes import format_size, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("20KB", 20_000), ("2 GB", 2 * 10**9), ("1TiB", 2**40), ("512MiB", 512 * 2**20)],
)
def test_a_size_is_a_number_with_a_unit(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "2", "GB", "2G", "2gb", "-2GB", "1.5GB", "2GBs", "7d"])
def test_anything_else_is_none(text):
    assert parse_size(text) is None


@pytest.mark.parametrize(
    ("size", "text"),
    [(512, "512 B"), (20_000, "20 KB"), (1_500_000_000, "1.5 GB"), (2 * 10**12, "2 TB")],
)
def test_a_size_is_shown_in_its_largest_unit(size, text):
    assert format_size(size) == text
