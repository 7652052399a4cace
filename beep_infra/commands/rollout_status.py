"""``rollout status``: what is served, what is not yet, and who rolls out."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from beep_infra.output import Env, Json, print_json
from beep_infra.rollouts import Endpoint, rollout

if TYPE_CHECKING:
    from delivery.rollout.status import Status

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="status")
def status(env: Env, as_json: Json = False, endpoint: Endpoint = None) -> None:
    """Print what an environment serves, what was made and is not served, and who holds the lock.

    Example:

      beep-infra rollout status --env prod
    """
    from delivery.rollout.status import status_of

    with rollout(env, endpoint) as current:
        seen = status_of(current)
        if as_json:
            print_json(_data(seen))
        else:
            _print(seen)


def _data(seen: Status) -> dict[str, object]:
    lock, serving, interrupted = seen.lock, seen.serving, seen.interrupted
    return {
        "environment": seen.environment,
        "release": serving.release.release if serving else None,
        "open": interrupted.model_dump(mode="json") if interrupted else None,
        "held": interrupted is not None and interrupted.is_held,
        "lock": lock.document() if lock else None,
        "services": [{**asdict(s), "waits": s.waits} for s in seen.services],
        "kept": [asdict(release) for release in seen.kept],
    }


def _print(seen: Status) -> None:
    from delivery.rollout.status import last_step

    serving, interrupted = seen.serving, seen.interrupted
    if serving is None:
        print(f"{seen.environment}: no rollout has ended here yet")
    else:
        print(f"{seen.environment} serves {serving.release.release}")
        print(f"    commit {serving.release.commit}")
    if interrupted is not None:
        print(f"the {interrupted.kind} of {interrupted.release.release} has not ended")
        print(f"    at: {last_step(interrupted) or 'its beginning'}")
        if interrupted.is_held:
            print("    held without a verdict: resume, resume --proceed, or abort")
    if seen.lock is None:
        print("the lock is free")
    else:
        print(f"{seen.lock.holder.name} holds the lock until {seen.lock.expires_at:%H:%M} UTC")
        if seen.lock.holder.run_url:
            print(f"    {seen.lock.holder.run_url}")
    for service in seen.services:
        print(service.name)
        for revision, percent in service.shares:
            print(f"    {percent} % to {revision}")
        if not service.is_pinned:
            print("    not pinned: the next revision gets the traffic; rollout run pins it")
        if service.waits:
            of = f", of {' and '.join(service.template)}" if service.template else ""
            print(f"    made and not served: {service.newest}{of}")
    for release in seen.kept:
        print(f"{release.release} is kept to go back to")
        for revision in release.gone:
            print(f"    GONE: {revision}")
        for secret in release.secrets:
            print(f"    reads {secret}, which must stay enabled")
