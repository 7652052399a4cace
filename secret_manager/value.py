"""A value that shows itself nowhere."""

from __future__ import annotations

import datetime
import secrets

from constructs_lib.environment.source import SecretValue
from secret_manager.crc32c import crc32c

RANDOM_BYTES = 32
"""Written as twice as many hexadecimal digits, which every kind of generated secret accepts."""

CERTIFICATE_DAYS = 3650
"""Until then somebody has rotated it, or the environment is gone."""


class Value:
    """The value of a secret. Neither a message nor a traceback with its variables shows it."""

    __slots__ = ("_content",)

    def __init__(self, content: bytes) -> None:
        self._content = content

    @classmethod
    def random(cls) -> Value:
        """Return a value that nobody can guess."""
        return cls(secrets.token_hex(RANDOM_BYTES).encode())

    @classmethod
    def generated(cls, secret: SecretValue) -> Value:
        """Return a new value for a secret that is generated."""
        return cls.random() if secret.server is None else cls.of_server(secret.server)

    @classmethod
    def of_server(cls, host: str) -> Value:
        """Return a new key and the certificate with which it proves that it serves a host.

        The certificate signs itself, and can sign no other. Both are PEM.
        """
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder(issuer_name=name, subject_name=name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            # A clock that is behind must not refuse it.
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=CERTIFICATE_DAYS))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(key, hashes.SHA256())
        )
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        # As any value of a secret, it does not end in a line break.
        return cls((private + certificate.public_bytes(serialization.Encoding.PEM)).strip())

    @property
    def checksum(self) -> int:
        """Its CRC-32C."""
        return crc32c(self._content)

    def reveal(self) -> bytes:
        """Return the bytes, to be handed on and to nothing else."""
        return self._content

    def __repr__(self) -> str:
        return "Value(secret)"
