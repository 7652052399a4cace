"""The services write their logs as JSON, so that Cloud Logging knows severity and fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

from constructs_lib.environment.services import EnvironmentService, deployed_services
from envschema.services import Kind
from results import Result
from verify.context import Context
from verify.question import Question

_NEWEST = 20
_HOURS = 24
_JSON = "json"


def logs(context: Context) -> Iterator[Question]:
    """Yield a question for each service of which it is known that it writes JSON."""
    for service in deployed_services(context.settings):
        kind = service.entry.kind
        # The collector's configuration says so, whatever the applications do.
        if kind is Kind.COLLECTOR or (
            kind.reads_server_schema and context.settings.log_format == _JSON
        ):
            name = context.environment.names.workload(service.name)
            ask = partial(_are_json, context, service, name)
            yield Question("logs", f"the newest {_NEWEST} log entries of {name}", ask)


def _are_json(
    context: Context, service: EnvironmentService, name: str, question: Question
) -> Result:
    project_id = context.settings.project_id
    since = datetime.now(UTC) - timedelta(hours=_HOURS)
    written = (
        f'resource.type="cloud_run_revision" AND resource.labels.service_name="{name}" '
        'AND logName:("run.googleapis.com%2Fstdout" OR "run.googleapis.com%2Fstderr")'
    )
    answer = context.google.query(
        "logging",
        "v2/entries:list",
        {
            "resourceNames": [f"projects/{project_id}"],
            "filter": f'{written} AND timestamp>="{since:%Y-%m-%dT%H:%M:%SZ}"',
            "orderBy": "timestamp desc",
            "pageSize": _NEWEST,
        },
    )
    entries = answer.get("entries", ())
    texts = sum("textPayload" in entry for entry in entries)
    # No text of an entry is shown: what it holds is nobody's business here.
    read = f"gcloud logging read '{written} AND textPayload:*' --project={project_id} --limit=5"
    if not entries:
        return question.unknown(f"it wrote nothing in the last {_HOURS} hours", fix=read)
    if not texts:
        return question.passed(f"{len(entries)} are JSON")
    # Next.js writes lines of its own when it starts, whatever the application's format is.
    is_other_code = texts < len(entries) or service.entry.kind.is_web
    report = question.warned if is_other_code else question.failed
    return report(
        f"{texts} of {len(entries)} are text",
        needed="JSON in each",
        fix=f"{read}\nbeep-infra env show {service.name} --env {context.name}   # APP_LOG_FORMAT"
        if service.entry.kind.is_application
        else read,
    )
