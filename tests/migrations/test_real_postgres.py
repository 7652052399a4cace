"""What the check says is what a real Postgres does, and what it advises works there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from migrations import Database, check
from tests.constructs_lib.postgres.server import OWNER_PASSWORD, Server, set_up
from tests.migrations.samples import ANYWHERE, IN_CLOUD_SQL, KNOWN_MIGRATION, ON_A_MACHINE
from tests.support import ROOT


@pytest.fixture
def bootstrapped(machine: Server, tmp_path: Path) -> Server:
    """A machine after its first start."""
    done = set_up(machine, tmp_path, OWNER_PASSWORD)
    assert done.returncode == 0, done.stderr
    return machine


def _states(server: Server, samples: Sequence[str]) -> dict[str, str | None]:
    """Run each as the owner in a transaction, as drizzle does; return the SQLSTATEs of errors."""
    script = "".join(f"\\warn @\nBEGIN;\n{sql}\n;\nROLLBACK;\n" for sql in samples)
    done = server.run(
        "psql", "-Xq", "-v", "VERBOSITY=sqlstate", "-f", "-",
        user="beep_owner", password=OWNER_PASSWORD, stdin=script,
    )  # fmt: skip
    errors = [re.search(r"ERROR: +(\w{5})$", part, re.M) for part in done.stderr.split("@\n")[1:]]
    return {sql: error[1] if error else None for sql, error in zip(samples, errors, strict=True)}


def _compare(server: Server, database: Database, samples: Mapping[str, str | None]) -> None:
    said: dict[str, str | None] = {}
    advice: list[str] = []
    for sql in samples:
        findings = check({"m.sql": sql}, database).findings
        said[sql] = findings[0].refusal.sqlstate if findings else None
        advice += (f.refusal.fix for f in findings if _is_sql(f.refusal.fix))
    assert _states(server, list(samples)) == samples
    assert said == samples
    assert len(advice) > 15
    assert [fix for fix in advice if check({"m.sql": fix}, database).findings] == []
    # Some of it changes a role that the sample creates before.
    assert {*_states(server, [f"CREATE ROLE y; {fix}" for fix in advice]).values()} == {None}


def _is_sql(fix: str) -> bool:
    return fix.startswith(("DO ", "CREATE "))


def test_on_cloud_sql_the_check_foretells_each_error_and_what_it_advises_runs(
    fresh: Server, cloud_sql: Database
) -> None:
    _compare(fresh, cloud_sql, ANYWHERE | IN_CLOUD_SQL)


def test_on_a_machine_the_check_foretells_each_error_and_what_it_advises_runs(
    bootstrapped: Server, on_a_machine: Database
) -> None:
    _compare(bootstrapped, on_a_machine, ANYWHERE | ON_A_MACHINE)


def _guard(database: Database) -> str:
    (finding,) = check({"m.sql": KNOWN_MIGRATION}, database).findings
    return finding.refusal.fix


def _bypasses(server: Server) -> str:
    return server.as_superuser(
        "SELECT rolbypassrls::text || rolcanlogin::text FROM pg_roles"
        " WHERE rolname = 'rls_bypass_admin'"
    )


def test_the_guard_runs_again_and_again_and_only_for_a_superuser_the_role_bypasses_anything(
    fresh: Server, cloud_sql: Database
) -> None:
    with pytest.raises(PermissionError, match="permission denied to create role"):
        fresh.as_owner(KNOWN_MIGRATION)
    for _ in range(2):
        fresh.as_owner(_guard(cloud_sql))
    assert _bypasses(fresh) == "falsefalse"
    fresh.as_owner("DROP ROLE rls_bypass_admin")
    for _ in range(2):
        fresh.as_superuser(_guard(cloud_sql))
    assert _bypasses(fresh) == "truefalse"


def test_the_guard_leaves_the_role_of_a_machine_alone(
    bootstrapped: Server, on_a_machine: Database
) -> None:
    with pytest.raises(PermissionError, match="permission denied to create role"):
        bootstrapped.as_owner(KNOWN_MIGRATION)
    for _ in range(2):
        bootstrapped.as_owner(_guard(on_a_machine))
    assert _bypasses(bootstrapped) == "truefalse"


def test_on_cloud_sql_the_role_sees_all_rows_by_the_policy_that_the_docs_show(
    fresh: Server, cloud_sql: Database
) -> None:
    """A member that inherits nothing sees them too, once it has switched to the role."""
    page = (ROOT / "docs/concepts/postgres.md").read_text()
    (shown,) = re.findall(r"```sql\n(CREATE POLICY.*?)```", page, re.DOTALL)
    fresh.bootstrap()
    fresh.as_owner(
        f"{_guard(cloud_sql)}"
        "CREATE TABLE notes (org text);"
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY own ON notes USING (org = current_setting('app.current_org_id', true));"
        "INSERT INTO notes VALUES ('a'), ('b');"
        "GRANT SELECT, INSERT ON notes TO rls_bypass_admin;"
        "GRANT rls_bypass_admin TO beep_app"
    )
    count = "SELECT count(*) FROM notes"
    as_role = f"SET ROLE rls_bypass_admin; {count}"
    assert fresh.as_app(as_role) == "0"
    fresh.as_owner(shown)
    assert fresh.as_app(as_role) == "2"
    assert fresh.as_app("SET ROLE rls_bypass_admin; INSERT INTO notes VALUES ('c')") == ""
    assert fresh.as_app(count) == "0"
