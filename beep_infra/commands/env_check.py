"""``env check``: a dotenv file against the contract."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import FINDINGS, Json, Refusal, print_json

if TYPE_CHECKING:
    from envfile import Finding

MAX_BYTES = 1_048_576
"""A dotenv file of a megabyte is another file."""

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


class SideName(StrEnum):
    """Which half of the contract a file is for."""

    SERVER = "server"
    CLIENT = "client"
    ALL = "all"


@app.command(name="check")
def check(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The dotenv file, or - for standard input.")
    ],
    side: Annotated[
        SideName,
        typer.Option(
            help="server: what the API and the servers of Next.js read. "
            "client: what next build reads (NEXT_PUBLIC_*). Names of the other side are known, "
            "and neither demanded nor judged."
        ),
    ] = SideName.ALL,
    env: Annotated[
        str | None,
        typer.Option(
            metavar="ENV",
            help="The environment that the file is for. Without it hosts, https, placeholders and "
            "weak secrets are not judged, and no feature is taken to be on.",
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE[:NAME]",
            help="Leave a rule out, everywhere or for one variable; may be repeated.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a dotenv FILE against the contract of the applications.

    Tells every problem at once: the line, what the schema wants and the cure. No value of the
    file is ever printed, secret or not.

    Each problem ends in the name of its rule, for --ignore. docs/reference/cli.md lists the
    rules, and where each may be wrong.

    Examples:

      beep-infra env check .env

      beep-infra env check .env.prod --env prod --side server

      beep-infra env check .env --ignore unknown-name:TURBO_TOKEN --json
    """
    from beep_infra.settings import target
    from envfile import check as check_text
    from envschema import Side

    ignored = _ignored(ignore or [])
    text = _text(file)
    both = frozenset({Side.SERVER, Side.CLIENT})
    sides = both if side is SideName.ALL else frozenset({Side(side.value)})
    report = check_text(text, sides=sides, target=target(env) if env else None, ignored=ignored)
    if as_json:
        print_json(
            {
                "file": file,
                "side": side.value,
                "environment": env,
                "assignments": report.assignments,
                "findings": [
                    {**asdict(found), "line": found.line or None, "name": found.name or None}
                    for found in report.findings
                ],
            }
        )
    else:
        print(_rendered(file, report.findings))
    if report.findings:
        raise typer.Exit(FINDINGS)


def _ignored(given: list[str]) -> frozenset[str]:
    from envfile import RULES
    from problems import did_you_mean

    for each in given:
        rule = each.partition(":")[0]
        if rule not in RULES:
            near = did_you_mean(rule, RULES)
            hint = f"did you mean {near}?" if near else f"there are: {', '.join(RULES)}"
            raise Refusal(f"--ignore: {rule} is not a rule; {hint}")
    return frozenset(given)


def _text(file: str) -> str:
    """Return what a file holds, or refuse it without showing any of it."""
    try:
        if file == "-":
            content = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            path = Path(file)
            if path.exists() and not path.is_file() and not path.is_fifo():
                raise Refusal(f"{file}: is not a file")
            with path.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not a path"
        raise Refusal(f"{file}: cannot be read: {reason}") from None
    if len(content) > MAX_BYTES:
        raise Refusal(f"{file}: is larger than {MAX_BYTES} bytes, which no dotenv file is")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refusal(f"{file}: is UTF-16; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refusal(f"{file}: line {line} is not UTF-8; save the file as UTF-8") from None


def _rendered(file: str, findings: tuple[Finding, ...]) -> str:
    if not findings:
        return f"{file}: no problems"
    blocks = []
    for found in findings:
        place = f"{file}:{found.line}" if found.line else file
        subject = f"{found.name} " if found.name else ""
        lines = [f"{place}: {subject}{found.what} [{found.rule}]"]
        if found.wanted:
            lines.append(f"    wanted: {found.wanted}")
        lines.append(f"    fix: {found.fix}")
        blocks.append("\n".join(lines))
    count = "1 problem" if len(findings) == 1 else f"{len(findings)} problems"
    return "\n".join([*blocks, "", f"{file}: {count}"])
