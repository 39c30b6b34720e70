"""What the variables of Kafka's security say, and what is wrong with them."""

from __future__ import annotations

import pytest

from newsline.broker import BrokerError
from newsline.broker.kafka.security import VARIABLES, Security, read
from tests.support.certificates import Authority

SECRET = "never to be told"
TLS = {"SECURITY": "ssl"}
LOGIN = {"SECURITY": "sasl_ssl", "SASL": "PLAIN", "USER": "somebody", "PASSWORD": SECRET}


def named(variables: dict[str, str]) -> dict[str, str]:
    return {f"NEWSLINE_KAFKA_{name}": value for name, value in variables.items()}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SECURITY": "tls"}, "SECURITY is none of plaintext, ssl, sasl_plaintext, sasl_ssl"),
        ({"CA": "ca.pem"}, "CA is set, but NEWSLINE_KAFKA_SECURITY is plaintext: make that ssl or"),
        ({"KEY": "key.pem"}, "KEY is set, but NEWSLINE_KAFKA_SECURITY is plaintext"),
        ({"PASSWORD": SECRET}, "PASSWORD is set, but NEWSLINE_KAFKA_SECURITY is plaintext: make"),
        (TLS | {"USER": "me"}, "USER is set, but NEWSLINE_KAFKA_SECURITY is ssl: make that sasl_"),
        (LOGIN | {"SASL": "GSSAPI"}, "SASL is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"),
        (LOGIN | {"SASL": ""}, "SASL is none of PLAIN"),
        (
            LOGIN | {"SECURITY": "sasl_plaintext"},
            "SASL is PLAIN without TLS, which shows the password",
        ),
        (LOGIN | {"USER": ""}, "USER is missing: sasl_ssl needs it"),
        (LOGIN | {"PASSWORD": ""}, "PASSWORD is missing: sasl_ssl needs it"),
        (LOGIN | {"PASSWORD_FILE": "x"}, "PASSWORD and NEWSLINE_KAFKA_PASSWORD_FILE are both set"),
        (
            LOGIN | {"PASSWORD": "", "PASSWORD_FILE": "none"},
            "PASSWORD_FILE none: No such file or directory",
        ),
        (TLS | {"CA": "none.pem"}, "CA none.pem: No such file or directory"),
        (TLS | {"CA": "."}, "CA .: Is a directory"),
        (TLS | {"CA": "no.pem"}, "CA no.pem holds no certificate in PEM"),
        (TLS | {"KEY": "client.key.pem"}, "KEY is set, but NEWSLINE_KAFKA_CERTIFICATE is not"),
        (TLS | {"CERTIFICATE": "none"}, "CERTIFICATE none: No such file or directory"),
        (TLS | {"CERTIFICATE": "no.pem"}, "CERTIFICATE and its key cannot be read: give both"),
        (
            TLS | {"CERTIFICATE": "client.certificate.pem", "KEY": "other.key.pem"},
            "KEY is not the key of NEWSLINE_KAFKA_CERTIFICATE",
        ),
        (
            TLS | {"CERTIFICATE": "locked.certificate.pem", "KEY": "locked.key.pem"},
            "KEY is encrypted: give it without a passphrase",
        ),
    ],
)
def test_variables_that_cannot_be_right_are_named_before_anybody_is_asked(
    variables, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    authority = Authority(tmp_path, "authority")
    authority.sign("client")
    authority.sign("other")
    authority.sign("locked", passphrase=b"open")
    (tmp_path / "no.pem").write_text("not a certificate")
    with pytest.raises(BrokerError) as error:
        read(named(variables))
    assert str(error.value).startswith(f"NEWSLINE_KAFKA_{said}")
    assert "\n" not in str(error.value)
    assert SECRET not in str(error.value)


def test_without_variables_and_with_empty_ones_kafka_is_spoken_to_in_the_clear():
    assert read({}) == read(dict.fromkeys(VARIABLES, "")) == Security()


def test_what_is_printed_of_the_settings_has_no_password_in_it():
    assert SECRET not in repr(read(named(LOGIN)))
    assert read(named(LOGIN)).password == SECRET


def test_plain_without_tls_is_used_where_that_is_asked_for():
    asked = LOGIN | {"SECURITY": "sasl_plaintext", "PLAIN_WITHOUT_TLS": "yes"}
    assert read(named(asked)).mechanism == "PLAIN"
    scram = LOGIN | {"SECURITY": "sasl_plaintext", "SASL": "SCRAM-SHA-512"}
    assert read(named(scram)).mechanism == "SCRAM-SHA-512"
