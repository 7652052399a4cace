"""The page on recovery says what the settings give."""

from __future__ import annotations

import re

from constructs_lib.recovery.means import means
from environments import Configuration
from scripts import recovery_table
from tests.support import ROOT


def test_the_page_has_the_tables_of_the_environments(configuration: Configuration) -> None:
    page = recovery_table.PAGE.read_text()
    assert page == recovery_table.with_tables(page, configuration), "run make update-snapshots"


def test_every_way_back_has_its_section_in_the_runbook(configuration: Configuration) -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-").replace(",", "") for heading in headings}
    for environment in configuration.environments:
        for way in means(environment.settings).values():
            assert way.runbook in anchors
