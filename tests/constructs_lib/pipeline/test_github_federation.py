"""A job on GitHub is trusted by its numbers, acts as one account, and holds no key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from environments import load
from tests.support import ENVIRONMENTS, Stacks, edited, of_type, synthesized

PROVIDER = "google_iam_workload_identity_pool_provider"


def test_each_job_on_github_is_trusted_by_number_and_by_one_literal_subject(
    stacks: Stacks,
) -> None:
    providers = of_type(stacks["bootstrap"], PROVIDER)
    assert len(providers) == len(ENVIRONMENTS) + 1
    subjects = set()
    for provider in providers.values():
        owner, repository, subject = provider["attribute_condition"].split(" && ")
        assert owner == "assertion.repository_owner_id == '100000001'"
        assert repository == "assertion.repository_id == '200000001'"
        literal = re.fullmatch(r"assertion\.sub == '(repo:[\w./:-]+)'", subject)
        assert literal is not None
        subjects.add(literal[1])
        assert provider["attribute_mapping"] == {"google.subject": "assertion.sub"}
        assert "allowed_audiences" not in provider["oidc"]
    assert subjects == {
        "repo:example-org/beep-infra:pull_request",
        *(f"repo:example-org/beep-infra:environment:{name}" for name in ENVIRONMENTS),
    }


def test_each_subject_may_act_as_one_account_and_no_account_has_a_key(stacks: Stacks) -> None:
    text = stacks["bootstrap"]
    grants = of_type(text, "google_service_account_iam_member").values()
    who = {
        grant["service_account_id"].split(".")[1]: grant["member"].partition("/subject/")[2]
        for grant in grants
    }
    repository = "repo:example-org/beep-infra"
    assert who == {
        "plan_account": f"{repository}:pull_request",
        **{f"deploy_{name}_account": f"{repository}:environment:{name}" for name in ENVIRONMENTS},
    }
    assert {grant["role"] for grant in grants} == {"roles/iam.workloadIdentityUser"}
    for stack in stacks.values():
        assert not of_type(stack, "google_service_account_key")


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_an_environment_may_have_another_name_on_github(name: str, tmp_path: Path) -> None:
    folder = edited(
        tmp_path, ("bootstrap", "[labels]", f'[github.environments]\n{name} = "{name}-1"\n[labels]')
    )
    stacks = synthesized(load(folder), tmp_path / "out")
    provider = of_type(stacks["bootstrap"], PROVIDER)[f"github_{name}"]
    assert provider["attribute_condition"].endswith(f":environment:{name}-1'")
    assert provider["workload_identity_pool_provider_id"] == f"github-{name}"
