"""The pages on alerts list every alert, and quote what reviewers read."""

from __future__ import annotations

import re

from scripts import alert_table
from tests.support import ROOT, Stacks

PAGE = (ROOT / "docs" / "concepts" / "monitoring.md").read_text()


def test_the_page_lists_every_alert(stacks: Stacks) -> None:
    watched = {name: stacks[stack] for name, stack in alert_table.stack_names().items()}
    assert alert_table.PAGE.read_text() == alert_table.page(watched), "run make update-snapshots"


def test_the_page_quotes_the_review_as_it_is() -> None:
    review = (ROOT / "cdktf.out" / "review" / "prod-monitoring.tf").read_text()
    quoted = re.findall(r"^```hcl\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert quoted
    for block in quoted:
        assert block in review
