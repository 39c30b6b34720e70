"""Records as an editor reads them: ``python -m evaluation.reading``, for evaluation/reading.md."""

from __future__ import annotations

import json

from newsline.records import EnrichedArticle
from pipeline.enrich.runner.enrichers import Enrichers
from tests.support.example_articles import NOW, article
from tests.support.shared_data import DATA

PAGES = 20
"""English pages of every third extraction page, in the order of their ids."""


def main() -> None:
    enrichers = Enrichers()
    (seed,) = (DATA / "seed").glob("*.txt")
    title, _, text = seed.read_text().strip().partition("\n")
    print(told(enrichers.enrich(article(text, title), NOW)))
    pages = json.loads((DATA / "extraction" / "ground-truth.json").read_text())
    shown = 0
    for name in sorted(pages)[::3]:
        text = pages[name]["articleBody"]
        found = enrichers.enrich(article(text, text.partition("\n")[0][:120]), NOW)
        if found.language.code == "en" and shown < PAGES:
            shown += 1
            print(f"{pages[name]['url']}\n{told(found)}")


def told(found: EnrichedArticle) -> str:
    text = found.text
    lines = [found.title]
    if found.lead:
        lines.append(f"  lead     {text[found.lead.start : found.lead.end][:150]}")
    named = [
        f"{e.name}/{e.type.value} {e.count}" + (f" {e.wikidata}" if e.wikidata else "")
        for e in found.entities[:25]
    ]
    tags = [f"{t.name} {t.confidence:.2f}" for t in found.topic_tags]
    lines.append(f"  names    {'; '.join(named)}")
    lines.append(f"  tags     {'; '.join(tags)}")
    lines.append(f"  phrases  {'; '.join(found.key_phrases)}")
    lines += [f"  quote    {text[q.start : q.end][:80]} — {q.speaker}" for q in found.quotes[:6]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
