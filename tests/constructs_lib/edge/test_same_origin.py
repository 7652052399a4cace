"""Pages are built with URLs of their own host wherever the edge leads those to the API."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from environments import Configuration, Environment, load
from envschema import AppEnvironment
from tests.support import Edit, edited

CDN = "cdn = true"
CALLED_BY_PAGES = ("NEXT_PUBLIC_API_URL", "NEXT_PUBLIC_AUTH_URL")
EXPORTERS = tuple(
    f"NEXT_PUBLIC_OTLP_{signal}_EXPORTER_URL" for signal in ("TRACE", "LOG", "METRIC")
)
EXTERNAL = 'mode = "external"\notlp_endpoint = "https://otlp.elsewhere.example.com"'
GRAFANA_CLOUD = """mode = "grafana_cloud"
otlp_gateway = "https://otlp-gateway.example.net/otlp"
instance_id = 100000
collector = { min_instance_count = 2 }"""


def _environment(folder: Path, *edits: Edit) -> Environment:
    return load(edited(folder, *edits)).environment(edits[0][0])


def _hosts(app: AppEnvironment, names: Iterable[str]) -> set[str]:
    return {app.build_arguments()[name].split("/")[2] for name in names}


@pytest.mark.parametrize(
    ("name", "app", "host"),
    [
        ("staging", "web", "app.staging.example.com"),
        ("staging", "todox", "todox.staging.example.com"),
        ("prod", "web", "app.example.com"),
        ("prod", "todox", "todox.example.com"),
    ],
)
def test_each_applications_pages_call_its_own_host(
    name: str, app: str, host: str, configuration: Configuration
) -> None:
    bound = configuration.environment(name).apps[app]
    assert _hosts(bound, (*CALLED_BY_PAGES, *EXPORTERS)) == {host}
    for variable in CALLED_BY_PAGES:
        assert bound.build_arguments()[variable] == f"https://{host}"
    assert bound.build_arguments()[EXPORTERS[0]] == f"https://{host}/otlp/v1/traces"


def test_domain_mappings_route_no_paths_so_pages_call_the_api(configuration: Configuration) -> None:
    dev = configuration.environment("dev")
    for app in ("web", "todox"):
        assert _hosts(dev.apps[app], CALLED_BY_PAGES) == {"api.dev.example.com"}
        assert _hosts(dev.apps[app], EXPORTERS) == {"otlp.dev.example.com"}
    assert dev.apps["api"].values["APP_AUTH_URL"] == "https://api.dev.example.com"


def test_one_line_sends_pages_to_the_hosts_of_the_api_and_the_collector(tmp_path: Path) -> None:
    prod = _environment(tmp_path, ("prod", CDN, f"{CDN}\nsame_origin = false"))
    for app in ("web", "todox"):
        assert _hosts(prod.apps[app], CALLED_BY_PAGES) == {"api.example.com"}
        assert _hosts(prod.apps[app], EXPORTERS) == {"otlp.example.com"}
    assert prod.apps["api"].values["APP_AUTH_URL"] == "https://api.example.com"


def test_an_api_that_is_not_public_is_at_no_host_of_a_page(tmp_path: Path) -> None:
    prod = _environment(tmp_path, ("prod", "cpu = 4", "cpu = 4\nallow_unauthenticated = false"))
    assert _hosts(prod.apps["web"], CALLED_BY_PAGES) == {"api.example.com"}
    assert _hosts(prod.apps["web"], EXPORTERS) == {"app.example.com"}


def test_telemetry_that_is_operated_elsewhere_is_sent_there(tmp_path: Path) -> None:
    prod = _environment(tmp_path, ("prod", GRAFANA_CLOUD, EXTERNAL))
    assert _hosts(prod.apps["web"], CALLED_BY_PAGES) == {"app.example.com"}
    assert _hosts(prod.apps["web"], EXPORTERS) == {"otlp.elsewhere.example.com"}


def test_servers_call_the_api_at_its_own_host(configuration: Configuration) -> None:
    for app in ("api", "web", "todox"):
        values = configuration.environment("prod").apps[app].values
        assert values["APP_API_URL"] == "https://api.example.com"
        assert values["OTLP_TRACE_EXPORTER_URL"] == "https://otlp.example.com/v1/traces"


def test_a_sign_in_with_a_provider_ends_at_the_host_where_people_begin_it(
    configuration: Configuration, tmp_path: Path
) -> None:
    prod = configuration.environment("prod")
    assert {a.values.get("APP_AUTH_URL") for a in prod.apps.values()} == {
        "https://app.example.com",
        None,
    }
    client = ("prod", 'client_service = "web"', 'client_service = "todox"')
    changed = _environment(tmp_path, client)
    assert changed.apps["api"].values["APP_AUTH_URL"] == "https://todox.example.com"
