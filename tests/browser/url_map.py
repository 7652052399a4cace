"""Where a synthesized URL map leads a request, as Google documents it.

Source: Google Cloud documentation, URL maps overview, and the reference of ``urlMaps``: a host rule
chooses the path matcher; of its path rules the longest path that matches wins, in whatever order
they stand; ``/*`` at the end of a path stands for anything, also for nothing; a rewrite replaces
what is before that ``*``; the query takes no part, and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support import of_type

_BACKEND = "google_compute_backend_service"
_GROUP = "google_compute_region_network_endpoint_group"

_STATUS = {"MOVED_PERMANENTLY_DEFAULT": 301, "FOUND": 302}
_REDIRECT = {"host_redirect", "https_redirect", "redirect_response_code", "strip_query"}


@dataclass(frozen=True)
class Destination:
    """A backend service, the Cloud Run service behind it, and the path that it is sent."""

    backend: str
    service: str
    path: str


class UrlMap:
    """The URL map of a services stack."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self._stack = stack
        self.arguments: dict[str, Any] = of_type(stack, "google_compute_url_map")["edge_routes"]
        matchers = {matcher["name"]: matcher for matcher in self.arguments["path_matcher"]}
        self._matchers: dict[str, dict[str, Any]] = {}
        for rule in self.arguments["host_rule"]:
            for host in rule["hosts"]:
                assert "*" not in host, f"wildcards are not evaluated here: {host}"
                self._matchers[host] = matchers[rule["path_matcher"]]

    def destination(self, host: str, url: str) -> Destination | None:
        """Return where a request goes, by its path and query; None for a host without a rule."""
        matcher = self._matchers.get(host)
        if matcher is None:
            return None
        assert matcher.keys() <= {"name", "default_service", "path_rule"}
        path, mark, query = url.partition("?")
        rules = [(pattern, rule) for rule in matcher["path_rule"] for pattern in rule["paths"]]
        for pattern, rule in sorted(rules, key=lambda pair: len(pair[0]), reverse=True):
            assert rule.keys() <= {"paths", "service", "route_action"}
            if _matches(pattern, path):
                path = _rewritten(pattern, path, rule.get("route_action"))
                return self._to(rule["service"], path + mark + query)
        return self._to(matcher["default_service"], url)

    def redirect(self, host: str, path: str) -> tuple[str, int] | None:
        """Return the URL and the status with which a host sends everybody elsewhere."""
        matcher = self._matchers.get(host, {})
        if (action := matcher.get("default_url_redirect")) is None:
            return None
        assert matcher.keys() == {"name", "default_url_redirect"}
        assert action.keys() <= _REDIRECT
        assert action["https_redirect"] is True
        return f"https://{action['host_redirect']}{path}", _STATUS[action["redirect_response_code"]]

    def _to(self, reference: str, path: str) -> Destination:
        name = reference.split(".")[1]
        (backend,) = of_type(self._stack, _BACKEND)[name]["backend"]
        group = of_type(self._stack, _GROUP)[backend["group"].split(".")[1]]
        return Destination(reference, group["cloud_run"]["service"].split(".")[1], path)


def _matches(pattern: str, path: str) -> bool:
    if pattern.endswith("/*"):
        return path.startswith(pattern.removesuffix("*"))
    return path == pattern


def _rewritten(pattern: str, path: str, action: dict[str, Any] | None) -> str:
    if action is None:
        return path
    assert action.keys() == {"url_rewrite"}
    assert action["url_rewrite"].keys() == {"path_prefix_rewrite"}
    rewritten: str = action["url_rewrite"]["path_prefix_rewrite"]
    return rewritten + path.removeprefix(pattern.removesuffix("*"))
