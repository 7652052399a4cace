"""A job on GitHub is trusted by its numbers, acts as one account, and holds no key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.pipeline.github_federation import TrustedJob
from environments import load
from tests.support import ENVIRONMENTS, Stacks, edited, of_type, synthesized

PROVIDER = "google_iam_workload_identity_pool_provider"


def test_each_job_on_github_is_trusted_by_number_and_by_one_literal_value(stacks: Stacks) -> None:
    providers = of_type(stacks["bootstrap"], PROVIDER)
    assert len(providers) == len(ENVIRONMENTS) + 3
    jobs = set()
    for provider in providers.values():
        owner, repository, job = provider["attribute_condition"].split(" && ")
        assert owner == "assertion.repository_owner_id == '100000001'"
        assert repository == "assertion.repository_id == '200000001'"
        term = re.fullmatch(r"assertion\.(environment|event_name) == '([\w.-]+)'", job)
        assert term is not None
        jobs.add(term.groups())
        assert "allowed_audiences" not in provider["oidc"]
    assert jobs == {
        ("event_name", "pull_request"),
        ("event_name", "schedule"),
        ("environment", "images"),
        *(("environment", name) for name in ENVIRONMENTS),
    }


def test_each_kind_of_job_may_act_as_one_account_and_no_account_has_a_key(stacks: Stacks) -> None:
    text = stacks["bootstrap"]
    grants = of_type(text, "google_service_account_iam_member").values()
    who = {
        grant["service_account_id"].split(".")[1]: grant["member"].partition("/subject/")[2]
        for grant in grants
    }
    assert who == {
        "plan_account": "repository:200000001:event_name:pull_request",
        "drift_account": "repository:200000001:event_name:schedule",
        "build_account": "repository:200000001:environment:images",
        **{
            f"deploy_{name}_account": f"repository:200000001:environment:{name}"
            for name in ENVIRONMENTS
        },
    }
    assert {grant["role"] for grant in grants} == {"roles/iam.workloadIdentityUser"}
    for stack in stacks.values():
        assert not of_type(stack, "google_service_account_key")


def _token(**claims: str) -> dict[str, str]:
    """Return the claims of a job's token, as GitHub's documentation lists them."""
    return {
        "repository_owner_id": "100000001",
        "repository_id": "200000001",
        "event_name": "push",
        **claims,
    }


def _evaluate(expression: str, claims: dict[str, str]) -> str:
    """Evaluate a mapping: literals and claims, joined by +."""
    terms = [term.strip() for term in expression.split(" + ")]
    return "".join(
        term.strip("'") if term.startswith("'") else claims[term.removeprefix("assertion.")]
        for term in terms
    )


def _admits(provider: dict[str, Any], claims: dict[str, str]) -> bool:
    """Evaluate a condition: a missing claim is an error, which admits nobody."""
    terms = re.findall(r"assertion\.(\w+) == '([^']*)'", provider["attribute_condition"])
    return all(claims.get(claim) == value for claim, value in terms)


@pytest.mark.parametrize(
    "sub",
    [
        "repo:example-org/beep-infra:environment:prod",
        "repo:example-org@100000001/beep-infra@200000001:environment:prod",
        "repo:renamed-org@100000001/renamed@200000001:environment:prod",
    ],
)
def test_a_token_is_mapped_to_its_grant_however_github_spells_its_subject(
    sub: str, stacks: Stacks
) -> None:
    bootstrap = stacks["bootstrap"]
    claims = _token(sub=sub, environment="prod")
    admitting = {n for n, p in of_type(bootstrap, PROVIDER).items() if _admits(p, claims)}
    assert admitting == {"github_prod"}
    provider = of_type(bootstrap, PROVIDER)["github_prod"]
    subject = _evaluate(provider["attribute_mapping"]["google.subject"], claims)
    grant = of_type(bootstrap, "google_service_account_iam_member")["deploy_prod_federation"]
    assert grant["member"].endswith(f"/subject/{subject}")


@pytest.mark.parametrize(
    "claims",
    [
        {"environment": "production"},
        {"environment": "prod", "repository_id": "200000002"},
        {"environment": "prod", "repository_owner_id": "100000002"},
        {"event_name": "pull_request_target"},
        {"event_name": "workflow_dispatch"},
        {},
    ],
    ids=str,
)
def test_a_token_of_anything_else_is_admitted_nowhere(
    claims: dict[str, str], stacks: Stacks
) -> None:
    for provider in of_type(stacks["bootstrap"], PROVIDER).values():
        assert not _admits(provider, _token(**claims))


def test_no_subject_is_longer_than_google_takes() -> None:
    # 63 characters are the most that GithubEnvironment allows, 20 digits the most of a number.
    longest = TrustedJob("p", "environment", "e" * 63).subject(10**20 - 1)
    assert len(longest) <= 127


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_an_environment_may_have_another_name_on_github(name: str, tmp_path: Path) -> None:
    folder = edited(
        tmp_path, ("bootstrap", "[labels]", f'[github.environments]\n{name} = "{name}-1"\n[labels]')
    )
    stacks = synthesized(load(folder), tmp_path / "out")
    provider = of_type(stacks["bootstrap"], PROVIDER)[f"github_{name}"]
    assert provider["attribute_condition"].endswith(f"assertion.environment == '{name}-1'")
    assert provider["workload_identity_pool_provider_id"] == f"github-{name}"
