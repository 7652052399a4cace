"""Each check, seen to pass and to fail, over HTTP against a Google on loopback."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from constructs_lib.edge.settings import LoadBalancerSettings
from constructs_lib.environment.stack import TERRAFORM_VERSION
from constructs_lib.pipeline.access import deployer_roles
from constructs_lib.virtual_machine.settings import BOOT_IMAGE
from google_api import Google
from preflight import quotas
from preflight.checks import CHECKS, Check, run
from preflight.context import Context
from preflight.organization import CONSTRAINTS, GITHUB_ISSUER
from preflight.quotas import CPU, MEMORY
from preflight.tools import MIN_TERRAFORM
from results import Result, Status
from tests.google_api.fake import (
    TOKEN,
    FakeGoogle,
    Project,
    World,
    api_disabled,
    denied,
    error,
    service_account_file,
)
from tests.preflight.conftest import MakeContext, tool
from tests.support import EVERY_ENVIRONMENT, Stacks

FAILURE, WARNING, UNKNOWN, PASS = Status.FAILURE, Status.WARNING, Status.UNKNOWN, Status.PASS
CHECK = {check.name: check for check in CHECKS}


def answers(check: Check, context: Context) -> list[Result]:
    """Return the results of one check, as a whole run has them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("preflight.checks.CHECKS", (check,))
        return list(run(context, offline=False))


@EVERY_ENVIRONMENT
def test_where_nothing_is_missing_every_check_passes(
    name: str, context: MakeContext, fake: FakeGoogle
) -> None:
    results = list(run(context(name), offline=False))
    assert [r for r in results if r.status is not PASS] == []
    assert list(dict.fromkeys(r.check for r in results)) == list(CHECK)
    # Only reads: what is asked by POST changes nothing.
    writes = [s.path for s in fake.seen if s.method != "GET"]
    assert all(path.endswith((":testIamPermissions", ":getIamPolicy")) for path in writes)


@dataclass(frozen=True)
class Fault:
    """What is wrong in the world, which check sees it, and what it says."""

    check: str
    status: Status
    seen: str
    fix: str
    break_it: Callable[[World, Project], object]
    """Gets the world and the project of the environment."""
    environment: str = "prod"


def _shared(world: World) -> Project:
    return world.projects["beep-shared-sample"]


def _set(attribute: str, value: Any) -> Callable[[World, Project], None]:
    """Change the environment's project, or the world where that has the attribute."""

    def change(world: World, project: Project) -> None:
        setattr(project if hasattr(project, attribute) else world, attribute, value)

    return change


def _rules(constraint: str, **rule: Any) -> Callable[[World, Project], None]:
    return lambda world, project: project.policies.update({constraint: [rule]})


def _values(constraint: str, **values: list[str]) -> Callable[[World, Project], None]:
    return _rules(constraint, values=values)


def _dns(name: str, kind: str, *records: str) -> Callable[[World, Project], None]:
    return lambda world, project: world.dns.update({(name, kind): list(records)})


def _fail(pattern: str, answer: Any) -> Callable[[World, Project], None]:
    return lambda world, project: world.fail(pattern, answer)


EDITOR = {"roles/editor": ["serviceAccount:700000000003-compute@developer.gserviceaccount.com"]}
BUCKET = {"projectNumber": "700000000009", "versioning": {"enabled": True}}
FAULTS = (
    # projects
    Fault("project", FAILURE, "beep-prod-sample does not exist, or the credentials may not see it",
          "gcloud projects create beep-prod-sample",
          lambda world, project: world.projects.pop("beep-prod-sample")),
    Fault("project", FAILURE, "beep-shared-sample does not exist",
          "gcloud projects create beep-shared-sample",
          lambda world, project: world.projects.pop("beep-shared-sample")),
    Fault("project", FAILURE, "is DELETE_REQUESTED", "gcloud projects undelete beep-prod-sample",
          _set("state", "DELETE_REQUESTED")),
    Fault("project", FAILURE, "has the number 5, the settings say 700000000003",
          "in environments/prod.toml: project_number = 5", _set("number", 5)),
    Fault("project", FAILURE, "has the number 5, the settings say 700000000009",
          "in environments/bootstrap.toml: project_number = 5",
          lambda world, project: setattr(world.projects["beep-shared-sample"], "number", 5)),
    Fault("default network", WARNING, "still has the network default",
          "gcloud compute networks delete default --quiet --project=beep-prod-sample",
          _set("networks", {"default"})),
    Fault("default network", UNKNOWN, "the API compute.googleapis.com is off in 700000000003",
          "gcloud services enable compute.googleapis.com --project=700000000003",
          _fail("/networks/default", api_disabled("compute.googleapis.com", "700000000003"))),
    Fault("default account", WARNING, "has roles/editor",
          "gcloud projects remove-iam-policy-binding beep-prod-sample --role=roles/editor "
          "--member=serviceAccount:700000000003-compute@developer.gserviceaccount.com",
          lambda world, project: project.bindings.update(EDITOR)),
    Fault("default account", UNKNOWN,
          "the permission resourcemanager.projects.getIamPolicy is missing",
          "ask for a role with resourcemanager.projects.getIamPolicy",
          _fail(":getIamPolicy", denied("resourcemanager.projects.getIamPolicy"))),
    Fault("run agent", WARNING, "so it may not exist",
          "gcloud beta services identity create --project=beep-prod-sample "
          "--service=run.googleapis.com", _set("bindings", {})),
    # billing
    Fault("billing", FAILURE, "billing of beep-prod-sample is off",
          "gcloud billing projects link beep-prod-sample --billing-account=ACCOUNT",
          _set("billing_account", None)),
    Fault("billing", FAILURE, "billing of beep-shared-sample is off",
          "gcloud billing projects link beep-shared-sample",
          lambda world, project: setattr(_shared(world), "billing_account", None)),
    Fault("budget", FAILURE, "the account is in EUR, the budget in USD",
          'in environments/prod.toml: budget.currency = "EUR"', _set("currency", "EUR")),
    Fault("budget", FAILURE, "the billing account ABCDEF-123456-ABCDEF is closed",
          "gcloud billing accounts list --filter=open=true", _set("is_account_open", False)),
    Fault("budget", FAILURE, "is paid by 111111-111111-111111, the budget is on ABCDEF",
          'budget.billing_account = "111111-111111-111111"',
          _set("billing_account", "111111-111111-111111")),
    Fault("budget", UNKNOWN, "the permission billing.accounts.get is missing",
          "ask for a role with billing.accounts.get",
          _fail("/billingAccounts/", denied("billing.accounts.get"))),
    # services
    Fault("services", FAILURE, "off in beep-prod-sample: run.googleapis.com",
          "gcloud services enable --project=beep-prod-sample run.googleapis.com",
          _set("apis", {"serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com",
                        "iam.googleapis.com"})),
    Fault("services", FAILURE, "off in beep-shared-sample: cloudresourcemanager.googleapis.com",
          "gcloud services enable --project=beep-shared-sample cloudresourcemanager.googleapis.com",
          lambda world, project: setattr(_shared(world), "apis", {"serviceusage.googleapis.com"})),
    Fault("services", FAILURE, "the API serviceusage.googleapis.com is off in 700000000009",
          "gcloud services enable --project=beep-prod-sample serviceusage.googleapis.com",
          _fail("services:batchGet", api_disabled("serviceusage.googleapis.com", "700000000009"))),
    Fault("permissions", FAILURE, "missing in beep-prod-sample: ",
          "--role=roles/owner --member=MEMBER", _set("permissions", {"x"})),
    Fault("permissions", FAILURE, "missing in beep-prod-sample: run.services.setIamPolicy",
          "--role=roles/owner --member=MEMBER",
          _set("permissions", {p for role in deployer_roles() for p in role.permissions}
               - {"run.services.setIamPolicy"})),
    # machines
    Fault("boot images", FAILURE, "there is no image cos-121-",
          "in environments/dev.toml: boot_image", lambda world, project: world.images.clear(),
          environment="dev"),
    Fault("boot images", FAILURE, "is OBSOLETE", "gcloud compute images list --project=cos-cloud",
          lambda world, project: world.images[BOOT_IMAGE].update(deprecated={"state": "OBSOLETE"}),
          environment="dev"),
    Fault("boot images", WARNING, "days old", "in environments/dev.toml: boot_image",
          lambda world, project: world.images[BOOT_IMAGE].update(
              creationTimestamp=str(datetime.now(UTC) - timedelta(days=61))),
          environment="dev"),
    # organization policies
    Fault("organization", FAILURE, "run.allowedIngress in beep-prod-sample refuses the ingress of "
          "the services: internal-and-cloud-load-balancing",
          '"allowedValues": ["internal", "internal-and-cloud-load-balancing"]',
          _values("run.allowedIngress", allowedValues=["is:internal"])),
    Fault("organization", FAILURE, "run.allowedVPCEgress", "gcloud org-policies set-policy",
          _values("run.allowedVPCEgress", allowedValues=["all-traffic"])),
    Fault("organization", FAILURE, "refuses services without Binary Authorization",
          '"allowAll": true',
          _values("run.allowedBinaryAuthorizationPolicies", allowedValues=["default"])),
    Fault("organization", FAILURE, "compute.restrictVpcPeering", "under:organizations/433637338589",
          _values("compute.restrictVpcPeering", allowedValues=["under:organizations/1"])),
    Fault("organization", FAILURE, "refuses Cloud SQL and Memorystore on the network: it allows "
          "nothing", "allowedValues", _rules("compute.restrictVpcPeering", denyAll=True)),
    Fault("organization", FAILURE, "refuses the load balancer: GLOBAL_EXTERNAL_MANAGED_HTTP_HTTPS",
          "GLOBAL_EXTERNAL_MANAGED_HTTP_HTTPS",
          _values("compute.restrictLoadBalancerCreationForTypes",
                  allowedValues=["INTERNAL_HTTP_HTTPS"])),
    Fault("organization", FAILURE, "refuses the load balancer", '"allowAll": true',
          _values("compute.restrictLoadBalancerCreationForTypes", deniedValues=["in:EXTERNAL"])),
    Fault("organization", FAILURE, "compute.disableGlobalLoadBalancing", '"enforce": false',
          _rules("compute.disableGlobalLoadBalancing", enforce=True)),
    Fault("organization", FAILURE, "refuses the image of the machines: projects/cos-cloud",
          "projects/cos-cloud",
          _values("compute.trustedImageProjects", allowedValues=["projects/debian-cloud"]), "dev"),
    Fault("organization", FAILURE, "gcp.resourceLocations in beep-prod-sample refuses resources in "
          "the regions of the settings: us-central1, us-east1", "us-east1",
          _values("gcp.resourceLocations", allowedValues=["europe-west1"])),
    Fault("organization", FAILURE, "gcp.resourceLocations in beep-prod-sample refuses", "us-east1",
          _values("gcp.resourceLocations", allowedValues=["us", "us-central1"])),
    Fault("organization", PASS, "gcp.resourceLocations leaves room in beep-prod-sample", "",
          _values("gcp.resourceLocations", allowedValues=["in:us-locations"])),
    Fault("organization", WARNING, "gcp.resourceLocations in beep-prod-sample may refuse",
          "us-central1", _values("gcp.resourceLocations", allowedValues=["in:eu-locations"])),
    Fault("organization", FAILURE, "gcp.restrictServiceUsage", '"allowAll": true',
          _values("gcp.restrictServiceUsage", deniedValues=["redis.googleapis.com"])),
    Fault("organization", FAILURE, "with Google's keys: sqladmin.googleapis.com",
          '"allowAll": true',
          _values("gcp.restrictNonCmekServices", deniedValues=["is:sqladmin.googleapis.com"])),
    Fault("organization", FAILURE, "refuses the accounts of the workloads: it is enforced",
          '"enforce": false', _rules("iam.disableServiceAccountCreation", enforce=True)),
    Fault("organization", WARNING, "may refuse the accounts of the workloads", '"enforce": false',
          _rules("iam.disableServiceAccountCreation", enforce=True,
                 condition={"expression": "resource.matchTag('1/keys', 'no')"})),
    Fault("organization", FAILURE, "refuses the accounts of the pipeline", "beep-shared-sample",
          lambda world, project: _shared(world).policies.update(
              {"iam.disableServiceAccountCreation": [{"enforce": True}]})),
    Fault("organization", FAILURE, "in beep-shared-sample refuses the trust in GitHub's jobs",
          GITHUB_ISSUER,
          lambda world, project: _shared(world).policies.update(
              {"iam.workloadIdentityPoolProviders":
               [{"values": {"allowedValues": ["https://gitlab.com"]}}]})),
    Fault("organization", FAILURE, "refuses the HMAC key of the bucket", '"allowAll": true',
          _values("storage.restrictAuthTypes", deniedValues=["in:ALL_HMAC_SIGNED_REQUESTS"]),
          "staging"),
    Fault("organization", FAILURE, "iam.disableServiceAccountKeyCreation", '"enforce": false',
          _rules("iam.disableServiceAccountKeyCreation", enforce=True), "staging"),
    Fault("organization", UNKNOWN, "the permission orgpolicy.policy.get is missing",
          "ask for a role with orgpolicy.policy.get",
          _fail("getEffectivePolicy", denied("orgpolicy.policy.get"))),
    # quotas
    Fault("quotas", FAILURE, "BACKEND_SERVICES is 5 in the project",
          "--filter=metric=compute.googleapis.com/backend_services",
          _set("compute_quotas", {"BACKEND_SERVICES": 5.0})),
    Fault("quotas", FAILURE, "SECURITY_POLICY_CEVAL_RULES is 7 in the project",
          "--preferred-value=8",
          _set("compute_quotas", {"SECURITY_POLICY_CEVAL_RULES": 7.0})),
    Fault("quotas", FAILURE, "CPUS is 1 in us-central1", "--preferred-value=2",
          _set("region_quotas", {"CPUS": 1.0}), "dev"),
    Fault("quotas", FAILURE, "SSD_TOTAL_GB is 39 in us-central1", "--preferred-value=40",
          _set("region_quotas", {"SSD_TOTAL_GB": 39.0}), "dev"),
    Fault("quotas", UNKNOWN, f"{CPU} has no value for us-central1", "gcloud beta quotas info",
          lambda world, project: project.run_quotas.update({CPU: None})),
    Fault("quotas", UNKNOWN, "the API cloudquotas.googleapis.com is off in 700000000009",
          "gcloud services enable cloudquotas.googleapis.com --project=700000000009",
          _fail("/cloudquotas", api_disabled("cloudquotas.googleapis.com", "700000000009"))),
    # state
    Fault("state", PASS, "no bucket beep-terraform-state-sample yet", "", _set("bucket", None)),
    Fault("state", FAILURE, "exists, and the credentials may not see it", "state_bucket",
          _fail("/storage/v1/b/", denied("storage.buckets.get"))),
    Fault("state", FAILURE, "is in the project 42, which is not beep-shared-sample",
          "in environments/bootstrap.toml: state_bucket",
          _set("bucket", BUCKET | {"projectNumber": "42"})),
    Fault("state", FAILURE, "keeps no versions",
          "gcloud storage buckets update gs://beep-terraform-state-sample --versioning",
          _set("bucket", {"projectNumber": "700000000009"})),
    Fault("state", FAILURE, "missing on beep-terraform-state-sample: storage.objects.create, "
          "storage.objects.delete", "--role=roles/storage.objectUser",
          _set("bucket_permissions", {"storage.objects.get", "storage.objects.list"})),
    # DNS
    Fault("delegation", WARNING, "the zone beep-prod-public does not exist yet",
          "beep-infra preflight prod", _set("zones", {})),
    Fault("delegation", FAILURE, "beep.test is delegated to ns1.registrar.test",
          "beep.test. NS ns-cloud-a1.googledomains.com.\n",
          _dns("beep.test", "NS", "ns1.registrar.test.")),
    Fault("delegation", FAILURE, "dev.beep.test is delegated to nobody",
          "dev.beep.test. NS ns-cloud-a2.googledomains.com.",
          lambda world, project: world.dns.pop(("dev.beep.test", "NS")), "dev"),
    Fault("delegation", FAILURE, "nobody answers for staging.beep.test", "or set [edge.dns]",
          lambda world, project: world.dns.clear(), "staging"),
    Fault("delegation", UNKNOWN, "dns.google answers with status 503", "try again later",
          _fail("/dns.google/", error(503, "later"))),
    Fault("certificates", FAILURE, "the CAA records of beep.test allow letsencrypt.org only",
          'beep.test. CAA 0 issue "pki.goog"',
          _dns("beep.test", "CAA", '0 issue "letsencrypt.org"', '0 iodef "mailto:x@beep.test"')),
    Fault("certificates", FAILURE, "the CAA records of app.beep.test allow nobody only",
          'app.beep.test. CAA 0 issue "pki.goog"',
          _dns("app.beep.test", "CAA", '0 issue ";"')),
    Fault("certificates", PASS, "pki.goog may issue certificates for the hosts", "",
          _dns("beep.test", "CAA", '0 issue "pki.goog; cansignhttpexchanges=yes"')),
    # The name that is nearest decides alone.
    Fault("certificates", PASS, "pki.goog may issue certificates for the hosts", "",
          lambda world, project: world.dns.update(
              {("beep.test", "CAA"): ['0 issue "letsencrypt.org"']}
              | {(f"{host}.beep.test", "CAA"): ['0 issue "pki.goog"']
                 for host in ("api", "app", "todox", "www")})),
    # regions
    Fault("regions", FAILURE, "there is no region us-east1", "gcloud compute regions list",
          _set("regions", {"us-central1": "UP"})),
    Fault("regions", FAILURE, "us-central1 is DOWN", "https://status.cloud.google.com",
          _set("regions", {"us-central1": "DOWN", "us-east1": "UP"})),
    Fault("regions", FAILURE, "us-central1 has no zone us-central1-b",
          "in environments/dev.toml: zone",
          lambda world, project: setattr(world, "zones", "acd"), "dev"),
    Fault("regions", FAILURE, "us-central1-b has no machine type e2-medium",
          "gcloud compute machine-types list --zones=us-central1-b",
          _set("machine_types", set()), "dev"),
    Fault("regions", FAILURE, "us-central1 has no Cloud Run", "in environments/prod.toml: region",
          _set("run_regions", ["europe-west1", "us-east1"])),
    Fault("regions", FAILURE, "us-central1 has no Memorystore for Redis",
          "in environments/prod.toml: region", _set("redis_regions", [])),
)  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.check}: {fault.seen}"[:70])
def test_a_fault_is_seen_and_its_fix_is_said(
    fault: Fault, context: MakeContext, fake: FakeGoogle
) -> None:
    asked = context(fault.environment)
    fault.break_it(fake.world, fake.world.projects[asked.settings.project_id])
    results = answers(CHECK[fault.check], asked)
    hits = [r for r in results if fault.seen in r.seen]
    assert [(r.check, r.status) for r in hits[:1]] == [(fault.check, fault.status)], results
    assert fault.fix in hits[0].fix
    for line in hits[0].fix.splitlines():
        if line.startswith(("gcloud", "echo")):
            assert len(shlex.split(line)) > 2
    if fault.status in (FAILURE, WARNING):
        assert hits[0].needed
        assert hits[0].fix


def test_without_credentials_that_is_all_that_is_said(
    context: MakeContext, fake: FakeGoogle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = service_account_file(tmp_path / "key.json", fake.endpoint)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    fake.world.fail("/token", (400, {"error": "invalid_grant", "error_description": TOKEN}))
    google = Google(project="beep-shared-sample", endpoint=fake.endpoint, pause_seconds=0)
    results = list(run(replace(context("dev"), google=google), offline=False))
    *local, refused, rest = results
    assert {r.check for r in local} == {check.name for check in CHECKS if check.is_offline}
    assert (refused.check, refused.status) == ("credentials", FAILURE)
    assert refused.fix == rest.fix == "gcloud auth application-default login"
    assert (rest.check, rest.status) == ("the rest", UNKNOWN)
    assert {s.path for s in fake.seen} == {"/token"}
    assert TOKEN not in repr(results)


@pytest.mark.parametrize(("quota_project", "status"), [(None, WARNING), ("beep-x", PASS)])
def test_a_person_names_who_pays_for_calls(
    quota_project: str | None, status: Status, context: MakeContext, fake: FakeGoogle
) -> None:
    person = Credentials(TOKEN, quota_project_id=quota_project)
    google = Google(project="beep-shared-sample", credentials=person, endpoint=fake.endpoint)
    asked = replace(context("dev"), google=google)
    (result,) = answers(CHECK["credentials"], asked)
    assert result.status is status
    assert ("set-quota-project beep-shared-sample" in result.fix) == (status is WARNING)
    answers(CHECK["permissions"], asked)
    assert {s.quota_project for s in fake.seen} == {quota_project}


def test_every_check_has_a_fault_that_it_sees() -> None:
    offline = {name for name, check in CHECK.items() if check.is_offline}
    assert {fault.check for fault in FAULTS} | offline | {"credentials"} == CHECK.keys()


@pytest.mark.parametrize("constraint", CONSTRAINTS, ids=lambda c: c.name)
def test_every_constraint_concerns_an_environment_or_waits_for_its_resource(
    constraint: Any, context: MakeContext, fake: FakeGoogle
) -> None:
    asked = [name for name in ("dev", "staging", "prod") if constraint.needs(context(name))]
    # Both are about who may call a service; a stack does one or the other.
    if constraint.name not in {
        "iam.allowedPolicyMemberDomains",
        "iam.managed.allowedPolicyMembers",
        "run.managed.requireInvokerIam",
    }:
        assert asked


@pytest.mark.parametrize(
    ("text", "constraint", "rule"),
    [
        ('"allUsers"', "iam.allowedPolicyMemberDomains", {"values": {"allowedValues": ["C01"]}}),
        ('"allUsers"', "iam.managed.allowedPolicyMembers", {"enforce": True}),
        ("invoker", "run.managed.requireInvokerIam", {"enforce": True}),
    ],
)
def test_services_that_everybody_may_call_need_one_exception_or_the_other(
    text: str, constraint: str, rule: Any, context: MakeContext, fake: FakeGoogle
) -> None:
    asked = context("prod")
    public: Any = {"member": "allUsers"} if text != "invoker" else {"invoker_iam_disabled": True}
    stacks = {"prod-services": {"resource": {"google_x": {"y": public}}}}
    fake.world.projects["beep-prod-sample"].policies[constraint] = [rule]
    asked.__dict__["stacks"] = stacks
    policies = CHECK["organization"]
    check = replace(
        policies, asks=tuple(ask for ask in policies.asks if _is_about(ask, constraint))
    )
    (result,) = answers(check, asked)
    assert result.status is FAILURE
    assert "services that everybody may call" in result.seen
    asked.__dict__["stacks"] = {"prod-services": {}}
    assert answers(check, asked) == []


def _is_about(ask: Any, constraint: str) -> bool:
    return bool(ask.keywords["constraint"].name == constraint)


def test_a_service_larger_than_the_quota_fails_and_all_together_only_warn(
    context: MakeContext, fake: FakeGoogle
) -> None:
    asked = context("prod")
    project = fake.world.projects["beep-prod-sample"]
    (need,) = quotas.run_needs(asked, CPU)
    assert need.largest < need.total
    wanted = {
        need.largest - 1: FAILURE,
        need.largest: WARNING,
        need.total - 1: WARNING,
        need.total: PASS,
        -1: PASS,
    }
    for limit, status in wanted.items():
        project.run_quotas[CPU] = limit
        (result,) = [r for r in answers(CHECK["quotas"], asked) if r.seen.startswith(CPU)]
        assert result.status is status, limit
        if status is not PASS:
            assert f"--preferred-value={need.total} " in result.fix
    project.run_quotas[MEMORY] = 2**30
    failures = [r.seen for r in answers(CHECK["quotas"], asked) if r.status is FAILURE]
    assert len(failures) == 1
    assert failures[0].startswith(f"{MEMORY} is 1 GiB in us-central1")


def test_the_needs_are_those_of_the_synthesized_text(context: MakeContext, stacks: Stacks) -> None:
    """Counted anew here: every container of every instance, and every job at its widest."""
    services = stacks["prod-services"]["resource"]["google_cloud_run_v2_service"].values()
    jobs = stacks["prod-migrations"]["resource"]["google_cloud_run_v2_job"].values()

    def size(containers: list[Any]) -> tuple[int, int]:
        limits = [container["resources"]["limits"] for container in containers]
        cpu = sum(int(float(limit["cpu"]) * 1000) for limit in limits)
        return cpu, sum(int(limit["memory"].removesuffix("Mi")) * 2**20 for limit in limits)

    parts = [
        (s["template"]["scaling"]["max_instance_count"], size(s["template"]["containers"]))
        for s in services
    ]
    parts += [(1, size(job["template"]["template"]["containers"])) for job in jobs]
    (cpu,), (memory,) = (quotas.run_needs(context("prod"), q) for q in (CPU, MEMORY))
    assert cpu.total == sum(count * amount[0] for count, amount in parts)
    assert memory.total == sum(count * amount[1] for count, amount in parts)
    assert cpu.largest == max(count * amount[0] for count, amount in parts)


def test_the_totals_are_said_without_a_network(context: MakeContext, fake: FakeGoogle) -> None:
    asked = context("prod")
    (need,) = quotas.run_needs(asked, CPU)
    (result,) = answers(CHECK["totals"], asked)
    assert f"Cloud Run {need.total // 1000} CPUs in us-central1" in result.seen
    assert fake.seen == []


@pytest.mark.parametrize(
    ("script", "status", "seen"),
    [
        ("""echo '{"terraform_version": "1.11.0"}'""", PASS, "terraform 1.11.0"),
        ("""echo '{"terraform_version": "1.10.5"}'""", FAILURE, "terraform 1.10.5"),
        ("""echo '{"terraform_version": "1.12.0-beta1"}'""", FAILURE, "1.12.0-beta1"),
        ('echo a line of a wrapper; echo \'{"terraform_version": "1.15.5"}\'', PASS, "1.15.5"),
        ("echo Terraform v1.9.8", FAILURE, "terraform 1.9.8"),
        ("echo nothing of use", UNKNOWN, "cannot be read"),
        ("exit 1", FAILURE, "terraform does not run"),
    ],
)
def test_terraform_is_new_enough(
    script: str, status: Status, seen: str, context: MakeContext, tmp_path: Path
) -> None:
    tool(tmp_path, "terraform", script)
    asked = replace(context("dev"), variables={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    (result,) = answers(CHECK["terraform"], asked)
    assert (result.status, seen in result.seen) == (status, True), result
    assert (status is PASS) == (result.fix == "")


def test_another_terraform_may_be_named(context: MakeContext, tmp_path: Path) -> None:
    own = tool(tmp_path, "tofu", """echo '{"terraform_version": "1.11.2"}'""")
    variables = {"PATH": "/nowhere", "TERRAFORM": str(own)}
    (result,) = answers(CHECK["terraform"], replace(context("dev"), variables=variables))
    assert (result.status, result.seen) == (PASS, f"{own} 1.11.2")


def test_the_version_that_is_asked_for_is_that_of_the_stacks() -> None:
    assert f">= {MIN_TERRAFORM[0]}.{MIN_TERRAFORM[1]}" == TERRAFORM_VERSION


@pytest.mark.parametrize(
    ("script", "status", "fix"),
    [
        ("""echo '{"Google Cloud SDK": "528.0.0"}'""", FAILURE, "gcloud components install beta"),
        ("echo not JSON", UNKNOWN, "gcloud version"),
        ("exit 1", FAILURE, "https://cloud.google.com/sdk/docs/install"),
    ],
)
def test_gcloud_is_there_with_beta(
    script: str, status: Status, fix: str, context: MakeContext, tmp_path: Path
) -> None:
    tool(tmp_path, "gcloud", script)
    asked = replace(context("dev"), variables={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    (result,) = answers(CHECK["gcloud"], asked)
    assert result.status is status
    assert fix in result.fix


def test_node_is_the_pinned_one(context: MakeContext, tmp_path: Path) -> None:
    asked = replace(context("dev"), root=tmp_path)
    (result,) = answers(CHECK["node"], asked)
    assert (result.status, result.fix) == (FAILURE, "make setup")
    binaries = tmp_path / ".venv" / "bin"
    binaries.mkdir(parents=True)
    tool(binaries, "node", "echo v22.1.0")
    (result,) = answers(CHECK["node"], asked)
    assert (result.status, result.seen) == (FAILURE, "node v22.1.0")


def test_settings_that_are_still_examples_are_named(
    context: MakeContext, configuration: Any
) -> None:
    asked = replace(context("prod"), environment=configuration.environment("prod"))
    own, shared = answers(CHECK["settings"], asked)
    assert own.status is shared.status is FAILURE
    for key in ("project_id", "project_number", "domain", "hosts.api", "budget.billing_account"):
        assert f" {key}" in own.seen
    assert "environment," not in own.seen
    for key in ("state_bucket", "github.repository", "github.owner_id", "github.repository_id"):
        assert f" {key}" in shared.seen


def test_candidates_that_no_smoke_test_reaches_are_named_with_a_host_for_each(
    context: MakeContext, configuration: Any
) -> None:
    asked = replace(context("prod"), environment=configuration.environment("prod"))
    (result,) = answers(CHECK["candidates"], asked)
    assert result.status is WARNING
    assert "the candidates of web, todox, marketing: behind" in result.seen
    assert result.fix == (
        "in environments/prod.toml, [edge]: candidate_hosts = { "
        'api = "candidate-api.example.com", web = "candidate-app.example.com", '
        'todox = "candidate-todox.example.com", marketing = "candidate-www.example.com" }'
    )


def test_images_that_nobody_names_come_with_the_command_that_finds_their_digest(
    context: MakeContext, configuration: Any
) -> None:
    asked = replace(context("staging"), environment=configuration.environment("staging"))
    (result,) = answers(CHECK["images"], asked)
    assert result.status is WARNING
    unnamed = "image_auth_proxy, image_db_bootstrap, image_lgtm, image_otel_collector"
    assert f"names no {unnamed}," in result.seen
    commands = [shlex.split(line) for line in result.fix.splitlines()]
    assert [command[:4] for command in commands] == [
        ["docker", "buildx", "imagetools", "inspect"]
    ] * 4
    assert commands[1][4:] == [
        "docker.io/library/postgres:17-alpine",
        "--format",
        "{{.Manifest.Digest}}",
    ]


def test_stacks_that_are_missing_or_old_are_named(context: MakeContext, tmp_path: Path) -> None:
    asked = context("dev")
    nothing = replace(asked, outdir=tmp_path)
    (missing,) = answers(CHECK["stacks"], nothing)
    assert (missing.status, missing.fix) == (FAILURE, "make synth")
    assert "dev-data" in missing.seen
    (unknown,) = answers(CHECK["totals"], nothing)
    assert (unknown.status, unknown.fix) == (UNKNOWN, "make synth")
    file = asked.root / "environments" / "dev.toml"
    try:
        os.utime(file)
        (old,) = answers(CHECK["stacks"], asked)
    finally:
        os.utime(file, (0, 0))
    assert (old.status, old.seen) == (WARNING, "older than dev.toml")


@pytest.mark.parametrize(
    ("environment", "today", "status", "seen"),
    [
        ("prod", date(2027, 3, 1), PASS, "attacks are logged only, until 2027-03-01"),
        ("prod", date(2027, 3, 2), FAILURE, "should be refused since 2027-03-01"),
        ("staging", date(2027, 3, 1), FAILURE, "should be refused since 2027-02-01"),
        ("dev", date(2030, 1, 1), PASS, "domain mappings have none"),
    ],
)
def test_a_preview_of_the_firewall_ends_on_its_day(
    environment: str, today: date, status: Status, seen: str, context: MakeContext
) -> None:
    (result,) = answers(CHECK["firewall"], replace(context(environment), today=today))
    assert (result.status, seen in result.seen) == (status, True)
    assert status is PASS or f"environments/{environment}.toml" in result.fix


def test_a_firewall_that_refuses_needs_no_day(context: MakeContext) -> None:
    ours = context("prod")
    settings = ours.settings
    assert isinstance(settings.edge, LoadBalancerSettings)
    armor = settings.edge.armor.model_copy(update={"waf": "enforce", "waf_enforced_by": None})
    edge = settings.edge.model_copy(update={"armor": armor})
    environment = replace(ours.environment, settings=settings.model_copy(update={"edge": edge}))
    (result,) = answers(
        CHECK["firewall"], replace(ours, environment=environment, today=date(2030, 1, 1))
    )
    assert (result.status, result.seen) == (PASS, "attacks are refused")
