"""``env check``: checks a dotenv file against the contract."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import (
    FINDINGS,
    ContractVersion,
    Json,
    Refusal,
    print_json,
    version_of,
)

if TYPE_CHECKING:
    from envfile import Finding

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


class SideName(StrEnum):
    """The half of the contract that a file is checked against."""

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
            "client: what next build reads (NEXT_PUBLIC_*). Variables of the other side are "
            "neither required nor checked."
        ),
    ] = SideName.ALL,
    env: Annotated[
        str | None,
        typer.Option(
            metavar="ENV",
            help="The environment that the file is for. Without it hosts, https, placeholders and "
            "weak secrets are not checked, and no feature is assumed to be on.",
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="RULE[:NAME]",
            help="Leave a rule out, everywhere or for one variable; may be repeated.",
        ),
    ] = None,
    contract: ContractVersion = None,
    as_json: Json = False,
) -> None:
    """Check a dotenv FILE against the contract of the applications.

    Reports every problem at once: the line, what the schema allows and the fix. No value of the
    file is ever printed, secret or not.

    Each problem ends in the name of its rule, for --ignore. docs/reference/cli.md lists the
    rules, and when each may be wrong.

    Examples:

      beep-infra env check .env

      beep-infra env check .env.prod --env prod --side server

      beep-infra env check .env --ignore unknown-name:TURBO_TOKEN --json
    """
    from beep_infra.dotenv import dotenv_text
    from beep_infra.settings import target
    from envfile import check as check_text
    from envschema import Side

    ignored = _known_rules(ignore or [])
    text = dotenv_text(file)
    both = frozenset({Side.SERVER, Side.CLIENT})
    sides = both if side is SideName.ALL else frozenset({Side(side.value)})
    report = check_text(
        text,
        sides=sides,
        target=target(env) if env else None,
        ignored=ignored,
        version=version_of(contract),
    )
    if as_json:
        print_json(
            {
                "file": file,
                "side": side.value,
                "environment": env,
                "assignments": report.assignments,
                "findings": [
                    {**asdict(finding), "line": finding.line or None, "name": finding.name or None}
                    for finding in report.findings
                ],
            }
        )
    else:
        print(_rendered(file, report.findings))
    if report.findings:
        raise typer.Exit(FINDINGS)


def _known_rules(ignored: list[str]) -> frozenset[str]:
    """Return the values of --ignore; raises Refusal for a rule that does not exist."""
    from envfile import RULES
    from problems import did_you_mean

    for pattern in ignored:
        rule = pattern.partition(":")[0]
        if rule not in RULES:
            near = did_you_mean(rule, RULES)
            hint = f"did you mean {near}?" if near else f"there are: {', '.join(RULES)}"
            raise Refusal(f"--ignore: {rule} is not a rule; {hint}")
    return frozenset(ignored)


def _rendered(file: str, findings: tuple[Finding, ...]) -> str:
    if not findings:
        return f"{file}: no problems"
    blocks = []
    for finding in findings:
        place = f"{file}:{finding.line}" if finding.line else file
        subject = f"{finding.name} " if finding.name else ""
        lines = [f"{place}: {subject}{finding.what} [{finding.rule}]"]
        if finding.wanted:
            lines.append(f"    wanted: {finding.wanted}")
        lines.append(f"    fix: {finding.fix}")
        blocks.append("\n".join(lines))
    count = "1 problem" if len(findings) == 1 else f"{len(findings)} problems"
    return "\n".join([*blocks, "", f"{file}: {count}"])
