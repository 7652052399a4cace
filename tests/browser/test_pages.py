"""Pages in a real browser: the edge routes what they call, and their policy allows it.

Chromium loads pages with the applications' content security policy from an edge on loopback, which
routes as the synthesized URL map says. Each page calls the URLs of the synthesized build arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from environments import load
from tests.browser.chromium import browse, require_chromium
from tests.browser.pages import Page, Pages, Visit
from tests.browser.servers import (
    PROVIDER,
    Arrival,
    Edge,
    api,
    collector,
    provider,
    serving,
    with_cors,
)
from tests.browser.url_map import UrlMap
from tests.support import SERVICE, Stacks, app_container, edited, of_type

APPS = ("web", "todox")
SIGN_IN = ("POST", "/api/v1/auth/sign-in/email")
SESSION = ("GET", "/v1/session")
TELEMETRY = [("POST", f"/v1/{signal}") for signal in ("traces", "logs", "metrics")]


def _build_arguments(stack: dict[str, Any], app: str) -> dict[str, str]:
    values: dict[str, str] = stack["output"][f"{app}_build_arguments"]["value"]
    return values


def _pages(stack: dict[str, Any], folder: Path) -> Iterator[tuple[str, Page]]:
    """Yield pages with the URLs of today, and with those of the API's and the collector's hosts."""
    edit = ("prod", "cdn = true", "cdn = true\nsame_origin = false")
    elsewhere = load(edited(folder, edit)).environment("prod").apps
    for app in APPS:
        values = _build_arguments(stack, app)
        host = values["NEXT_PUBLIC_APP_URL"].removeprefix("https://")
        others = elsewhere[app].build_arguments()
        yield app, Page(host, values)
        yield f"{app}-elsewhere", Page(host, others)
        if app == "web":
            yield "provider", Page(host, values, provider="github")
            yield "without-policy", Page(host, others, has_policy=False)


def _server_values(stack: dict[str, Any]) -> Mapping[str, str]:
    container = app_container(of_type(stack, SERVICE)["cloud_run_beep_api"])
    return {v["name"]: v["value"] for v in container["env"] if "value" in v}


@pytest.fixture(scope="module")
def visits(stacks: Stacks, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Visit]:
    require_chromium()
    folder = tmp_path_factory.mktemp("browser")
    stack = stacks["prod-services"]
    values, arrivals = _server_values(stack), list[Arrival]()
    origins = frozenset(values["SECURITY_TRUSTED_ORIGINS"].split(","))
    pages = Pages(dict(_pages(stack, folder)), arrivals)
    edge = Edge(
        UrlMap(stack),
        {
            "cloud_run_beep_api": with_cors(api(values["APP_AUTH_URL"]), origins, credentials=True),
            "cloud_run_beep_otel_collector": with_cors(collector, origins, credentials=False),
            **{f"cloud_run_beep_{app}": pages for app in APPS},
        },
        arrivals,
    )
    first = pages.next_url()
    assert first is not None
    with serving(edge) as edge_port, serving(provider) as provider_port:
        ports = {"*.example.com": edge_port, PROVIDER: provider_port}
        browse(first, ports=ports, profile=folder, done=pages.all_visited)
    return pages.visits


def _arrived(visit: Visit) -> list[tuple[str, str]]:
    return [(arrival.method, arrival.path) for arrival in visit.arrivals]


@pytest.mark.parametrize("app", APPS)
def test_a_page_signs_in_fetches_and_sends_telemetry(app: str, visits: dict[str, Visit]) -> None:
    visit = visits[app]
    assert visit.violations == []
    assert visit.statuses == [200] * 5
    assert visit.signed_in_by == "password"
    # And no preflight: for the browser, all of this is the page's own host.
    assert _arrived(visit) == [SIGN_IN, SESSION, *TELEMETRY]


def test_a_sign_in_with_a_provider_comes_back_to_the_cookie_it_began_with(
    visits: dict[str, Visit],
) -> None:
    visit = visits["provider"]
    assert visit.ended == "https://app.example.com/provider?returned"
    assert visit.violations == []
    assert visit.signed_in_by == "provider"
    assert ("GET", "/api/v1/auth/callback/github") in _arrived(visit)


@pytest.mark.parametrize("app", APPS)
def test_the_policy_blocks_a_page_that_calls_the_hosts_of_the_api_and_the_collector(
    app: str, visits: dict[str, Visit]
) -> None:
    visit = visits[f"{app}-elsewhere"]
    assert visit.statuses == [None] * 5
    assert visit.violations == [
        {"directive": "connect-src", "url": request["url"]} for request in visit.requests
    ]
    blocked = {request["url"].split("/")[2] for request in visit.requests}
    assert blocked == {"api.example.com", "otlp.example.com"}
    assert _arrived(visit) == []


def test_nothing_but_the_policy_blocks_it(visits: dict[str, Visit]) -> None:
    visit = visits["without-policy"]
    assert visit.violations == []
    assert visit.statuses == [200] * 5
    assert {SIGN_IN, SESSION, *TELEMETRY} <= {*_arrived(visit)}
