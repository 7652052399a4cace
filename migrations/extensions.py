"""The extensions that each engine offers; ``extensions.toml`` has them with their sources."""

from __future__ import annotations

import tomllib
from pathlib import Path

_TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))

CLOUD_SQL = frozenset[str](_TABLE["cloud_sql"])
CLOUD_SQL_FLAGS: dict[str, str] = _TABLE["cloud_sql_flags"]
"""The flag of the instance that an extension needs."""
TRUSTED = frozenset[str](_TABLE["machine_trusted"])
UNTRUSTED = frozenset[str](_TABLE["machine_untrusted"])
