"""Names fit the limits of Google, and differ where what they name differs."""

from __future__ import annotations

import re

from environments import Environment


def test_names_fit_and_differ(prod: Environment) -> None:
    names = [
        prod.names.certificate(host)
        for host in ("a-b.c.example.com", "a.b-c.example.com", "a--b.c.example.com",
                     f"{'x' * 60}.example.com", f"{'x' * 61}.example.com")
    ]  # fmt: skip
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_-]{0,63}", name), name
