"""CRC-32C (Castagnoli), with which Secret Manager compares what it was sent with what it got."""

from __future__ import annotations

_POLYNOMIAL = 0x82F63B78
"""Reversed, as in RFC 3720, B.4."""


def _entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_TABLE = tuple(map(_entry, range(256)))


def crc32c(content: bytes) -> int:
    """Return the checksum of bytes, from 0 to 2**32 - 1."""
    checksum = 0xFFFFFFFF
    for byte in content:
        checksum = checksum >> 8 ^ _TABLE[(checksum ^ byte) & 0xFF]
    return checksum ^ 0xFFFFFFFF
