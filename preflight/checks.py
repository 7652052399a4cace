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
    firewall,
    machines,
    organization,
    projects,
    quotas,
    regions,
    rollouts,
    services,
    state,
    tools,
)
from preflight.context import Context
from results import Result, Status, failed, unknown
from terraform_json import SynthesizedError

Ask = Callable[[Context], Iterable[Result]]


@dataclass(frozen=True, slots=True)
class Check:
    """A name, and the questions under it."""

    name: str
    needs: str
    """What must be so, for the page of the command."""
    asks: tuple[Ask, ...]
    is_offline: bool = False
    """Whether this machine can answer alone."""


def _by_project(ask: Callable[[Context, str], Iterable[Result]]) -> tuple[Ask, ...]:
    return (
        lambda context: ask(context, context.settings.project_id),
        lambda context: ask(context, context.shared.project_id),
    )


CHECKS = (
    Check(
        "terraform",
        "Terraform 1.11 or newer, or what `TERRAFORM` names",
        (tools.terraform,),
        is_offline=True,
    ),
    Check(
        "gcloud", "the Google Cloud CLI with its component `beta`", (tools.gcloud,), is_offline=True
    ),
    Check("node", "Node 20, from the pinned packages", (tools.node,), is_offline=True),
    Check(
        "settings",
        "no value in the environment's file or in `bootstrap.toml` is still an example",
        (files.examples,),
        is_offline=True,
    ),
    Check(
        "stacks",
        "every stack is synthesized, after the last change of its settings",
        (files.synthesized,),
        is_offline=True,
    ),
    Check(
        "totals",
        "what the stacks need at full scale, to be looked at; `quotas` compares it",
        (quotas.totals,),
        is_offline=True,
    ),
    Check(
        "candidates",
        "`edge.candidate_hosts` has a host for each public service that only the load balancer "
        "reaches, so that a rollout can test it before its users do",
        (rollouts.candidates,),
        is_offline=True,
    ),
    Check(
        "images",
        "the environment's file names the images that the workflow `images` does not build",
        (rollouts.images,),
        is_offline=True,
    ),
    Check(
        "firewall",
        "Cloud Armor refuses attacks, or `waf_enforced_by` of `[edge.armor]` is not over",
        (firewall.preview,),
        is_offline=True,
    ),
    Check(
        "credentials",
        "application default credentials; those of a person name a quota project",
        (credentials.credentials,),
    ),
    Check(
        "project",
        "both projects exist and are in use; the number is that of the settings",
        _by_project(projects.project),
    ),
    Check(
        "billing",
        "both projects are linked to an open billing account",
        _by_project(billing.billing),
    ),
    Check(
        "budget", "the budget is on the account that pays, and in its currency", (billing.budget,)
    ),
    Check(
        "services",
        "the APIs that must be on before Terraform switches on the others",
        _by_project(services.services),
    ),
    Check(
        "permissions", "the credentials may make what the stacks hold", (credentials.permissions,)
    ),
    Check(
        "run agent",
        "Cloud Run's own account exists: the bootstrap lets it pull images",
        (projects.run_agent,),
    ),
    Check(
        "default account",
        "Compute Engine's default account has no basic role",
        (projects.default_account,),
    ),
    Check("default network", "the network `default` is gone", (projects.default_network,)),
    Check(
        "organization",
        "no organization policy refuses a part of the design",
        tuple(partial(organization.policy, constraint=c) for c in organization.CONSTRAINTS),
    ),
    Check(
        "quotas",
        "Cloud Run and Compute Engine may have what the stacks need at full scale",
        (
            partial(quotas.run_quota, quota=quotas.CPU),
            partial(quotas.run_quota, quota=quotas.MEMORY),
            quotas.compute_quotas,
            quotas.machine_quotas,
        ),
    ),
    Check(
        "state",
        "the state bucket is the shared project's, keeps versions and may be written, or its "
        "name is free",
        (state.bucket, state.access),
    ),
    Check(
        "delegation", "the domain is delegated to its zone, or kept elsewhere", (dns.delegation,)
    ),
    Check(
        "certificates",
        "no CAA record keeps Google from issuing certificates for the hosts",
        (dns.authorities,),
    ),
    Check(
        "regions",
        "each region is up and has its zones, machine types, Cloud Run and Redis",
        (
            regions.compute_regions,
            regions.machine_types,
            partial(regions.service_regions, api="run"),
            partial(regions.service_regions, api="redis"),
        ),
    ),
    Check(
        "boot images",
        "the images of machines exist, and are not older than `machine_image_days` of `[alerts]`",
        (machines.boot_images,),
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
    except SynthesizedError as error:
        yield failed(check.name, str(error), needed="stacks that can be read", fix="make synth")
