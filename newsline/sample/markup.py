"""Stories to HTML in the markup of their site."""

from __future__ import annotations

from html import escape
from string import Template

from newsline.sample.sites import Site
from newsline.sample.stories import LINK, BlockKind, Story


def body_html(story: Story, site: Site, *, with_boilerplate: bool) -> str:
    """The body in the site's markup; ``with_boilerplate`` adds promotions and the credit line."""
    markup = site.markup
    templates = {BlockKind.PARAGRAPH: markup.paragraph, BlockKind.HEADING: markup.heading}
    if with_boilerplate:
        templates[BlockKind.PROMO] = markup.promo
    blocks = [
        Template(templates[block.kind]).substitute(text=_linked(block.text))
        for block in story.blocks
        if block.kind in templates
    ]
    if with_boilerplate and story.credit:
        blocks.append(fill_template(markup.credit, text=story.credit))
    return "\n".join(blocks)


def row(template: str, texts: tuple[str, ...]) -> str:
    """The template once for each text, numbered from 1."""
    cells = (
        fill_template(template, number=str(n), text=text) for n, text in enumerate(texts, start=1)
    )
    return "\n".join(cells)


def escaped(**texts: str) -> dict[str, str]:
    """The texts under the same names, as HTML."""
    return {name: escape(text) for name, text in texts.items()}


def fill_template(template: str, **texts: str) -> str:
    """The :class:`string.Template` with the texts, as HTML, in their places."""
    return Template(template).substitute(escaped(**texts))


def _linked(text: str) -> str:
    return LINK.sub(r'<a href="\2">\1</a>', escape(text, quote=False))
