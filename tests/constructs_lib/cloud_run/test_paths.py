"""Startup, liveness and uptime are three traits: setting one changes no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import Stacks, addresses, app_container, of_type, synthesized_with

SERVICE = "google_cloud_run_v2_service"
CHECK = "google_monitoring_uptime_check_config"
TABLE = "[services.web]\n"


def _web(stacks: Stacks) -> dict[str, Any]:
    return app_container(of_type(stacks["prod-services"], SERVICE)["cloud_run_beep_web"])


def _path(probe: dict[str, Any]) -> str:
    path: str = probe["http_get"]["path"]
    return path


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ('startup_path = "/ready"', {"prod-services"}),
        ('liveness_path = "/alive"', {"prod-services"}),
        ('uptime_path = "/page"', {"prod-monitoring"}),
    ],
)
def test_a_path_changes_only_what_asks_for_it(
    line: str, changed: set[str], stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, ("prod", TABLE, f"{TABLE}{line}\n"))
    assert {name for name in after if after[name] != stacks[name]} == changed
    web = _web(after)
    assert _path(web["startup_probe"]) == ("/ready" if "startup" in line else "/")
    assert ("liveness_probe" in web) == ("liveness" in line)
    check = of_type(after["prod-monitoring"], CHECK)["monitoring_beep_web_uptime"]
    assert check["http_check"]["path"] == ("/page" if "uptime" in line else "/")


def test_an_empty_path_takes_its_probe_away(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(
        tmp_path,
        ("prod", "[services.api]\n", '[services.api]\nliveness_path = ""\nuptime_path = ""\n'),
    )
    api = app_container(of_type(after["prod-services"], SERVICE)["cloud_run_beep_api"])
    assert "liveness_probe" not in api
    assert _path(api["startup_probe"]) == "/v1/health"
    gone = addresses(stacks["prod-monitoring"]) - addresses(after["prod-monitoring"])
    assert gone == {
        f"{CHECK}.monitoring_beep_api_uptime",
        "google_monitoring_alert_policy.monitoring_beep_api_down",
    }
