"""All stacks, and the order in which they are deployed."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import constructs_lib.bindings  # noqa: F401  (makes the bindings lazy before cdktf starts)

# isort: split
from cdktf import App

from constructs_lib.environment.stack import TERRAFORM_VERSION
from environments import Configuration, Environment
from stacks.addresses import Moves, read_moves, write_moved_blocks
from stacks.aws import AwsStack
from stacks.bootstrap import Bootstrap
from stacks.budget import BudgetStack
from stacks.data import Data
from stacks.foundation import Foundation
from stacks.migrations import Migrations
from stacks.monitoring import MonitoringStack
from stacks.services import Services

TARGET_VERSIONS = {"terraform": TERRAFORM_VERSION, "opentofu": TERRAFORM_VERSION}
"""CDK Terrain refuses what one of these cannot do; without it, it assumes Terraform 1.5.7."""


def synthesize(configuration: Configuration, outdir: Path, moves: Moves | None = None) -> None:
    """Write one ``cdk.tf.json`` for each stack below ``outdir``, with its moves.

    The moves are those of ``moves.toml``, unless others are given. Raises ConfigurationError for a
    move that cannot be, and writes nothing then.
    """
    moves = read_moves() if moves is None else moves
    outdir.mkdir(parents=True, exist_ok=True)
    _remove_unfinished(outdir)
    # A stack without its moves would destroy what it should rename. So no file of a stack is seen
    # before it is whole, whoever ends the process.
    with tempfile.TemporaryDirectory(prefix=f"{_UNFINISHED}{os.getpid()}.", dir=outdir) as folder:
        unfinished = Path(folder)
        app = App(outdir=folder, context={"targetVersions": TARGET_VERSIONS})
        bootstrap = Bootstrap(app, configuration.shared, configuration.targets)
        for environment in configuration.environments:
            add_environment(app, environment).add_dependency(bootstrap)
        app.synth()
        write_moved_blocks(unfinished, moves)
        # The manifest last: it lists the others.
        for path in sorted(unfinished.rglob("*"), key=lambda p: (p.parent == unfinished, p)):
            if path.is_file():
                target = outdir / path.relative_to(unfinished)
                target.parent.mkdir(parents=True, exist_ok=True)
                path.replace(target)


_UNFINISHED = ".unfinished."


def _remove_unfinished(outdir: Path) -> None:
    """Remove what a killed synthesis has left; another one may be running."""
    for folder in outdir.glob(f"{_UNFINISHED}*"):
        try:
            os.kill(int(folder.name.split(".")[2]), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (PermissionError, ValueError):
            continue


def add_environment(app: App, environment: Environment) -> Foundation:
    """Add the stacks of an environment; return the first of them.

    There are six, and a seventh where the bucket on AWS is made here.
    """
    foundation = Foundation(app, environment)
    data = Data(app, environment)
    migrations = Migrations(app, environment)
    services = Services(app, environment)
    monitoring = MonitoringStack(app, environment)
    budget = BudgetStack(app, environment)
    data.add_dependency(foundation)
    migrations.add_dependency(data)
    services.add_dependency(migrations)
    monitoring.add_dependency(services)
    budget.add_dependency(foundation)
    storage = environment.settings.managed_aws_storage
    if storage and storage.aws:
        # The role trusts an account of the foundation.
        AwsStack(app, environment, storage, storage.aws).add_dependency(foundation)
    return foundation
