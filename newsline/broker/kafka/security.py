"""TLS and SASL for Kafka, from environment variables only, so that no command line has secrets.

Every process that connects to Kafka reads them. The password file is read again for each client,
certificates for each connection, so that both can be renewed while a process runs.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from newsline.broker import BrokerError
from newsline.errors import OperatorError
from newsline.private_files import read_secret

PREFIX = "NEWSLINE_KAFKA_"
TLS = ("CA", "CERTIFICATE", "KEY")
_MEANINGS = {
    "SECURITY": "Protocol of the listener: `plaintext` (default), `ssl`, `sasl_plaintext` or"
    " `sasl_ssl`.",
    "CA": "File (PEM): authorities that may sign the brokers' certificates. Default: the system's.",
    "CERTIFICATE": "File (PEM): the client's certificate, where the brokers require one.",
    "KEY": "File (PEM, no passphrase): its key, if not in the same file.",
    "SASL": "Mechanism: `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`.",
    "USER": "User.",
    "PASSWORD": "Password.",
    "PASSWORD_FILE": "File with the password, in place of `NEWSLINE_KAFKA_PASSWORD`.",
    "PLAIN_WITHOUT_TLS": "`yes`: `PLAIN` over `sasl_plaintext`, which shows the password to the"
    " network.",
}
NAMES = tuple(_MEANINGS)
VARIABLES = {PREFIX + name: meaning for name, meaning in _MEANINGS.items()}
"""Every variable with its meaning, as docs/reference/environment.md has it."""

PROTOCOLS = ("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True)
class Security:
    """Protocol and credentials. CA, certificate and key are paths; ``""``: none."""

    protocol: str = "plaintext"
    ca: str = ""
    certificate: str = ""
    key: str = ""
    mechanism: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def tls(self) -> bool:
        return self.protocol.endswith("ssl")

    @property
    def sasl(self) -> bool:
        return self.protocol.startswith("sasl")

    def settings(self) -> dict[str, Any]:
        """As arguments of kafka-python's clients."""
        return {
            "security_protocol": self.protocol.upper(),
            "ssl_cafile": self.ca or None,
            "ssl_certfile": self.certificate or None,
            "ssl_keyfile": self.key or None,
            "sasl_mechanism": self.mechanism or None,
            "sasl_plain_username": self.user or None,
            "sasl_plain_password": self.password or None,
        }


def read(environment: Mapping[str, str]) -> Security:
    """Read the variables; an empty one is unset. Raises BrokerError with the variable's name."""
    given = {name: environment.get(PREFIX + name, "") for name in NAMES}
    protocol = given["SECURITY"].lower() or PROTOCOLS[0]
    if protocol not in PROTOCOLS:
        _refuse("SECURITY", f"is none of {', '.join(PROTOCOLS)}")
    security = Security(
        protocol,
        ca=given["CA"],
        certificate=given["CERTIFICATE"],
        key=given["KEY"],
        mechanism=given["SASL"].upper(),
        user=given["USER"],
        password=_password(given),
    )
    _check_tls(security)
    _check_sasl(security, given["PLAIN_WITHOUT_TLS"] == "yes")
    return security


def _refuse(name: str, what: str) -> NoReturn:
    raise BrokerError(f"{PREFIX}{name} {what}")


def _password(given: Mapping[str, str]) -> str:
    path = given["PASSWORD_FILE"]
    if not path:
        return given["PASSWORD"]
    if given["PASSWORD"]:
        _refuse("PASSWORD", f"and {PREFIX}PASSWORD_FILE are both set: leave one out")
    try:
        return read_secret(path)
    except OperatorError as error:
        _refuse("PASSWORD_FILE", str(error))


def _check_sasl(security: Security, plain_without_tls: bool) -> None:
    values = {
        "SASL": security.mechanism,
        "USER": security.user,
        "PASSWORD": security.password,
    }
    if not security.sasl:
        _refuse_unused(values, security.protocol, "sasl_ssl or sasl_plaintext")
        return
    if security.mechanism not in MECHANISMS:
        _refuse("SASL", f"is none of {', '.join(MECHANISMS)}")
    for name, value in values.items():
        if not value:
            _refuse(name, f"is missing: {security.protocol} needs it")
    if security.mechanism == "PLAIN" and not security.tls and not plain_without_tls:
        _refuse(
            "SASL",
            "is PLAIN without TLS, which shows the password to the network: use sasl_ssl or SCRAM,"
            f" or set {PREFIX}PLAIN_WITHOUT_TLS=yes",
        )


def _check_tls(security: Security) -> None:
    """Check the files now: kafka-python would at each connection, and prompt for a passphrase."""
    values = dict(zip(TLS, (security.ca, security.certificate, security.key), strict=True))
    if not security.tls:
        _refuse_unused(values, security.protocol, "ssl or sasl_ssl")
    for name, path in values.items():
        if path:
            _refuse_unreadable(name, path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if security.ca:
        try:
            context.load_verify_locations(security.ca)
        except ssl.SSLError:
            _refuse("CA", f"{security.ca} holds no certificate in PEM")
    if security.certificate:
        _check_certificate(context, security.certificate, security.key or None)
    elif security.key:
        _refuse("KEY", f"is set, but {PREFIX}CERTIFICATE is not")


def _check_certificate(context: ssl.SSLContext, certificate: str, key: str | None) -> None:
    try:
        context.load_cert_chain(certificate, key, password=_refuse_passphrase)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            _refuse("KEY", f"is not the key of {PREFIX}CERTIFICATE")
        _refuse("CERTIFICATE", "and its key cannot be read: give both in PEM")


def _refuse_passphrase() -> NoReturn:
    _refuse("KEY", "is encrypted: give it without a passphrase, readable only by newsline")


def _refuse_unused(values: Mapping[str, str], protocol: str, right: str) -> None:
    """Refuse a certificate or password that the protocol ignores: it would not protect anything."""
    for name, value in values.items():
        if value:
            _refuse(name, f"is set, but {PREFIX}SECURITY is {protocol}: make that {right}")


def _refuse_unreadable(name: str, path: str) -> None:
    try:
        Path(path).open("rb").close()
    except OSError as error:
        _refuse(name, f"{path}: {error.strerror}")
