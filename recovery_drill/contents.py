"""What a restored database holds, and what of it is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Query = Callable[[str], list[list[str]]]
"""Runs a statement and returns its rows."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the settings say of the database."""

    owner: str
    roles: frozenset[str]
    """The other roles that ``beep-db-bootstrap`` makes."""
    extensions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table and what it holds."""

    name: str
    rows: int
    policies: int
    is_secured: bool
    """Whether it has row-level security."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What was found."""

    extensions: frozenset[str]
    roles: dict[str, bool]
    """By name: whether row-level security binds it."""
    tables: tuple[Table, ...]

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def policies(self) -> int:
        """The policies of all tables."""
        return sum(table.policies for table in self.tables)


_EXTENSIONS = "SELECT extname FROM pg_extension"
_ROLES = "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles"
# Neither tables of extensions nor Google's own, which nobody may read, are the applications'. As
# JSON, for names that hold anything.
_TABLES = """\
SELECT json_build_array(format('%I.%I', n.nspname, c.relname),
    (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid), c.relrowsecurity)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ORDER BY n.nspname, c.relname"""


def read(query: Query) -> Contents:
    """Return what the database holds; who asks must be a member of the owner of the tables.

    Row-level security does not bind the owner, so the counts are those of all rows.
    """
    extensions = frozenset(name for (name,) in query(_EXTENSIONS))
    roles = {name: passes not in {"t", "true"} for name, passes in query(_ROLES)}
    tables = []
    for (text,) in query(_TABLES):
        name, policies, is_secured = json.loads(text)
        ((rows,),) = query(f"SELECT count(*) FROM {name}")
        tables.append(Table(name, int(rows), policies, is_secured))
    return Contents(extensions, roles, tuple(tables))


def faults(contents: Contents, expected: Expected) -> Iterator[str]:
    """Yield what the applications could not work with."""
    for extension in sorted(expected.extensions - contents.extensions):
        yield f"the extension {extension} is missing"
    for role in sorted({expected.owner, *expected.roles} - contents.roles.keys()):
        yield f"the role {role} is missing"
    for role in sorted(expected.roles):
        if not contents.roles.get(role, True):
            yield f"row-level security does not bind {role}"
    if not contents.tables:
        yield "there is no table"
    elif not contents.rows:
        yield "every table is empty"
    elif not contents.policies:
        yield "no table has a policy, so the applications keep no organizations apart"
    for table in contents.tables:
        if table.policies and not table.is_secured:
            yield f"{table.name} has policies, and row-level security is off"
