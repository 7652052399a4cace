"""The workflows are those of the settings, trust as little as they can, and pass their linters."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from constructs_lib.pipeline.settings import Github
from delivery.images.builds import builds
from delivery.workflows.generate import FOLDER, values_registry, workflows
from environments import Configuration
from tests.support import ENVIRONMENTS, ROOT, Stacks, of_type

TEXTS = {path.name: path.read_text() for path in sorted(FOLDER.glob("*.yml"))}
READS = {"contents": "read"}


@cache
def _workflows() -> dict[str, dict[str, Any]]:
    return {name: YAML(typ="safe").load(text) for name, text in TEXTS.items()}


@cache
def _jobs() -> dict[str, dict[str, Any]]:
    return {
        f"{name} {job}": content
        for name, workflow in _workflows().items()
        for job, content in workflow["jobs"].items()
    }


def _steps() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in _jobs().items():
        for step in job["steps"]:
            yield name, step


def test_what_is_committed_is_what_the_settings_give(configuration: Configuration) -> None:
    assert workflows(configuration) == TEXTS, "run python -m delivery.workflows"


def test_another_order_of_environments_is_another_order_of_deployments(
    configuration: Configuration,
) -> None:
    turned = replace(configuration, environments=configuration.environments[::-1])
    jobs = YAML(typ="safe").load(workflows(turned)["deploy.yml"])["jobs"]
    assert list(jobs) == ["release", *(f"deploy-{name}" for name in ENVIRONMENTS[::-1])]


def test_a_github_environment_of_another_name_is_used(configuration: Configuration) -> None:
    github = configuration.shared.github.model_dump() | {"environments": {"prod": "production"}}
    shared = configuration.shared.model_copy(update={"github": Github.model_validate(github)})
    environments = tuple(replace(e, shared=shared) for e in configuration.environments)
    texts = workflows(replace(configuration, shared=shared, environments=environments))
    jobs = YAML(typ="safe").load(texts["deploy.yml"])["jobs"]
    assert jobs["deploy-prod"]["environment"] == "production"
    assert 'github_environment: "production"' in texts["drift.yml"]


def test_every_action_is_pinned_by_commit_with_its_version_beside_it() -> None:
    for text in TEXTS.values():
        used = re.findall(r"uses: (.+)", text)
        assert used
        for action in used:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_every_image_that_a_workflow_names_is_pinned_by_digest() -> None:
    for text in TEXTS.values():
        for image in re.findall(r"image=([^\s,$]+)", text):
            assert re.search(r"@sha256:[0-9a-f]{64}$", image), image


def test_no_workflow_runs_with_the_rights_of_the_base_for_a_pull_request() -> None:
    events = {name: set(workflow["on"]) for name, workflow in _workflows().items()}
    assert events == {
        "pull-request.yml": {"pull_request"},
        "images.yml": {"workflow_dispatch"},
        "deploy.yml": {"push", "workflow_dispatch"},
        "drift.yml": {"schedule"},
        "portability.yml": {"schedule"},
    }


def test_each_job_has_the_permissions_that_it_needs_and_no_others() -> None:
    assert all(workflow["permissions"] == {} for workflow in _workflows().values())
    assert {name: job["permissions"] for name, job in _jobs().items()} == {
        "pull-request.yml check": READS,
        "pull-request.yml changes": READS,
        "pull-request.yml plan": READS | {"id-token": "write"},
        "pull-request.yml comment": READS | {"pull-requests": "write"},
        "images.yml commit": READS,
        "images.yml build": READS | {"id-token": "write", "attestations": "write"},
        "images.yml release": READS | {"actions": "write"},
        "deploy.yml release": READS | {"actions": "read"},
        **{
            f"deploy.yml deploy-{name}": READS | {"id-token": "write", "attestations": "read"}
            for name in ENVIRONMENTS
        },
        "drift.yml synthesize": READS | {"deployments": "read"},
        "drift.yml plan": READS | {"id-token": "write"},
        "drift.yml report": READS | {"issues": "write"},
        "drift.yml contract": READS | {"issues": "write"},
        "portability.yml core": READS,
        "portability.yml opentofu": READS,
    }


def test_a_fork_is_checked_and_asks_for_no_token() -> None:
    jobs = _workflows()["pull-request.yml"]["jobs"]
    assert "if" not in jobs["check"]
    assert "head.repo.full_name == github.repository" in jobs["changes"]["if"]
    assert jobs["plan"]["needs"] == "changes"


def test_no_checkout_leaves_its_token_behind_and_no_secret_but_one_is_used() -> None:
    for name, step in _steps():
        if "/checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False, name
    secrets = {s for text in TEXTS.values() for s in re.findall(r"secrets\.(\w+)", text)}
    assert secrets == {"APPLICATION_TOKEN"}
    for name, job in _jobs().items():
        if any("APPLICATION_TOKEN" in str(step) for step in job["steps"]):
            assert job["environment"] == "images", name


def test_no_expression_is_written_into_a_script() -> None:
    scripts = [step["run"] for _, step in _steps() if "run" in step]
    assert len(scripts) > 10
    assert not [script for script in scripts if "${{" in script]


def test_each_job_acts_as_an_account_of_the_bootstrap_through_its_own_provider(
    stacks: Stacks, configuration: Configuration
) -> None:
    bootstrap = stacks["bootstrap"]
    number = configuration.shared.project_number
    pool = f"projects/{number}/locations/global/workloadIdentityPools/github/providers/"
    providers = {
        provider["workload_identity_pool_provider_id"]: re.search(
            r"assertion\.(\w+) == '([^']+)'$", provider["attribute_condition"]
        )
        for provider in of_type(bootstrap, "google_iam_workload_identity_pool_provider").values()
    }
    grants = of_type(bootstrap, "google_service_account_iam_member").values()
    accounts = of_type(bootstrap, "google_service_account")
    used = set()
    for name, job in _jobs().items():
        for step in job["steps"]:
            if "/auth@" not in step.get("uses", ""):
                continue
            provider = step["with"]["workload_identity_provider"].removeprefix(pool)
            claim = providers[provider]
            assert claim is not None
            event = set(_workflows()[name.partition(" ")[0]]["on"])
            told = {"environment": {job.get("environment")}, "event_name": event}
            assert told[claim[1]] == {claim[2]}, name
            (account,) = (
                address
                for address, declared in accounts.items()
                if step["with"]["service_account"]
                == f"{declared['account_id']}@{configuration.shared.project_id}.iam"
                ".gserviceaccount.com"
            )
            (grant,) = (g for g in grants if f".{account}." in g["service_account_id"])
            assert grant["member"].endswith(f":{claim[1]}:{claim[2]}"), name
            used.add(provider)
    assert used == providers.keys()


def test_what_reaches_production_ran_in_every_environment_before_it() -> None:
    jobs = _workflows()["deploy.yml"]["jobs"]
    before: list[str] = []
    for name in ENVIRONMENTS:
        job = jobs[f"deploy-{name}"]
        assert set(job["needs"]) >= {"release", *before[-1:]}
        assert job["environment"] == name
        assert job["concurrency"] == {"group": f"deploy-{name}", "cancel-in-progress": False}
        names = [step["name"] for step in job["steps"] if "name" in step]
        assert names[-2:] == ["Verify the provenance", "Deploy"]
        before.append(f"deploy-{name}")


def test_each_core_that_has_a_lock_is_tried_every_week() -> None:
    job = _workflows()["portability.yml"]["jobs"]["core"]
    locks = (ROOT / "portability" / "locks").glob("*.txt")
    assert job["strategy"]["matrix"]["core"] == sorted(lock.stem for lock in locks)


def test_every_image_is_built_with_the_tags_that_the_registry_keeps(
    configuration: Configuration,
) -> None:
    registry = values_registry(configuration.shared)
    built = {(b.key, b.environment): b for b in builds(configuration.environments, registry)}
    assert built.keys() == {
        ("api", None),
        ("marketing", None),
        ("migrations", None),
        *((app, name) for app in ("web", "todox") for name in ENVIRONMENTS),
    }
    # dev has no marketing, and follows the default branch by tag.
    marketing = built["marketing", None].tag_prefixes
    assert "dev" not in marketing
    assert {"staging", "prod"} <= set(marketing)
    assert built["api", None].tag_prefixes == ENVIRONMENTS
    assert {key for key, build in built.items() if build.moving_tag == "main"} == {
        ("api", None),
        ("migrations", None),
        ("web", "dev"),
        ("todox", "dev"),
    }
    rows = _workflows()["images.yml"]["jobs"]["build"]["strategy"]["matrix"]["include"]
    assert {(row["key"], row["environment"] or None) for row in rows} == built.keys()


def _imports(path: Path) -> set[str]:
    tree = ast.walk(ast.parse(path.read_text()))
    return {
        name
        for node in tree
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    }


def test_what_a_job_runs_with_the_system_python_needs_no_package() -> None:
    waiting = {m for text in TEXTS.values() for m in re.findall(r"python3 -m ([\w.]+)", text)}
    assert "delivery.jobs.plan" in waiting
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        seen.add(module)
        for package in (*Path(*module.split(".")).parents, Path(*module.split("."))):
            path = ROOT / package
            path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
            names = _imports(path) if package != Path() else set()
            own = {name for name in names if name.startswith("delivery")}
            assert {n.partition(".")[0] for n in names - own} <= sys.stdlib_module_names, path
            waiting |= own - seen


def _lint(tool: str, *arguments: str) -> None:
    path = shutil.which(tool, path=str(Path(sys.executable).parent))
    if path is None:
        pytest.skip(f"{tool} is not installed")
    # actionlint finds shellcheck on the path.
    done = subprocess.run(
        [path, *arguments],
        cwd=ROOT,
        env={"PATH": f"{Path(path).parent}:/usr/bin:/bin", "HOME": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("actionlint", ("-no-color",)),
        ("zizmor", ("--offline", "--no-progress", "--quiet", ".github/workflows")),
        ("check-jsonschema", ("--builtin-schema", "vendor.github-workflows")),
        ("hadolint", ("--no-color",)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_linter_finds_nothing(tool: str, arguments: tuple[str, ...]) -> None:
    dockerfiles = sorted((ROOT / "delivery" / "images").glob("*.Dockerfile"))
    files = {"check-jsonschema": sorted(FOLDER.glob("*.yml")), "hadolint": dockerfiles}
    _lint(tool, *arguments, *map(str, files.get(tool, [])))
