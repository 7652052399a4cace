"""``cost``: what the environments cost in a month, and what a change makes of it."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import FINDINGS, Json, Refusal, print_json

if TYPE_CHECKING:
    from cost.report import Estimates
    from cost.table import PriceTable

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="cost")
def cost(
    envs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ENV]...", help="The environments; all, unless named."),
    ] = None,
    before: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="REVISION",
            help="Show what changed since a git revision, or another folder of synthesized stacks.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print what each ENV costs in a month, by cause.

    It reads the stacks that were synthesized last, and the dated table of list prices in
    cost/prices.toml. Traffic is assumed, and the assumptions are printed. `bootstrap` is what all
    environments share. A budget that the estimate reaches is a finding.

    Examples:

      beep-infra cost

      beep-infra cost prod --from main

      beep-infra cost staging prod --json
    """
    from beep_infra.settings import ROOT, known, require_checkout

    require_checkout("this reads what was synthesized")

    from cost import report
    from cost.estimate import SHARED
    from cost.table import read_table
    from rehearsal.revision import synthesize_revision
    from stacks.addresses import output_folder
    from terraform_json import SynthesizedError

    names = [env if env == SHARED else known(env) for env in envs or ()]
    table = read_table()
    try:
        now = _estimates(output_folder(), table, names)
        compared = None
        if before is not None and (Path(before) / "stacks").is_dir():
            compared = before, _estimates(Path(before), table, names)
        elif before is not None:
            with tempfile.TemporaryDirectory(prefix="cost-") as folder:
                out = synthesize_revision(Path(folder), ROOT, before)
                compared = before, _estimates(out, table, names)
    except SynthesizedError as error:
        raise Refusal(str(error)) from None
    if not now:
        raise Refusal("nothing was synthesized yet; run make synth first")
    today = date.today()
    if as_json:
        print_json(report.as_json(now, table, today, compared))
    else:
        print(report.text(now, table, today, compared))
    if any(estimate.budget_problem or estimate.unpriced for estimate in now.values()):
        raise typer.Exit(FINDINGS)


def _estimates(out: Path, table: PriceTable, names: list[str]) -> Estimates:
    """Return the estimates of the named environments, or of all; raises SynthesizedError."""
    from cost.estimate import estimates
    from policy.stack import Stack
    from terraform_json import read_stack, stack_files

    stacks = [Stack(name, read_stack(path), None) for name, path in stack_files(out).items()]
    by_name = estimates(stacks, table)
    return {name: by_name[name] for name in names or by_name if name in by_name}
