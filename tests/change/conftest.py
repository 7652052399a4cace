"""The session of a rehearsal, for what is compared with real Terraform."""

from __future__ import annotations

from tests.rehearsal.conftest import session, store

__all__ = ["session", "store"]
