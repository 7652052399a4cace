"""The versions of the applications that the contract holds at once.

An environment pins one with ``contract`` in its file, so that moving it is a reviewed diff.
"""

from __future__ import annotations

from enum import StrEnum


class Version(StrEnum):
    """A version of what the applications read, the oldest first, named by its month."""

    V2025_12 = "2025-12"
    """``ServerEnv.ts`` and ``ClientEnv.ts`` of ``packages/shared/env``, read with effect 3.19.8."""
    V2026_02 = "2026-02"
    """The monorepo's catalogue of keys of 2026-02-20. It names variables and says neither kinds
    nor defaults: what it leaves out beyond ``DB_PG_*`` and ``KV_REDIS_*`` is kept."""

    @property
    def order(self) -> int:
        """Its place among the versions; a later one has a higher."""
        return list(Version).index(self)


DEFAULT_VERSION = Version.V2025_12
"""What an environment has whose file pins none."""
