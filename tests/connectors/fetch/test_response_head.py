"""Heads of responses with small faults, as the parser gets them."""

import pytest

from connectors.fetch.response_head import MAX_HEADER_LINE, MAX_HEADERS, could_be_http, tidied

OK = b"HTTP/1.1 200 OK\r\n"


def headers(*lines: bytes, status: bytes = b"HTTP/1.1 200 OK", end: bytes = b"\r\n") -> list[bytes]:
    """The lines of the tidied head, without the empty ones at its end."""
    head = tidied(end.join([status, *lines, b"", b""]))
    assert head.endswith(b"\r\n\r\n")
    return head[:-4].split(b"\r\n")


@pytest.mark.parametrize(
    "head",
    [
        OK + b"\r\n",
        OK + b"Server:nginx\r\nContent-Length: 5\r\nX: \xc3\xa4\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\nX-Empty:\r\n\r\n",
        b'HTTP/1.0 304 Not Modified\r\nETag: "a"\r\n\r\n',
    ],
)
def test_a_well_formed_head_is_unchanged(head):
    assert tidied(head) is head


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"HTTP/1.1 200", b"HTTP/1.1 200 "),
        (b"HTTP/1.1  200  OK ", b"HTTP/1.1 200 OK"),
        (b"http/1.1 200 ok", b"HTTP/1.1 200 ok"),
        (b"HTTP/1.1 404Not Found", b"HTTP/1.1 404 Not Found"),
        (b"HTTP/2 200", b"HTTP/1.0 200 "),
        (b"HTTP/1.1 200 Alles gekl\xc3\xa4rt\x01", b"HTTP/1.1 200 Alles gekl\xc3\xa4rt"),
        (b"HTTP/1.1 999 Denied", b"HTTP/1.1 999 Denied"),
    ],
)
def test_a_status_line_is_read_in_any_spelling(written, read):
    assert headers(status=written) == [read]


@pytest.mark.parametrize(
    "line", [b"SSH-2.0-OpenSSH", b"HTTP/9.9 200 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 20 OK", b"hi"]
)
def test_another_first_line_is_left_for_the_parser_to_refuse(line):
    head = line + b"\r\n\r\n"
    assert tidied(head) == head


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (b"X-Foo : 1", b"X-Foo: 1"),
        (b"X-Foo\t:\t1 ", b"X-Foo: 1"),
        (b"X Foo: 1", None),
        (b" X-Foo: 1", None),
        (b"X-Gr\xc3\xb6\xc3\x9fe: 1", None),
        (b"X(1): 1", None),
        (b": 1", None),
        (b"<b>Warning</b> headers already sent", None),
        (b"X: a\x01\rb\x7f", b"X: a  b"),
        (b"X: a\r\n\t b", b"X: a b"),
        (b"X: " + b"x" * MAX_HEADER_LINE, None),
    ],
)
def test_a_header_line_is_read_or_left_out(line, kept):
    expected = [b"HTTP/1.1 200 OK", *([kept] if kept else []), b"ETag: 1"]
    assert headers(line, b"ETag:  1") == expected


def test_lines_may_end_without_a_carriage_return():
    assert headers(b"ETag: 1", end=b"\n") == [b"HTTP/1.1 200 OK", b"ETag: 1"]


def test_a_nul_is_left_for_the_parser_to_refuse():
    assert b"\0" in tidied(OK + b"X: a\0b\r\n\r\n")


def test_of_many_headers_the_first_count():
    lines = headers(*(b"X-%d: 1" % n for n in range(200)))
    assert lines[-1] == b"X-%d: 1" % (MAX_HEADERS - 1)


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        ([b"Content-Length: 5", b"content-length: 5"], [b"Content-Length: 5"]),
        ([b"Content-Length: 5, 5"], [b"Content-Length: 5"]),
        ([b"Content-Length : 5"], [b"Content-Length: 5"]),
        ([b"Content-Length: 5 bytes"], [b"Content-Length: 5"]),
        ([b"Content-Length: +05"], [b"Content-Length: 5"]),
        ([b"Content-Length:"], []),
        ([b"Content-Length: 9" + b"0" * 30], []),
        ([b"Transfer-Encoding: chunked", b"Content-Length: 5"], [b"Transfer-Encoding: chunked"]),
        ([b"Transfer-Encoding: Chunked, chunked"], [b"Transfer-Encoding: chunked"]),
        ([b"Transfer-Encoding: gzip, chunked"], [b"Transfer-Encoding: chunked"]),
        ([b"Transfer-Encoding: identity", b"Content-Length: 5"], [b"Content-Length: 5"]),
        ([b"Transfer-Encoding: utf-8"], []),
    ],
)
def test_a_head_states_one_length(lines, read):
    assert headers(*lines) == [b"HTTP/1.1 200 OK", *read]


@pytest.mark.parametrize(
    "lines",
    [
        [b"Content-Length: 5", b"Content-Length: 6"],
        [b"Content-Length: 5, 6"],
        [b"Content-Length: -1"],
        [b"Content-Length: five"],
    ],
)
def test_an_ambiguous_length_is_left_for_the_parser_to_refuse(lines):
    (length,) = headers(*lines)[1:]
    assert not length.partition(b": ")[2].isdigit()


@pytest.mark.parametrize("begin", [b"", b"HT", b"\r\nHTTP/1.1 2", b"http/"])
def test_the_beginning_of_a_head_may_become_one(begin):
    assert could_be_http(begin)


@pytest.mark.parametrize("begin", [b"SSH-2.0", b"<html>", b"HX", b"220 mail"])
def test_other_protocols_are_known_by_their_first_bytes(begin):
    assert not could_be_http(begin)
