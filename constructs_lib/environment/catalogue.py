"""What an entry of the catalogue of services may be, and which names are taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from constructs_lib.environment.names import DB_BOOTSTRAP, POSTGRES, PUBSUB_PUSH, STORAGE, TELEMETRY
from constructs_lib.environment.settings import EnvironmentSettings
from envschema.services import MIGRATE, SERVICES, Service, web
from problems import Problem

_WHERE = "envschema/services.py"
_TAKEN = (DB_BOOTSTRAP, MIGRATE, POSTGRES, PUBSUB_PUSH, STORAGE, TELEMETRY)
"""Jobs, machines and accounts with names of the same kind."""
_SUFFIXES = ("-candidate", "-static")
"""What the load balancer appends to a service's name for further backends."""


_SETTINGS = frozenset(EnvironmentSettings.__mro__[1].model_fields)  # type: ignore[attr-defined]
"""The keys that an environment file has whatever is in the catalogue."""


def _inputs_of(name: str) -> set[str]:
    service = web(name)
    return {service.enable_input, service.min_instance_count_input, service.image_input}


def catalogue_problems(services: Sequence[Service] = SERVICES) -> Iterator[Problem]:
    """Yield what is wrong with the entries, before any environment is looked at."""
    seen: set[str] = set()
    for service in services:
        yield from _name_problems(service.name, seen)
        seen.add(service.name)
        if not 1 <= service.port <= 65535:
            yield Problem(
                _WHERE,
                f"{service.name}.port",
                "is not a port",
                "set the port on which the container listens",
                value=str(service.port),
                allowed="1 to 65535",
            )
        for trait in ("startup_path", "liveness_path", "uptime_path"):
            path = getattr(service, trait)
            if path is not None and re.fullmatch(r"/[A-Za-z0-9._~/-]*", path) is None:
                yield Problem(
                    _WHERE,
                    f"{service.name}.{trait}",
                    "is not the path of a URL",
                    "write it as in /v1/health",
                    value=f'"{path}"',
                    allowed="a path that begins with /",
                )


def _name_problems(name: str, seen: set[str]) -> Iterator[Problem]:
    what = fix = None
    if re.fullmatch(r"[a-z](?:[a-z0-9-]*[a-z0-9])?", name) is None:
        what, fix = "is not the name of a service", "re-spell it, for example back-office"
    elif name in seen:
        what, fix = "is the name of two entries", "rename one of them"
    elif name in _TAKEN:
        what, fix = "is the name of a job, a machine or an account", "choose another name"
    elif taken := _inputs_of(name) & _SETTINGS:
        what = f"would make the input {min(taken)}, which is a setting of something else"
        fix = "choose another name"
    elif name.endswith(_SUFFIXES):
        what = "ends as the further backends of a service do"
        fix = "choose another name"
    if what is not None and fix is not None:
        yield Problem(
            _WHERE,
            f"{name}.name",
            what,
            fix,
            value=f'"{name}"',
            allowed="lower-case letters, digits and hyphens, beginning with a letter; not "
            f"{', '.join(_TAKEN)}, and not ending in {' or '.join(_SUFFIXES)}",
        )
