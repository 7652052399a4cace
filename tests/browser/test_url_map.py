"""The evaluation of a URL map that the browser is led by, held against the map's own tests."""

from __future__ import annotations

import pytest

from tests.browser.url_map import UrlMap
from tests.support import Stacks


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_every_test_that_google_runs_inside_the_map_passes(name: str, stacks: Stacks) -> None:
    url_map = UrlMap(stacks[f"{name}-services"])
    for test in url_map.arguments["test"]:
        if "service" not in test:
            led = test["expected_output_url"], test["expected_redirect_response_code"]
            assert url_map.redirect(test["host"], test["path"]) == led
            continue
        destination = url_map.destination(test["host"], test["path"])
        assert destination is not None
        assert destination.backend == test["service"]
        sent = f"https://{test['host']}{destination.path}"
        assert sent == test.get("expected_output_url", f"https://{test['host']}{test['path']}")


@pytest.mark.parametrize(
    ("url", "service", "sent"),
    [
        ("/", "web", "/"),
        ("/v1", "web", "/v1"),
        ("/v1/", "api", "/v1/"),
        ("/v1/session?x=/otlp/", "api", "/v1/session?x=/otlp/"),
        ("/api/v1/auth/callback/github?code=1", "api", "/api/v1/auth/callback/github?code=1"),
        ("/api/chat", "web", "/api/chat"),
        ("/otlp/v1/traces", "otel_collector", "/v1/traces"),
        ("/otlp/", "otel_collector", "/"),
        ("/otlp", "web", "/otlp"),
        ("/otlp-docs", "web", "/otlp-docs"),
        ("/_next/static/a.js", "web", "/_next/static/a.js"),
    ],
)
def test_a_path_of_a_page_leads_where_the_longest_rule_says(
    url: str, service: str, sent: str, stacks: Stacks
) -> None:
    destination = UrlMap(stacks["prod-services"]).destination("app.example.com", url)
    assert destination is not None
    assert (destination.service, destination.path) == (f"cloud_run_beep_{service}", sent)


def test_a_host_without_a_rule_leads_nowhere(stacks: Stacks) -> None:
    assert UrlMap(stacks["prod-services"]).destination("example.net", "/") is None
