"""Rules about the audit log: what is in it, where it goes, and how long it is kept."""

from __future__ import annotations

from collections.abc import Iterator

from policy.rule import Hits, rule
from policy.stack import Resource, Stack

_CONFIG = "google_project_iam_audit_config"
_BUCKET = "google_logging_project_bucket_config"
_SINK = "google_logging_project_sink"
_LOG_TYPES = {"ADMIN_READ", "DATA_READ", "DATA_WRITE"}
_LEAST_APIS = {"iam", "storage", "sts"}
_APIS_OF_AN_ENVIRONMENT = {*_LEAST_APIS, "cloudsql", "secretmanager"}
_LEAST_DAYS = 365
_DEFAULT_DAYS = 30
"""Source: Cloud Logging, configure log buckets."""


@rule(
    title="Who reads secrets and data is logged, unless the environment is disposable",
    reason="Google logs changes alone by default. Nobody could tell afterwards who read a secret, "
    "or who acted as which account.",
    fix="remove data_access_logs = false from the environment file",
)
def data_access_logged(stack: Stack) -> Hits:
    """Find APIs whose data access logs are off, or not on for everybody."""
    if stack.name == "bootstrap":
        needed = _LEAST_APIS
    elif stack.settings and not stack.settings.disposable and stack.name.endswith("-foundation"):
        needed = _APIS_OF_AN_ENVIRONMENT
    else:
        return
    configs = {str(config.get("service")): config for config in stack.resources(_CONFIG)}
    for api in sorted(needed):
        config = configs.get(f"{api}.googleapis.com")
        if config is None:
            yield f"{_CONFIG}.{api}", f"data access to {api} is not logged"
            continue
        logs = config.get("audit_log_config") or []
        if off := _LOG_TYPES - {log["log_type"] for log in logs}:
            yield config.address, f"without {', '.join(sorted(off))}"
        for member in (m for log in logs for m in log.get("exempted_members") or ()):
            yield config.address, f"leaves out {member}"


@rule(
    title="The audit log of every environment is kept outside of its project",
    reason="In the project the deployer, or whoever stole its token, can do what nobody will see "
    "after 30 days; and a deleted project takes its logs along.",
    fix="add a google_logging_project_sink to the shared log bucket in constructs_lib/pipeline",
)
def audit_sink(stack: Stack) -> Hits:
    """Find projects of the pipeline without a sink that exports audit logs, and sinks with gaps."""
    if stack.name != "bootstrap":
        return
    roles = stack.resources("google_project_iam_custom_role")
    projects = {str(role.get("project")) for role in roles}
    sinks = {str(sink.get("project")): sink for sink in stack.resources(_SINK)}
    for project in sorted(projects - sinks.keys()):
        yield f"{_SINK}.{project}", f"no sink exports the audit log of {project}"
    for sink in sinks.values():
        yield from ((sink.address, gap) for gap in _gaps(sink))


def _gaps(sink: Resource) -> Iterator[str]:
    if sink.get("disabled"):
        yield "disabled is true"
    if "cloudaudit.googleapis.com" not in str(sink.get("filter")):
        yield f"filter = {sink.get('filter') or 'not set'}"
    for exclusion in sink.get("exclusions") or ():
        yield f"exclusions: {exclusion.get('name')}"
    if not str(sink.get("destination")).startswith("logging.googleapis.com/"):
        yield f"destination = {sink.get('destination')}"


@rule(
    title="Log buckets keep their entries for a year or longer",
    reason="What an intruder did is often looked for months later, and auditors look back a year.",
    fix="raise audit_logs.retention_days in environments/bootstrap.toml",
)
def log_retention(stack: Stack) -> Hits:
    """Find log buckets with a short retention, or with Google's default."""
    for bucket in stack.resources(_BUCKET):
        days = bucket.get("retention_days") or _DEFAULT_DAYS
        if days < _LEAST_DAYS:
            yield bucket.address, f"retention_days = {days}; at least {_LEAST_DAYS}"


RULES = (data_access_logged, audit_sink, log_retention)
