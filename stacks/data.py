"""Stateful: what must never be lost. Its diff must never be noise."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.environment.environment import Environment
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.postgres.stack import add_postgres
from constructs_lib.pubsub.stack import add_topics
from constructs_lib.redis.stack import add_redis
from constructs_lib.storage.stack import add_bucket
from constructs_lib.telemetry.stack import add_telemetry_server


class Data(EnvironmentStack):
    """Postgres, Redis, a bucket, topics and a telemetry server, each where it is switched on."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "data", environment)
        redis = add_redis(self)
        add_postgres(self, redis)
        add_bucket(self)
        add_topics(self)
        add_telemetry_server(self)
