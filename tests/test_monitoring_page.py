"""docs/concepts/monitoring.md says what production is told of, and quotes what reviewers read."""

from __future__ import annotations

import re

from scripts.alert_table import table
from tests.support import ROOT, Stacks

PAGE = (ROOT / "docs" / "concepts" / "monitoring.md").read_text()


def test_the_page_lists_every_alert_of_production(stacks: Stacks) -> None:
    listed = PAGE.split("<!-- alerts -->\n")[1].split("<!-- end -->")[0].splitlines()
    assert listed == table(stacks["prod-monitoring"]), "paste: python -m scripts.alert_table"


def test_the_page_quotes_the_review_as_it_is() -> None:
    review = (ROOT / "cdktf.out" / "review" / "prod-monitoring.tf").read_text()
    quoted = re.findall(r"^```hcl\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert quoted
    for block in quoted:
        assert block in review
