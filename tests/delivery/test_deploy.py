"""A release is checked for every environment, and rolled out with the plan that the log shows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from delivery.images.builds import builds
from delivery.images.release import assembled
from delivery.jobs import release as job
from delivery.release import Release, read_release
from delivery.workflows.generate import FOLDER
from environments import Configuration

DIGEST = f"@sha256:{'b' * 64}"
COMMIT = "c" * 40
REGISTRY = "us-central1-docker.pkg.dev/beep-shared-example/beep"
PASSWORDS = ["secrets", "export", "--env", "prod", "--", ".venv/bin/beep-infra", "rollout"]
COMMAND = f"""#!{sys.executable} -IS
import json, os, sys
with open("calls", "a") as calls:
    print(json.dumps(sys.argv[1:]), file=calls)
status = json.loads(os.environ.get("STATUS", '{{"open": null, "held": false}}'))
print(json.dumps({{"fingerprint": "f00d", "effects": {{}}}} | status))
sys.exit(next((int(code) for name, code in json.loads(os.environ["CODES"]).items()
               if name in sys.argv), 0))
"""


@pytest.fixture
def path(configuration: Configuration, tmp_path: Path) -> Path:
    """The release that the workflow would write if it had built every image."""
    pushed = [
        {
            "key": build.key,
            "environment": build.environment,
            "image": f"{REGISTRY}/{build.image}-{build.environment or 'all'}{DIGEST}",
        }
        for build in builds(configuration.environments, REGISTRY)
    ]
    path = tmp_path / "release.json"
    path.write_text(json.dumps(assembled(pushed, commit=COMMIT, run="7")))
    return path


def test_what_is_built_is_a_release_with_an_own_image_where_variables_are_compiled_in(
    path: Path,
) -> None:
    release: Release = read_release(path, "staging", ("api", "web", "migrations"))
    assert (release.release, release.commit) == (f"{COMMIT[:12]}-7", COMMIT)
    assert release.image("web", "staging") == f"{REGISTRY}/beep-web-staging{DIGEST}"
    assert release.image("api", "staging") == release.image("api", "prod")
    assert release.image("mcp", "prod") is None


DROP = {"0002_drop.sql": ['3: DROP TABLE "a" (drops a table)']}


@pytest.mark.parametrize(
    ("read", "before", "mark"),
    [
        ({}, None, "expand"),
        (DROP, None, "contract"),
        (DROP, {"contract_statements": {}}, "contract"),
        (DROP, {"contract_statements": DROP}, "expand"),
        ({**DROP, "0003.sql": ["1: TRUNCATE b"]}, {"contract_statements": DROP}, "contract"),
        # Of a release that was written before its migrations were read, nothing is known.
        (DROP, {}, "contract"),
    ],
)
def test_a_release_is_marked_by_what_its_migrations_take_away_from_the_one_before(
    read: dict[str, list[str]], before: dict[str, object] | None, mark: str
) -> None:
    pushed: list[dict[str, object]] = [
        {"key": "api", "environment": None, "image": f"{REGISTRY}/beep-api{DIGEST}"},
        {
            "key": "migrations",
            "environment": None,
            "image": f"{REGISTRY}/beep-migrations{DIGEST}",
            "contract_statements": read,
        },
    ]
    release = assembled(pushed, commit=COMMIT, run="7", before=before)
    assert (release["migrations"], release["contract_statements"]) == (mark, read)


def _checked(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setattr(sys, "argv", ["release", *arguments])
    with pytest.raises(SystemExit) as error:
        job.main()
    return str(error.value)


def test_what_each_environment_lacks_is_reported_at_once_without_a_traceback(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = _checked(monkeypatch, "dev", "staging", "prod", str(path))
    for name in ("auth_proxy", "db_bootstrap", "otel_collector"):
        assert f"or name it in environments/prod.toml: image_{name}" in text
    assert "dev.toml: image_db_bootstrap" not in text, "the file of dev names it"
    assert "none.json: No such file" in _checked(monkeypatch, "dev", str(path.parent / "none.json"))


def _deploy(
    folder: Path, codes: dict[str, int] | None = None, **variables: str
) -> tuple[int, list[list[str]], str]:
    """Run the step Deploy of prod as GitHub does.

    Returns its exit code, what it asked of the command, and what it printed. ``codes`` are the exit
    codes of the command, by the name of what is asked.
    """
    (folder / "release.json").write_text(json.dumps({"release": "r7"}))
    given = {"ALLOW": "", "GITHUB_RUN_ATTEMPT": "1", "CODES": json.dumps(codes or {})}
    jobs = YAML(typ="safe").load((FOLDER / "deploy.yml").read_text())["jobs"]
    (step,) = (s for s in jobs["deploy-prod"]["steps"] if s.get("name") == "Deploy")
    command = folder / ".venv" / "bin" / "beep-infra"
    command.parent.mkdir(parents=True)
    command.write_text(COMMAND)
    command.chmod(0o755)
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=folder, env=os.environ | given | variables,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    calls = (folder / "calls").read_text().splitlines()
    return done.returncode, [json.loads(line) for line in calls], done.stdout


def test_the_deployment_approves_the_plan_it_logged_and_allows_what_its_starter_named(
    tmp_path: Path,
) -> None:
    code, calls, _ = _deploy(tmp_path, ALLOW="google_x.a google_x.b")
    release, prod = ["--release", "release.json"], ["--env", "prod"]
    allowed = ["--allow=google_x.a", "--allow=google_x.b"]
    assert (code, calls) == (
        0,
        [
            [*PASSWORDS, "status", "--json", *prod],
            [*PASSWORDS, "plan", *release, "--json", *prod],
            [*PASSWORDS, "run", *release, "--approve", "f00d", *allowed, *prod],
        ],
    )


def test_nothing_is_rolled_out_where_the_plan_fails(tmp_path: Path) -> None:
    code, calls, _ = _deploy(tmp_path, {"plan": 1})
    assert code != 0
    assert ["run" in call for call in calls] == [False, False]


def _open(release: str, held: bool) -> str:
    return json.dumps({"open": {"release": {"release": release}}, "held": held})


def test_a_rollout_that_is_held_ends_the_job_with_what_somebody_may_decide(tmp_path: Path) -> None:
    code, _, printed = _deploy(tmp_path, {"run": 3})
    assert code == 3
    assert "::error::The gate came to no verdict" in printed
    assert "Run this job again to go on without one" in printed


@pytest.mark.parametrize(("held", "options"), [(True, ["--proceed"]), (False, [])])
def test_a_job_that_is_run_again_goes_on_with_its_rollout(
    tmp_path: Path, held: bool, options: list[str]
) -> None:
    code, calls, _ = _deploy(tmp_path, STATUS=_open("r7", held), GITHUB_RUN_ATTEMPT="2")
    assert (code, calls[1:]) == (0, [[*PASSWORDS, "resume", *options, "--env", "prod"]])


@pytest.mark.parametrize(("release", "attempt"), [("r7", "1"), ("r6", "2")])
def test_no_job_goes_on_with_a_rollout_that_nobody_told_it_to(
    tmp_path: Path, release: str, attempt: str
) -> None:
    _, calls, _ = _deploy(tmp_path, STATUS=_open(release, True), GITHUB_RUN_ATTEMPT=attempt)
    assert [call[len(PASSWORDS)] for call in calls] == ["status", "plan", "run"]
