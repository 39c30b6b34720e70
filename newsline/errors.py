"""What an operator is told in one line."""


class OperatorError(Exception):
    """A mistake or a misfortune that an operator can mend: what, where, what to do, in one line."""
