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
COMMAND = f"""#!{sys.executable} -IS
import json, os, sys
with open("calls", "a") as calls:
    print(json.dumps(sys.argv[1:]), file=calls)
print(json.dumps({{"fingerprint": "f00d", "effects": {{}}}}))
sys.exit("plan" in sys.argv and os.environ.get("FAILS") == "plan")
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


def _deploy(folder: Path, **variables: str) -> tuple[int, list[list[str]]]:
    """Run the step Deploy of prod as GitHub does, and return what it asked of the command."""
    jobs = YAML(typ="safe").load((FOLDER / "deploy.yml").read_text())["jobs"]
    (step,) = (s for s in jobs["deploy-prod"]["steps"] if s.get("name") == "Deploy")
    command = folder / ".venv" / "bin" / "beep-infra"
    command.parent.mkdir(parents=True)
    command.write_text(COMMAND)
    command.chmod(0o755)
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=folder, env=os.environ | {"ALLOW": ""} | variables, capture_output=True, check=False,
    )  # fmt: skip
    calls = (folder / "calls").read_text().splitlines()
    return done.returncode, [json.loads(line) for line in calls]


def test_the_deployment_approves_the_plan_it_logged_and_allows_what_its_starter_named(
    tmp_path: Path,
) -> None:
    code, calls = _deploy(tmp_path, ALLOW="google_x.a google_x.b")
    passwords = ["secrets", "export", "--env", "prod", "--", ".venv/bin/beep-infra", "rollout"]
    release = ["--env", "prod", "--release", "release.json"]
    allowed = ["--allow=google_x.a", "--allow=google_x.b"]
    assert (code, calls) == (
        0,
        [
            [*passwords, "plan", "--json", *release],
            [*passwords, "run", "--approve", "f00d", *allowed, *release],
        ],
    )


def test_nothing_is_rolled_out_where_the_plan_fails(tmp_path: Path) -> None:
    code, calls = _deploy(tmp_path, FAILS="plan")
    assert code != 0
    assert ["run" in call for call in calls] == [False]
