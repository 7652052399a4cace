"""Every check, in the order in which its answer is needed, and how they are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from google_api import GoogleError
from preflight import (
    billing,
    credentials,
    dns,
    files,
    organization,
    projects,
    quotas,
    regions,
    services,
    state,
    tools,
)
from preflight.context import Context
from preflight.result import Result, Status, unknown

Ask = Callable[[Context], Iterable[Result]]


@dataclass(frozen=True, slots=True)
class Check:
    """A name, and the questions under it."""

    name: str
    asks: tuple[Ask, ...]
    is_offline: bool = False
    """Whether this machine can answer alone."""


def _by_project(ask: Callable[[Context, str], Iterable[Result]]) -> tuple[Ask, ...]:
    return (
        lambda context: ask(context, context.settings.project_id),
        lambda context: ask(context, context.shared.project_id),
    )


CHECKS = (
    Check("terraform", (tools.terraform,), is_offline=True),
    Check("gcloud", (tools.gcloud,), is_offline=True),
    Check("node", (tools.node,), is_offline=True),
    Check("settings", (files.examples,), is_offline=True),
    Check("stacks", (files.synthesized,), is_offline=True),
    Check("totals", (quotas.totals,), is_offline=True),
    Check("credentials", (credentials.credentials,)),
    Check("project", _by_project(projects.project)),
    Check("billing", _by_project(billing.billing)),
    Check("budget", (billing.budget,)),
    Check("services", _by_project(services.services)),
    Check("permissions", (credentials.permissions,)),
    Check("run agent", (projects.run_agent,)),
    Check("default account", (projects.default_account,)),
    Check("default network", (projects.default_network,)),
    Check(
        "organization",
        tuple(partial(organization.policy, constraint=c) for c in organization.CONSTRAINTS),
    ),
    Check(
        "quotas",
        (
            partial(quotas.run_quota, quota=quotas.CPU),
            partial(quotas.run_quota, quota=quotas.MEMORY),
            quotas.compute_quotas,
            quotas.machine_quotas,
        ),
    ),
    Check("state", (state.bucket, state.access)),
    Check("delegation", (dns.delegation,)),
    Check("certificates", (dns.authorities,)),
    Check(
        "regions",
        (
            regions.compute_regions,
            regions.machine_types,
            partial(regions.service_regions, api="run"),
            partial(regions.service_regions, api="redis"),
        ),
    ),
)


def run(context: Context, *, offline: bool) -> Iterator[Result]:
    """Yield the results of every check, or of those that need no network."""
    for check in CHECKS:
        if offline and not check.is_offline:
            continue
        results = [result for ask in check.asks for result in _answers(check, ask, context)]
        yield from results
        if check.name == "credentials" and any(r.status is Status.FAILURE for r in results):
            yield unknown(
                "the rest", "nothing else can be asked without credentials", fix=results[0].fix
            )
            return


def _answers(check: Check, ask: Ask, context: Context) -> Iterator[Result]:
    """Yield the answers to a question; where Google does not answer, that is said."""
    try:
        yield from ask(context)
    except GoogleError as error:
        yield unknown(check.name, error.what, fix=error.fix)
