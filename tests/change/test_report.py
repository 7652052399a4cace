"""Ten changes of different kinds, and what a reviewer reads of each on the first screen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from change.facts import collected, compared, contrasted
from change.markdown import first_screen, markdown
from change.report import Report, Section, compare
from change.side import Side
from delivery.jobs.plans import MAX_BODY_CHARACTERS, length
from policy.stack import Stack, environment_of
from rehearsal.run import Session
from rehearsal.upgrade import Loss, rehearse_upgrade
from tests.rehearsal.conftest import write_stack
from tests.rehearsal.faults import all_of, drop, put
from tests.support import Edit, Stacks, synthesized_with

Change = Callable[[dict[str, Any]], None]
SQL = "resource/google_sql_database_instance/postgres_instance"
SQL_ADDRESS = "google_sql_database_instance.postgres_instance"
WEB = "resource/google_cloud_run_v2_service/cloud_run_beep_web"
ALERT = "resource/google_monitoring_alert_policy/monitoring_postgres_connections"


def side(stacks: Stacks) -> Side:
    return Side({name: Stack(name, stack, None) for name, stack in stacks.items()})


def report_of(before: Stacks, after: Stacks) -> Report:
    return compare(side(before), side(after), names=("main", "the change"))


def texts(report: Report, section: Section) -> list[str]:
    return [str(effect) for effect in report.sections.get(section, ())]


def changed(stacks: Stacks, edits: Mapping[str, Change]) -> Report:
    """Return the report of stacks whose JSON is edited, by stack."""
    environments = {environment_of(name) for name in edits}
    before = {name: s for name, s in stacks.items() if environment_of(name) in environments}
    after = dict(before)
    for name, edit in edits.items():
        after[name] = deepcopy(stacks[name])
        edit(after[name])
    return report_of(before, after)


@pytest.fixture(scope="module")
def setting(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Report]:
    """Return the report of an environment whose file is edited; the shared stack is left out."""

    def report(*edits: Edit) -> Report:
        after = synthesized_with(tmp_path_factory.mktemp("edited"), *edits)
        del after["bootstrap"]
        return report_of({name: stacks[name] for name in after}, after)

    return report


def renamed(configuration: dict[str, Any]) -> None:
    """Declare the database under another address, without a moved block."""
    instances = configuration["resource"]["google_sql_database_instance"]
    instances["database"] = instances.pop("postgres_instance")
    text = json.dumps(configuration["resource"])
    text = text.replace("google_sql_database_instance.postgres_instance", SQL_RENAMED)
    configuration["resource"] = json.loads(text)


SQL_RENAMED = "google_sql_database_instance.database"


def moved(configuration: dict[str, Any]) -> None:
    renamed(configuration)
    configuration["moved"] = [
        {"from": "google_sql_database_instance.postgres_instance", "to": SQL_RENAMED}
    ]


def opened(configuration: dict[str, Any]) -> None:
    """Give an account a role on the project, and everybody the right to call a service."""
    configuration["resource"].setdefault("google_project_iam_member", {})["new"] = {
        "project": "beep-prod-example",
        "role": "roles/editor",
        "member": "serviceAccount:beep-web@beep-prod-example.iam.gserviceaccount.com",
    }
    put(f"{WEB}/ingress", "INGRESS_TRAFFIC_ALL")(configuration)


def without_variable(configuration: dict[str, Any]) -> None:
    service = configuration["resource"]["google_cloud_run_v2_service"]["cloud_run_beep_web"]
    container = service["template"]["containers"][0]
    container["env"] = [v for v in container["env"] if v["name"] != "APP_LOG_LEVEL"]


def quieter(configuration: dict[str, Any]) -> None:
    alert = configuration["resource"]["google_monitoring_alert_policy"]
    policy = alert["monitoring_postgres_connections"]
    policy["conditions"][0]["condition_threshold"]["threshold_value"] = 390
    policy["notification_channels"] = []
    policy["documentation"]["content"] = "Other words."


def without_todox(configuration: dict[str, Any]) -> None:
    """Remove a service; what refers to it goes with it."""
    name = "cloud_run_beep_todox"
    for kind, by_name in list(configuration["resource"].items()):
        configuration["resource"][kind] = {
            key: body
            for key, body in by_name.items()
            if key != name and "todox" not in key and name not in json.dumps(body)
        }


JSON_CHANGES: dict[str, tuple[str, Change]] = {
    "rename": ("prod-data", renamed),
    "removed service": ("prod-services", without_todox),
    "region": ("prod-data", put(f"{SQL}/region", "us-east1")),
    "role": ("prod-services", opened),
    "tier": ("prod-data", put(f"{SQL}/settings/tier", "db-custom-8-30720")),
    "alert": ("prod-monitoring", quieter),
    "removed variable": ("prod-services", without_variable),
}
SETTINGS: dict[str, tuple[Edit, ...]] = {
    "scale": (
        (
            "staging",
            "[services.web]\nmemory_mib = 1024\nmax_instance_count = 4",
            "[services.web]\nmemory_mib = 1024\nmax_instance_count = 6",
        ),
        ("staging", "retained_backups = 14", "retained_backups = 14\nmax_connections = 240"),
    ),
    "secret": (("staging", "[redis]\n", "[secret_versions]\nAI_OPENAI_API_KEY = 2\n\n[redis]\n"),),
    "edge": (("dev", 'mode = "domain_mapping"\n', 'mode = "load_balancer"\n'),),
}


@pytest.mark.parametrize("name", JSON_CHANGES)
def test_a_reviewer_reads_what_an_edit_of_the_stacks_does(
    name: str, stacks: Stacks, snapshot: SnapshotAssertion
) -> None:
    stack, edit = JSON_CHANGES[name]
    assert first_screen(changed(stacks, {stack: edit})) == snapshot


@pytest.mark.parametrize("name", SETTINGS)
def test_a_reviewer_reads_what_an_edit_of_the_settings_does(
    name: str, setting: Callable[..., Report], snapshot: SnapshotAssertion
) -> None:
    assert first_screen(setting(*SETTINGS[name])) == snapshot


def test_what_is_the_same_says_so(stacks: Stacks) -> None:
    report = report_of(stacks, deepcopy(stacks))
    assert "**Nothing differs.**" in first_screen(report)
    assert (report.changes, report.sections, report.reaches) == ((), {}, ())


def test_a_moved_resource_is_not_lost(stacks: Stacks) -> None:
    report = changed(stacks, {"prod-data": moved})
    assert (report.losses, report.sections) == ((), {})
    assert [c.address for c in report.changes if c.action == "moved"] == [SQL_RENAMED]


def test_what_is_bound_to_the_id_of_what_is_replaced_is_replaced_too(stacks: Stacks) -> None:
    vpc = "resource/google_compute_network/network_vpc/name"
    report = changed(stacks, {"prod-foundation": put(vpc, "other")})
    forced = {loss.address.partition(".")[0]: loss.forced_by for loss in report.losses}
    assert forced["google_compute_network"] == ("name",)
    assert forced["google_compute_subnetwork"] == ("network of google_compute_network.network_vpc",)
    domain = "resource/google_certificate_manager_dns_authorization/certificates_apex_authorization"
    report = changed(stacks, {"prod-foundation": put(f"{domain}/domain", "example.org")})
    (certificate,) = (loss for loss in report.losses if "_certificate." in loss.address)
    assert certificate.forced_by == (
        "managed.dns_authorizations of google_certificate_manager_dns_authorization."
        "certificates_apex_authorization",
    )


def test_terraform_loses_what_the_report_says(
    session: Session, stacks: Stacks, tmp_path: Path
) -> None:
    """Nested arguments, defaults, what is ignored, what is refused, what follows from others."""
    edit = all_of(
        put(f"{SQL}/region", "us-east1"),
        put(f"{SQL}/settings/disk_size", 5),
        put("resource/google_redis_instance/redis_instance/connect_mode", "DIRECT_PEERING"),
        put("resource/google_sql_database/postgres_database/name", "other"),
        drop("resource/google_sql_user"),
    )
    after = deepcopy(stacks["prod-data"])
    edit(after)
    folders = []
    for name, configuration in (("before", stacks["prod-data"]), ("after", after)):
        (tmp_path / name).mkdir()
        folders.append(write_stack(tmp_path / name, "prod-data", configuration))
    (upgrade,) = rehearse_upgrade(session, folders[:1], folders[1:], allowed={})
    report = changed(stacks, {"prod-data": edit})

    def lost(losses: Iterable[Loss]) -> set[tuple[str, str]]:
        return {(loss.address, loss.action) for loss in losses}

    assert lost(report.losses) == lost(upgrade.losses)
    own = {loss.address: loss.forced_by for loss in report.losses}
    assert own[SQL_ADDRESS] == ("region",)
    assert {a: f for a, f in own.items() if " of " not in "".join(f)} == {
        loss.address: loss.forced_by
        for loss in upgrade.losses
        if " of " not in "".join(own[loss.address])
    }


def test_a_new_boot_image_names_the_nested_argument(stacks: Stacks) -> None:
    image = "resource/google_compute_instance/telemetry_instance/boot_disk/initialize_params/image"
    report = changed(stacks, {"staging-data": put(image, "other")})
    (loss, *_) = report.losses
    assert loss.forced_by == ("boot_disk[0].initialize_params[0].image",)
    assert not loss.is_stateful
    assert report.refused == ()


def test_who_depends_is_known_across_stacks(stacks: Stacks) -> None:
    """By an internal host in a secret that the services read; by the name of a network."""
    report = changed(stacks, {"staging-data": put(f"{SQL}/settings/tier", "db-custom-2-7680")})
    (reach,) = report.reaches
    assert {"beep-api", "beep-migrate"} <= set(reach.workloads)
    role = changed(stacks, {"staging-services": put(f"{WEB}/timeout", "9s")})
    assert {workload for reach in role.reaches for workload in reach.workloads} == set()


def test_texts_and_labels_are_folded_and_a_channel_is_no_label(stacks: Stacks) -> None:
    text = f"{ALERT}/documentation/content"
    label = f"{ALERT}/user_labels/team"
    report = changed(stacks, {"prod-monitoring": all_of(put(text, "Words."), put(label, "x"))})
    assert report.sections == {}
    assert len(report.texts) == 1
    assert "postgres_connections" not in markdown(report)
    channel = "resource/google_monitoring_notification_channel/monitoring_email_oncall_example_com"
    report = changed(stacks, {"prod-monitoring": put(f"{channel}/labels/email_address", "x@y.z")})
    assert report.texts == ()
    assert texts(report, Section.ALERTS) == [
        "+ prod: channel E-mail oncall@example.com: gains email_address x@y.z"
    ]


def test_a_permission_of_a_custom_role_is_a_permission(stacks: Stacks) -> None:
    """Roles of several projects have one name."""

    def more(configuration: dict[str, Any]) -> None:
        roles = configuration["resource"]["google_project_iam_custom_role"]
        roles["deploy_dev_project_role"]["permissions"].append("secretmanager.versions.access")

    assert texts(changed(stacks, {"bootstrap": more}), Section.PERMISSIONS) == [
        "+ bootstrap: custom role deployer of beep-dev-example: gains secretmanager.versions.access"
    ]


def test_two_things_of_one_name_never_hide_one_another() -> None:
    before = collected([("qa", "x", "1"), ("qa", "x", "2")])
    after = collected([("qa", "x", "3"), ("qa", "x", "2")])
    assert [str(effect) for effect in compared(before, after)] == ["! qa: x: gains 3; loses 1"]


def test_the_same_effect_in_several_environments_is_one_line(stacks: Stacks) -> None:
    edits = {f"{name}-services": put(f"{WEB}/template/timeout", "1s") for name in ("prod", "dev")}
    report = changed(stacks, edits)
    assert texts(report, Section.CAPACITY) == [
        "! dev, prod: service beep-web: timeout of a request: 60s → 1s"
    ]


def test_an_environment_that_goes_keeps_what_it_made(stacks: Stacks) -> None:
    dev = {n: s for n, s in stacks.items() if n.startswith("dev-")}
    report = report_of(dev, {n: s for n, s in dev.items() if n != "dev-data"})
    assert report.losses == ()
    (line,) = texts(report, Section.LOSSES)
    assert line.startswith("! dev-data: is no longer synthesized; its ")


def test_the_fingerprint_is_of_the_effects(stacks: Stacks) -> None:
    def fingerprint(tier: str, names: tuple[str, str] = ("a", "b")) -> str:
        before = {"prod-data": stacks["prod-data"]}
        after = deepcopy(before)
        put(f"{SQL}/settings/tier", tier)(after["prod-data"])
        return compare(side(before), side(after), names=names).fingerprint

    assert fingerprint("x") == fingerprint("x", ("c", "d"))
    assert fingerprint("x") != fingerprint("y")


def test_a_comment_holds_what_github_takes_and_says_what_it_leaves_out(stacks: Stacks) -> None:
    nothing: Stacks = {}
    report = report_of(nothing, stacks)
    whole = markdown(report)
    assert length(whole) <= MAX_BODY_CHARACTERS
    short = markdown(report, characters=8_000)
    assert length(short) <= 8_000
    assert short.startswith(first_screen(report))
    assert "`beep-infra diff` prints" in short
    assert short.count("<details>") == short.count("</details>")
    assert short.count("```") % 2 == 0


def test_what_is_opened_stands_before_what_is_closed(stacks: Stacks) -> None:
    def swapped(configuration: dict[str, Any]) -> None:
        grants = configuration["resource"]["google_project_iam_member"]
        del grants["service_accounts_beep_api_cloudsql_client"]
        project = {"project": "beep-prod-example", "role": "roles/viewer"}
        grants["a"] = {**project, "member": "group:a@example.com"}
        grants["b"] = {**project, "member": "allAuthenticatedUsers"}

    report = changed(stacks, {"prod-foundation": swapped})
    assert texts(report, Section.PERMISSIONS) == [
        "+ prod: everybody with a Google account has roles/viewer on beep-prod-example",
        "+ prod: group:a@example.com has roles/viewer on beep-prod-example",
        "- prod: beep-api has roles/cloudsql.client on beep-prod-example",
    ]
    assert texts(report, Section.LOSSES) == [
        "- prod-foundation: grants, destroyed: 1; what that means is below"
    ]


def test_long_values_are_shown_where_they_differ() -> None:
    same = "x" * 500
    assert contrasted(f"{same}old", f"{same}new") == f"…{same[:30]}old → …{same[:30]}new"
    assert contrasted("old", "new") == "old → new"


def test_what_is_opened_lost_and_granted_on_aws_is_said(stacks: Stacks) -> None:
    block = "aws_s3_bucket_public_access_block/storage_public_access_block"
    policy = stacks["prod-aws"]["resource"]["aws_iam_policy"]["storage_object_user"]["policy"]
    edit = all_of(
        put("resource/aws_s3_bucket/storage_bucket/bucket", "other"),
        put(f"resource/{block}/restrict_public_buckets", False),
        put("resource/aws_kms_key/storage_key/enable_key_rotation", False),
        put(
            "resource/aws_iam_policy/storage_object_user/policy",
            policy.replace("s3:GetObject", "s3:*"),
        ),
    )
    report = changed(stacks, {"prod-aws": edit})
    bucket = next(loss for loss in report.losses if loss.address == "aws_s3_bucket.storage_bucket")
    assert (bucket.action, bucket.forced_by, bucket.is_stateful) == ("replaced", ("bucket",), True)
    said = "\n".join(str(effect) for effects in report.sections.values() for effect in effects)
    assert "prevention of public access: enforced → without restrict_public_buckets" in said
    assert "aws_kms_key storage_key: enable_key_rotation" in said
    assert "aws_iam_policy beep-prod-storage" in said
    assert "s3:*" in said
