"""Print the synthesized stacks with their resources and review files, and the limits."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

from constructs_lib.environment.limits import limits
from environments import environment_names, load

OUT = Path("cdktf.out")
ENVIRONMENT_FILES = Path("environments")


def main() -> None:
    """Print a row for each stack in the order of deployment, then the limits of environments."""
    manifest = json.loads((OUT / "manifest.json").read_text())["stacks"]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column, justify in (("stack", "left"), ("resources", "right"), ("review", "left")):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    total = 0
    for name in ordered_by_deployment(manifest):
        path = OUT / manifest[name]["synthesizedStackPath"]
        count = sum(map(len, json.loads(path.read_text()).get("resource", {}).values()))
        total += count
        table.add_row(name, str(count), str(OUT / "review" / f"{name}.tf"))
    table.add_row(f"{len(manifest)} stacks", str(total), style="bold")
    console = Console(width=100, highlight=False)
    console.print(table)
    for environment in load(ENVIRONMENT_FILES).environments:
        if environment.settings.disposable:
            name = environment.settings.environment
            sentence = "disposable: images by tag, and nothing is protected from deletion"
            console.print(f"{name}: {sentence}", soft_wrap=True)
        for limit in limits(environment.settings):
            console.print(f"{environment.settings.environment}: {limit}", soft_wrap=True)


def ordered_by_deployment(stacks: dict[str, dict[str, list[str]]]) -> list[str]:
    """Return the names of the stacks, each after the stacks that it depends on."""
    ordered: dict[str, None] = {}

    def visit(name: str) -> None:
        for dependency in sorted(stacks[name]["dependencies"]):
            visit(dependency)
        ordered.setdefault(name)

    for name in sorted(stacks, key=_rollout_position):
        visit(name)
    return list(ordered)


def _rollout_position(name: str) -> int:
    """Return the position of the stack's environment in a rollout; -1 if it has none."""
    environments = environment_names(ENVIRONMENT_FILES)
    environment = name.rpartition("-")[0]
    return environments.index(environment) if environment in environments else -1


if __name__ == "__main__":
    main()
