"""The end of an execution's log, without what may be a secret.

Interface: https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from constructs_lib.environment.names import job_log_view
from google_api import Google

_LINES = 20
_LONGEST_LINE = 300
_SHORTEST_SECRET = 4
_HIDDEN = "(hidden)"
_LOGIN = re.compile(r"://\S*@")
"""Of a URL. Whoever writes a password into one may have left an @ in it."""
_NAMED = re.compile(
    r"(\w*(?:passw(?:or)?d|pwd|secret|token|api_?key|credential|authorization|cookie)\w*"
    r"[\"')\]]*\s*[:=]\s*)(?:(?:bearer|basic)\s+)?(\"[^\"]*\"|'(?:[^']|'')*'|\S+)",
    re.IGNORECASE,
)
_OF_SQL = re.compile(r"(\bpassword\s+)([eu]?&?'(?:[^']|'')*'|\$\w*\$.*)", re.IGNORECASE)
_BEARER = re.compile(r"(\b(?:bearer|basic)\s+)\S+", re.IGNORECASE)
_RANDOM = re.compile(
    # Letters of both cases and digits, as no name of a file or a table has them; or digits alone.
    r"(?=[\w+/=.~-]*[a-z])(?=[\w+/=.~-]*[A-Z])(?=[\w+/=.~-]*\d)[\w+/=.~-]{20,}|\b[0-9a-f]{32,}\b"
)


class JobLog:
    """The logs of the jobs of a project. ``secrets`` are values that no line may show.

    They are read through the view of jobs: a deployer may read no other part of the log.
    """

    def __init__(self, google: Google, *, project: str, secrets: Collection[str] = ()) -> None:
        self._google = google
        self._project = project
        self._secrets = sorted(
            (secret for secret in secrets if len(secret) >= _SHORTEST_SECRET), key=len, reverse=True
        )

    def tail(self, job: str, execution: str) -> list[str]:
        """Return the last lines of an execution, the oldest first; raises GoogleError."""
        answer = self._google.query(
            "logging",
            "v2/entries:list",
            {
                "resourceNames": [job_log_view(self._project)],
                "filter": f'resource.type="cloud_run_job" AND resource.labels.job_name="{job}" '
                f'AND labels."run.googleapis.com/execution_name"="{execution}"',
                "orderBy": "timestamp desc",
                "pageSize": _LINES,
            },
        )
        lines = [
            line for entry in reversed(answer.get("entries", ())) for line in self._lines(entry)
        ]
        return lines[-_LINES:]

    def _lines(self, entry: Mapping[str, Any]) -> list[str]:
        payload = entry.get("jsonPayload", {})
        text = entry.get("textPayload") or payload.get("message")
        if not isinstance(text, str):
            text = json.dumps(payload) if payload else ""
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return [line for line in map(_shown, text.splitlines()) if line]


def _shown(line: str) -> str:
    """Return a line without what looks like a secret, short, and nothing that a terminal obeys."""
    # Much longer than what is shown: a secret that is cut in two is not known by its end.
    line = line[: 4 * _LONGEST_LINE]
    line = _LOGIN.sub(f"://{_HIDDEN}@", line)
    for pattern in (_OF_SQL, _NAMED, _BEARER):
        line = pattern.sub(rf"\1{_HIDDEN}", line)
    line = _RANDOM.sub(_HIDDEN, line)
    line = "".join(c if c.isprintable() else " " for c in line).rstrip()
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..."
