"""Content codings are removed by what the bytes are, whatever the header says."""

import gzip
import zlib
from functools import partial

import brotli
import pytest

from connectors.fetch.content_coding import MAX_MEMBERS, CannotDecode, decoded, zstd

MIB = 1024 * 1024
# Without a time: the tests' ids are made of it, and are equal in each worker.
gzipped = partial(gzip.compress, mtime=0)
TEXT = b"<rss>" + b"<item>Quay</item>" * 300 + b"</rss>"
RAW_DEFLATE = zlib.compressobj(wbits=-15)
DEFLATED = RAW_DEFLATE.compress(TEXT) + RAW_DEFLATE.flush()


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("gzip", gzipped(TEXT)),
        ("x-gzip", gzipped(TEXT)),
        (" GZIP ", gzipped(TEXT)),
        ("identity, gzip", gzipped(TEXT)),
        ("gzip, utf-8", gzipped(TEXT)),
        ("gzip;q=1.0", gzipped(TEXT)),
        ("gzip, gzip", gzipped(gzipped(TEXT))),
        ("gzip, gzip", gzipped(TEXT)),
        ("gzip", gzipped(gzipped(TEXT))),
        ("deflate, gzip", gzipped(zlib.compress(TEXT))),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", DEFLATED),
        ("deflate", gzipped(TEXT)),
        ("gzip", zlib.compress(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstd.compress(TEXT)),
        ("zstd", zstd.compress(TEXT[:40]) + zstd.compress(TEXT[40:])),
        ("gzip", gzipped(TEXT[:40]) + gzipped(TEXT[40:])),
        ("", gzipped(TEXT)),
        ("none", gzipped(TEXT)),
    ],
)
def test_a_coding_is_removed(header, body):
    assert decoded(body, [header], MIB) == TEXT


@pytest.mark.parametrize("header", ["", "identity", "none", "UTF-8", "8bit", "rot13", "compress"])
def test_another_token_is_no_coding(header):
    assert decoded(TEXT, [header], MIB) == TEXT


@pytest.mark.parametrize("header", ["gzip", "x-gzip", "deflate", "br", "zstd", "gzip, br"])
@pytest.mark.parametrize("text", [TEXT, b'\n{"version":1}', b"\xef\xbb\xbf<a/>", b"User-agent: *"])
def test_text_that_is_said_to_be_compressed_is_read_as_it_is(header, text):
    assert decoded(text, [header], MIB) == text


def test_an_empty_body_stays_empty():
    assert all(decoded(b"", [header], MIB) == b"" for header in ("gzip", "deflate", "br", "zstd"))


def test_codings_may_be_in_several_headers():
    assert decoded(gzipped(zlib.compress(TEXT)), ["deflate", "gzip"], MIB) == TEXT


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("gzip", gzipped(TEXT)[:-8]),
        ("gzip", gzipped(TEXT)[:-3]),
        ("gzip", gzipped(TEXT)[:-8] + b"12345678"),
        ("gzip", gzipped(TEXT) + b"\0" * 8),
        ("gzip", gzipped(TEXT) + b"\r\n"),
        ("deflate", zlib.compress(TEXT)[:-4]),
        ("deflate", zlib.compress(TEXT)[:-4] + b"1234"),
    ],
    ids=["no checksum", "cut checksum", "wrong", "zeros after", "line end", "deflate", "adler"],
)
def test_a_fault_at_the_very_end_costs_nothing(header, body):
    assert decoded(body, [header], MIB) == TEXT


def test_a_stream_that_is_cut_gives_its_beginning():
    cut = decoded(gzipped(bytes(range(256)) * 64)[:-40], ["gzip"], MIB)
    assert cut
    assert (bytes(range(256)) * 64).startswith(cut)


@pytest.mark.parametrize("header", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
def test_a_bomb_is_cut_just_after_the_limit(header):
    zeros = bytes(64 * MIB)
    bomb = {
        "gzip": gzipped(zeros),
        "deflate": zlib.compress(zeros),
        "br": brotli.compress(zeros, quality=1),
        "zstd": zstd.compress(zeros),
        "gzip, gzip": gzipped(gzipped(zeros)),
    }[header]
    assert MIB < len(decoded(bomb, [header], MIB)) < 4 * MIB


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("gzip", b"\x1f\x8b\x08" + b"\xff" * 50),
        ("gzip", gzipped(b"") * (MAX_MEMBERS + 1)),
        ("deflate", b"\x01\x02\x03\x04" * 20),
        ("br", b"\x01\x02\x03\x04" * 20),
        ("zstd", zstd.compress(TEXT)[:12] + b"\xff" * 50),
    ],
)
def test_bytes_that_are_neither_compressed_nor_text_are_an_error(header, body):
    with pytest.raises(CannotDecode) as error:
        decoded(body, [header], MIB)
    assert "\n" not in str(error.value)
