"""An entry of the catalogue that cannot be is reported before any environment is looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from constructs_lib.environment.catalogue import catalogue_problems
from envschema.services import SERVICES, Service, web


def test_the_catalogue_of_this_repository_is_good() -> None:
    assert list(catalogue_problems()) == []


@pytest.mark.parametrize(
    ("entry", "key", "says"),
    [
        (web("Admin"), "Admin.name", "is not the name of a service"),
        (web("back office"), "back office.name", "is not the name of a service"),
        (web("admin-"), "admin-.name", "is not the name of a service"),
        (web(""), ".name", "is not the name of a service"),
        (web("api"), "api.name", "is the name of two entries"),
        (web("migrate"), "migrate.name", "is the name of a job, a machine or an account"),
        (web("postgres"), "postgres.name", "is the name of a job, a machine or an account"),
        (web("redis"), "redis.name", "would make the input enable_redis"),
        (web("monitoring"), "monitoring.name", "would make the input enable_monitoring"),
        (web("auth-proxy"), "auth-proxy.name", "would make the input image_auth_proxy"),
        (web("api-candidate"), "api-candidate.name", "ends as the further backends"),
        (replace(web("admin"), port=0), "admin.port", "is not a port"),
        (replace(web("admin"), port=65536), "admin.port", "is not a port"),
        (replace(web("admin"), startup_path="up"), "admin.startup_path", "is not the path"),
        (replace(web("admin"), uptime_path=""), "admin.uptime_path", "is not the path"),
        (replace(web("admin"), liveness_path="/a?b"), "admin.liveness_path", "is not the path"),
    ],
)
def test_an_entry_that_cannot_be_is_reported(entry: Service, key: str, says: str) -> None:
    (problem,) = catalogue_problems((*SERVICES, entry))
    assert problem.where == "envschema/services.py"
    assert problem.key == key
    assert says in problem.what
    assert problem.fix
