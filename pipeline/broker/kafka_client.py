"""What every Kafka client of ours has in common: its settings, and its errors in one line."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka.errors import (
    InvalidProducerEpochError,
    InvalidProducerIdMappingError,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFencedError,
    RetriableError,
    UnknownProducerIdError,
)

from pipeline.broker import BrokerError, BrokerUnreachable, Fenced, MessageTooLarge

ANSWER_SECONDS = 10.0
"""How long the broker may take for one answer, a failover included."""

# Whatever goes wrong comes back to the caller as an exception; kafka-python 3.0 would besides write
# several lines for each attempt to reconnect, from its own threads.
logging.getLogger("kafka").setLevel(logging.CRITICAL)

_SERVER = re.compile(r"(\[[0-9A-Fa-f:]+\]|[^\s:/,\[\]]+):(\d{1,5})")


def settings(servers: str) -> dict[str, Any]:
    """What producers, consumers and admin clients share; ``servers`` as in the address.

    Raises :class:`BrokerUnreachable` at once where no server takes a connection: a kafka-python
    client would try for ``bootstrap_timeout_ms``, say no reason, and leave its thread behind.
    """
    _refuse_if_down(servers)
    return {
        "bootstrap_servers": servers.split(","),
        "bootstrap_timeout_ms": int(ANSWER_SECONDS * 1000),
        "request_timeout_ms": int(ANSWER_SECONDS * 1000),
        # With the default of 30 s a consumer came back only 27 s after its broker.
        "reconnect_backoff_max_ms": 1000,
    }


def _refuse_if_down(servers: str) -> None:
    reasons = []
    for server in servers.split(","):
        match = _SERVER.fullmatch(server)
        if match is None:
            raise BrokerError(f"kafka://{servers} is not understood: use kafka://HOST:PORT,…")
        try:
            socket.create_connection((match[1].strip("[]"), int(match[2])), ANSWER_SECONDS).close()
        except (OSError, OverflowError) as error:
            reasons.append(f"{server}: {getattr(error, 'strerror', None) or error}")
        else:
            return
    raise BrokerUnreachable(f"kafka://{servers} does not answer: {'; '.join(reasons)}")


@contextmanager
def told_plainly(servers: str) -> Iterator[None]:
    """kafka-python's errors as ours, each in one line."""
    try:
        yield
    except (ProducerFencedError, InvalidProducerEpochError) as error:
        raise Fenced("another process has taken over under this producer's name") from error
    except MessageSizeTooLargeError as error:
        raise MessageTooLarge(f"kafka://{servers}: {describe(error)}") from error
    except (UnknownProducerIdError, InvalidProducerIdMappingError) as error:
        # After transactional.id.expiration.ms (a week) without a transaction.
        raise BrokerUnreachable(
            f"kafka://{servers} has forgotten this producer: a new one will do"
        ) from error
    except (RetriableError, TimeoutError) as error:
        _refuse_if_down(servers)  # "Connection refused" says more than kafka-python does
        raise BrokerUnreachable(f"kafka://{servers} does not answer: {describe(error)}") from error
    except KafkaError as error:
        raise BrokerError(f"kafka://{servers}: {describe(error)}") from error


def describe(error: Exception) -> str:
    """One line; Kafka's own description of an error code where it has one."""
    said = getattr(error, "description", None) or str(error) or type(error).__name__
    return str(said).strip().splitlines()[0]
