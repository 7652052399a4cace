"""The pages of the web applications: they try what applications do, report it, and go on."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.browser.servers import Answer, Arrival, Request, as_json
from tests.support import ROOT

_SCRIPT = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")
_POLICY = "; ".join(
    line
    for line in (ROOT / "tests/data/content-security-policy.txt").read_text().splitlines()
    if not line.startswith("#")
)


@dataclass(frozen=True)
class Page:
    """A page that the browser is sent to, and what it was built with."""

    host: str
    build_arguments: Mapping[str, str]
    provider: str | None = None
    """With whom it signs in; without one, by password."""
    has_policy: bool = True


@dataclass(frozen=True)
class Visit:
    """What a page reports at its end, and what had reached the services behind the edge by then."""

    ended: str
    """The URL of the page."""
    requests: list[dict[str, Any]]
    violations: list[dict[str, str]]
    arrivals: list[Arrival]

    @property
    def statuses(self) -> list[int | None]:
        """The status of each request; None where the browser refused to send it."""
        return [request.get("status") for request in self.requests]

    @property
    def signed_in_by(self) -> str:
        """By what the page is signed in, as the API says."""
        (session,) = (r for r in self.requests if r["url"].endswith("/v1/session"))
        by: str = json.loads(session["body"])["by"]
        return by


@dataclass
class Pages:
    """The web applications' server, which sends the browser from each page to the next."""

    pages: Mapping[str, Page]
    arrivals: list[Arrival]
    """Where the edge writes down what arrives."""
    visits: dict[str, Visit] = field(default_factory=dict)
    all_visited: threading.Event = field(default_factory=threading.Event)

    def next_url(self) -> str | None:
        """Return the page to be visited next, if any."""
        for name, page in self.pages.items():
            if name not in self.visits:
                return f"https://{page.host}/{name}"
        return None

    def __call__(self, request: Request) -> Answer:
        if request.method == "POST" and request.path.startswith("/report/"):
            name = request.path.removeprefix("/report/")
            arrivals = [a for a in self.arrivals if a.backend is not self]
            self.arrivals.clear()
            self.visits[name] = Visit(**json.loads(request.body), arrivals=arrivals)
            following = self.next_url()
            if following is None:
                self.all_visited.set()
            return as_json({"next": following})
        page = self.pages.get(request.path.removeprefix("/"))
        return Answer(404) if page is None else _html(page)


def _html(page: Page) -> Answer:
    values = json.dumps({"buildArguments": dict(page.build_arguments), "provider": page.provider})
    text = f"<!doctype html><script>const page = {values};\n{_SCRIPT}</script>"
    policy = (("Content-Security-Policy", _POLICY),) if page.has_policy else ()
    return Answer(200, text.encode(), (("Content-Type", "text/html; charset=utf-8"), *policy))
