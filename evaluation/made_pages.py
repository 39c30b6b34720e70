"""Article pages made from templates of furniture that no rule of extraction was written for.

Each page has a layout of its article, and a random choice of furniture inside, around and after it;
the text is known. The same seed gives the same pages.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import NamedTuple

import msgspec

SITE = "https://paper.example"
PAGES = 120
SEED = 20_261_130


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    beginnings: list[str]
    middles: list[str]
    ends: list[str]
    related: list[str]
    newsletter: str
    share: list[str]
    caption: str
    comment: str
    cookies: str
    author: str
    tags: list[str]
    listen: str
    support: str


LANGUAGES = msgspec.toml.decode(
    Path(__file__).with_suffix(".toml").read_bytes(), type=dict[str, _Words]
)


class MadePage(NamedTuple):
    id: str
    url: str
    html: bytes
    text: str


class _Writer:
    """Words and class names of one page, by its own random numbers."""

    def __init__(self, chance: random.Random, language: str) -> None:
        self.chance, self.words = chance, LANGUAGES[language]
        self.hashed = chance.random() < 0.5

    def sentence(self) -> str:
        words = self.words
        return " ".join(map(self.chance.choice, (words.beginnings, words.middles, words.ends)))

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.chance.randint(1, 4)))

    def name(self, *names: str) -> str:
        """A class: one of the names, or letters that mean nothing, as style compilers write."""
        return (
            f"css-{self.chance.getrandbits(32):07x}" if self.hashed else self.chance.choice(names)
        )

    def link(self, words: str) -> str:
        return f'<a href="/{self.chance.randint(1_000, 9_999)}">{escape(words)}</a>'

    def headline(self) -> str:
        return self.sentence().rstrip(".")


Piece = Callable[[_Writer], str]


def _teaser_list(w: _Writer) -> str:
    items = "".join(f"<li>{w.link(w.headline())}</li>" for _ in range(4))
    label = w.chance.choice(w.words.related)
    return f'<div class="{w.name("block-a", "strip")}"><h3>{label}</h3><ul>{items}</ul></div>'


def _cards(w: _Writer) -> str:
    cards = "".join(
        f'<div class="{w.name("item", "tile")}"><h4>{w.link(w.headline())}</h4>'
        f"<p>{w.sentence()}</p></div>"
        for _ in range(w.chance.randint(2, 5))
    )
    label = w.chance.choice(w.words.related)
    return f'<div class="{w.name("row", "grid")}"><h3>{label}</h3>{cards}</div>'


def _inline_promotion(w: _Writer) -> str:
    return f"<p><b>{w.chance.choice(w.words.related)}:</b> {w.link(w.headline())}</p>"


def _share_bar(w: _Writer) -> str:
    items = "".join(f'<li><a href="#">{name}</a></li>' for name in w.words.share)
    return f'<ul class="{w.name("tools", "actions")}">{items}</ul>'


def _newsletter(w: _Writer) -> str:
    return (
        f'<div class="{w.name("letter-box", "inbox")}"><p>{w.words.newsletter}</p>'
        '<input type="email"><button>OK</button></div>'
    )


def _support(w: _Writer) -> str:
    amounts = "".join(f"<button>{n} €</button>" for n in (5, 10, 20))
    return (
        f'<section class="{w.name("give", "members")}"><p>{w.words.support}</p>{amounts}</section>'
    )


def _figure(w: _Writer) -> str:
    return f'<figure><img src="/i.jpg" alt=""><figcaption>{w.words.caption}</figcaption></figure>'


def _gallery(w: _Writer) -> str:
    slides = "".join(
        f'<div class="{w.name("slide", "frame")}"><img src="/{n}.jpg">'
        f"<span>{n}/5 {w.words.caption}</span></div>"
        for n in range(1, 6)
    )
    return f'<div class="{w.name("pictures", "slides")}">{slides}</div>'


def _player(w: _Writer) -> str:
    name = w.name("audio-bar", "hear")
    return f'<div class="{name}"><button>▶</button><span>{w.words.listen}</span></div>'


def _author_box(w: _Writer) -> str:
    return (
        f'<div class="{w.name("writer", "about-author")}"><img src="/a.jpg"><b>Kim Lind</b>'
        f"<p>Kim Lind {w.words.author}.</p></div>"
    )


def _comments(w: _Writer) -> str:
    items = "".join(
        f'<li id="comment-{n}"><b>Reader {n}</b><p>{w.words.comment}. {w.sentence()}</p></li>'
        for n in range(w.chance.randint(3, 8))
    )
    name = w.name("thread", "comment-list")
    return f'<section id="comments"><ol class="{name}">{items}</ol></section>'


def _tags(w: _Writer) -> str:
    return f"<p>{' · '.join(map(w.link, w.words.tags))}</p>"


def _cookies(w: _Writer) -> str:
    return (
        f'<div class="{w.name("layer", "bar-bottom")}" role="dialog"><p>{w.words.cookies}</p>'
        "<button>OK</button></div>"
    )


def _menu(w: _Writer) -> str:
    items = "".join(f"<li>{w.link(tag)}</li>" for tag in w.words.tags * 4)
    return f'<div class="{w.name("top", "bar")}"><ul>{items}</ul></div>'


INSIDE: tuple[Piece, ...] = (
    _teaser_list, _inline_promotion, _share_bar, _newsletter, _support, _figure, _gallery, _player,
)  # fmt: skip
AFTER: tuple[Piece, ...] = (
    _cards,
    _teaser_list,
    _author_box,
    _comments,
    _tags,
    _newsletter,
    _share_bar,
)
AROUND: tuple[Piece, ...] = (_cookies, _menu, _cards, _teaser_list)

Body = tuple[str, list[str]]
"""Markup of an article's body, and its text in lines."""


def _plain(w: _Writer) -> Body:
    lines = [w.paragraph() for _ in range(w.chance.randint(4, 14))]
    return "|".join(f"<p>{line}</p>" for line in lines), lines


def _chapters(w: _Writer) -> Body:
    markup, lines = [], []
    for _ in range(w.chance.randint(2, 4)):
        heading, texts = w.headline(), [w.paragraph() for _ in range(3)]
        inner = "".join(f"<p>{text}</p>" for text in texts)
        markup.append(f'<div class="{w.name("part", "chunk")}"><h2>{heading}</h2>{inner}</div>')
        lines += [heading, *texts]
    return "|".join(markup), lines


def _blocks(w: _Writer) -> Body:
    lines = [w.paragraph() for _ in range(w.chance.randint(5, 10))]
    return "|".join(f'<div class="{w.name("text", "t")}">{line}</div>' for line in lines), lines


def _breaks(w: _Writer) -> Body:
    lines = [w.paragraph() for _ in range(w.chance.randint(5, 10))]
    return "<br><br>".join(lines), lines


def _wrapped(w: _Writer) -> Body:
    """A part of the text inside an element with the name of an invitation, or in an aside."""
    lines = [w.paragraph() for _ in range(9)]
    marked = [f"<p>{line}</p>" for line in lines]
    tag, name = w.chance.choice(
        (("div", "cta-wrapper"), ("aside", "with-text"), ("div", "promo-x"))
    )
    inner = f'<{tag} class="{name}">{"".join(marked[3:6])}</{tag}>'
    return "|".join([*marked[:3], inner, *marked[6:]]), lines


def _listing(w: _Writer) -> Body:
    before, after = w.paragraph(), w.paragraph()
    items = [w.sentence() for _ in range(5)]
    heading = w.headline()
    inner = "".join(f"<li>{item}</li>" for item in items)
    markup = f"<p>{before}</p>|<h2>{heading}</h2><ol>{inner}</ol>|<p>{after}</p>"
    return markup, [before, heading, *items, after]


def _table(w: _Writer) -> Body:
    texts = [w.paragraph() for _ in range(5)]
    cells = [(w.headline(), str(w.chance.randint(10, 99))) for _ in range(4)]
    rows = "".join(f"<tr><td>{left}</td><td>{right}</td></tr>" for left, right in cells)
    marked = [f"<p>{text}</p>" for text in texts]
    lines = [*texts[:3], *(f"{left} {right}" for left, right in cells), *texts[3:]]
    return "|".join([*marked[:3], f"<table>{rows}</table>", *marked[3:]]), lines


def _live(w: _Writer) -> Body:
    markup, lines = [], []
    for hour in range(18, 10, -1):
        heading, text = w.headline(), w.paragraph()
        markup.append(
            f'<section class="{w.name("entry", "post")}"><time>{hour}:05</time><h3>{heading}</h3>'
            f"<p>{text}</p></section>"
        )
        lines += [heading, text]
    return "|".join(markup), lines


def _questions(w: _Writer) -> Body:
    markup, lines = [f"<p>{(opening := w.paragraph())}</p>"], [opening]
    for _ in range(5):
        question, answer = f"{w.headline()}?", w.paragraph()
        markup.append(f"<h3>{w.link(question)}</h3><p>{answer}</p>")
        lines += [question, answer]
    return "|".join(markup), lines


def _standfirst(w: _Writer) -> Body:
    opening = w.sentence()
    inner, lines = _plain(w)
    name = w.name("lede", "intro")
    return f'<header><p class="{name}">{opening}</p></header>|{inner}', [opening, *lines]


BODIES: tuple[Callable[[_Writer], Body], ...] = (
    _plain, _chapters, _blocks, _breaks, _wrapped, _listing, _table, _live, _questions, _standfirst,
)  # fmt: skip


def pages() -> list[MadePage]:
    """PAGES pages: each layout as often, in each language in turn."""
    languages = list(LANGUAGES)
    return [
        _page(f"{SEED}-{n}", BODIES[n % len(BODIES)], languages[n % len(languages)])
        for n in range(PAGES)
    ]


def _page(seed: str, body: Callable[[_Writer], Body], language: str) -> MadePage:
    chance = random.Random(seed)
    w = _Writer(chance, language)
    title = w.headline()
    markup, lines = body(w)
    parts = markup.split("|")
    for piece in chance.sample(INSIDE, chance.randint(0, 3)):
        parts.insert(chance.randint(1, len(parts) - 1) if len(parts) > 1 else 1, piece(w))
    article = "".join(parts) + "".join(piece(w) for piece in chance.sample(AFTER, 2))
    tag = chance.choice(("article", "div", "main"))
    around = [piece(w) for piece in chance.sample(AROUND, 2)]
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'</head><body>{around[0]}<{tag} class="{w.name("story", "content")}"><h1>{title}</h1>'
        f"{article}</{tag}>{around[1]}</body></html>"
    )
    return MadePage(seed, f"{SITE}/{seed}", html.encode(), "\n".join(lines))
