"""Print the synthesized stacks with their resources and review files, and the limits."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from constructs_lib.environment.limits import limits
from environments import environment_names, load
from problems import ConfigurationError
from terraform_json import (
    SynthesizedError,
    in_order_of_deployment,
    read_manifest,
    read_stack,
    resources,
)

OUT = Path("cdktf.out")
ENVIRONMENT_FILES = Path("environments")


def main() -> None:
    """Print a row for each stack in the order of deployment, then the limits of environments."""
    entries = read_manifest(OUT)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column, justify in (("stack", "left"), ("resources", "right"), ("review", "left")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    total = 0
    for name in in_order_of_deployment(entries, key=_rollout_position):
        count = sum(1 for _ in resources(read_stack(entries[name].file)))
        total += count
        table.add_row(name, str(count), str(OUT / "review" / f"{name}.tf"))
    table.add_row(f"{len(entries)} stacks", str(total), style="bold")
    console = Console(width=100, highlight=False)
    console.print(table)
    for environment in load(ENVIRONMENT_FILES).environments:
        if environment.settings.disposable:
            name = environment.settings.environment
            sentence = "disposable: images by tag, and nothing is protected from deletion"
            console.print(f"{name}: {sentence}", soft_wrap=True)
        for limit in limits(environment.settings):
            console.print(f"{environment.settings.environment}: {limit}", soft_wrap=True)


def _rollout_position(name: str) -> int:
    """Return the position of the stack's environment in a rollout; -1 if it has none."""
    environments = environment_names(ENVIRONMENT_FILES)
    environment = name.rpartition("-")[0]
    return environments.index(environment) if environment in environments else -1


if __name__ == "__main__":
    try:
        main()
    except (ConfigurationError, SynthesizedError) as error:
        sys.exit(str(error))
