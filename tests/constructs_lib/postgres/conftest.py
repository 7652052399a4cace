"""The fixtures of a real Postgres."""

from tests.constructs_lib.postgres.server import cluster, fresh, machine

__all__ = ["cluster", "fresh", "machine"]
