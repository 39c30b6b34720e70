"""Corrections of kafka-python 3.0.12, applied when this module is imported.

A TLS handshake has no time limit: a connection to a broker that hangs waits for ever, whatever the
client's timeouts. And the last response of a broker is dropped if the connection closes at the same
time, as after a wrong password. tests/integration/test_secured_kafka.py shows both.

A producer whose coordinator has just gone loses the transaction's request: its sender expects False
from a connection that is not ready and gets an exception. The transaction then never ends, and the
sender spins: after a broker's restart, 30 s without a record at 100 % of a core.

A batch that cannot be read is reported without its offsets, and its consumer then loops for ever.

Its zstd codec is the `zstandard` package: 23 MB, half of what a bare newsline would install. The
standard library (3.14) or its backport (1 MB) takes its place. Its snappy codec needs a
library of the system: `cramjam`, where it is installed, takes its place.
"""

from __future__ import annotations

import ssl
import sys
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from kafka import codec
from kafka.errors import KafkaConnectionError, KafkaError, UnsupportedCodecError
from kafka.net.compat import KafkaNetClient
from kafka.net.transport import KafkaSSLTransport, KafkaTCPTransport
from kafka.record import default_records
from kafka.record.default_records import DefaultRecordBatch

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["KafkaSSLTransport", "KafkaTCPTransport"]

HANDSHAKE_SECONDS = 10.0


class UnreadableBatchError(KafkaError):  # type: ignore[misc]
    """A batch that a consumer cannot read, from offset ``first`` to ``last``."""

    def __init__(self, batch: Any, reason: str) -> None:
        super().__init__(reason)
        self.first, self.last = batch.base_offset, batch.last_offset


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


def _name_unreadable(batch: Any) -> None:
    is_valid, decompress = batch.validate_crc, batch._maybe_uncompress

    def validate_crc(self: Any) -> bool:
        if not is_valid(self):
            raise UnreadableBatchError(self, "its checksum is wrong")
        return True

    def maybe_uncompress(self: Any) -> None:
        try:
            decompress(self)
        except UnsupportedCodecError as error:
            reason = "its codec is not installed: pip install cramjam"
            raise UnreadableBatchError(self, reason) from error
        except Exception as error:  # each codec has its own
            raise UnreadableBatchError(self, f"it cannot be decompressed: {error}") from error

    batch.validate_crc, batch._maybe_uncompress = validate_crc, maybe_uncompress


KafkaSSLTransport.handshake = _handshake
_keep_last_response(KafkaTCPTransport)
_keep_last_response(KafkaSSLTransport)
_false_if_not_ready(KafkaNetClient)
_name_unreadable(DefaultRecordBatch)

codec.zstd = zstd  # where kafka-python sees whether it has the codec
default_records.zstd_encode = zstd.compress
default_records.zstd_decode = zstd.decompress

with suppress(ModuleNotFoundError):
    from cramjam import snappy

    codec.snappy = SimpleNamespace(
        compress=lambda data: bytes(snappy.compress_raw(data)),
        decompress=lambda data: bytes(snappy.decompress_raw(data)),
    )
