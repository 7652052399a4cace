"""docs/concepts/bootstrap.md says which roles a person needs, what is made, and every setting."""

from __future__ import annotations

import re

from constructs_lib.pipeline.access import BOOTSTRAP_ROLES
from constructs_lib.pipeline.demands import demands, roles
from constructs_lib.pipeline.settings import BootstrapSettings, Github
from tests.support import ROOT, Stacks, resources

ALERT = "google_monitoring_alert_policy"
ACT_AS = "iam.serviceAccounts.actAs"
PAGE = ROOT / "docs" / "concepts" / "bootstrap.md"


def test_the_page_says_which_roles_a_person_needs_for_every_type(stacks: Stacks) -> None:
    table = PAGE.read_text().split("<!-- bootstrap roles -->")[1].split("<!-- end -->")[0]
    rows = [re.findall(r"`([^`]+)`", line) for line in table.splitlines() if "`" in line]
    assert [role for role, *_ in rows] == sorted(BOOTSTRAP_ROLES)
    by_type = {kind: role for role, *kinds in rows for kind in kinds}
    assert by_type.keys() == {kind for kind, _, _ in resources(stacks["bootstrap"])}
    for kind, role in by_type.items():
        # Acting as an account is a role of its own.
        create = set(demands().types[kind].create) - {ACT_AS}
        # An alert is a rule of Logging too, which no role on Monitoring may make.
        second = "roles/logging.configWriter" if kind == ALERT else role
        assert create <= {*roles().roles[role], *roles().roles[second]}, kind


def test_the_page_shows_what_is_made() -> None:
    shown = re.findall(r"^```hcl\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    review = (ROOT / "cdktf.out" / "review" / "bootstrap.tf").read_text()
    assert len(shown) == 2
    assert [block for block in shown if block not in review] == []


def test_the_page_lists_every_setting_with_its_default() -> None:
    table = PAGE.read_text().split("## Settings")[1].split("\n\n")[2]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    defaults = {
        key: default for keys, default, _ in rows[2:] for key in re.findall(r"`(.+?)`", keys)
    }
    keys = {f"github.{key}": field for key, field in Github.model_fields.items()}
    keys |= {k: f for k, f in BootstrapSettings.model_fields.items() if k != "github"}
    assert defaults.keys() == keys.keys()
    for key, field in keys.items():
        assert (defaults[key] == "required") == field.is_required(), key
        if isinstance(field.default, str | int):
            assert defaults[key].strip("`") == str(field.default), key
