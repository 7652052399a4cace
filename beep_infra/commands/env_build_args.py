"""``env build-args``: the inputs of an image build, in the format that the build reads."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

import typer

from beep_infra.output import Env, Json, Refusal

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


class Format(StrEnum):
    """The output format."""

    DOTENV = "dotenv"
    DOCKER = "docker"
    GITHUB = "github"
    JSON = "json"


@app.command(name="build-args")
def build_args(
    application: Annotated[
        str, typer.Argument(metavar="APP", help="A Next.js application, such as web.")
    ],
    env: Env,
    format: Annotated[
        Format,
        typer.Option(
            help="dotenv: NAME='value' lines, as .env.production of the application. "
            "docker: one quoted --build-arg=NAME=value a line, for xargs. "
            "github: an output called build_args, to append to $GITHUB_OUTPUT. json: an object."
        ),
    ] = Format.DOTENV,
    as_json: Json = False,
) -> None:
    """Print the NEXT_PUBLIC_* inputs of the image of APP.

    next build copies them into the browser's code: set on the running service they do nothing, so
    each environment has an image of its own. They come from the same settings as the services, and
    cover every variable that the client's schema requires. None is a secret.

    Examples:

      beep-infra env build-args web --env prod > .env.production

      beep-infra env build-args web --env prod --format docker | xargs docker build .

      beep-infra env build-args web --env prod --format github >> "$GITHUB_OUTPUT"
    """
    from beep_infra.settings import application as find_application
    from beep_infra.settings import environment
    from envschema.services import SERVICES

    values = find_application(environment(env), application).build_arguments()
    if not values:
        names = ", ".join(service.name for service in SERVICES if service.kind.reads_client_schema)
        raise Refusal(f"{application}: its build has no inputs; these have some: {names}")
    for name, value in values.items():
        if set(value) & set("\n\r"):
            raise Refusal(f"{name}: its value has several lines, which no build accepts")
    print(_WRITERS[Format.JSON if as_json else format](values))


def _as_dotenv(values: Mapping[str, str]) -> str:
    return "\n".join(f"{name}={_quoted(name, value)}" for name, value in values.items())


def _quoted(name: str, value: str) -> str:
    """Quote a value in a way that every loader reads alike; raises Refusal if there is none."""
    if "'" not in value and "\\\\" not in value:
        return f"'{value}'"
    if not set(value) & set('"$\\`'):
        return f'"{value}"'
    raise Refusal(f"{name}: its value cannot be written so that all dotenv loaders agree on it")


def _as_docker(values: Mapping[str, str]) -> str:
    return "\n".join(f"--build-arg={shlex.quote(f'{n}={v}')}" for n, v in values.items())


def _as_github(values: Mapping[str, str]) -> str:
    lines = [f"{name}={value}" for name, value in values.items()]
    end = "BEEP_BUILD_ARGS"
    while end in lines:
        end += "_"
    return "\n".join([f"build_args<<{end}", *lines, end])


def _as_json(values: Mapping[str, str]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False)


_WRITERS: dict[Format, Callable[[Mapping[str, str]], str]] = {
    Format.DOTENV: _as_dotenv,
    Format.DOCKER: _as_docker,
    Format.GITHUB: _as_github,
    Format.JSON: _as_json,
}
