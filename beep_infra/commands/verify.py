"""``verify``: whether an environment that was applied does what its settings promise."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from beep_infra.output import FINDINGS, Json, Refusal
from beep_infra.report import print_results, print_results_as_json
from problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.checks import Check

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")

_Names = Annotated[
    list[str] | None, typer.Option(metavar="CHECK", help="This check alone; may be repeated.")
]


@app.command(name="verify")
def verify(
    env: Annotated[str, typer.Argument(metavar="ENV", help="The environment, named as its file.")],
    candidate: Annotated[
        bool, typer.Option("--candidate", help="Ask the candidate hosts instead of the live ones.")
    ] = False,
    only: _Names = None,
    skip: Annotated[
        list[str] | None,
        typer.Option(metavar="CHECK", help="All but this check; may be repeated."),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(
            metavar="IP[:PORT]",
            help="Connect there, instead of where the names of the hosts lead.",
        ),
    ] = None,
    wait: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", min=0, help="Ask again what fails, for so long at the most."
        ),
    ] = 0,
    timeout: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=0.1, help="How long an answer may take."),
    ] = 10,
    as_json: Json = False,
    junit: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the results as JUnit XML.", dir_okay=False),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(hidden=True, help="What takes the place of Google, on this machine."),
    ] = None,
) -> None:
    """Ask ENV from outside whether it does what its settings promise.

    Certificates, TLS, redirects, health, pages, the paths of web hosts that lead to the API and to
    the collector, security headers, CORS, WebSockets, telemetry, JSON logs. It signs in nowhere and
    leaves one span, one log record and one metric behind, of the service beep-verify.

    Examples:

      beep-infra verify prod

      beep-infra verify staging --wait 600 --junit verify.xml

      beep-infra verify prod --candidate --only health
    """
    from beep_infra.settings import environment, require_checkout

    require_checkout("this asks Google with packages that only a checkout has")
    loaded = environment(env)

    from google_api import Google
    from results import Status
    from verify.checks import run
    from verify.context import Context
    from verify.junit import junit as junit_of
    from verify.web import Web

    checks = _chosen(only or [], skip or [])
    try:
        google = Google(project=loaded.shared.project_id, endpoint=endpoint)
    except ValueError as error:
        raise Refusal(f"--endpoint: {error}") from None
    addresses: dict[str, tuple[str, int | None]] = {}
    web = Web(timeout_seconds=timeout, addresses=addresses)
    context = Context(loaded, web, google, candidate)
    if not context.hosts:
        raise Refusal(
            f"{env} has no candidate host: set edge.candidate_hosts in environments/{env}.toml"
            if candidate
            else f"{env} has no public host: there is nothing to ask from outside"
        )
    if address is not None:
        addresses |= dict.fromkeys(context.names, _address(address))
    results = run(context, checks, wait_seconds=wait, on_wait=_tell)
    if as_json:
        print_results_as_json(results, environment=env, candidate=candidate)
    else:
        print_results(results)
    if junit is not None:
        junit.write_bytes(junit_of(results, environment=env))
    if any(result.status is Status.FAILURE for result in results):
        raise typer.Exit(FINDINGS)


def _chosen(only: Sequence[str], skip: Sequence[str]) -> list[Check]:
    """Return the checks that are asked for; raises Refusal for a name that is none."""
    from verify.checks import CHECKS

    names = [check.name for check in CHECKS]
    for name in (*only, *skip):
        if name not in names:
            near = did_you_mean(name, names)
            hint = f'did you mean "{near}"? ' if near else ""
            raise Refusal(f'there is no check "{name}"; {hint}there are: {", ".join(names)}')
    return [c for c in CHECKS if (not only or c.name in only) and c.name not in skip]


def _address(text: str) -> tuple[str, int | None]:
    """Return the value of ``--address``; raises Refusal unless it is an IP address."""
    try:
        parts = urlsplit(f"//{text if text.count(':') < 2 or '[' in text else f'[{text}]'}")
        return str(ip_address(parts.hostname or "")), parts.port
    except ValueError:
        raise Refusal(
            f"--address: {text} is no IP address, as in 203.0.113.7, [2001:db8::7] or "
            "203.0.113.7:8443"
        ) from None


def _tell(failures: int, seconds: float) -> None:
    print(f"{failures} failed; asking again in {seconds:.0f} s", file=sys.stderr, flush=True)
