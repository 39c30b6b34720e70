"""A test connection to Kafka that finds the cause of a failure.

kafka-python 3.0.12 retries for ``bootstrap_timeout_ms``, writes the cause to its log only, and
leaves its thread behind. So its parts are used for one connection first: TCP, TLS, SASL, a request.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import Any

from kafka.errors import (
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    KafkaProtocolError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
from kafka.net.connection import KafkaConnection
from kafka.net.selector import NetworkSelector
from kafka.protocol.metadata import MetadataRequest

from newsline.broker import BrokerError, BrokerUnreachable
from newsline.broker.kafka.patches import KafkaSSLTransport, KafkaTCPTransport
from newsline.broker.kafka.security import PREFIX, Security

_SERVER = re.compile(r"(\[[0-9A-Fa-f:]+\]|[^\s:/,\[\]]+):(\d{1,5})")

OTHER_NAME = (62, 64)
"""OpenSSL's codes for a certificate of another host name or address."""

REFUSALS = (
    ssl.SSLError,
    KafkaProtocolError,
    IllegalSaslStateError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
"""Errors for which a retry is useless."""


def check_connection(servers: str, security: Security, seconds: float) -> None:
    """Return when one of the servers has accepted a connection, within ``seconds`` for all of them.

    Raises :class:`BrokerUnreachable` if none answers, and :class:`BrokerError` if one refuses this
    client or is not trusted.
    """
    problems: dict[str, Exception] = {}
    each = seconds / len(servers.split(","))
    for server in servers.split(","):
        match = _SERVER.fullmatch(server)
        if match is None:
            raise BrokerError(f"kafka://{servers} is not understood: use kafka://HOST:PORT,…")
        try:
            _try_connection(match[1].strip("[]"), int(match[2]), security, each)
        except (OSError, OverflowError, KafkaError) as error:
            problems[server] = _cause(error)
        else:
            return
    causes = "; ".join(
        f"{server}: {explain(error, security)}" for server, error in problems.items()
    )
    if any(_is_refusal(error) for error in problems.values()):
        raise BrokerError(f"kafka://{servers} cannot be used: {causes}")
    raise BrokerUnreachable(f"kafka://{servers} does not answer: {causes}")


def explain(error: Exception, security: Security) -> str:  # noqa: PLR0911 - a table
    """The cause, and the variable to check; never a secret."""
    match error:
        case ssl.SSLCertVerificationError():
            reason = error.verify_message.rstrip(".")
            if error.verify_code in OTHER_NAME:
                return f"its certificate is for another host ({reason}): use a name in it"
            return f"its certificate is not trusted ({reason}): check it and {PREFIX}CA"
        case ssl.SSLError() if "ALERT" in (error.reason or ""):
            alert = str(error.reason).rpartition("ALERT_")[2].replace("_", " ").lower()
            return (
                f"it refuses our certificate ({alert}): check {PREFIX}CERTIFICATE and {PREFIX}KEY"
            )
        case SaslAuthenticationFailedError():
            reason = str(error.args[0]).partition(": ")[2]
            return f"it refuses our login ({reason}): check {PREFIX}USER and {PREFIX}PASSWORD"
        case UnsupportedSaslMechanismError():
            return f"it does not support {security.mechanism}: check {PREFIX}SASL"
        case (
            ssl.SSLError()
            | ConnectionResetError()
            | BrokenPipeError()
            | KafkaConnectionError()
            | KafkaProtocolError()
            | IllegalSaslStateError()
        ):
            expected = f"does it expect {security.protocol}?"
            return f"it ends the connection: {expected} Check {PREFIX}SECURITY"
    return str(getattr(error, "strerror", None) or error)


def _is_refusal(error: Exception) -> bool:
    """True if a retry is useless. A broker that shuts down also ends TLS: that is no refusal."""
    return isinstance(error, REFUSALS) and not isinstance(error, ssl.SSLEOFError)


def _cause(error: Exception) -> Exception:
    """The socket's error, which kafka-python wraps."""
    wrapped = error.args[0] if isinstance(error, KafkaConnectionError) and error.args else None
    return wrapped if isinstance(wrapped, Exception) else error


def _try_connection(host: str, port: int, security: Security, seconds: float) -> None:
    connected = socket.create_connection((host, port), seconds)
    connected.setblocking(False)
    settings = security.settings()
    net = NetworkSelector()
    if security.tls:
        transport = KafkaSSLTransport(net, connected, host, **settings)
    else:
        transport = KafkaTCPTransport(net, connected, host)
    try:
        answer = net.call_soon_with_future(_exchange, net, transport, settings)
        net.poll(timeout_ms=seconds * 1000, future=answer)
        if not answer.is_done:
            raise TimeoutError(f"no answer in {seconds:.0f} s")
        if answer.exception is not None:
            raise answer.exception
    finally:
        transport.abort()
        net.close()


async def _exchange(net: Any, transport: Any, settings: dict[str, Any]) -> None:
    await transport.handshake()
    connection = KafkaConnection(net, **settings)
    connection.connection_made(transport)
    await connection.initialize()
    await connection  # where initialize() has put its error
    await connection.send_request(MetadataRequest(topics=[]))
