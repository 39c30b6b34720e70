"""Evaluate trafilatura's XPath expressions only on elements that may match. Pure.

They test the class and id of each element by regular expressions, with a call from C to Python for
each test: 35 % of an extraction. Most names contain none of the words; a cached search per name
rules these out. The expression itself decides on the other elements, so the result is the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from lxml.etree import XPath
from lxml.html import HtmlElement
from trafilatura import xpaths

_NAMESPACES = {"re": xpaths.REGEXP_NS}
_STEP = re.compile(r"\s*(\()?\.//\*(?=\[)")
_TAGS = re.compile(r"\[((?:self::\w+|\s|or)+)\]")
_ANY_CASE = re.compile(
    r"(?:re:test\(|contains\(translate\()(@[\w-]+)"
    r"(?:, *'(\w+)', *'i'|, *'[^']*', *'[^']*'\), *'([\w-]+)')\)"
)
_TEST = re.compile(r"re:test\([^,']*, *'([^']*)'|'([^']*)'")
_FIRST = "[1]"
_NAMES = 4_096
"""Names kept per expression."""


class QuickXPath:
    """An expression of the form ``.//*[…]``, whose conditions are on attributes.

    With ``[1]``, only the first element is returned: trafilatura takes no other one. Raises
    ValueError for another form.
    """

    def __init__(self, path: str) -> None:
        step = _STEP.match(path)
        if step is None:
            raise ValueError(path)
        self.path = path
        conditions = path[step.end() :].rstrip()
        conditions = conditions[: conditions.rindex(")")] if step[1] else conditions
        self._is_first = _FIRST in path
        self._matches = XPath(f"self::*{conditions.replace(_FIRST, '')}", namespaces=_NAMESPACES)
        tags = _TAGS.match(conditions)
        self._tags = re.findall(r"self::(\w+)", tags[1]) if tags else ["*"]
        tests = _ANY_CASE.sub(r"re:test(\1, '(?i:\2\3)')", conditions)
        self._attributes = tuple(dict.fromkeys(re.findall(r"@([\w-]+)", tests)))
        self._present = frozenset(re.findall(r"@([\w-]+)(?=\s+or\b)", tests))
        patterns = [pattern or re.escape(text) for pattern, text in _TEST.findall(tests)]
        self._may_match = _cached_search("|".join(f"(?:{each})" for each in patterns))

    def __call__(self, tree: HtmlElement) -> Sequence[HtmlElement]:
        found = self._found(tree)
        return [first] if self._is_first and (first := next(found, None)) is not None else [*found]

    def _found(self, tree: HtmlElement) -> Iterator[HtmlElement]:
        attributes, may_match, present = self._attributes, self._may_match, self._present
        for element in tree.iterdescendants(*self._tags):
            get = element.get
            for name in attributes:
                value = get(name)
                if value is not None and (may_match(value) or name in present):
                    if self._matches(element):
                        yield element
                    break


def _cached_search(pattern: str) -> Callable[[str], bool]:
    search = re.compile(pattern).search
    return lru_cache(maxsize=_NAMES)(lambda name: search(name) is not None)


LISTS = (
    xpaths.BODY_XPATH,
    xpaths.DISCARD_IMAGE_ELEMENTS,
    xpaths.OVERALL_DISCARD_XPATH,
    xpaths.PRECISION_DISCARD_XPATH,
    xpaths.RAW_TREE_PRUNE_XPATH,
    xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH,
    xpaths.REMOVE_COMMENTS_XPATH,
    xpaths.TEASER_DISCARD_XPATH,
)
"""Lists of expressions, which trafilatura's modules share."""


def install() -> None:
    """Replace the expressions of that form in trafilatura's lists."""
    for expressions in LISTS:
        expressions[:] = [_quick(each) for each in expressions]


def _quick(expression: XPath) -> XPath | QuickXPath:
    is_walk = isinstance(expression, XPath) and _STEP.match(expression.path)
    is_one = is_walk and "|(./" not in expression.path
    return QuickXPath(expression.path) if is_one else expression
