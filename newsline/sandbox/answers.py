"""What a child answers: data of the task's own types. It cannot bring other classes, or code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, get_type_hints

import msgspec


class TaskFailed(Exception):
    """The function raised an exception; the text is its class and message."""


class Unreadable(Exception):
    """The message is not what a child of ours sends."""


class AnswerType(NamedTuple):
    """The type of a task's result, and the exceptions that its caller tells apart."""

    result: Any
    raises: tuple[type[Exception], ...]

    def read(self, message: bytes) -> tuple[str, Any]:
        """The word and value of a message. Raises Unreadable.

        The value of ``raised`` is one of the exceptions, or TaskFailed.
        """
        word, raw = _decoded(tuple[str, msgspec.Raw], message)
        if word == "raised":
            return word, self._exception(*_decoded(tuple[str, str], raw))
        if word not in ("done", "last"):
            raise Unreadable(f"gave an answer of the word {word[:20]!r}")
        return word, _decoded(self.result, raw)

    def _exception(self, name: str, text: str) -> Exception:
        for kind in self.raises:
            if name == f"{kind.__module__}.{kind.__qualname__}":
                return kind(text)
        return TaskFailed(f"{name.rpartition('.')[2]}: {text}")


def is_start(message: bytes) -> bool:
    """Whether the message says that a task has started; its answer follows. Raises Unreadable."""
    return bool(_decoded(tuple[str, msgspec.Raw], message)[0] == "started")


def words(message: bytes) -> tuple[str, str]:
    """A message about the child itself. Raises Unreadable."""
    word, value = _decoded(tuple[str, str], message)
    return word, value


@cache
def result_type(function: Callable[..., Any]) -> Any:
    """The type of the function's result; Any, which is plain data, if it does not say."""
    if isinstance(function, type):
        return function
    try:
        return get_type_hints(function).get("return", Any)
    except (TypeError, NameError):  # of a built-in function
        return Any


def _decoded(kind: Any, message: bytes) -> Any:
    try:
        return _decoder(kind).decode(message)
    except Exception as error:  # whatever a hostile message may cause
        raise Unreadable(f"gave an answer that cannot be read: {error}") from error


@cache
def _decoder(kind: Any) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(kind)
