"""A value that shows itself nowhere."""

from __future__ import annotations

import secrets

from secret_manager.crc32c import crc32c

RANDOM_BYTES = 32
"""Written as twice as many hexadecimal digits, which every kind of generated secret accepts."""


class Value:
    """The value of a secret. Neither a message nor a traceback with its variables shows it."""

    __slots__ = ("_content",)

    def __init__(self, content: bytes) -> None:
        self._content = content

    @classmethod
    def random(cls) -> Value:
        """Return a value that nobody can guess."""
        return cls(secrets.token_hex(RANDOM_BYTES).encode())

    @property
    def checksum(self) -> int:
        """Its CRC-32C."""
        return crc32c(self._content)

    def reveal(self) -> bytes:
        """Return the bytes, to be handed on and to nothing else."""
        return self._content

    def __repr__(self) -> str:
        return "Value(secret)"
