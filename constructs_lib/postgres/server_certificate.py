"""What a Postgres on a machine proves itself with: a key, and a certificate that signs itself."""

from __future__ import annotations

import re

from envschema.kinds import Kind

_KEY = re.compile(r"-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----\n[^-]+-----END \1-----")
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----")

SERVER_TLS_KIND = Kind(
    "key and certificate of a server",
    "a private key without a passphrase and its certificate, which signs itself, both as PEM",
    lambda text: bool(_KEY.search(text) and _CERTIFICATE.search(text)),
)


def certificate_in(pem: str) -> str:
    """Return the certificates of a text that may hold a private key too, which is left out."""
    return "\n".join(match[0] for match in _CERTIFICATE.finditer(pem))
