"""Deploys a release to an environment, stack by stack: ``python -m delivery.jobs.deploy ENV FILE``.

With ``--check`` it says what the release lacks, for every environment that is named, and deploys
nothing. It shifts no traffic step by step: what was applied serves.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from beep_infra.settings import ENVIRONMENTS, ROOT
from constructs_lib.environment.environment import Environment
from delivery.images.release import Release, ReleaseError, read_release
from environments import load
from envschema.services import MIGRATE
from problems import ConfigurationError, Problem

COMMAND = str(ROOT / ".venv" / "bin" / "beep-infra")
_BEFORE_MIGRATIONS = ("foundation", "data", "migrations")
_AFTER_MIGRATIONS = ("services", "monitoring")
_VERIFY_SECONDS = 600
"""How long it may take until all answers are good: a new edge has learned of a service by then."""


class DeployError(Exception):
    """A step that failed; nothing after it was done."""


def main() -> None:
    """Deploy, or check; exit with what is wrong."""
    parser = argparse.ArgumentParser(prog="delivery.jobs.deploy", description=__doc__)
    parser.add_argument("environments", nargs="+", metavar="ENV")
    parser.add_argument("release", type=Path, metavar="FILE")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    stacks = ROOT / "cdktf.out" / "stacks"
    try:
        release = read_release(arguments.release)
        configuration = load(ENVIRONMENTS)
        named = [configuration.environment(name) for name in arguments.environments]
        # All of them first: the last environment's mistake must not show after the first's apply.
        values = [image_values(environment, release, stacks) for environment in named]
        if not arguments.check:
            for environment, images in zip(named, values, strict=True):
                deploy(environment, images, stacks)
    except (ConfigurationError, DeployError, ReleaseError) as error:
        sys.exit(f"deploy: {error}")


def image_values(environment: Environment, release: Release, stacks: Path) -> dict[str, str]:
    """Return the value of each variable of an image, as far as the release has it.

    Raises ConfigurationError for those that neither the release nor the environment's file names.
    """
    name = environment.settings.environment
    values, problems = {}, []
    for part in (*_BEFORE_MIGRATIONS, *_AFTER_MIGRATIONS):
        text = (stacks / f"{name}-{part}" / "cdk.tf.json").read_text(encoding="utf-8")
        for variable, declared in json.loads(text).get("variable", {}).items():
            if not variable.startswith("image_"):
                continue
            image = release.image(variable.removeprefix("image_").replace("_", "-"), name)
            if image is not None:
                values[variable] = image
            elif "default" not in declared:
                problems.append(
                    Problem(
                        f"environments/{name}.toml",
                        variable,
                        f"is neither in release {release.name} nor in the file",
                        f'add {variable} = "NAME@sha256:DIGEST", or build it with the workflow '
                        "images",
                    )
                )
    if problems:
        raise ConfigurationError(dict.fromkeys(problems))
    return values


def deploy(environment: Environment, images: Mapping[str, str], stacks: Path) -> None:
    """Apply every stack in its order, with the migrations between, and verify what serves."""
    settings = environment.settings
    for part in _BEFORE_MIGRATIONS:
        wrapper: tuple[str, ...] = ()
        if part == "data" and settings.enable_postgres:
            # Sets the passwords for that one process, so that no file and no argument has them.
            wrapper = (COMMAND, "secrets", "export", "--env", settings.environment, "--")
        _apply(stacks / f"{settings.environment}-{part}", images, *wrapper)
    if settings.enable_postgres:
        _run(
            "gcloud", "run", "jobs", "execute", environment.names.workload(MIGRATE),
            f"--project={settings.project_id}", f"--region={settings.region}", "--wait",
        )  # fmt: skip
    for part in _AFTER_MIGRATIONS:
        _apply(stacks / f"{settings.environment}-{part}", images)
    # Last, so that the alerts are there whatever it says.
    _run(COMMAND, "verify", settings.environment, f"--wait={_VERIFY_SECONDS}")


def _apply(folder: Path, images: Mapping[str, str], *wrapper: str) -> None:
    """Plan a stack and apply exactly that plan; ``wrapper`` goes before Terraform."""
    variables = {f"TF_VAR_{name}": image for name, image in images.items()}
    terraform = ("terraform", f"-chdir={folder}")
    print(f"== {folder.name}", flush=True)
    _run(*terraform, "init", "-input=false")
    _run(*wrapper, *terraform, "plan", "-input=false", "-out=tfplan", variables=variables)
    _run(*wrapper, *terraform, "apply", "-input=false", "tfplan", variables=variables)


def _run(*command: str, variables: Mapping[str, str] | None = None) -> None:
    """Run a command with its output where ours goes; raises DeployError if it fails."""
    done = subprocess.run(
        command, env={**os.environ, **(variables or {})}, stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise DeployError(f"{' '.join(command)} ended with {done.returncode}")


if __name__ == "__main__":
    main()
