"""What strangers see of an environment: the checks of ``verify``, on a candidate and at the end."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_lib.edge.hosts import PublicHost
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.services import deployed_services
from delivery.rollout.world import Meanwhile, nothing
from envschema.services import Kind
from google_api import Google
from results import Result, Status
from verify.checks import CHECKS, Check, run
from verify.context import Context
from verify.web import Web

_SMOKE = frozenset({"health", "pages", "cors", "websocket"})
"""What a revision itself answers. The rest is of certificates, routes and telemetry: no revision
breaks or mends them."""
_LOGS = "logs"
"""What services wrote is for people, who ask ``verify`` themselves; a deployer may not read it."""
_WAIT_SECONDS = 600
"""A new edge takes some minutes to learn of a service."""


class Verification:
    """The checks on the hosts of an environment."""

    def __init__(self, environment: Environment, google: Google, web: Web) -> None:
        self._live = Context(environment, web, google, of_candidate=False)
        self._services = {
            environment.names.workload(service.name): service
            for service in deployed_services(environment.settings)
        }

    def smoke(self, service: str, host: str) -> Sequence[Result]:
        """Ask a revision of a service at a host, once."""
        live, entry = self._live, self._services[service]
        asked = (PublicHost(entry, host),)
        context = Context(live.environment, live.web, live.google, True, asked)
        # At an address of Google's own, nothing leads from a web application to the API.
        return _once(context, _SMOKE if entry.entry.kind is Kind.API else _SMOKE - {"websocket"})

    def live(self) -> Sequence[Result]:
        """Ask all that serves the same, once."""
        return _once(self._live, _SMOKE)

    def verify(self, meanwhile: Meanwhile = nothing) -> Sequence[Result]:
        """Do the checks of ``verify`` but that of logs; ask again for some minutes if one fails."""
        if not self._live.hosts:
            return ()
        checks = [check for check in CHECKS if check.name != _LOGS]
        return _checked(self._live, checks, _WAIT_SECONDS, meanwhile)


def failures(results: Sequence[Result]) -> list[str]:
    """Return what failed, by check and request; it is the same as long as the request is."""
    return [f"{r.check}: {r.asked}" for r in results if r.status is Status.FAILURE]


def of_a_revision(failure: str) -> bool:
    """Tell whether a revision may be at fault."""
    return failure.partition(":")[0] in _SMOKE


def told(results: Sequence[Result]) -> list[str]:
    """Return what failed, with what was seen."""
    return [f"{r.check}: {r.asked}: {r.seen}" for r in results if r.status is Status.FAILURE]


def _once(context: Context, names: frozenset[str]) -> Sequence[Result]:
    return _checked(context, [check for check in CHECKS if check.name in names], 0, nothing)


def _checked(
    context: Context, checks: Sequence[Check], wait_seconds: float, meanwhile: Meanwhile
) -> Sequence[Result]:
    return run(context, checks, wait_seconds=wait_seconds, on_wait=lambda *_: meanwhile())
