"""A real Kafka with TLS and SASL, and what its clients are told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from kafka import KafkaAdminClient
from kafka.admin import UserScramCredentialUpsertion

from deploy.local.kafka import KafkaServer
from deploy.local.process import free_ports
from tests.support.certificates import THIS_MACHINE, Authority, Pair

USER = "newsline"
LIMITED = "limited"
ROLES = ("newsline-connectors", "newsline-enrich", "newsline-monitor", "newsline-topics")
"""These may do what they have been allowed to, and only log in with PLAIN; USER may do anything."""

PASSWORD = "open sesame, for a test"

# Each listener has a certificate of its own; MUTUAL asks for the client's too.
PROPERTIES = """\
listeners=PLAINTEXT://127.0.0.1:{{port}},CONTROLLER://127.0.0.1:{{controller_port}},{listeners}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,{protocols}
ssl.keystore.type=PEM
ssl.keystore.location={server}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
listener.name.mutual.ssl.client.auth=required
listener.name.stranger.ssl.keystore.type=PEM
listener.name.stranger.ssl.keystore.location={stranger}
listener.name.outdated.ssl.keystore.type=PEM
listener.name.outdated.ssl.keystore.location={outdated}
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:CN=client;User:{user}
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.open.sasl.enabled.mechanisms=SCRAM-SHA-256
"""
PROTOCOLS = {
    "TLS": "SSL",
    "MUTUAL": "SSL",
    "STRANGER": "SSL",
    "OUTDATED": "SSL",
    "PASSWORD": "SASL_SSL",
    "OPEN": "SASL_PLAINTEXT",
}
JAAS = """\
listener.name.{listener}.plain.sasl.jaas.config=\
org.apache.kafka.common.security.plain.PlainLoginModule required \
{logins};
listener.name.{listener}.scram-sha-256.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.{listener}.scram-sha-512.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
"""


class SecuredKafka(KafkaServer):
    """Addresses by listener: ``addresses["MUTUAL"]``. ``authority`` signed its certificates.

    What a client of a listener is told by its environment: :meth:`tls`, :meth:`login`.
    """

    def __init__(self, directory: Path) -> None:
        self.authority = Authority(directory, "authority")
        ports = dict(zip(PROTOCOLS, free_ports(len(PROTOCOLS)), strict=True))
        self.addresses = {name: f"kafka://127.0.0.1:{port}" for name, port in ports.items()}
        sign = self.authority.sign
        properties = PROPERTIES.format(
            listeners=",".join(f"{name}://127.0.0.1:{port}" for name, port in ports.items()),
            protocols=",".join(f"{name}:{protocol}" for name, protocol in PROTOCOLS.items()),
            user=USER,
            ca=self.authority.ca,
            server=sign("server", *THIS_MACHINE).both,
            stranger=sign("stranger", x509.DNSName("kafka.example")).both,
            outdated=sign("outdated", *THIS_MACHINE, valid=timedelta()).both,
        )
        logins = " ".join(f'user_{user}="{PASSWORD}"' for user in (USER, LIMITED, *ROLES))
        for listener in ("password", "open"):
            properties += JAAS.format(listener=listener, logins=logins)
        super().__init__(directory, properties)

    def tls(self, own: Pair | None = None) -> dict[str, str]:
        """With the client's own certificate or without."""
        variables = {"NEWSLINE_KAFKA_SECURITY": "ssl", "NEWSLINE_KAFKA_CA": str(self.authority.ca)}
        if own:
            variables["NEWSLINE_KAFKA_CERTIFICATE"] = str(own.certificate)
            variables["NEWSLINE_KAFKA_KEY"] = str(own.key)
        return variables

    def login(self, mechanism: str, password: str = PASSWORD, user: str = USER) -> dict[str, str]:
        """User and password, over TLS."""
        return self.tls() | {
            "NEWSLINE_KAFKA_SECURITY": "sasl_ssl",
            "NEWSLINE_KAFKA_SASL": mechanism,
            "NEWSLINE_KAFKA_USER": user,
            "NEWSLINE_KAFKA_PASSWORD": password,
        }

    def start(self) -> None:
        super().start()
        with KafkaAdminClient(bootstrap_servers=self.address.removeprefix("kafka://")) as admin:
            for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512"):
                credential = UserScramCredentialUpsertion(USER, mechanism, PASSWORD)
                (refusal,) = admin.alter_user_scram_credentials([credential]).values()
                assert refusal is None
