"""All stacks, and the order in which they are deployed."""

from __future__ import annotations

from pathlib import Path

from cdktf import App

from environments import Configuration, Environment
from stacks.addresses import Moves, read_moves, write_moved_blocks
from stacks.bootstrap import Bootstrap
from stacks.budget import BudgetStack
from stacks.data import Data
from stacks.foundation import Foundation
from stacks.migrations import Migrations
from stacks.monitoring import MonitoringStack
from stacks.services import Services


def synthesize(configuration: Configuration, outdir: Path, moves: Moves | None = None) -> None:
    """Write one ``cdk.tf.json`` for each stack below ``outdir``, with its moves.

    The moves are those of ``moves.toml``, unless others are given. Raises ConfigurationError for a
    move that cannot be.
    """
    moves = read_moves() if moves is None else moves
    app = App(outdir=str(outdir))
    bootstrap = Bootstrap(app, configuration.shared, configuration.targets)
    for environment in configuration.environments:
        add_environment(app, environment).add_dependency(bootstrap)
    app.synth()
    write_moved_blocks(outdir, moves)


def add_environment(app: App, environment: Environment) -> Foundation:
    """Add the six stacks of an environment; return the first of them."""
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
    return foundation
