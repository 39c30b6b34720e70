"""What every Kafka client of ours has in common: its settings, and its errors in one line."""

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
    UnknownProducerIdError,
)

from newsline.broker import BrokerError, BrokerUnreachable, Fenced, MessageTooLarge
from newsline.broker.kafka.preflight import explain, greet
from newsline.broker.kafka.security import read

ANSWER_SECONDS = 10.0
"""How long the broker may take for one answer, a failover included."""

REASON_SECONDS = 2.0
"""How long to find out why a request has failed."""


# Whatever goes wrong comes back to the caller as an exception; kafka-python 3.0 would besides write
# several lines for each attempt to reconnect, from its own threads.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


def settings(servers: str) -> dict[str, Any]:
    """What producers, consumers and admin clients share; ``servers`` as in the address.

    Raises as :func:`newsline.broker.kafka.preflight.greet` does, and where a variable is wrong.
    """
    security = read(os.environ)
    greet(servers, security, ANSWER_SECONDS)
    return {
        "bootstrap_servers": servers.split(","),
        "bootstrap_timeout_ms": int(ANSWER_SECONDS * 1000),
        "request_timeout_ms": int(ANSWER_SECONDS * 1000),
        # With the default of 30 s a consumer came back only 27 s after its broker.
        "reconnect_backoff_max_ms": 1000,
        **security.settings(),
    }


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
        raise _away(servers, error) from error
    except SaslAuthenticationFailedError as error:
        raise BrokerError(f"kafka://{servers}: {explain(error, read(os.environ))}") from error
    except AuthorizationError as error:
        what = type(error).__name__.removesuffix("AuthorizationFailedError")
        raise BrokerError(
            f"kafka://{servers} does not allow us this ({what}): look at our user's ACLs"
        ) from error
    except KafkaError as error:
        # So kafka-python 3.0.12 tells of a transaction's own request that has timed out.
        if RequestTimedOutError.__name__ in str(error):
            raise _away(servers, error) from error
        raise BrokerError(f"kafka://{servers}: {describe(error)}") from error


def _away(servers: str, error: Exception) -> BrokerUnreachable:
    """Raises what says more than kafka-python does, where a greeting finds it out."""
    greet(servers, read(os.environ), REASON_SECONDS)
    return BrokerUnreachable(f"kafka://{servers} does not answer: {describe(error)}")


def describe(error: Exception) -> str:
    """One line; Kafka's own description of an error code where it has one."""
    said = getattr(error, "description", None) or str(error) or type(error).__name__
    return str(said).strip().splitlines()[0]
