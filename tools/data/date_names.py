"""Make date_names.json: names of months and weekdays in the languages of the press, from CLDR."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from babel import Locale, localedata

from connectors.text.date_words import fold
from tools.data.render import as_json

LANGUAGES = """
af am ar ar_DZ ar_LB ar_MA az be bg bn bs ca cs cy da de de_AT el en es es_MX et eu fa fi fil fo fr
fr_CA ga gl gu ha he hi hr hu hy id is it ja ka kk km kn ko ky lb lo lt lv mk ml mn mr ms mt my nb
ne nl nn pa pl ps pt pt_PT ro ru si sk sl so sq sr sr_Latn sv sw ta te tg th tk tr uk ur uz uz_Cyrl
vi zh zh_Hant zu
"""
AFFIXES = {"he": ("ב", ""), "eu": ("", "ren")}
"""Before and after a name in CLDR's patterns of dates."""

CONTEXTS = ("format", "stand-alone")
WIDTHS = ("wide", "abbreviated")

Names = Mapping[str, Mapping[int, set[str]]]
"""Name → number → languages."""


def make(_inputs: Path) -> bytes:
    """The file, from the installed package ``babel``."""
    months, weekdays = _names("months"), _names("days")
    table = {
        "source": f"Unicode CLDR in babel {version('babel')}, Unicode License v3",
        "months": {name: _certain(numbers) for name, numbers in sorted(months.items())},
        "weekdays": {name: sorted(numbers) for name, numbers in sorted(weekdays.items())},
    }
    return as_json(table, ",", '"')


def _certain(numbers: Mapping[int, set[str]]) -> int | dict[int, list[str]]:
    """The number of a name; if languages differ, the languages of each."""
    if len(numbers) == 1:
        return next(iter(numbers))
    return {number: sorted(languages) for number, languages in sorted(numbers.items())}


def _names(kind: str) -> Names:
    found: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for code in LANGUAGES.split():
        for number, written in _written(code, kind):
            # CLDR has the preposition of "de novembre" in the name.
            name = fold(written).strip(" .").removeprefix("de ")
            before, after = AFFIXES.get(code, ("", ""))
            if len(name) > 1 or not name.isascii():
                for form in {name, f"{before}{name}{after}"}:
                    found[form][number].add(code.partition("_")[0])
    return found


def _written(code: str, kind: str) -> Iterator[tuple[int, str]]:
    """Numbers and names, without those that begin with a digit, such as ``11月``."""
    # babel 2.18 stores what it resolves for one locale in the data that all share.
    localedata._cache.clear()
    names = getattr(Locale.parse(code), kind)
    for context in CONTEXTS:
        for width in WIDTHS:
            for number, written in names[context][width].items():
                if written[0].isalpha() and not written.startswith("M0"):
                    yield number, written
