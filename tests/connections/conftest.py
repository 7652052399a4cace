"""The fixtures of a real Postgres."""

from tests.constructs_lib.postgres.server import fresh

__all__ = ["fresh"]
