"""What a database holds before the first migration runs, beyond its owner and its extensions."""

from __future__ import annotations

BYPASS_ROLE = "rls_bypass_admin"
"""The role that the applications' migrations create ``WITH BYPASSRLS``.

Only a superuser or a role with ``BYPASSRLS`` may do so (PostgreSQL, CREATE ROLE), and the owner of
the database is neither. A machine has a superuser, who creates the role before the migrations run.
Cloud SQL gives nobody that right: there the migration must create the role without the attribute.
"""

READONLY_ROLE = "beep_readonly"
"""May read every table, as row-level security lets it, and cannot log in: groups of people are
members of it. Made by ``beep-db-bootstrap``, with either engine."""


def second_login(app_user: str) -> str:
    """Return the name of the second role with which the applications may log in."""
    return f"{app_user}_b"


BOOTSTRAP_EXTENSIONS = ("vector",)
"""Created by ``beep-db-bootstrap``, with either engine."""

MACHINE_EXTENSIONS = ("vector", "pg_stat_statements")
"""Created by a machine's superuser: neither is trusted, so its owner may not."""
