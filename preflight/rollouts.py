"""What a rollout needs of the settings: hosts for candidates, and images of others by digest."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.edge.hosts import candidate_hosts, only_through_load_balancer, public_hosts
from delivery.images.foreign import FOREIGN, find_digest
from delivery.rollout.target import target_of
from envschema.services import applications
from preflight.context import Context
from results import Result, passed, warned

_NAMES = frozenset(service.name for service in applications())
"""Whose hosts ``edge.candidate_hosts`` can name."""


def candidates(context: Context) -> Iterator[Result]:
    """A candidate behind the load balancer has a host, or no smoke test reaches it."""
    settings = context.settings
    known = {host.workload: host.host for host in candidate_hosts(settings)}
    # The collector is no application: it has no candidate host, and being ready has to do.
    closed = {
        host.workload: host.host
        for host in public_hosts(settings)
        if host.workload in _NAMES and only_through_load_balancer(settings, host.workload)
    }
    missing = [name for name in closed if name not in known]
    if not missing:
        seen = "no candidate is reached only through the load balancer, or each has a host"
        yield passed("candidates", seen)
        return
    table = ", ".join(
        f'{name} = "{known.get(name, f"candidate-{host}")}"' for name, host in closed.items()
    )
    yield warned(
        "candidates",
        f"no smoke test reaches the candidates of {', '.join(missing)}: behind the load balancer "
        "Google's own address answers 404",
        needed="a host for each; without one, being ready has to do",
        fix=f"in {context.file}, [edge]: candidate_hosts = {{ {table} }}",
    )


def images(context: Context) -> Iterator[Result]:
    """The images that the workflow does not build are named in the environment's file."""
    target = target_of(context.environment)
    missing = [name for name in FOREIGN if name in target.images]
    if not missing:
        yield passed("images", f"{context.file} names the images that others build")
        return
    yield warned(
        "images",
        f"{context.file} names no {', '.join(f'image_{name}' for name in missing)}, and the "
        "workflow images builds none of them: a release file of it is refused",
        needed=", ".join(f'image_{name} = "NAME@sha256:DIGEST"' for name in missing),
        fix="\n".join(filter(None, map(find_digest, missing))),
    )
