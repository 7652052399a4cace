"""``picture``: draws an environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from beep_infra.output import Refusal, write

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="picture")
def picture(
    env: Annotated[str, typer.Argument(metavar="ENV", help="The environment.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write this file; prints without it."),
    ] = None,
    as_mermaid: Annotated[
        bool, typer.Option("--mermaid", help="Mermaid for Markdown, instead of SVG.")
    ] = False,
) -> None:
    """Draw ENV: who talks to whom on which port, in which network, and who reads secrets.

    It reads the stacks that were synthesized last, and asks no cloud.

    Examples:

      beep-infra picture prod -o prod.svg

      beep-infra picture staging --mermaid
    """
    from beep_infra.settings import known, require_checkout

    require_checkout("this reads what was synthesized")
    name = known(env)

    from change.side import read_side
    from picture.graph import bundled
    from picture.layout import LayoutError, lay_out
    from picture.mermaid import mermaid
    from picture.read import read
    from picture.svg import svg
    from stacks.addresses import output_folder
    from terraform_json import SynthesizedError

    try:
        graph = read(read_side(output_folder()), name)
        text = mermaid(bundled(graph)) if as_mermaid else svg(*lay_out([graph]))
    except (SynthesizedError, LayoutError) as error:
        raise Refusal(str(error)) from None
    write(text, output)
