"""No line of a log shows what is, or may be, a secret; what explains a failure stays."""

from __future__ import annotations

import time

import pytest

from tests.delivery.rollout.scene import JOB, Scene

SECRETS = {
    "DATABASE_URL is postgres://owner:hunter2@10.0.0.1:5432/beep": "hunter2",
    "redis://:p/w@x@10.0.0.2:6379": "p/w@x",
    'password: "hunter2"': "hunter2",
    "PGPASSWORD=hunter2 psql": "hunter2",
    '{"apiKey": "hunter2", "n": 1}': "hunter2",
    "ALTER ROLE owner WITH LOGIN PASSWORD 'hunter''2'": "hunter",
    "CREATE ROLE a PASSWORD E'hunter2'": "hunter2",
    "Authorization: Bearer hunter2": "hunter2",
    "sent with Basic aHVudGVyMg==": "aHVudGVyMg==",
    "DETAIL: Key (token)=(hunter2) already exists.": "hunter2",
    "the key sk_live_51HqLyjWDarjtT1zdp7dc": "51HqLyjWDarjtT1zdp7dc",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3": "dozjgNryP4J3",
    "seed 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b": "9f86d081884c7d659a2feaa0c55ad015",
    "it said known-to-us, twice": "known-to-us",
}
EXPLANATIONS = (
    'password authentication failed for user "beep_owner"',
    'error: column "legacy_id" of relation "user_sessions" does not exist',
    "applying 0012_custom_row_level_security_for_organization_members.sql",
    "    at Object.query (/app/packages/_internal/db-admin/src/migrate.ts:42:11)",
    'duplicate key value violates unique constraint "users_email_unique"',
    "must be owner of table organization_memberships",
)


def shown(scene: Scene, *texts: str) -> list[str]:
    labels = {"run.googleapis.com/execution_name": "run-1"}
    entries = [{"textPayload": text, "labels": labels} for text in reversed(texts)]
    scene.google.log_entries[scene.target.project, JOB] = entries
    return scene.world.google.job_log.tail(JOB, "run-1")


@pytest.mark.parametrize("text", SECRETS)
def test_what_may_be_a_secret_is_hidden(scene: Scene, text: str) -> None:
    [line] = shown(scene, text)
    assert SECRETS[text] not in line
    assert "(hidden)" in line


def test_what_explains_a_failure_stays(scene: Scene) -> None:
    assert shown(scene, *EXPLANATIONS) == list(EXPLANATIONS)


def test_a_line_is_short_and_has_nothing_that_a_terminal_obeys(scene: Scene) -> None:
    [line] = shown(scene, "\x1b[31m" + "ab " * 200)
    assert "\x1b" not in line
    assert len(line) == 303


def test_a_line_of_any_length_is_read_at_once(scene: Scene) -> None:
    began = time.monotonic()
    shown(scene, "aB" * 200_000)
    assert time.monotonic() - began < 1
