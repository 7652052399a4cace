"""What all commands say alike: exit codes, JSON, and refusals."""

from __future__ import annotations

import json
from typing import Annotated

import typer

FINDINGS = 1
USAGE = 2


class Refusal(Exception):
    """Input with which no command can work; its text is for the reader and holds no secret."""


Env = Annotated[str, typer.Option(metavar="ENV", help="The environment, named as its file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for pipelines.")]


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False))
