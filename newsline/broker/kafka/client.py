"""Settings of all Kafka clients, and the translation of their errors."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka.errors import (
    AuthorizationError,
    InvalidProducerEpochError,
    InvalidProducerIdMappingError,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFencedError,
    RequestTimedOutError,
    RetriableError,
    SaslAuthenticationFailedError,
    UnknownBrokerIdError,
    UnknownProducerIdError,
)

from newsline.broker import BrokerError, BrokerUnreachable, Fenced, MessageTooLarge
from newsline.broker.kafka.preflight import check_connection, explain
from newsline.broker.kafka.security import read

ANSWER_SECONDS = 10.0
"""Time limit for one answer, including a failover."""

REASON_SECONDS = 2.0
"""Time limit for finding the cause of a failed request."""


# Errors reach the caller as exceptions. kafka-python 3.0 also logs several lines, from its own
# threads, for each attempt to reconnect.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


def client_settings(servers: str) -> dict[str, Any]:
    """Settings that producers, consumers and admin clients share; ``servers`` as in the address.

    Raises like :func:`newsline.broker.kafka.preflight.check_connection`, and BrokerError for an
    invalid environment variable.
    """
    security = read(os.environ)
    check_connection(servers, security, ANSWER_SECONDS)
    return {
        "bootstrap_servers": servers.split(","),
        "bootstrap_timeout_ms": int(ANSWER_SECONDS * 1000),
        "request_timeout_ms": int(ANSWER_SECONDS * 1000),
        # With the default of 30 s, a consumer reconnected 27 s after its broker was back.
        "reconnect_backoff_max_ms": 1000,
        **security.settings(),
    }


@contextmanager
def broker_errors(servers: str) -> Iterator[None]:
    """Translate kafka-python's errors into BrokerErrors of one line."""
    try:
        yield
    except (ProducerFencedError, InvalidProducerEpochError) as error:
        raise Fenced("another process has taken over under this producer's name") from error
    except MessageSizeTooLargeError as error:
        raise MessageTooLarge(f"kafka://{servers}: {describe(error)}") from error
    except (UnknownProducerIdError, InvalidProducerIdMappingError) as error:
        # After transactional.id.expiration.ms (a week) without a transaction.
        raise BrokerUnreachable(
            f"kafka://{servers} has expired this producer: open a new one"
        ) from error
    except (RetriableError, UnknownBrokerIdError, TimeoutError) as error:
        raise _unreachable(servers, error) from error
    except SaslAuthenticationFailedError as error:
        raise BrokerError(f"kafka://{servers}: {explain(error, read(os.environ))}") from error
    except AuthorizationError as error:
        what = type(error).__name__.removesuffix("AuthorizationFailedError")
        raise BrokerError(
            f"kafka://{servers} denies access ({what}): check our user's ACLs"
        ) from error
    except KafkaError as error:
        # kafka-python 3.0.12 wraps the time-out of a transaction's request so.
        if RequestTimedOutError.__name__ in str(error):
            raise _unreachable(servers, error) from error
        raise BrokerError(f"kafka://{servers}: {describe(error)}") from error


def _unreachable(servers: str, error: Exception) -> BrokerUnreachable:
    """Raises the error of a new connection, if there is one: it says more than kafka-python's."""
    check_connection(servers, read(os.environ), REASON_SECONDS)
    return BrokerUnreachable(f"kafka://{servers} does not answer: {describe(error)}")


def describe(error: Exception) -> str:
    """The error in one line; if Kafka describes its code, that description."""
    if isinstance(error, UnknownBrokerIdError):
        return "a partition's leader is down"  # kafka-python only says its id, or -1
    text = getattr(error, "description", None) or str(error) or type(error).__name__
    return str(text).strip().splitlines()[0]
