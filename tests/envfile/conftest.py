"""A Node process that runs the applications' own packages, for all tests that compare with them."""

from __future__ import annotations

import json
import select
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from envschema import Variable
from tests.support import NODE, ROOT


class Applications:
    """Reads texts with the applications' loader, and checks values with their schema library."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def read(self, text: str) -> dict[str, str]:
        """Return what dotenvx reads."""
        values: dict[str, str] = self._ask({"text": text})
        return values

    def refuse_text(self, variables: Iterable[Variable], text: str) -> str | None:
        """Return why Effect refuses what dotenvx reads, or None."""
        return self._refusal({"variables": _described(variables), "text": text})

    def refuse(self, variables: Iterable[Variable], values: Mapping[str, str]) -> str | None:
        """Return why Effect refuses the values, or None."""
        return self._refusal({"variables": _described(variables), "values": values})

    def _refusal(self, request: dict[str, Any]) -> str | None:
        refusal: str | None = self._ask(request)
        return refusal

    def _ask(self, request: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        # dotenvx never ends if two values refer to each other: the tests must not wait for it.
        ready, _, _ = select.select([self._process.stdout], [], [], 20)
        if not ready:
            self._process.kill()
            raise TimeoutError(request)
        return json.loads(self._process.stdout.readline())


def _described(variables: Iterable[Variable]) -> list[dict[str, Any]]:
    return [
        {
            "name": v.name,
            "side": v.side,
            "kind": v.kind.name,
            "choices": v.kind.choices,
            "need": v.need,
            "default": v.default,
            "secret": v.secret,
        }
        for v in variables
    ]


@pytest.fixture(scope="session")
def applications() -> Iterator[Applications]:
    script = Path(__file__).parent / "applications.cjs"
    with subprocess.Popen(
        [str(NODE), str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        yield Applications(process)
        assert process.stdin is not None
        process.stdin.close()
