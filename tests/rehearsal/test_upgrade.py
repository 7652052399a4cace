"""Today's stacks planned over those of an earlier revision: losses are reported."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from environments import load
from rehearsal.revision import synthesize_revision
from rehearsal.run import Session
from rehearsal.synthesized import SynthesizedStack, read_all, select_stacks
from rehearsal.upgrade import (
    Upgrade,
    abandoned_stacks,
    read_allowed,
    rehearse_upgrade,
)
from terraform_json import SynthesizedError
from tests.rehearsal.conftest import write_stack
from tests.rehearsal.faults import (
    ACCOUNT,
    DATA,
    FOUNDATION,
    RANGE,
    SECRET,
    SQL,
    SUBNET,
    Edit,
    all_of,
    drop,
    put,
)
from tests.support import ROOT, Stacks, edited, synthesized
from tests.support import Edit as Setting

NETWORK = "resource/google_compute_network/network_vpc"
OUTSIDE_DATABASE = """[secret_versions]
DB_PG_PASSWORD = 1
DB_PG_URL = 1

[redis]"""
GRANT = "resource/google_service_account_iam_member/service_accounts_beep_api_deployer"


def at_another_address(path: str, name: str) -> Edit:
    """Declare a resource under another address, as a renamed construct does."""
    kind, _, old = path.removeprefix("resource/").partition("/")

    def edit(configuration: dict[str, Any]) -> None:
        by_name = configuration["resource"][kind]
        by_name[name] = by_name.pop(old)

    return edit


def upgraded(
    session: Session,
    stacks: Stacks,
    tmp_path: Path,
    name: str,
    edit: Edit,
    allowed: Mapping[tuple[str, str], str] | None = None,
) -> Upgrade:
    """Plan an edited stack over the stack as it is."""
    original = slim(stacks[name])
    changed = copy.deepcopy(original)
    edit(changed)
    for folder in ("before", "today"):
        (tmp_path / folder).mkdir()
    before = write_stack(tmp_path / "before", name, original)
    today = write_stack(tmp_path / "today", name, changed)
    (upgrade,) = rehearse_upgrade(session, [before], [today], allowed=allowed or {})
    return upgrade


LEFT_OUT = frozenset(
    {
        "google_artifact_registry_repository_iam_member",
        "google_dns_record_set",
        "google_project_iam_audit_config",
        "google_project_iam_custom_role",
        "google_project_iam_member",
        "google_project_service",
        "google_secret_manager_secret_iam_member",
        "google_storage_bucket_iam_member",
    }
)


def slim(configuration: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration with two secrets, and without the types that there are dozens of.

    A hundred more of the same add nothing.
    """
    slimmed = copy.deepcopy(configuration)
    resources = slimmed["resource"]
    for kind in LEFT_OUT:
        resources.pop(kind, None)
    for resource in (resource for by_name in resources.values() for resource in by_name.values()):
        if "depends_on" in resource:
            kept = [a for a in resource["depends_on"] if a.partition(".")[0] not in LEFT_OUT]
            resource["depends_on"] = kept
    secrets = resources.get("google_secret_manager_secret", {})
    others = [n for n in secrets if n != SECRET.rpartition("/")[2]]
    for name in others[1:]:
        del secrets[name]
    if others:
        secrets["other"] = secrets.pop(others[0])
    return slimmed


def test_the_same_stack_loses_nothing(session: Session, stacks: Stacks, tmp_path: Path) -> None:
    upgrade = upgraded(session, stacks, tmp_path, FOUNDATION, lambda _: None)
    assert (upgrade.result.failed, upgrade.losses) == (None, [])


REPLICA = "resource/google_sql_database_instance/postgres_replica"
OTHER_SECRET = "resource/google_secret_manager_secret/other"
POSTGRES = "google_sql_database_instance.postgres"


@pytest.mark.parametrize(
    ("stack", "edit", "losses"),
    [
        pytest.param(
            DATA,
            all_of(
                put(f"{SQL}/region", "us-east1"),
                # Ignored: the instance may have grown since.
                put(f"{SQL}/settings/disk_size", 5),
                put(f"{REPLICA}/database_version", "POSTGRES_16"),
            ),
            {
                f"{POSTGRES}_instance would be replaced": ("region",),
                f"{POSTGRES}_replica would be left as it is": (
                    "Google refuses database_version from POSTGRES_17 to POSTGRES_16",
                ),
            },
            id="a database moved, and one of the major version before",
        ),
        pytest.param(
            FOUNDATION,
            all_of(
                put(f"{NETWORK}/name", "beep"),
                put(f"{SUBNET}/ip_cidr_range", "10.10.0.0/24"),
                put(f"{RANGE}/address", "10.30.0.0"),
                put(f"{SECRET}/secret_id", "other"),
                drop(OTHER_SECRET),
                at_another_address(ACCOUNT, "account_of_the_api"),
                drop(GRANT),
            ),
            {
                "google_compute_network.network_vpc would be replaced": ("because name",),
                "google_compute_subnetwork.network_subnet would be replaced": ("ip_cidr_range",),
                "google_compute_global_address.network_service_range would be replaced": (
                    "address",
                ),
                "secrets_beep_ai_anthropic_api_key would be replaced": ("because secret_id",),
                "google_secret_manager_secret.other would be destroyed": (),
                # Another account of the same name has none of the grants of this one.
                "google_service_account.service_accounts_beep_api would be destroyed": (),
            },
            id="networks, ranges, secrets and an account made again under its name",
        ),
        pytest.param(
            "bootstrap",
            all_of(
                put("resource/google_storage_bucket/state_bucket/location", "EU"),
                put(
                    "resource/google_iam_workload_identity_pool/github_pool"
                    "/workload_identity_pool_id",
                    "other",
                ),
            ),
            {
                "google_storage_bucket.state_bucket would be replaced": ("because location",),
                "google_iam_workload_identity_pool.github_pool would be replaced": (
                    "because workload_identity_pool_id",
                ),
            },
            id="a bucket moved to another location, and another pool of identities",
        ),
    ],
)
def test_losing_what_holds_data_fails(
    session: Session,
    stacks: Stacks,
    tmp_path: Path,
    stack: str,
    edit: Edit,
    losses: Mapping[str, tuple[str, ...]],
) -> None:
    """One run for all losses of a stack: an upgrade takes longer than looking at it."""
    upgrade = upgraded(session, stacks, tmp_path, stack, edit)
    assert upgrade.result.failed is not None
    assert upgrade.result.failed.name == "upgrade"
    lines = upgrade.result.failed.output.splitlines()
    for what, why in losses.items():
        (line,) = (line for line in lines if what in line)
        assert all(reason in line for reason in why), line
    assert upgrade.result.constructs


def test_a_larger_disk_and_a_larger_subnet_lose_nothing(
    session: Session, stacks: Stacks, tmp_path: Path
) -> None:
    upgrade = upgraded(session, stacks, tmp_path, DATA, put(f"{SQL}/settings/disk_size", 500))
    assert (upgrade.result.failed, upgrade.losses) == (None, [])


def test_a_loss_that_is_allowed_passes_with_its_reason(
    session: Session, stacks: Stacks, tmp_path: Path
) -> None:
    address = "google_compute_network.network_vpc"
    upgrade = upgraded(
        session,
        stacks,
        tmp_path,
        FOUNDATION,
        put(f"{NETWORK}/name", "beep"),
        {(FOUNDATION, address): "a new network, agreed on"},
    )
    assert [loss.address for loss in upgrade.allowed] == [address]
    assert address not in {loss.address for loss in upgrade.refused}


def test_replacing_what_holds_nothing_is_a_warning(
    session: Session, stacks: Stacks, tmp_path: Path
) -> None:
    upgrade = upgraded(session, stacks, tmp_path, FOUNDATION, put(f"{GRANT}/role", "roles/viewer"))
    assert upgrade.result.failed is None
    assert [loss.address for loss in upgrade.warnings] == [
        "google_service_account_iam_member.service_accounts_beep_api_deployer"
    ]


def test_a_renamed_address_is_a_loss_without_moved_and_none_with_it(
    session: Session, stacks: Stacks, tmp_path: Path
) -> None:
    kind = "google_secret_manager_secret"
    old = SECRET.rpartition("/")[2]
    secret = slim(stacks[FOUNDATION])["resource"][kind][old]
    rename = all_of(drop(SECRET), put(f"resource/{kind}/renamed", secret))
    moved = put("moved", [{"from": f"{kind}.{old}", "to": f"{kind}.renamed"}])
    first = upgraded(session, stacks, tmp_path, FOUNDATION, rename)
    assert [loss.action for loss in first.refused] == ["destroyed"]
    (tmp_path / "second").mkdir()
    second = upgraded(session, stacks, tmp_path / "second", FOUNDATION, all_of(rename, moved))
    assert second.refused == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param(
            (
                ("staging", "enable_postgres = true", "enable_postgres = false"),
                ("staging", "[redis]", OUTSIDE_DATABASE),
                ("staging", "[variables]", '[variables]\nDB_PG_HOST = "db.example.com"'),
            ),
            "google_sql_database_instance.postgres_instance would be destroyed",
            id="the database is switched off",
        ),
        pytest.param(
            (("staging", "[redis]", "[redis]\ntransit_encryption = false"),),
            "redis_instance would be replaced because transit_encryption_mode",
            id="the TLS of Redis is switched off",
        ),
    ],
)
def test_a_setting_that_would_lose_data_fails(
    session: Session, outdir: Path, tmp_path: Path, settings: tuple[Setting, ...], message: str
) -> None:
    synthesized(load(edited(tmp_path, *settings)), tmp_path / "today")
    before, today = (
        select_stacks(read_all(folder), None, "staging-data")
        for folder in (outdir, tmp_path / "today")
    )
    (upgrade,) = rehearse_upgrade(session, before, today)
    assert upgrade.result.failed is not None
    assert message in upgrade.result.failed.output


def test_a_stack_that_is_no_longer_synthesized_is_reported(stacks: Stacks, tmp_path: Path) -> None:
    old = SynthesizedStack(DATA, tmp_path, stacks[DATA])
    assert abandoned_stacks([old], [old]) == []
    assert "11 resources stay" in abandoned_stacks([old], [])[0]


def test_an_earlier_revision_is_synthesized(session: Session) -> None:
    stacks = read_all(synthesize_revision(session.folder, ROOT, "HEAD"))
    assert "prod-data" in {stack.name for stack in stacks}


def test_a_revision_that_does_not_exist_is_refused(session: Session) -> None:
    with pytest.raises(SynthesizedError, match="no revision nowhere"):
        synthesize_revision(session.folder, ROOT, "nowhere")


def test_the_committed_list_of_allowed_losses_is_well_formed(tmp_path: Path) -> None:
    read_allowed()
    (tmp_path / "list.toml").write_text('[[allowed]]\nstack = "a"\naddress = "b"\nreason = " "\n')
    with pytest.raises(SynthesizedError, match="a stack, an address and a reason"):
        read_allowed(tmp_path / "list.toml")
