"""What a month costs follows from the stacks, the table and nothing else."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.pipeline.demands import demands
from cost import report
from cost.estimate import Estimate, estimate, estimates
from cost.resources import PRICED
from cost.table import MAX_AGE, PRICES, PriceTable, read_table
from environments import Configuration
from policy.stack import Stack, by_environment, environment_of, read_stacks
from provider_schema.store import load_aws
from tests.support import ROOT

TABLE = read_table()


@pytest.fixture(scope="module")
def all_stacks(outdir: Path, configuration: Configuration) -> tuple[Stack, ...]:
    return read_stacks(outdir, configuration)


@pytest.fixture(scope="module")
def now(all_stacks: tuple[Stack, ...]) -> dict[str, Estimate]:
    return estimates(all_stacks, TABLE)


def of(
    kind: str, name: str = "x", stack: str = "qa-data", table: PriceTable = TABLE, **arguments: Any
) -> Estimate:
    """Return the estimate of one resource."""
    return estimate("qa", (Stack(stack, {"resource": {kind: {name: arguments}}}, None),), table)


def test_every_environment_has_a_price_and_nothing_in_it_is_unknown(
    now: dict[str, Estimate], configuration: Configuration
) -> None:
    names = [e.settings.environment for e in configuration.environments]
    assert sorted(now) == sorted(["bootstrap", *names])
    for known in now.values():
        assert known.unpriced == ()
        assert known.usd > 0
        assert known.usd == pytest.approx(sum(known.by_cause.values()))


def test_every_type_that_the_stacks_may_hold_is_either_priced_or_free() -> None:
    google = {kind for kind in demands().types if kind.startswith("google_")}
    types = google | load_aws().resources.keys()
    assert types - PRICED.keys() - TABLE.free.keys() == set()
    assert PRICED.keys() & TABLE.free.keys() == set()
    assert (PRICED.keys() | TABLE.free.keys()) - types == set(), "listed, and in no stack"


def test_a_type_that_nobody_priced_is_reported() -> None:
    [problem] = of("google_compute_vpn_gateway").unpriced
    assert "google_compute_vpn_gateway is neither priced nor free" in problem


def test_cloud_sql_of_prod_costs_what_its_price_page_says(now: dict[str, Estimate]) -> None:
    """By hand: 4 vCPU and 15 GiB, twice for two zones, once for the replica; disks; backups."""
    compute = 730 * (4 * 0.0413 + 15 * 0.007)
    assert now["prod"].by_cause["Cloud SQL"] == pytest.approx(
        3 * compute + 100 * (0.34 + 0.17) + 100 * 0.08
    )


def service(**changes: Any) -> Estimate:
    container = {
        "resources": {
            "limits": {"cpu": changes.pop("cpu", "1"), "memory": "512Mi"},
            "cpu_idle": changes.pop("cpu_idle", True),
        }
    }
    return of(
        "google_cloud_run_v2_service",
        location="us-central1",
        scaling={"min_instance_count": changes.pop("least", 0)},
        template={"containers": [container]},
    )


def test_an_instance_that_keeps_its_cpu_costs_as_long_as_it_is_there() -> None:
    seconds = 730 * 3600
    assert service(least=2, cpu_idle=False).usd == pytest.approx(
        2 * seconds * (0.000018 + 0.5 * 0.000002)
    )


def test_an_idle_instance_costs_less_and_no_least_number_costs_least() -> None:
    busy, idle, none = service(least=1, cpu_idle=False), service(least=1), service()
    prices = 0.1 * (0.000024 + 0.5 * 0.0000025) + 0.9 * (0.0000025 + 0.5 * 0.0000025)
    assert idle.usd == pytest.approx(730 * 3600 * prices)
    assert busy.usd > idle.usd > none.usd > 0
    assert service(least=1, cpu="1000m").usd == pytest.approx(idle.usd)


def test_redis_is_priced_by_its_capacity_and_its_nodes() -> None:
    def redis(gib: int, **more: Any) -> float:
        return of("google_redis_instance", region="us-central1", memory_size_gb=gib, **more).usd

    assert redis(1, tier="BASIC") == pytest.approx(730 * 0.049)
    assert redis(4, tier="BASIC") == pytest.approx(4 * 730 * 0.049)
    assert redis(5, tier="BASIC") == pytest.approx(5 * 730 * 0.027)
    assert redis(5, tier="STANDARD_HA") == pytest.approx(5 * 730 * 0.054)
    assert redis(5, tier="STANDARD_HA", replica_count=1) == redis(5, tier="STANDARD_HA")
    assert redis(5, tier="STANDARD_HA", replica_count=3) == 2 * redis(5, tier="STANDARD_HA")


def test_five_forwarding_rules_have_one_price_and_a_sixth_has_its_own() -> None:
    def rules(count: int) -> float:
        named: dict[str, Any] = {f"x{number}": {} for number in range(count)}
        kinds = {"google_compute_global_forwarding_rule": named}
        return estimate("qa", (Stack("qa-services", {"resource": kinds}, None),), TABLE).usd

    assert rules(1) == rules(5) == pytest.approx(730 * 0.025 + 100 * (0.008 + 0.12))
    assert rules(6) == pytest.approx(rules(5) + 730 * 0.01)


def test_nat_costs_by_what_it_serves_and_each_address_that_is_not_internal() -> None:
    gateway = of("google_compute_router_nat").usd
    assert gateway == pytest.approx(730 * 6 * 0.0014 + 20 * 0.045)
    assert of("google_compute_address", address_type="EXTERNAL").usd == pytest.approx(730 * 0.005)
    assert of("google_compute_address", address_type="INTERNAL").usd == 0


def test_rules_of_cloud_armor_cost_also_those_that_the_apply_makes() -> None:
    policy = of(
        "google_compute_security_policy",
        rule=[{"priority": 1}, {"priority": 2}],
        dynamic={"rule": {"content": {}}},
    )
    assert policy.usd == pytest.approx(5 + (2 + 6) * 1 + 5 * 0.75)


@pytest.mark.parametrize(("period", "usd"), [("300s", 0.0), ("10s", (1576.8 - 1000) * 0.3)])
def test_uptime_checks_cost_beyond_the_first_million(period: str, usd: float) -> None:
    checked = of("google_monitoring_uptime_check_config", period=period)
    assert checked.usd == pytest.approx(usd)


def test_snapshots_follow_the_disk_that_they_are_of() -> None:
    disk = {"zone": "us-central1-b", "type": "pd-balanced", "size": 50}
    attachment = {"disk": "${google_compute_disk.x.name}", "zone": "us-central1-b"}
    kinds = {
        "google_compute_disk": {"x": disk},
        "google_compute_disk_resource_policy_attachment": {"x": attachment},
    }
    stack = Stack("qa-data", {"resource": kinds}, None)
    assert estimate("qa", (stack,), TABLE).usd == pytest.approx(50 * 0.1 + 50 * 0.05)


@pytest.mark.parametrize(
    ("kind", "arguments", "says"),
    [
        (
            "google_sql_database_instance",
            {"settings": {"tier": "db-f1-micro", "edition": "ENTERPRISE"}},
            "a db-f1-micro of edition ENTERPRISE has no price",
        ),
        (
            "google_compute_disk",
            {"zone": "europe-west1-b", "type": "pd-ssd", "size": 10},
            "not in europe-west1",
        ),
        ("google_compute_disk", {"type": "pd-ssd", "size": 10}, "cannot be read"),
        (
            "google_compute_instance",
            {"zone": "us-central1-a", "machine_type": "n2-standard-80"},
            "there is no price of machine n2-standard-80",
        ),
    ],
)
def test_what_has_no_price_is_said_and_never_counted_as_nothing(
    kind: str, arguments: dict[str, Any], says: str
) -> None:
    [problem] = of(kind, **arguments).unpriced
    assert says in problem


def test_a_change_is_shown_by_its_cause(
    now: dict[str, Estimate], all_stacks: tuple[Stack, ...]
) -> None:
    [members] = [m for m in by_environment(all_stacks) if environment_of(m[0].name) == "prod"]
    data = next(stack for stack in members if stack.name == "prod-data")
    text = deepcopy(dict(data.text))
    del text["resource"]["google_sql_database_instance"]["postgres_replica"]
    edited = tuple(replace(s, text=text) if s is data else s for s in members)
    without = estimate("prod", edited, TABLE)
    replica = 730 * (4 * 0.0413 + 15 * 0.007) + 100 * 0.17
    printed = report.text({"prod": without}, TABLE, TABLE.read, ("main", {"prod": now["prod"]}))
    assert f"-{replica:,.2f} against main (-16%)" in printed
    assert re.search(rf"^    Cloud SQL +[\d.]+ +-{replica:.2f}$", printed, re.MULTILINE)
    assert not re.search(r"^    Redis +[\d.]+ +[-+]", printed, re.MULTILINE)
    data_of = report.as_json({"prod": without}, TABLE, TABLE.read, ("main", now))
    assert data_of["environments"][0]["before_usd"] == round(now["prod"].usd, 2)


def test_the_report_states_the_assumptions_and_the_budget(now: dict[str, Estimate]) -> None:
    printed = report.text(now, TABLE, TABLE.read)
    assert "of a budget of 2,500 USD" in printed
    for assumption in TABLE.assumptions.values():
        assert f"    {assumption.id} = {assumption.value:g} {assumption.unit}" in printed
    assert "prices that nothing confirms: armor policy" in printed
    assert "warning" not in printed


def test_the_page_shows_what_the_command_prints(now: dict[str, Estimate]) -> None:
    page = (ROOT / "docs" / "concepts" / "cost.md").read_text(encoding="utf-8")
    shown = page.partition("--from main\n")[2].partition("...\n")[0].splitlines()
    printed = report.text({"prod": now["prod"]}, TABLE, TABLE.read).splitlines()
    assert len(shown) == 3
    assert [line.partition(";")[0] for line in shown] == printed[:3]


def test_old_prices_are_announced_and_change_no_sum(now: dict[str, Estimate]) -> None:
    day = TABLE.read + MAX_AGE
    assert TABLE.warning(day) is None
    late = day + timedelta(days=1)
    fresh, old = report.text(now, TABLE, day), report.text(now, TABLE, late)
    assert old.startswith(f"{fresh}\n\nwarning: cost/prices.toml: ")
    assert f"the oldest on {TABLE.read}" in old


def test_a_row_that_is_read_anew_is_old_no_longer() -> None:
    late = TABLE.read + MAX_AGE + timedelta(days=1)
    prices = {p.id: p.model_copy(update={"read": late}) for p in TABLE.prices.values()}
    one_old = prices | {"logs": TABLE.prices["logs"]}
    assert replace(TABLE, prices=prices).warning(late) is None
    assert "1 of" in str(replace(TABLE, prices=one_old).warning(late))


def test_every_row_says_where_it_is_from_and_every_assumption_is_used() -> None:
    for price in TABLE.prices.values():
        assert price.source.startswith(("https://cloud.google.com/", "https://aws.amazon.com/"))
        assert price.evidence
        assert price.usd > 0
    source = "".join(
        (PRICES.parent / f"{name}.py").read_text() for name in ("project", "resources")
    )
    for assumption in TABLE.assumptions:
        assert f'"{assumption}"' in source, assumption


def test_what_is_on_the_bill_of_aws_needs_no_budget_at_google() -> None:
    text = {
        "provider": {"aws": [{"region": "us-east-1"}]},
        "resource": {"aws_s3_bucket": {"x": {}}, "aws_kms_key": {"x": {}}},
    }
    known = estimate("qa", (Stack("qa-aws", text, None),), TABLE)
    assert known.by_cause == {"storage": pytest.approx(50 * 0.023 + 1)}
    assert known.usd_at_google == 0


def test_a_bucket_on_aws_has_the_price_of_its_region_or_none() -> None:
    text = {
        "provider": {"aws": [{"region": "eu-north-1"}]},
        "resource": {"aws_s3_bucket": {"x": {}}},
    }
    [problem] = estimate("qa", (Stack("qa-aws", text, None),), TABLE).unpriced
    assert "not in eu-north-1" in problem
