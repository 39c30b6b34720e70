"""TLS verification, with certificates of a test authority on 127.0.0.1."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors.fetch import Fetcher, FetchFailed
from newsline.outcomes import FetchOutcome
from tests.support.raw_server import response

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


class Authority:
    """A certificate authority; its own certificate is at ``path``."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Authority")])
        own = self._builder(self._name, self._key, NOW + HOUR)
        signed = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.path = self._write("authority", signed.sign(self._key, hashes.SHA256()))

    def server(self, address: str, until: datetime) -> ssl.SSLContext:
        """A server's certificate for the address, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Server")])
        alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        built = self._builder(name, key, until).add_extension(alternative, critical=False)
        # Python 3.13 refuses a certificate that does not name its authority's key (RFC 5280).
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        built = built.add_extension(ours, critical=False)
        certificate = self._write("server", built.sign(self._key, hashes.SHA256()))
        private = self._directory / "server.key"
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, private)
        return context

    def _builder(self, subject, key, until: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 2 * HOUR)
            .not_valid_after(until)
        )

    def _write(self, name: str, certificate: x509.Certificate) -> Path:
        path = self._directory / f"{name}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path


@pytest.fixture
def authority(tmp_path, monkeypatch) -> Authority:
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


async def fetched(context: ssl.SSLContext) -> bytes | FetchOutcome:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response(b"hello"))
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with Fetcher(allow=frozenset({host})) as fetching:
            try:
                return (await fetching.get(f"https://{host}/", kind="feed")).body
            except FetchFailed as failure:
                return failure.outcome


async def test_a_certificate_of_a_trusted_authority_is_believed(authority):
    assert await fetched(authority.server("127.0.0.1", NOW + HOUR)) == b"hello"


async def test_a_certificate_for_another_host_is_not(authority):
    assert await fetched(authority.server("127.0.0.2", NOW + HOUR)) is FetchOutcome.TLS


async def test_an_expired_certificate_is_not(authority):
    assert await fetched(authority.server("127.0.0.1", NOW - HOUR)) is FetchOutcome.TLS


async def test_a_certificate_of_an_unknown_authority_is_not(authority, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    assert await fetched(authority.server("127.0.0.1", NOW + HOUR)) is FetchOutcome.TLS
