"""Grafana's all-in-one image as the container of one machine: Grafana, Loki, Tempo, Prometheus.

Its makers intend it for development, demos and tests. What that means, and what is done about it
here, is in docs/concepts/telemetry.md.
"""

from __future__ import annotations

from constructs_lib.cloud_run.containers import SecretVersion
from constructs_lib.virtual_machine.startup_script import SECRETS_DIRECTORY, Container, Health

GRAFANA_PORT = 3000
_PASSWORD_FILE = "grafana-admin-password"
_GRAFANA_DATA = "/data/grafana/data"
_COMPONENTS = {
    "grafana": 3000,
    "loki": 3100,
    "tempo": 3200,
    "prometheus": 9090,
    "collector": 13133,
}
"""Ports on the container's loopback. The image starts all and restarts none."""


def lgtm_container(
    *, image: str, retention_days: int, disk_size_gb: int, admin_password: SecretVersion
) -> Container:
    """Return the container; the image must hold Tempo 3, whose retention flags are used.

    Source: README and start scripts of grafana/docker-otel-lgtm (``*_EXTRA_ARGS``, ``/data``).
    """
    password = f"{SECRETS_DIRECTORY}/{_PASSWORD_FILE}"
    hours = f"{retention_days * 24}h"
    return Container(
        image=image,
        data_path="/data",
        health=Health(_shell(" && ".join(_answers(port) for port in _COMPONENTS.values()))),
        # Grafana takes the password from its environment for a new database only: without this,
        # a rotated one would never get there.
        setup=_shell(
            "cd /otel-lgtm/grafana && "
            f"GF_PATHS_DATA={_GRAFANA_DATA} ./bin/grafana cli admin reset-admin-password "
            f"--password-from-stdin <{password}"
        ),
        secrets={_PASSWORD_FILE: admin_password},
        variables={
            # The image would make everybody who reaches Grafana its administrator.
            "GF_AUTH_ANONYMOUS_ENABLED": "false",
            "GF_SECURITY_ADMIN_PASSWORD": f"$__file{{{password}}}",
            # The machine reaches Google's APIs only: no plugins, news or usage reports.
            "GF_PLUGINS_PREINSTALL_DISABLED": "true",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_NEWS_NEWS_FEED_ENABLED": "false",
            "LOKI_EXTRA_ARGS": f"-store.retention={hours} -compactor.retention-enabled=true "
            "-compactor.delete-request-store=filesystem",
            "PROMETHEUS_EXTRA_ARGS": f"--storage.tsdb.retention.time={hours} "
            # Whichever is reached first; the other two cannot be limited by size.
            f"--storage.tsdb.retention.size={max(disk_size_gb // 3, 1)}GB",
            "TEMPO_EXTRA_ARGS": f"-backend-worker.compaction.block-retention={hours} "
            f"-backend-scheduler.provider.work.compaction.block-retention={hours}",
        },
    )


def _shell(command: str) -> tuple[str, ...]:
    return ("/bin/bash", "-c", command)


def _answers(port: int) -> str:
    """Return a command that fails where nothing listens; what replays its log answers 503."""
    return f"curl --silent --max-time 5 --output /dev/null http://127.0.0.1:{port}/"
