"""Errors that are printed to an operator in one line."""

import re

_LOGIN = re.compile(r"(?<=://)[^/?#\s]*@")


class OperatorError(Exception):
    """An error that an operator can correct. Its text is one line: what, where, what to do."""


def without_logins(text: str) -> str:
    """The text without the logins of URLs in it: it goes to a terminal or a log."""
    return _LOGIN.sub("", text)
