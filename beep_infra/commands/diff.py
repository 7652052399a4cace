"""``diff``: what a change does, in a reviewer's words."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import FINDINGS, Json, Refusal, print_json

if TYPE_CHECKING:
    from change.side import Side
    from rehearsal.upgrade import Loss

WORKING_TREE = "the working tree"

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="diff")
def diff(
    before: Annotated[
        str,
        typer.Argument(metavar="[FROM]", help="A git revision, or a folder of synthesized stacks."),
    ] = "main",
    after: Annotated[
        str | None,
        typer.Argument(metavar="[TO]", help="The same; the working tree, unless named."),
    ] = None,
    rehearse: Annotated[
        bool,
        typer.Option(
            "--rehearse",
            help="Let Terraform plan the stacks that differ over those of FROM, to say what is "
            "lost.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what a change does: what is lost, who may do more, what it costs, what depends on it.

    Both sides are synthesized and compared; no cloud is asked. A terminal gets a report in
    colours, a pipe or a file gets Markdown that fits a comment on GitHub. It fails if something
    with data, an address or an identity would be destroyed or replaced and
    rehearsal/allowed_replacements.toml does not allow it.

    Examples:

      beep-infra diff

      beep-infra diff main~3 main

      beep-infra diff main > comment.md
    """
    from beep_infra.settings import require_checkout

    require_checkout("this synthesizes two revisions")

    from rich.console import Console

    from change.document import as_json as document
    from change.markdown import markdown
    from change.report import compare
    from change.side import read_side
    from change.terminal import show
    from terraform_json import SynthesizedError

    try:
        with tempfile.TemporaryDirectory(prefix="diff-") as folder, ThreadPoolExecutor() as pool:
            outputs = list(
                pool.map(_output, (before, after), (Path(folder, "from"), Path(folder, "to")))
            )
            sides = [read_side(out) for out in outputs]
            lost = _rehearsed(outputs, sides) if rehearse else None
    except SynthesizedError as error:
        raise Refusal(str(error)) from None
    report = compare(*sides, names=(before, after or WORKING_TREE), rehearsed=lost)
    console = Console()
    if as_json:
        print_json(document(report))
    elif console.is_terminal:
        show(console, report)
    else:
        print(markdown(report), end="")
    if report.refused:
        raise typer.Exit(FINDINGS)


def _output(source: str | None, folder: Path) -> Path:
    """Return the folder of the synthesized stacks; raises SynthesizedError."""
    from beep_infra.settings import ROOT
    from rehearsal.revision import synthesize_revision, synthesize_tree

    if source is None:
        synthesize_tree(ROOT, folder, WORKING_TREE)
        return folder
    if (Path(source) / "stacks").is_dir():
        return Path(source)
    folder.mkdir()
    return synthesize_revision(folder, ROOT, source)


def _rehearsed(outputs: Sequence[Path], sides: Sequence[Side]) -> list[Loss]:
    """Return what Terraform says is lost; raises Refusal where it cannot plan."""
    from change.resources import changes
    from provider_schema.blocks import SchemaError
    from provider_schema.store import SchemaStore
    from rehearsal.run import TemporaryFolderError, open_session
    from rehearsal.synthesized import read_all
    from rehearsal.terraform import MissingTerraformError
    from rehearsal.upgrade import rehearse_upgrade

    differing = {change.stack for change in changes(*sides)}
    old, new = ([s for s in read_all(out) if s.name in differing] for out in outputs)
    try:
        with open_session(SchemaStore(), None) as session:
            upgrades = rehearse_upgrade(session, old, new)
    except (SchemaError, MissingTerraformError, TemporaryFolderError) as error:
        raise Refusal(str(error)) from None
    for upgrade in upgrades:
        failed = upgrade.result.failed
        if failed and not upgrade.refused:
            raise Refusal(f"{upgrade.result.stack}: {failed.name} fails:\n{failed.output.strip()}")
    return [loss for upgrade in upgrades for loss in upgrade.losses]
