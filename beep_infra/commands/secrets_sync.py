"""``secrets sync``: adds the versions that are pinned and missing."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from beep_infra.output import FINDINGS, Env, Json, Refusal, print_json
from beep_infra.secret_manager import Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.environment.wiring import SecretUse
    from envfile import Target
    from environments import Environment
    from secret_manager.client import SecretManager
    from secret_manager.given import Candidates
    from secret_manager.inventory import Finding
    from secret_manager.plan import Plan
    from secret_manager.sync import Outcome

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="sync")
def sync(
    env: Env,
    from_file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A dotenv file with values, or - for standard input."),
    ] = None,
    from_env: Annotated[
        bool, typer.Option("--from-env", help="Take values from the variables of this process.")
    ] = False,
    rotate: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Add a further version of this secret; may be repeated."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be added, and add nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Add without asking.")] = False,
    as_json: Json = False,
    endpoint: Endpoint = None,
) -> None:
    """Add each version of a secret that an environment pins and that is missing.

    Random values are generated. The others are read from FILE or from the process, or asked for on
    a terminal, where nothing that is typed is shown. Every value is checked before anything is
    added. What Terraform writes is left alone, and so is what is there: only --rotate adds a
    version to a secret that has one, and says which number to pin.

    It may be repeated after a failure at any point. No value is ever printed.

    Examples:

      beep-infra secrets sync --env dev --dry-run

      beep-infra secrets sync --env prod --from-file .env.prod

      beep-infra secrets sync --env prod --rotate PAYMENT_STRIPE_KEY
    """
    is_asking = sys.stdin.isatty() and not as_json
    if not (yes or dry_run or is_asking):
        raise Refusal("nobody can be asked whether to add: use --yes, or --dry-run")
    from beep_infra.secret_manager import answering, connected
    from beep_infra.settings import target_of

    loaded, manager = connected(env, endpoint)

    from secret_manager import plan as planning
    from secret_manager.inventory import take

    candidates, findings = _candidates(loaded, from_file, from_env)
    if findings:
        _report_obstacles(loaded, manager, findings, as_json)
        raise typer.Exit(FINDINGS)
    target = target_of(loaded)
    with answering():
        plan = planning.make(
            take(loaded, manager),
            candidates,
            rotate or [],
            target,
            (lambda uses: _ask(uses, target)) if is_asking and not dry_run else None,
        )
    if plan.obstacles:
        _report_obstacles(loaded, manager, plan.obstacles, as_json)
        raise typer.Exit(FINDINGS)
    if not as_json:
        _print_plan(loaded, manager, plan)
    outcomes: list[Outcome] = []
    if plan.writes and not dry_run:
        if not yes and not typer.confirm(f"Add them to {manager.project}?"):
            raise typer.Exit(FINDINGS)
        outcomes = _run(plan, manager, as_json)
    is_done = all(outcome.result.is_good for outcome in outcomes)
    if as_json:
        _print_json(loaded, manager, plan, outcomes, is_dry=dry_run)
    else:
        _print_end(loaded, plan, is_done=is_done, is_dry=dry_run)
    if plan.wanted or not is_done:
        raise typer.Exit(FINDINGS)


def _candidates(
    loaded: Environment, file: str | None, from_env: bool
) -> tuple[Candidates, tuple[Finding, ...]]:
    from beep_infra.dotenv import dotenv_text
    from secret_manager import given

    in_file: Candidates = {}
    findings: tuple[Finding, ...] = ()
    if file is not None:
        in_file, findings = given.from_file(file, dotenv_text(file), loaded.secrets)
    in_process = given.from_environment(os.environ, loaded.secrets) if from_env else {}
    both, different = given.merged(in_file, in_process)
    return both, (*findings, *different)


def _ask(uses: Iterable[SecretUse], target: Target) -> Candidates:
    from getpass import getpass

    from secret_manager.given import asked

    return asked(uses, target, getpass, print)


def _run(plan: Plan, manager: SecretManager, as_json: bool) -> list[Outcome]:
    from secret_manager.sync import run

    outcomes = []
    for outcome in run(plan, manager):
        outcomes.append(outcome)
        if not as_json:
            # At once: what a run that is killed has done must be seen.
            print(f"{outcome.step.use.variable}: {outcome.result}", flush=True)
            if outcome.what:
                print(f"    {outcome.what}\n    fix: {outcome.fix}")
    return outcomes


def _report_obstacles(
    loaded: Environment, manager: SecretManager, findings: Iterable[Finding], as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                "environment": loaded.settings.environment,
                "project": manager.project,
                "problems": [
                    {"variable": f.variable, "what": f.what, "fix": f.fix} for f in findings
                ],
                "steps": [],
                "pins": {},
            }
        )
        return
    for finding in findings:
        print(f"{finding.variable}: {finding.what}\n    fix: {finding.fix}")
    print("\nNothing was added.")


def _print_plan(loaded: Environment, manager: SecretManager, plan: Plan) -> None:
    from secret_manager.plan import described

    name = loaded.settings.environment
    print(f"{name}: {plan.ready} secrets of {manager.project} have the version that is pinned")
    for line in described(plan):
        print(line)


def _print_end(loaded: Environment, plan: Plan, *, is_done: bool, is_dry: bool) -> None:
    environment = loaded.settings.environment
    if is_dry:
        print("\nNothing was added.")
    elif not plan.steps:
        print("Nothing is to be added.")
    if not is_done:
        print(
            "\nNot all were added. Repeat the command: it adds what is missing, and nothing twice."
        )
    elif plan.pins:
        writers = {use.variable: use.value.origin for use in loaded.secrets}
        print(f"\nPin what was added, and have it reviewed: environments/{environment}.toml\n")
        print("[secret_versions]")
        for variable, number in plan.pins.items():
            by_terraform = writers[variable].is_written_by_terraform
            note = f"  # written by the stack {environment}-data" if by_terraform else ""
            print(f"{variable} = {number}{note}")
        if login := _login_for(loaded, plan):
            print(f'\n[postgres]\napp_login = "{login}"  # the running services keep the other one')
    if plan.wanted:
        names = ", ".join(step.use.variable for step in plan.wanted)
        print(f"\nStill without a value: {names}")
        print("    fix: give them with --from-file or --from-env, or start it on a terminal")


def _login_for(loaded: Environment, plan: Plan) -> str | None:
    """Return the login that a new password of the applications is for: the one out of use."""
    from constructs_lib.postgres.variables import APP_PASSWORD

    postgres = loaded.settings.enabled_postgres
    if postgres is None or APP_PASSWORD not in plan.pins:
        return None
    return "a" if postgres.app_login == "b" else "b"


def _print_json(
    loaded: Environment,
    manager: SecretManager,
    plan: Plan,
    outcomes: Iterable[Outcome],
    *,
    is_dry: bool,
) -> None:
    by_step = {outcome.step.use.variable: outcome for outcome in outcomes}

    def data(variable: str) -> dict[str, Any]:
        outcome = by_step.get(variable)
        return {
            "result": outcome.result.value if outcome else None,
            "what": (outcome.what or None) if outcome else None,
            "fix": (outcome.fix or None) if outcome else None,
        }

    print_json(
        {
            "environment": loaded.settings.environment,
            "project": manager.project,
            "dry_run": is_dry,
            "problems": [],
            "steps": [
                {
                    "variable": step.use.variable,
                    "secret": step.use.secret_id,
                    "version": step.number,
                    "action": step.action.value,
                    "from": step.given.place if step.given else None,
                    **data(step.use.variable),
                }
                for step in plan.steps
            ],
            "pins": dict(plan.pins),
            "app_login": _login_for(loaded, plan),
        }
    )
