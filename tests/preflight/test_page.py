"""The page lists what the code checks."""

from __future__ import annotations

import re

from preflight.checks import CHECKS
from preflight.organization import CONSTRAINTS
from tests.support import ROOT

PAGE = (ROOT / "docs" / "reference" / "preflight.md").read_text()


def _rows(name: str) -> list[str]:
    (table,) = re.findall(rf"<!-- {name} -->\n(.*?)<!-- end -->", PAGE, re.DOTALL)
    return [line for line in table.splitlines() if line.startswith("| `")]


def test_the_page_lists_every_check() -> None:
    assert _rows("checks") == [f"| `{check.name}` | {check.needs} |" for check in CHECKS]


def test_the_page_lists_every_constraint() -> None:
    refuses: dict[str, dict[str, None]] = {}
    for constraint in CONSTRAINTS:
        refuses.setdefault(constraint.name, {})[constraint.refuses] = None
    assert _rows("constraints") == [f"| `{n}` | {'; '.join(what)} |" for n, what in refuses.items()]


def test_what_needs_no_network_comes_first() -> None:
    offline = [check.is_offline for check in CHECKS]
    assert offline == sorted(offline, reverse=True)
    assert CHECKS[offline.index(False)].name == "credentials"
