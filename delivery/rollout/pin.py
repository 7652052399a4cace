"""The traffic of each service is held by a revision's name before anything is applied."""

from __future__ import annotations

from delivery.rollout.cloud_run import TrafficTarget
from delivery.rollout.errors import Refused
from delivery.rollout.lock import Lock
from delivery.rollout.target import Target
from delivery.rollout.world import World


def pin(world: World, target: Target, lock: Lock) -> dict[str, str | None]:
    """Give the traffic of each service to the revision that has it, by its name.

    Returns these revisions, and None for a service that does not exist yet.
    """
    serving: dict[str, str | None] = {}
    for service in target.services:
        state = world.google.run.service(service.name)
        if state is None:
            serving[service.name] = None
            continue
        revision = state.serving()
        if not revision:
            raise Refused(
                f"the traffic of {service.name} is shared: " + ", ".join(map(str, state.traffic)),
                "send all of it to one revision: "
                f"beep-infra rollout rollback --env {target.environment}",
            )
        if not state.is_pinned():
            wanted = [TrafficTarget(revision, 100)]
            world.google.run.set_traffic(service.name, wanted, confirm=lock.confirm)
        serving[service.name] = revision
    return serving
