"""Enrichers of installed packages: what they find, and what they cannot do to a record."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from newsline import records
from newsline.enricher import Run
from newsline.errors import OperatorError
from newsline.outcomes import EnricherOutcome
from newsline.records import EnrichedArticle, Model, decode_enriched, encode
from pipeline.enrich.runner.enrichers import Enrichers, EnricherSettings
from tests.support.example_articles import NOW, article
from tests.support.installed_packages import enriching, install

TEXT = "The mayor of Oslo met union leaders from Norway and Sweden on Monday."

Install = Callable[..., None]


@pytest.fixture(name="install")
def _install(tmp_path, monkeypatch) -> Install:
    monkeypatch.syspath_prepend(str(tmp_path))

    def installing(code: str, **names: str) -> None:
        # A module's name is found once in a process, so each test has one of its own.
        number = abs(hash(str(tmp_path))) % 10**6
        package = f"{names.pop('package', 'odd')}-{number}"
        install(tmp_path, code, package=package, **names)

    return installing


def enriched(deadline: float | None = None) -> tuple[EnrichedArticle, list[Run]]:
    """An article through language, tags and what is installed; entities would take a second."""
    runs: list[Run] = []
    enrichers = Enrichers(EnricherSettings(without=("entities",)), deadline)
    found = enrichers.enrich(article(TEXT), NOW, runs.append)
    assert decode_enriched(encode(found)) == found
    return found, runs


def test_what_it_finds_stands_under_its_name_with_its_package_and_version(install):
    install(enriching("return Part({'code': article.language.code, 'at': (1, 2)}, 'half of it')"))
    found, runs = enriched()
    assert found.extensions == {"odd": {"code": "en", "at": [1, 2]}}
    model = found.models[-1]
    assert (model.role, model.name[:4], model.version) == ("odd", "odd-", "1.2")
    assert "odd: half of it" in found.notes
    assert (runs[-1].enricher, runs[-1].outcome) == ("odd", EnricherOutcome.OK)
    assert "odd" not in {run.enricher for run in runs[:-1]}


def test_one_that_finds_nothing_has_no_part_but_its_note(install):
    install(enriching("return Part({}, 'too short')"))
    found, _ = enriched()
    assert found.extensions == {}
    assert "odd" not in {model.role for model in found.models}
    assert found.notes[-1] == "odd: too short"


@pytest.mark.parametrize(
    ("line", "note"),
    [
        ("raise KeyError('x')", "odd: error, KeyError: 'x'"),
        ("raise SystemExit(3)", "odd: error, SystemExit: 3"),
        (
            "raise ValueError('a\\nb \\0 ' + 'x' * 999)",
            "odd: error, ValueError: a b   x",
        ),
        ("raise ValueError('\\ud800')", "odd: error, ValueError: ?"),
        ("return enrich(article)", "odd: error, RecursionError: maximum recursion depth exceeded"),
        ("return {'score': 1}", "odd: error, TypeError: it returned dict, not a Part"),
        ("return None", "odd: error, TypeError: it returned NoneType, not a Part"),
        ("return Part('words')", "odd: error, TypeError: its part is not a JSON object"),
        ("return Part({'x': object()})", "odd: error, TypeError: Encoding objects of type object"),
        ("return Part({'x': '\\ud800'})", "odd: error, UnicodeEncodeError: "),
        ("return Part({}, 7)", "odd: error, TypeError: it returned Part, not a Part with a note"),
        ("return Part({'x': 'x' * 4096})", "odd: error, ValueError: its part has 4104 bytes, more"),
        (
            "return Part({'x': eval('[' * 50 + ']' * 50)})",
            "odd: error, ValueError: its part is nested deeper than 16",
        ),
        ("article.title = 'Mine'", "odd: error, AttributeError: immutable type"),
    ],
)
def test_one_that_fails_leaves_a_valid_record_without_its_part(install, line, note):
    install(enriching(line))
    found, runs = enriched()
    assert found.extensions == {}
    assert found.notes[-1].startswith(note)
    assert found.language.code == "en"
    assert {"language", "topic_tags"} <= {model.role for model in found.models}
    assert "odd" not in {model.role for model in found.models}
    assert runs[-1][:2] == ("odd", EnricherOutcome.ERROR)


@pytest.mark.parametrize(
    "lines",
    [
        ["while True: pass"],
        ["while True:", "    try: article.text.split()", "    except Exception: pass"],
        ["import re", "re.match('(a+)+$', 'a' * 50 + 'b')"],
        ["import time", "time.sleep(60)"],
    ],
    ids=["a loop", "a loop that catches all", "a regular expression", "a sleep"],
)
def test_one_that_hangs_is_interrupted_at_a_tenth_of_the_deadline(install, lines):
    install(enriching(*lines))
    found, runs = enriched(deadline=2.0)
    assert found.extensions == {}
    assert found.notes[-1] == "odd: deadline"
    assert runs[-1][:2] == ("odd", EnricherOutcome.DEADLINE)
    assert runs[-1].seconds > 0.19


def test_one_that_changes_what_it_is_given_by_force_does_not_change_the_record(install):
    install(
        enriching(
            "import msgspec",
            "msgspec.structs.force_setattr(article, 'title', 'Mine')",
            "article.extensions['another'] = {'x': 1}",
            "return Part({'title': article.title})",
        )
    )
    found, _ = enriched()
    assert found.title == "Untitled"
    assert found.extensions == {"odd": {"title": "Mine"}}


def test_what_an_extension_holds_is_its_own_and_changes_no_more(install):
    install("kept = {}\n" + enriching("kept['n'] = kept.get('n', 0) + 1", "return Part(kept)"))
    enrichers = Enrichers(EnricherSettings(without=("language", "entities", "topic_tags")))
    first = enrichers.enrich(article(TEXT), NOW)
    enrichers.enrich(article(TEXT), NOW)
    assert first.extensions == {"odd": {"n": 1}}


def test_several_do_not_see_each_other(install):
    for name in ("b", "a"):
        code = enriching("return Part({'seen': list(article.extensions)})")
        install(code, name=name, package=name)
    found, _ = enriched()
    assert found.extensions == {"a": {"seen": []}, "b": {"seen": []}}


def test_one_that_is_left_out_is_not_even_loaded(install):
    install("raise RuntimeError('broken')")
    found = Enrichers(EnricherSettings(without=("entities", "odd"))).enrich(article(TEXT), NOW)
    assert found.extensions == {}
    assert not any(note.startswith("odd") for note in found.notes)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def load(): raise ValueError('no\\nlicence')", "ValueError: no licence"),
        ("def load(): raise SystemExit", "SystemExit:"),
        ("def loads(): pass", "AttributeError: "),
        ("load = 7", "TypeError: 'int' object is not callable"),
        ("def load(): return 7", "TypeError: odd_\\d+:load returned int, not a function"),
    ],
)
def test_one_that_does_not_load_is_told_in_one_line(install, code, why):
    install(code)
    line = r"^the enricher odd of the package odd-\d+ 1\.2 does not load: " + why
    with pytest.raises(OperatorError, match=line) as raised:
        enriched()
    assert "fix or uninstall the package, or start with --without odd" in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


@pytest.mark.parametrize("name", ["Odd", "odd-one", "1st", "x" * 41])
def test_a_name_that_cannot_be_one_is_refused(install, name):
    install(enriching("return Part({})"), name=name)
    line = f"has an enricher with the invalid name '{re.escape(name)}'"
    with pytest.raises(OperatorError, match=line):
        enriched()


def test_two_of_the_same_name_are_refused(install):
    install(enriching("return Part({})"), name="language")
    with pytest.raises(OperatorError, match=r"two enrichers are called language, of newsline and "):
        enriched()


def test_more_than_a_record_has_room_for_are_refused_until_some_are_left_out(install):
    names = [f"odd_{n}" for n in range(records.MAX_EXTENSIONS + 1)]
    for name in names:
        install(enriching("return Part({'x': 'x' * 4000})"), name=name, package=name)
    with pytest.raises(OperatorError, match=r"5 enrichers are installed \(odd_0, .*room for 4"):
        enriched()
    enrichers = Enrichers(EnricherSettings(without=("language", "entities", "topic_tags", "odd_2")))
    found = enrichers.enrich(article(TEXT), NOW)
    assert list(decode_enriched(encode(found)).extensions) == [n for n in names if n != "odd_2"]


def test_the_model_of_a_package_keeps_the_contract_however_it_is_called(install):
    install(enriching("return Part({'x': 1})"), package="o" * 150)
    found, _ = enriched()
    assert found.models[-1] == Model("odd", "o" * records.MAX_NAME, "1.2")
