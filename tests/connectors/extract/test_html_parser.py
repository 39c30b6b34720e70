"""Parsing of pages, with trafilatura's repairs only where one is needed."""

import pytest
from lxml.html import tostring
from trafilatura import load_html

from connectors.extract.html_parser import parse_html

BODY = "<head><title>T</title></head><body><p>Müller – 日本</p></body></html>"
MARKUPS = {
    "plain": f"<!DOCTYPE html>\n<html lang='de'>{BODY}",
    "without a document type": f"<html>{BODY}",
    "an old document type": f'<!DOCTYPE html PUBLIC "-//W3C//DTD" "x/y.dtd"><html>{BODY}',
    "control characters": f"<!doctype html><html>{BODY}".replace("–", "\x00\x08\x1f"),
    "no character": f"<!doctype html><html>{BODY}".replace("–", "\uffff"),
    "a lone surrogate": f"<!doctype html><html>{BODY}".replace("–", "\ud800"),
    "a closed root": f"<!doctype html>\n<html lang='de' />\n{BODY}",
    "a declared encoding": f"<?xml version='1.0' encoding='iso-8859-1'?>\n<html>{BODY}",
    "without a root": "<p>One</p><p>Two</p>",
    "a document type alone": "<!doctype html>",
    "a root alone": "<html>",
    "empty": "",
}


@pytest.mark.parametrize("markup", MARKUPS.values(), ids=MARKUPS.keys())
def test_a_page_is_parsed_as_by_trafilatura(markup: str):
    expected, found = load_html(markup), parse_html(markup)
    assert (found is None) == (expected is None)
    if found is not None:
        assert tostring(found) == tostring(expected)
