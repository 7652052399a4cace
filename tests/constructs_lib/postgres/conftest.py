"""The fixtures of a real Postgres."""

from tests.constructs_lib.postgres.server import fresh, machine

__all__ = ["fresh", "machine"]
