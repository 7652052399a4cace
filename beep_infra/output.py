"""What all commands say alike: exit codes, JSON, refusals, and of text that is none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from envschema import Version

FINDINGS = 1
USAGE = 2
HELD = 3
"""Of ``rollout`` alone: somebody has to decide."""


class Refusal(Exception):
    """Input with which no command can work; its text is for the reader and holds no secret."""


Env = Annotated[str, typer.Option(metavar="ENV", help="The environment, named as its file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for pipelines.")]

ContractVersion = Annotated[
    str | None,
    typer.Option(
        "--contract",
        metavar="VERSION",
        help="The version of the applications, such as 2026-02. Without it that of the "
        "environment, or the default.",
    ),
]


def decoded(file: str, content: bytes) -> str:
    """Return the text of a file; raises Refusal, without any of the text, if it is not UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refusal(f"{file}: is UTF-16; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refusal(f"{file}: line {line} is not UTF-8; save the file as UTF-8") from None


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


def write(text: str, path: Path | None) -> None:
    """Write a text into a file, or print it; raises Refusal where the file cannot be written."""
    from files import write_whole

    if path is None:
        print(text, end="")
        return
    try:
        write_whole(path, text)
    except OSError as error:
        raise Refusal(f"{path} cannot be written: {error.strerror}") from None


def version_of(text: str | None) -> Version | None:
    """Return the value of ``--contract``; raises Refusal for a version that is not held."""
    from envschema import Version

    if text is None:
        return None
    if text not in list(Version):
        raise Refusal(f'--contract: there is no version "{text}"; there are: {", ".join(Version)}')
    return Version(text)
