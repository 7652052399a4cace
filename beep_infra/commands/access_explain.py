"""``access explain``: who may do what to a resource, and why."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import Json, Refusal, print_json

if TYPE_CHECKING:
    from stacks.access import Explanation, Principal, Way

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="explain")
def explain(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="TYPE.NAME, or STACK/TYPE.NAME.")
    ],
    env: Annotated[
        str | None,
        typer.Option(metavar="ENV", help="The environment, where several have the address."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print who may do what to a resource, and why.

    It reads the stacks that were synthesized last: which accounts have which role where. read,
    create, update and delete are Terraform's calls; the permissions below them reach what is inside
    of the resource, such as the value of a secret.

    Examples:

      beep-infra access explain prod-data/google_redis_instance.redis_instance

      beep-infra access explain google_secret_manager_secret.secrets_beep_db_pg_url --env prod
    """
    from beep_infra.settings import known
    from stacks.access import Access, UnknownAddressError
    from stacks.addresses import output_folder, read_stacks
    from terraform_json import SynthesizedError

    if env is not None:
        known(env)
    try:
        documents = read_stacks(output_folder())
        if not documents:
            raise Refusal("nothing was synthesized yet; run make synth first")
        explanation = Access(documents).explain(address, env)
    except (SynthesizedError, UnknownAddressError) as error:
        raise Refusal(str(error)) from None
    if as_json:
        print_json(asdict(explanation))
    else:
        _print(explanation)


def _print(explanation: Explanation) -> None:
    print(f"{explanation.resource}\n    in {explanation.project}\n\nneeds")
    for call, permissions in explanation.needs.items():
        print(f"    {call}: {', '.join(permissions)}")
    print(f"    source: {explanation.source}")
    for principal in explanation.principals:
        _print_principal(principal)
    print(f"\npeople\n    {explanation.people}")


def _print_principal(principal: Principal) -> None:
    print(f"\n{principal.member}")
    for actor in principal.acted_as_by:
        print(f"    acted as by {actor}")
    by_ways: dict[tuple[str, ...], list[str]] = {}
    for call, ways in principal.may.items():
        by_ways.setdefault(tuple(_lines(ways)), []).append(call)
    for lines, calls in by_ways.items():
        print(f"    may {', '.join(calls)}")
        for line in lines:
            print(f"        {line}")


def _lines(ways: tuple[Way, ...]) -> list[str]:
    lines = []
    for way in ways:
        lines.append(f"by {way.role} on {way.on}: {way.grant}")
        if way.condition:
            lines.append(f"    where {way.condition}")
        if way.reason:
            lines.append(f"    {way.reason}")
    return lines
