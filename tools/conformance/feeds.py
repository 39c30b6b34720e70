"""Feeds made by mutation: each format, with one or two elements written in an unusual way. Pure.

The same seed gives the same feeds. A feed's name says what is unusual in it:
``RSS 2.0/link=empty``, ``Atom/title=twice/author=absent``, ``RSS 2.0/encoding=cp1252, undeclared``.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping

from tools.conformance.json_feeds import json_feeds
from tools.conformance.made_feed import MadeFeed
from tools.conformance.variants import (
    ATOM_LINKS,
    AUTHORS,
    CONSTRUCTS,
    DATES,
    DOCUMENTS,
    ELEMENTS,
    EXTRAS,
    FORMATS,
    GUIDS,
    ISO,
    SPACES,
    STOCK,
    TEXT_OF,
    TEXTS,
    TWICE,
    Format,
    Value,
)

SEED = 20261130
PAIRS = 150
"""Feeds with two unusual elements, for each format."""


def made_feeds() -> Iterator[MadeFeed]:
    """Every feed, in the same order at each call."""
    for name, format in FORMATS.items():
        yield from _single(name, format)
        yield from _pairs(name, format, random.Random(f"{SEED} {name}"))
        yield from _documents(name, format)
        yield from _encodings(name, format)
    yield from json_feeds(random.Random(SEED), PAIRS)


def _single(name: str, format: Format) -> Iterator[MadeFeed]:
    yield _made(name, format, {})
    for field in format.tags:
        for variant, markup in _variants(name, format, field).items():
            yield _made(f"{name}/{field}={variant}", format, {field: markup})


def _pairs(name: str, format: Format, chance: random.Random) -> Iterator[MadeFeed]:
    variants = {field: sorted(_variants(name, format, field).items()) for field in format.tags}
    for number in range(PAIRS):
        one, two = chance.sample(sorted(variants), 2)
        (as_one, markup_one), (as_two, markup_two) = map(
            chance.choice, (variants[one], variants[two])
        )
        title = f"{name}/{one}={as_one}/{two}={as_two}/{number}"
        yield _made(title, format, {one: markup_one, two: markup_two})


def _documents(name: str, format: Format) -> Iterator[MadeFeed]:
    whole = _document(format, {})
    for variant, document in DOCUMENTS.items():
        yield MadeFeed(f"{name}/document={variant}", document.format(doc=whole).encode())
    yield MadeFeed(f"{name}/document=cut off", whole[: whole.rindex("</")].encode())
    undeclared = whole.replace(f" {SPACES}", "")
    yield MadeFeed(f"{name}/document=undeclared prefixes", undeclared.encode())


def _encodings(name: str, format: Format) -> Iterator[MadeFeed]:
    for encoding, text in TEXT_OF.items():
        element = f"<title>{text}</title>"
        document = _document(format, {"title": element})
        for variant, declared in (
            ("declared", encoding),
            ("undeclared", ""),
            ("declared as UTF-8", "utf-8"),
        ):
            said = f' encoding="{declared}"' if declared else ""
            body = f'<?xml version="1.0"{said}?>{document}'.encode(encoding)
            yield MadeFeed(f"{name}/encoding={encoding}, {variant}", body)


def _made(name: str, format: Format, unusual: Mapping[str, str]) -> MadeFeed:
    return MadeFeed(name, f'<?xml version="1.0"?>{_document(format, unusual)}'.encode())


def _document(format: Format, unusual: Mapping[str, str]) -> str:
    elements = {field: unusual.get(field, _usual(format, field)) for field in format.tags}
    item = format.item.format("".join(elements.values()))
    return format.document.replace("{items}", item)


def _value(format: Format, field: str) -> Value:
    is_iso = format.is_atom or format.tags.get(field) == "dc:date"
    return ISO if field == "published" and is_iso else STOCK[field]


def _usual(format: Format, field: str) -> str:
    text, tag = _value(format, field).text, format.tags[field]
    if format.is_atom and field == "link":
        return f'<link rel="alternate" href="{text}"/>'
    if format.is_atom and field == "author":
        return f"<author><name>{text}</name></author>"
    if format.is_atom and field == "category":
        return f'<category term="{text}"/>'
    return f"<{tag}>{text}</{tag}>"


def _variants(name: str, format: Format, field: str) -> dict[str, str]:
    """Variant → the elements of the field, written in that way."""
    tag, (text, other) = format.tags[field], _value(format, field)
    if format.is_atom and field in ("link", "category"):
        ways = ATOM_LINKS if field == "link" else {"absent": "", "text": "<category>{v}</category>"}
        return {way: markup.format(v=text, w=other) for way, markup in ways.items()}
    tag = "name" if format.is_atom and field == "author" else tag
    ways = ELEMENTS | ({"twice": TWICE} if field in ("category", "author") else {})
    half = len(text) // 2
    words = {
        "t": tag,
        "v": text,
        "w": other,
        "a": text[:half],
        "b": text[half:],
        "c": ord(text[0]),
        "rest": text[1:],
    }
    found = {way: markup.format(**words) for way, markup in ways.items()}
    if field in ("title", "summary", "content"):
        found |= {way: f"<{tag}>{each}</{tag}>" for way, each in TEXTS.items()}
        found |= _constructs(tag) if format.is_atom else {}
    if field in ("published", "updated"):
        found |= {way: f"<{tag}>{each}</{tag}>" for way, each in DATES.items()}
    if tag == "guid":
        found |= {way: each.format(v=text) for way, each in GUIDS.items()}
    if field == "author" and not format.is_atom:
        found |= {way: f"<{tag}>{each}</{tag}>" for way, each in AUTHORS.items()}
    if name == "RSS 2.0":
        found |= _extras(tag, field, other)
    if format.is_atom and field == "author":
        found = {way: f"<author>{each}</author>" for way, each in found.items()} | {"absent": ""}
    return found


def _constructs(tag: str) -> dict[str, str]:
    return {way: markup.format(t=tag) for way, markup in CONSTRUCTS.items()}


def _extras(tag: str, field: str, other: str) -> dict[str, str]:
    extras = [each.format(w=other, iso=ISO.other) for each in EXTRAS.get(field, ())]
    names = [each[1 : each.index(">")] for each in extras]
    usual = f"<{tag}>{STOCK[field].text}</{tag}>"
    return (
        {f"absent, {name}": each for name, each in zip(names, extras, strict=True)}
        | {f"empty, {name}": f"<{tag}/>{each}" for name, each in zip(names, extras, strict=True)}
        | {f"{name} after": f"{usual}{each}" for name, each in zip(names, extras, strict=True)}
        | {f"{name} before": f"{each}{usual}" for name, each in zip(names, extras, strict=True)}
    )
