"""How the fake answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Answer = tuple[int, Any]
MethodRoute = tuple[
    str, str, Callable[[Any, "re.Match[str]", dict[str, list[str]], dict[str, Any]], Answer]
]
"""The method, a pattern of paths, and what answers."""


def error(status: int, message: str, **details: Any) -> Answer:
    """Return an error as most of Google's interfaces word it."""
    body: dict[str, Any] = {"code": status, "message": message, "status": "X"}
    if details:
        body["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", **details}]
    return status, {"error": body}
