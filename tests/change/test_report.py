"""Ten changes of different kinds, and what a reviewer reads of each on the first screen."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from change.markdown import first_screen
from change.report import Report, Section, compare
from change.side import Side
from policy.stack import Stack, environment_of
from tests.rehearsal.faults import put
from tests.support import Edit, Stacks, synthesized_with

Change = Callable[[dict[str, Any]], None]
SQL = "resource/google_sql_database_instance/postgres_instance"
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
