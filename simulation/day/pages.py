"""The pages of a plan's stories. Pure."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from simulation.day.plan import Kind, Story, Version
from tests.support.news_site import page

INVITATION = "Subscribe now to continue reading this story and all others."


def shown(story: Story, version: Version) -> bytes:
    """What the story's address brings, which is not always the story."""
    if story.kind is Kind.PDF:
        return b"%PDF-1.7\n% a scan\n"
    about: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": version.title,
        "datePublished": moment(story.versions[0].at),
        "dateModified": moment(version.at),
    }
    paragraphs = list(version.paragraphs)
    if story.kind is Kind.PAYWALLED:
        about["isAccessibleForFree"] = False
        paragraphs = [paragraphs[0], INVITATION]
    if story.kind is Kind.GALLERY:
        paragraphs = []
    script = f'<script type="application/ld+json">{json.dumps(about)}</script>'
    return page(version.title, paragraphs, script)


def moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
