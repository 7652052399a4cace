"""``environment new``: the file of a further environment."""

from __future__ import annotations

from typing import Annotated

import typer

from beep_infra.output import Refusal

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="new")
def new(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The name of the environment, such as qa.")
    ],
    source: Annotated[
        str, typer.Option("--from", metavar="ENV", help="The environment to take after.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the file, and write nothing.")
    ] = False,
) -> None:
    """Write environments/NAME.toml after the file of another environment.

    Its address ranges overlap those of no other environment. What cannot be known is marked
    FILL IN, and named at the end; until all of it is filled in and the environment is listed in
    bootstrap.toml, nothing is synthesized for it. An existing file is never overwritten.

    Examples:

      beep-infra environment new qa --from staging

      beep-infra environment new qa --from staging --dry-run
    """
    from beep_infra.settings import ENVIRONMENTS, known, require_checkout
    from environments.new import EnvironmentFileError, new_environment
    from problems import ConfigurationError

    require_checkout()
    try:
        known(source)
        draft = new_environment(ENVIRONMENTS, name, source)
        if dry_run:
            print(draft.text, end="")
            return
        draft.write()
    except (EnvironmentFileError, ConfigurationError) as error:
        raise Refusal(str(error)) from None
    print(f"environments/{name}.toml is written. To fill in, each marked FILL IN:")
    for key, hint in draft.to_fill_in.items():
        print(f"  {key}: {hint}")
    print(f'Then add "{name}" to environments in environments/bootstrap.toml, and run make synth.')
