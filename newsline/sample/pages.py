"""The sample's HTML: article pages in three designs, and a home page per site."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template

from newsline.sample.edition import Edition
from newsline.sample.feed_formats import CONTENT_TYPES
from newsline.sample.markup import body_html, escaped, fill_template, row
from newsline.sample.sites import SITES, Site
from newsline.sample.stories import Role, Story
from newsline.sample.structured_data import metadata_elements

RELATED = 5


def _template(name: str) -> Template:
    return Template(files(__package__).joinpath("templates", f"{name}.html").read_text("utf-8"))


_ARTICLE = {key: _template(key) for key in SITES}
_HOME = _template("home")


def article_page(edition: Edition, story: Story) -> str:
    """The whole page, the same at each URL of the story."""
    site = SITES[story.site]
    return _ARTICLE[story.site].substitute(
        escaped(
            language=story.language,
            title=story.title,
            summary=story.summary,
            authors=", ".join(story.authors),
            section=story.section,
            published=edition.published(story).isoformat(),
            published_text=f"{edition.published(story):%d %B %Y, %H:%M} UTC",
            url=edition.url(story),
            image=edition.image_url(story),
            caption=story.caption,
        ),
        metadata="\n".join(metadata_elements(edition, story)),
        body=body_html(story, site, with_boilerplate=True),
        related=_related(edition, story),
        **_surroundings(edition, site),
    )


def home_page(edition: Edition, site: Site) -> str:
    links = (
        f'<li><a href="{escape(edition.url(story))}">{escape(story.title)}</a></li>'
        for story in edition.stories()
        if story.site == site.key
    )
    return _HOME.substitute(
        language=site.language,
        url=f"{edition.origins[site.key]}/",
        stories="\n".join(links),
        **_surroundings(edition, site),
    )


def _related(edition: Edition, story: Story) -> str:
    markup = SITES[story.site].markup
    others = [
        other
        for other in edition.stories()
        if other.site == story.site and other is not story and other.role is not Role.NOT_HTML
    ]
    return "\n".join(
        fill_template(markup.related, href=edition.url(other), text=other.title)
        for other in others[:RELATED]
    )


def _surroundings(edition: Edition, site: Site) -> dict[str, str]:
    """The template values common to all pages of the site."""
    markup = site.markup
    comments = (
        fill_template(markup.comment, number=str(number), author=comment.author, text=comment.text)
        for number, comment in enumerate(site.comments, start=1)
    )
    return escaped(
        site_name=site.name,
        feed_url=edition.feed_url(site),
        feed_type=CONTENT_TYPES[site.format],
        cookie=site.cookie,
        newsletter=site.newsletter,
        related_label=site.related_label,
        comments_label=site.comments_label,
        footer=site.footer,
    ) | {
        "nav": row(markup.nav, site.nav),
        "share": row(markup.share, site.share),
        "comments": "\n".join(comments),
    }
