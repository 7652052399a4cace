"""Every fault of a service is reported for every service of the catalogue, and for a new one.

The catalogue decides what is tested: a service that is added is tested without an edit here, as the
last test shows on a copy of the repository.
"""

from __future__ import annotations

import copy as copies
import json
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from environments import load
from envschema.services import SERVICES, Kind, Service
from tests.copies import copy_of_repository, run_in
from tests.support import ROOT, Stacks, addresses, read, refused, toml

Document = dict[str, Any]
Edit = Callable[[Document, Service], None]

TAG = "us-central1-docker.pkg.dev/beep-shared-example/beep/some:main"
NEW = "back-office"


def _table(document: Document, service: Service) -> Document:
    """Return the table of a service, made where the file leaves it out."""
    match service.kind:
        case Kind.MCP:
            table: Document = document["mcp"]
        case Kind.COLLECTOR:
            table = document["telemetry"].setdefault("collector", {})
        case _:
            table = document.setdefault("services", {}).setdefault(service.name, {})
    return table


def _key(service: Service, key: str) -> str:
    """Return a key of a service's table as messages spell it."""
    match service.kind:
        case Kind.MCP:
            return f"mcp.{key}"
        case Kind.COLLECTOR:
            return f"telemetry.collector.{key}"
    return f"services.{service.name}.{key}"


def _host_key(service: Service) -> str:
    is_collector = service.kind is Kind.COLLECTOR
    return "telemetry.collector.host" if is_collector else f"hosts.{service.name}"


def _set_host(document: Document, service: Service, host: str) -> None:
    if service.kind is Kind.COLLECTOR:
        _table(document, service)["host"] = host
    else:
        document["hosts"][service.name] = host


def _deployed(service: Service) -> Document:
    """Return production's file with the service deployed, public and described without a fault."""
    document = tomllib.loads((ROOT / "environments" / "prod.toml").read_text("utf-8"))
    document["postgres"]["max_connections"] = 1000
    if service.kind is Kind.MCP:
        document["mcp"] = {"mode": "service", "allow_unauthenticated": True, "ingress": "all"}
    if service.is_optional and service.kind.is_application:
        document[service.enable_input] = True
    _set_host(document, service, f"{service.name}-of-a-test.{document['domain']}")
    return document


@dataclass(frozen=True)
class Fault:
    """A fault that a service can have, and what is said of it."""

    name: str
    edit: Edit
    key: Callable[[Service], str]
    says: str
    applies: Callable[[Service], bool] = lambda service: True


def _of_table(**values: object) -> Edit:
    def edit(document: Document, service: Service) -> None:
        _table(document, service).update(values)

    return edit


def _minimum_above_maximum(document: Document, service: Service) -> None:
    maximum = _table(document, service).get("max_instance_count", service.max_instance_count)
    if service.kind.is_application:
        document[service.min_instance_count_input] = maximum + 1
    else:
        _table(document, service)["min_instance_count"] = maximum + 1


def _minimum_key(service: Service) -> str:
    is_application = service.kind.is_application
    own = service.min_instance_count_input if is_application else "min_instance_count"
    return own if is_application else _key(service, own)


def _by_tag(document: Document, service: Service) -> None:
    document[service.image_input] = TAG


def _without_host(document: Document, service: Service) -> None:
    del document["hosts"][service.name]


def _outside_the_domain(document: Document, service: Service) -> None:
    _set_host(document, service, "app.example.org")


def _at_the_host_of_another(document: Document, service: Service) -> None:
    other = "web" if service.name == "api" else "api"
    # The later of the two keys is the one at fault.
    _set_host(document, service, document["hosts"][other])


def _with_low_goal(document: Document, service: Service) -> None:
    document["slo"][service.name] = {"latency_goal": 0.91}


def _with_strange_candidate(document: Document, service: Service) -> None:
    document["edge"]["candidate_hosts"] = {service.name: "candidate.example.org"}


def _misspelt(document: Document, service: Service) -> None:
    _table(document, service)["memory_mb"] = 512


def _is_application(service: Service) -> bool:
    return service.kind.is_application


FAULTS = (
    Fault("minimum above maximum", _minimum_above_maximum, _minimum_key, "is above"),
    Fault("an image by its tag", _by_tag, lambda s: s.image_input, "is not pinned by its digest"),
    Fault(
        "no host",
        _without_host,
        _host_key,
        "is missing",
        lambda s: s.kind is not Kind.COLLECTOR,
    ),
    Fault("a host elsewhere", _outside_the_domain, _host_key, "is not within domain"),
    Fault(
        "the host of another",
        _at_the_host_of_another,
        lambda s: "hosts.web" if s.name == "api" else _host_key(s),
        "is also hosts.",
    ),
    Fault(
        "900 instances on one database",
        _of_table(max_instance_count=900),
        lambda s: "postgres.max_connections",
        "of the new revision with a pool of",
        lambda s: s.pools_connections,
    ),
    Fault(
        "900 instances in one subnet",
        _of_table(max_instance_count=900),
        lambda s: "network.subnet_cidr",
        "usable addresses",
        lambda s: s.kind.reads_server_schema,
    ),
    Fault(
        "no instance at all",
        _of_table(max_instance_count=0),
        lambda s: _key(s, "max_instance_count"),
        "greater than or equal to 1",
    ),
    Fault(
        "more memory than the CPU carries",
        _of_table(memory_mib=32768),
        lambda s: _key(s, "memory_mib"),
        "needs 8 CPUs or more",
        lambda s: s.kind is not Kind.COLLECTOR,
    ),
    Fault(
        "more CPU than memory",
        _of_table(cpu=8, memory_mib=512),
        lambda s: _key(s, "memory_mib"),
        "is too little for cpu = 8",
        lambda s: s.kind is not Kind.COLLECTOR,
    ),
    Fault(
        "a CPU count that Cloud Run has not",
        _of_table(cpu=3),
        lambda s: _key(s, "cpu"),
        "is not one of the allowed values",
    ),
    Fault("a misspelt key", _misspelt, lambda s: _key(s, "memory_mb"), "is not a setting"),
    Fault(
        "a startup path that is none",
        _of_table(startup_path="health"),
        lambda s: _key(s, "startup_path"),
        "is not the path of a URL",
        lambda s: s.kind is not Kind.COLLECTOR,
    ),
    Fault(
        "a liveness path with a query",
        _of_table(liveness_path="/health?deep"),
        lambda s: _key(s, "liveness_path"),
        "is not the path of a URL",
        lambda s: s.kind is not Kind.COLLECTOR,
    ),
    Fault(
        "an uptime path on another host",
        _of_table(uptime_path="https://example.com/"),
        lambda s: _key(s, "uptime_path"),
        "is not the path of a URL",
        lambda s: s.kind is not Kind.COLLECTOR,
    ),
    Fault(
        "a goal whose fast alert cannot fire",
        _with_low_goal,
        lambda s: f"slo.{s.name}.latency_goal",
        "is so low that the fast alert cannot fire",
        _is_application,
    ),
    Fault(
        "a candidate outside of the domain",
        _with_strange_candidate,
        lambda s: f"edge.candidate_hosts.{s.name}",
        "is not below domain",
        _is_application,
    ),
)
CASES = [
    pytest.param(fault, service, id=f"{service.name}: {fault.name}")
    for service in SERVICES
    for fault in FAULTS
    if fault.applies(service)
]


def _folder(tmp_path: Path, document: Document) -> Path:
    folder = tmp_path / "environments"
    folder.mkdir()
    bootstrap = tomllib.loads((ROOT / "environments" / "bootstrap.toml").read_text("utf-8"))
    bootstrap["environments"] = ["prod"]
    (folder / "bootstrap.toml").write_text(toml(bootstrap), encoding="utf-8")
    (folder / "prod.toml").write_text(toml(document), encoding="utf-8")
    return folder


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_service_without_a_fault_is_accepted(service: Service, tmp_path: Path) -> None:
    assert load(_folder(tmp_path, _deployed(service))).environments


@pytest.mark.parametrize(("fault", "service"), CASES)
def test_a_fault_of_a_service_is_reported(fault: Fault, service: Service, tmp_path: Path) -> None:
    document = copies.deepcopy(_deployed(service))
    fault.edit(document, service)
    reported = {problem.key: problem for problem in refused(_folder(tmp_path, document)).problems}
    key = fault.key(service)
    assert key in reported, list(map(str, reported.values()))
    assert fault.says in reported[key].what
    assert reported[key].fix


@pytest.mark.skipif(
    any(service.name == NEW for service in SERVICES), reason="this is the copy that has it"
)
def test_a_service_that_only_this_test_adds_has_every_check_and_everything_else(
    stacks: Stacks, tmp_path: Path
) -> None:
    copy = copy_of_repository(tmp_path)
    catalogue = copy / "envschema" / "services.py"
    entry = '    site("marketing"),\n'
    text = catalogue.read_text()
    assert text.count(entry) == 1
    catalogue.write_text(text.replace(entry, f'{entry}    web("{NEW}"),\n'))

    tests = "tests/constructs_lib/cloud_run/test_every_service.py"
    checked = run_in(copy, sys.executable, "-m", "pytest", "-n", "0", "-v", tests, "-k", NEW)
    assert checked.returncode == 0, checked.stdout
    web = next(service for service in SERVICES if service.name == "web")
    applying = [fault for fault in FAULTS if fault.applies(web)]
    assert f"{len(applying) + 1} passed" in checked.stdout

    path = copy / "environments" / "prod.toml"
    text = path.read_text()
    text = text.replace("[hosts]\n", f'[hosts]\n{NEW} = "office.example.com"\n')
    text = text.replace("max_connections = 400", "max_connections = 600")
    path.write_text(
        text.replace("enable_web = true\n", "enable_web = true\nenable_back_office = true\n")
    )
    synth = run_in(copy, sys.executable, "-O", "main.py", outdir=tmp_path / "on")
    assert synth.returncode == 0, synth.stderr

    after = read(tmp_path / "on")

    for name in ("dev-services", "staging-monitoring", "bootstrap"):
        assert stacks[name] == after[name]

    def added(name: str) -> set[str]:
        assert addresses(stacks[name]) <= addresses(after[name])
        return addresses(after[name]) - addresses(stacks[name])

    assert added("prod-foundation") >= {
        "google_service_account.service_accounts_beep_back_office",
        "google_certificate_manager_certificate.certificates_back_office",
    }
    assert added("prod-services") >= {
        "google_cloud_run_v2_service.cloud_run_beep_back_office",
        "google_compute_backend_service.edge_back_office",
        "google_compute_backend_service.edge_back_office_static",
        "google_dns_record_set.edge_back_office_host",
    }
    assert added("prod-monitoring") >= {
        "google_monitoring_alert_policy.monitoring_beep_back_office_errors",
        "google_monitoring_alert_policy.monitoring_beep_back_office_latency",
        "google_monitoring_alert_policy.monitoring_beep_back_office_down",
        "google_monitoring_uptime_check_config.monitoring_beep_back_office_uptime",
        "google_monitoring_slo.monitoring_beep_back_office_slo_availability",
        "google_monitoring_slo.monitoring_beep_back_office_slo_latency",
    }
    on = after["prod-services"]
    assert {"image_back_office"} <= on["variable"].keys()
    assert {"back_office_url", "back_office_build_arguments"} <= on["output"].keys()
    api = on["resource"]["google_cloud_run_v2_service"]["cloud_run_beep_api"]
    variables = api["template"]["containers"][0]["env"]
    origins = next(v["value"] for v in variables if v["name"] == "SECURITY_TRUSTED_ORIGINS")
    assert "https://office.example.com" in origins
    dashboard = after["prod-monitoring"]["resource"]["google_monitoring_dashboard"]
    assert "beep-back-office: requests" in json.dumps(dashboard)
