from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import spacy

from newsline.enricher import Enrich, Enricher, Part, Run
from newsline.errors import OperatorError
from newsline.outcomes import EnricherOutcome, Reason
from newsline.records import MAX_TEXT, RawArticle, decode_enriched, encode
from pipeline.enrich.runner import builtin, child
from pipeline.enrich.runner.deadline import Overrun
from pipeline.enrich.runner.enrichers import Enrichers, EnricherSettings
from pipeline.enrich.tags import tags
from pipeline.enrich.text import language
from tests.support.example_articles import NOW, article
from tests.support.installed_packages import of_dist

ENGLISH = (
    "Foreign Minister Lena Brandt told reporters in Nairobi on Monday that Germany would pay.\n"
    "READ ALSO: MINISTERS IN MOMBASA\n"
    "“Kenya and Germany will sign,” Brandt said after talks at the United Nations."
)
NAMES = [enricher.name for enricher in builtin.builtin_enrichers()]
FRENCH = "La ministre Lena Brandt a annoncé mardi à Nairobi que l'Allemagne paierait les hôpitaux."


@pytest.fixture(scope="module")
def enricher() -> Enrichers:
    return Enrichers()


def test_all_that_the_raw_article_says_is_carried_over(enricher: Enrichers) -> None:
    raw = article(ENGLISH, "Germany will pay", section="Politics", authors=("A. Writer",))
    enriched = enricher.enrich(raw, NOW)
    fields = RawArticle.__struct_fields__
    assert {f: getattr(enriched, f) for f in fields} == msgspec.structs.asdict(raw)
    assert enriched.enriched_at == NOW


def test_an_english_article_has_language_entities_tags_and_models(enricher: Enrichers) -> None:
    enriched = enricher.enrich(article(ENGLISH, "Germany will pay", section="Politics"), NOW)
    assert enriched.language.code == "en"
    names = {entity.name: entity for entity in enriched.entities}
    assert {"Lena Brandt", "Nairobi", "Germany", "Kenya", "United Nations"} <= set(names)
    assert "Mombasa".upper() not in str(enriched.entities)
    assert [ENGLISH[m.start : m.end] for m in names["Lena Brandt"].mentions] == [
        "Lena Brandt",
        "Brandt",
    ]
    assert sum(entity.salience for entity in enriched.entities) == pytest.approx(1)
    assert enriched.topic_tags[0].name == "politics"
    assert list(dict.fromkeys(model.role for model in enriched.models)) == NAMES
    assert enriched.notes == ()


def test_an_english_article_has_lead_quotes_phrases_counts_and_ids(enricher: Enrichers) -> None:
    enriched = enricher.enrich(article(ENGLISH, "Germany will pay"), NOW)
    assert enriched.lead is not None
    assert ENGLISH[enriched.lead.start : enriched.lead.end].endswith("Germany would pay.")
    assert [ENGLISH[q.start : q.end] for q in enriched.quotes] == ["Kenya and Germany will sign,"]
    assert enriched.quotes[0].speaker == "Lena Brandt"
    assert enriched.statistics is not None
    assert enriched.statistics.paragraphs == 3
    ids = {entity.name: entity.wikidata for entity in enriched.entities}
    assert (ids["Germany"], ids["Nairobi"], ids["Lena Brandt"]) == ("Q183", "Q3870", None)


def test_what_a_text_says_twice_is_among_its_key_phrases(enricher: Enrichers) -> None:
    again = "The climate fund is to pay for sea walls. Nobody opposes the climate fund."
    assert "climate fund" in enricher.enrich(article(f"{ENGLISH}\n{again}"), NOW).key_phrases


def test_quotes_are_not_looked_for_in_french_and_the_record_says_so(enricher: Enrichers) -> None:
    enriched = enricher.enrich(article(FRENCH), NOW)
    assert enriched.quotes == ()
    assert "quotes: not looked for in fr" in enriched.notes
    assert enriched.lead is not None


def test_a_french_article_has_no_entities_and_says_why(enricher: Enrichers) -> None:
    enriched = enricher.enrich(article(FRENCH, "L'Allemagne paiera", section="Santé"), NOW)
    assert enriched.language.code == "fr"
    assert enriched.entities == ()
    assert "entities: no model for fr" in enriched.notes
    assert [tag.name for tag in enriched.topic_tags] == ["health"]
    without = {"entities", "quotes"}
    assert {model.role for model in enriched.models} == set(NAMES) - without


def test_an_undecided_article_has_no_entities_and_says_why(enricher: Enrichers) -> None:
    enriched = enricher.enrich(article("3-1 (2-0)", "1:0"), NOW)
    assert enriched.language.code == "und"
    assert enriched.entities == ()
    assert "entities: language undecided" in enriched.notes


def test_enriching_is_a_function_of_the_article(enricher: Enrichers) -> None:
    raw = article(ENGLISH)
    first = enricher.enrich(raw, NOW)
    enricher.enrich(article(ENGLISH.replace("Brandt", "Okoye")), NOW)
    assert enricher.enrich(raw, NOW) == first


def test_the_longest_article_is_a_valid_record(enricher: Enrichers) -> None:
    raw = article((ENGLISH + "\n") * (MAX_TEXT // len(ENGLISH) - 5))
    enriched = enricher.enrich(raw, NOW)
    assert decode_enriched(encode(enriched)) == enriched


@pytest.mark.parametrize("name", ["entities", "topic_tags"])
def test_one_that_is_switched_off_leaves_its_field_empty_and_a_note(name: str) -> None:
    raw = article(ENGLISH, "Germany will pay", section="Politics")
    enriched = Enrichers(EnricherSettings(without=(name,))).enrich(raw, NOW)
    assert getattr(enriched, name) == ()
    assert f"{name}: switched off" in enriched.notes
    assert name not in {model.role for model in enriched.models}
    assert decode_enriched(encode(enriched)) == enriched
    (other,) = {"entities", "topic_tags"} - {name}
    assert getattr(enriched, other)


def test_without_a_language_what_depends_on_it_has_nothing_to_go_by() -> None:
    raw = article(ENGLISH, "Germany will pay", section="Politics")
    enriched = Enrichers(EnricherSettings(without=("language",))).enrich(raw, NOW)
    assert enriched.language.code == "und"
    assert enriched.entities == ()
    assert [tag.name for tag in enriched.topic_tags] == ["politics"]
    assert enriched.notes[:2] == ("language: switched off", "entities: language undecided")


def test_a_name_that_is_not_known_is_told_with_those_that_are() -> None:
    line = r"^--without sentiment: no such enricher; known are language, entities, topic_tags, "
    with pytest.raises(OperatorError, match=line):
        Enrichers(EnricherSettings(without=("sentiment",)))


def test_each_run_is_observed_with_its_time(enricher: Enrichers) -> None:
    runs: list[Run] = []
    enricher.enrich(article(ENGLISH), NOW, runs.append)
    assert [run.enricher for run in runs] == NAMES
    assert {run.outcome for run in runs} == {EnricherOutcome.OK}
    assert all(0 < run.seconds < 30 for run in runs)


LIGHT = EnricherSettings(without=("entities",))


def test_where_a_required_one_fails_there_is_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    enrichers, runs = Enrichers(LIGHT), list[Run]()
    monkeypatch.setattr(tags, "tag", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        enrichers.enrich(article(ENGLISH), NOW, runs.append)
    assert [run.outcome for run in runs] == [EnricherOutcome.OK, EnricherOutcome.ERROR]


def test_a_required_one_has_what_is_left_of_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    enrichers, runs = Enrichers(LIGHT, 1.0), list[Run]()
    monkeypatch.setattr(tags, "tag", _hang)
    with pytest.raises(Overrun, match=r"^topic_tags took longer than 0\.\d+ s$"):
        enrichers.enrich(article(ENGLISH), NOW, runs.append)
    assert [run.outcome for run in runs] == [EnricherOutcome.OK, EnricherOutcome.DEADLINE]
    assert sum(run.seconds for run in runs) >= 0.8


def _hang(*_: object, **__: object) -> None:
    while True:
        pass


def test_one_of_newslines_own_that_is_not_required_costs_its_part_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def load() -> Enrich:
        return lambda article: Part({"topic_tags": 1 / 0})

    ours = [*builtin.builtin_enrichers()[:1], Enricher("light", load, version="0.1")]
    monkeypatch.setattr(builtin, "builtin_enrichers", lambda models, **_: ours)
    enriched = Enrichers().enrich(article(ENGLISH), NOW)
    assert enriched.language.code == "en"
    assert enriched.notes == ("light: error, ZeroDivisionError: division by zero",)


def test_a_child_says_what_was_late_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    child.load_enrichers(LIGHT, 1.0)
    with monkeypatch.context() as patch:
        patch.setattr(language, "detect", _hang)
        answer = child.enrich_article(article(ENGLISH))
    assert isinstance(answer.outcome, child.EnrichFailure)
    assert answer.outcome.reason is Reason.DEADLINE
    assert answer.outcome.error == "language took longer than 0.9 s"
    assert [run.outcome for run in answer.runs] == [EnricherOutcome.DEADLINE]
    assert not isinstance(child.enrich_article(article(ENGLISH)).outcome, child.EnrichFailure)


def test_a_record_that_breaks_the_contract_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    child.load_enrichers(LIGHT, 30.0)
    monkeypatch.setattr(tags, "tag", lambda *_, **__: ("no tag",))
    answer = child.enrich_article(article(ENGLISH))
    assert isinstance(answer.outcome, child.EnrichFailure)
    assert answer.outcome.reason is Reason.ERROR
    assert "topic_tags" in answer.outcome.error


def test_a_model_of_many_languages_takes_those_that_have_none_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = spacy.blank("xx")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Lena Brandt"}])
    pipeline.meta.update(name="names", version="1.2")
    package = tmp_path / "xx_names"
    package.mkdir()
    pipeline.to_disk(package / "xx_names-1.2")
    (package / "meta.json").write_bytes((package / "xx_names-1.2" / "meta.json").read_bytes())
    (package / "__init__.py").write_text(
        "from spacy.util import load_model_from_init_py\n"
        "def load(**given): return load_model_from_init_py(__file__, **given)\n"
    )
    of_dist(tmp_path, "xx_names")
    monkeypatch.syspath_prepend(str(tmp_path))
    enrichers = Enrichers(EnricherSettings(models={"xx": "xx_names"}))
    french = enrichers.enrich(article(FRENCH), NOW)
    assert [entity.name for entity in french.entities] == ["Lena Brandt"]
    assert ("entities", "xx_names", "1.2") in [msgspec.structs.astuple(m) for m in french.models]
    english = enrichers.enrich(article(ENGLISH), NOW)
    assert len(english.entities) > 3
    assert "en_" in next(model.name for model in english.models if model.role == "entities")
    assert enrichers.enrich(article("3-1 (2-0)", "1:0"), NOW).entities == ()
