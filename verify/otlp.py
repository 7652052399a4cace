"""One span, one log record and one metric through OTLP, as the servers send them.

Source of the form: the OTLP specification, OTLP/HTTP and JSON Protobuf Encoding: ids in hex, 64-bit
numbers as text, 200 for what is taken whole or in part.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from constructs_lib.telemetry.variables import otlp_endpoint
from results import Result
from verify.context import Context
from verify.question import Question

SERVICE_NAME = "beep-verify"
"""Under which all of it is found in Grafana, and can be left out of a query."""
_FIX = "see docs/runbook.md#telemetry-is-lost"


def endpoint(context: Context) -> str:
    """Return where the servers send."""
    return otlp_endpoint(context.settings)[0]


def signals(context: Context) -> Iterator[Question]:
    """Yield a question for each of the three signals."""
    for signal, body in _samples(context.name).items():
        url = f"{endpoint(context)}/v1/{signal}"
        yield Question("otlp", f"POST {url}", partial(_is_taken, context, url, body))


def _samples(environment: str) -> dict[str, dict[str, Any]]:
    """Return a request for each signal; what they hold says that nobody did it."""
    now = str(time.time_ns())
    origin = {
        "attributes": [
            _attribute("service.name", {"stringValue": SERVICE_NAME}),
            _attribute("deployment.environment.name", {"stringValue": environment}),
            _attribute("synthetic", {"boolValue": True}),
        ]
    }
    span = {
        "traceId": secrets.token_hex(16),
        "spanId": secrets.token_hex(8),
        "name": SERVICE_NAME,
        "kind": 1,
        "startTimeUnixNano": now,
        "endTimeUnixNano": now,
    }
    record = {
        "timeUnixNano": now,
        "severityNumber": 9,
        "severityText": "INFO",
        "body": {"stringValue": "beep-infra verify asks whether logs arrive"},
    }
    metric = {
        "name": "beep.verify",
        "unit": "1",
        "gauge": {"dataPoints": [{"timeUnixNano": now, "asInt": "1"}]},
    }
    return {
        "traces": {"resourceSpans": [{"resource": origin, "scopeSpans": [{"spans": [span]}]}]},
        "logs": {"resourceLogs": [{"resource": origin, "scopeLogs": [{"logRecords": [record]}]}]},
        "metrics": {
            "resourceMetrics": [{"resource": origin, "scopeMetrics": [{"metrics": [metric]}]}]
        },
    }


def _attribute(key: str, value: Mapping[str, object]) -> dict[str, object]:
    return {"key": key, "value": value}


def _is_taken(context: Context, url: str, body: Mapping[str, Any], question: Question) -> Result:
    answer = context.web.ask(
        url,
        method="POST",
        headers={"Content-Type": "application/json"},
        body=json.dumps(body).encode(),
    )
    if answer.status != 200:
        return question.failed(str(answer.status), needed="200", fix=_FIX)
    try:
        rejected, why = _rejected(json.loads(answer.body or "{}"))
    except (ValueError, TypeError, AttributeError):
        return question.failed(
            f"200, and something else than OTLP: {answer.header('Content-Type') or 'no type'}",
            needed="the answer of an OTLP receiver, in JSON",
            fix=_FIX,
        )
    if rejected:
        return question.failed(
            f"200, and {rejected} rejected: {why or 'no reason given'}",
            needed="everything taken",
            fix=_FIX,
        )
    return question.passed("200, everything taken")


def _rejected(answer: Mapping[str, Any]) -> tuple[int, str]:
    """Return how many items were rejected, and why."""
    partial_success = answer.get("partialSuccess") or {}
    # rejectedSpans, rejectedLogRecords, rejectedDataPoints: numbers, or texts of numbers.
    count = sum(int(n) for key, n in partial_success.items() if key.startswith("rejected"))
    return count, str(partial_success.get("errorMessage") or "")
