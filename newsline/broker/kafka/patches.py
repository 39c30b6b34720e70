"""Corrections of kafka-python 3.0.12, applied when this module is imported.

A TLS handshake has no time limit: a connection to a broker that hangs waits for ever, whatever the
client's timeouts. And the last response of a broker is dropped if the connection closes at the same
time, as after a wrong password. tests/integration/test_secured_kafka.py shows both.

A producer whose coordinator has just gone loses the transaction's request: its sender expects False
from a connection that is not ready and gets an exception. The transaction then never ends, and the
sender spins: after a broker's restart, 30 s without a record at 100 % of a core.

Its zstd codec is the `zstandard` package: 23 MB, half of what a bare newsline would install. The
standard library (3.14) or its backport (1 MB) takes its place.
"""

from __future__ import annotations

import ssl
import sys
import time
from typing import Any

from kafka import codec
from kafka.errors import KafkaConnectionError
from kafka.net.compat import KafkaNetClient
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport
from kafka.record import default_records

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["KafkaSSLTransport", "KafkaTCPTransport"]

HANDSHAKE_SECONDS = 10.0


async def _handshake(self: Any) -> None:
    deadline = time.monotonic() + HANDSHAKE_SECONDS
    while True:
        try:
            self._sock.do_handshake()
        except ssl.SSLWantReadError:
            await self._net.wait_read(self._sock, deadline)
        except ssl.SSLWantWriteError:
            await self._net.wait_write(self._sock, deadline)
        else:
            return


def _keep_last_response(transport: Any) -> None:
    receive = transport._sock_recv

    def received(self: Any) -> tuple[bytes, Exception | None]:
        data, error = receive(self)
        return data, None if data else error

    transport._sock_recv = received


def _false_if_not_ready(client: Any) -> None:
    await_ready = client.await_ready

    def ready(self: Any, node_id: Any, timeout_ms: float = 30_000) -> bool:
        try:
            return bool(await_ready(self, node_id, timeout_ms))
        except KafkaConnectionError:
            return False

    client.await_ready = ready


KafkaSSLTransport.handshake = _handshake
_keep_last_response(KafkaTCPTransport)
_keep_last_response(KafkaSSLTransport)
_false_if_not_ready(KafkaNetClient)

codec.zstd = zstd  # where kafka-python sees whether it has the codec
default_records.zstd_encode = zstd.compress
default_records.zstd_decode = zstd.decompress
