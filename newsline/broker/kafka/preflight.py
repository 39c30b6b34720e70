"""The first words with Kafka's servers, by which a process that cannot get through learns why.

kafka-python 3.0.12 tries for ``bootstrap_timeout_ms``, keeps the reason for its log, and leaves its
thread behind. So a connection is made with its own parts first: TCP, TLS, SASL, one request.
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
"""OpenSSL's codes where a certificate is for another host name, or another address."""


REFUSALS = (
    ssl.SSLError,
    KafkaProtocolError,
    IllegalSaslStateError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
"""Trying again helps with none of these."""


def greet(servers: str, security: Security, seconds: float) -> None:
    """Return when one of the servers has taken us, within so many seconds for all of them.

    Raises :class:`BrokerUnreachable` where none is there, and :class:`BrokerError` where one is but
    will not have us, or we not it.
    """
    problems: dict[str, Exception] = {}
    each = seconds / len(servers.split(","))
    for server in servers.split(","):
        match = _SERVER.fullmatch(server)
        if match is None:
            raise BrokerError(f"kafka://{servers} is not understood: use kafka://HOST:PORT,…")
        try:
            _talk(match[1].strip("[]"), int(match[2]), security, each)
        except (OSError, OverflowError, KafkaError) as error:
            problems[server] = _cause(error)
        else:
            return
    told = "; ".join(f"{server}: {explain(error, security)}" for server, error in problems.items())
    if any(_is_refusal(error) for error in problems.values()):
        raise BrokerError(f"kafka://{servers} cannot be used: {told}")
    raise BrokerUnreachable(f"kafka://{servers} does not answer: {told}")


def explain(error: Exception, security: Security) -> str:  # noqa: PLR0911 - a table
    """What went wrong and which variable to look at; never a secret."""
    match error:
        case ssl.SSLCertVerificationError():
            said = error.verify_message.rstrip(".")
            if error.verify_code in OTHER_NAME:
                return f"its certificate is for another host ({said}): name it as that does"
            return f"its certificate is not trusted ({said}): look at it, and at {PREFIX}CA"
        case ssl.SSLError() if "ALERT" in (error.reason or ""):
            alert = str(error.reason).rpartition("ALERT_")[2].replace("_", " ").lower()
            return f"it refuses us ({alert}): look at {PREFIX}CERTIFICATE and {PREFIX}KEY"
        case SaslAuthenticationFailedError():
            said = str(error.args[0]).partition(": ")[2]
            return f"it refuses our login ({said}): look at {PREFIX}USER and {PREFIX}PASSWORD"
        case UnsupportedSaslMechanismError():
            return f"it does not take {security.mechanism}: look at {PREFIX}SASL"
        case (
            ssl.SSLError()
            | ConnectionResetError()
            | BrokenPipeError()
            | KafkaConnectionError()
            | KafkaProtocolError()
            | IllegalSaslStateError()
        ):
            expected = f"does it expect {security.protocol}?"
            return f"it ends the connection: {expected} Look at {PREFIX}SECURITY"
    return str(getattr(error, "strerror", None) or error)


def _is_refusal(error: Exception) -> bool:
    """A broker that is going down ends connections too, and TLS with them."""
    return isinstance(error, REFUSALS) and not isinstance(error, ssl.SSLEOFError)


def _cause(error: Exception) -> Exception:
    """kafka-python wraps what the socket said."""
    wrapped = error.args[0] if isinstance(error, KafkaConnectionError) and error.args else None
    return wrapped if isinstance(wrapped, Exception) else error


def _talk(host: str, port: int, security: Security, seconds: float) -> None:
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
