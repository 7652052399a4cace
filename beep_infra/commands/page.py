"""``page``: writes all about an environment as one HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from beep_infra.output import Refusal, write

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="page")
def page(
    env: Annotated[str, typer.Argument(metavar="ENV", help="The environment.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write this file; prints without it."),
    ] = None,
) -> None:
    """Write a page about ENV: topology, services, variables, secrets, alerts, cost, posture.

    It reads the environment files and the stacks that were synthesized last. The page holds no
    value of a variable or a secret, and loads nothing from the network.

    Example:

      beep-infra page prod -o prod.html
    """
    from beep_infra.settings import configuration, known, require_checkout

    require_checkout("this reads what was synthesized")
    name = known(env)

    from change.side import Side
    from picture.environment import environment_page
    from picture.layout import LayoutError, lay_out
    from picture.read import read
    from picture.svg import svg
    from policy.stack import read_stacks
    from stacks.addresses import output_folder
    from terraform_json import SynthesizedError

    loaded = configuration()
    try:
        stacks = read_stacks(output_folder(), loaded)
        picture = read(Side({stack.name: stack for stack in stacks}), name)
        (layout,) = lay_out([picture])
    except (SynthesizedError, LayoutError) as error:
        raise Refusal(str(error)) from None
    write(environment_page(picture, svg(layout), loaded, stacks), output)
