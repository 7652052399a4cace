"""A deployment does its steps in order, with a release's images and the passwords."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from delivery.images.builds import builds
from delivery.images.release import Release, ReleaseError, assembled, read_release
from delivery.jobs import deploy as job
from delivery.jobs.deploy import DeployError, deploy, image_values
from environments import Configuration, Environment
from problems import ConfigurationError

DIGEST = f"@sha256:{'b' * 64}"
COMMIT = "c" * 40
REGISTRY = "us-central1-docker.pkg.dev/beep-shared-example/beep"
TOOL = f"""#!{sys.executable} -IS
import json, os, sys
own = {{n: v for n, v in os.environ.items() if n.startswith("TF_VAR_")}}
with open(os.environ["CALLS"], "a") as calls:
    print(json.dumps([os.path.basename(sys.argv[0]), sys.argv[1:], own]), file=calls)
sys.exit(os.environ.get("FAILS", "no argument") in " ".join(sys.argv))
"""


def _release(configuration: Configuration) -> Release:
    """Return what the workflow would assemble if it had built every image."""
    pushed = [
        {
            "key": build.key,
            "environment": build.environment,
            "image": f"{REGISTRY}/{build.image}-{build.environment or 'all'}{DIGEST}",
        }
        for build in builds(configuration.environments, REGISTRY)
    ]
    return assembled(pushed, commit=COMMIT, run="7")


@pytest.fixture
def release(configuration: Configuration) -> Release:
    return _release(configuration)


def test_a_release_is_read_as_it_was_written(release: Release, tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    path.write_text(release.as_json())
    assert read_release(path) == release
    assert json.loads(release.as_json()).keys() == {"release", "commit", "images"}
    assert release.name == f"{COMMIT[:12]}-7"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not a release"),
        ('{"release": "a", "commit": "main", "images": {}}', "40 hexadecimal digits"),
        (
            f'{{"release": "a", "commit": "{COMMIT}", "images": {{"web": {{"dev": "x:main"}}}}}}',
            "images.web must be NAME@sha256:DIGEST",
        ),
    ],
)
def test_what_is_no_release_is_refused(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    path.write_text(text)
    with pytest.raises(ReleaseError, match=says):
        read_release(path)


def test_an_environment_gets_its_own_image_where_its_variables_are_compiled_in(
    release: Release,
) -> None:
    assert release.image("web", "staging") == f"{REGISTRY}/beep-web-staging{DIGEST}"
    assert release.image("api", "staging") == release.image("api", "prod")
    assert release.image("mcp", "prod") is None


def test_an_image_that_nobody_names_is_reported_before_anything_is_applied(
    prod: Environment, release: Release, outdir: Path
) -> None:
    with pytest.raises(ConfigurationError) as error:
        image_values(prod, release, outdir / "stacks")
    assert {problem.key for problem in error.value.problems} == {
        "image_auth_proxy",
        "image_db_bootstrap",
        "image_otel_collector",
    }
    assert "add image_auth_proxy" in str(error.value)


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tools that write down what they were asked."""
    (tmp_path / "bin").mkdir()
    for name in ("terraform", "gcloud", "beep-infra"):
        tool = tmp_path / "bin" / name
        tool.write_text(TOOL)
        tool.chmod(0o755)
    written = tmp_path / "calls"
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("CALLS", str(written))
    monkeypatch.setattr(job, "COMMAND", str(tmp_path / "bin" / "beep-infra"))
    return written


def _read(calls: Path) -> list[tuple[str, list[str], dict[str, str]]]:
    return [tuple(json.loads(line)) for line in calls.read_text().splitlines()]


def test_stacks_are_applied_in_order_with_the_migrations_between(
    calls: Path, prod: Environment
) -> None:
    deploy(prod, {"image_api": "api"}, Path("stacks"))
    steps = []
    for tool, arguments, _ in _read(calls):
        folder = next((a for a in arguments if a.startswith("-chdir=")), None)
        if folder is None:
            steps.append(f"{tool} {arguments[0]}")
        elif "apply" in arguments:
            steps.append(folder.removeprefix("-chdir=stacks/"))
    assert steps == [
        "prod-foundation",
        "prod-data",
        "prod-migrations",
        "gcloud run",
        "prod-services",
        "prod-monitoring",
        "beep-infra verify",
    ]
    execute = next(a for tool, a, _ in _read(calls) if tool == "gcloud" and a[0] == "run")
    assert execute[:4] == ["run", "jobs", "execute", "beep-migrate"]
    assert "--wait" in execute


def test_only_the_data_stack_is_handed_the_passwords(calls: Path, prod: Environment) -> None:
    deploy(prod, {"image_api": "api"}, Path("stacks"))
    wrapped = [arguments for _, arguments, _ in _read(calls) if arguments[0] == "secrets"]
    assert [(a[:5], a[5:7], a[-1]) for a in wrapped] == [
        (
            ["secrets", "export", "--env", "prod", "--"],
            ["terraform", "-chdir=stacks/prod-data"],
            last,
        )
        for last in ("-out=tfplan", "tfplan")
    ]


def test_every_stack_is_planned_with_the_images_and_that_plan_is_applied(
    calls: Path, prod: Environment
) -> None:
    deploy(prod, {"image_api": "api"}, Path("stacks"))
    steps = [(a, v) for tool, a, v in _read(calls) if tool == "terraform" and a[1] != "init"]
    assert len(steps) == 8
    for (plan, images), (apply, _) in zip(steps[::2], steps[1::2], strict=True):
        assert (plan[1], plan[-1]) == ("plan", "-out=tfplan")
        assert images == {"TF_VAR_image_api": "api"}
        assert (apply[0], apply[1], apply[-1]) == (plan[0], "apply", "tfplan")


def test_nothing_follows_a_step_that_fails(
    calls: Path, prod: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAILS", "beep-migrate")
    with pytest.raises(DeployError, match="beep-migrate"):
        deploy(prod, {}, Path("stacks"))
    assert not [a for _, a, _ in _read(calls) if "prod-services" in a[0]]


def test_a_mistake_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "none.json")
    monkeypatch.setattr(sys, "argv", ["deploy", "--check", "dev", "prod", path])
    with pytest.raises(SystemExit, match=r"none\.json is not a release"):
        job.main()
