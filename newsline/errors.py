"""Errors that are printed to an operator in one line."""


class OperatorError(Exception):
    """An error that an operator can correct. Its text is one line: what, where, what to do."""
