"""Bad settings of a rollout."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name
from tests.support import Edit


def rollout(lines: str) -> Edit:
    return ("prod", "[variables]", f"[rollout]\n{lines}\n\n[variables]")


BAD_SETTINGS = (
    Bad(
        "steps out of order",
        rollout("steps = [5, 50, 25, 100]"),
        "rollout.steps",
        "25 comes after 50",
        value="[5, 50, 25, 100]",
        allowed="rise from step to step",
    ),
    Bad("a step twice", rollout("steps = [5, 5, 100]"), "rollout.steps", "5 comes after 5"),
    Bad(
        "steps that end before everybody",
        rollout("steps = [5, 50]"),
        "rollout.steps",
        "ends at 50 percent",
        value="[5, 50]",
        allowed="100 as the last step",
        fix="set rollout.steps = [5, 50, 100]",
    ),
    Bad(
        "a step of nothing",
        rollout("steps = [0, 100]"),
        "rollout.steps[0]",
        "should be greater than or equal to 1",
        value="0",
    ),
    Bad(
        "another answer to no verdict",
        rollout('on_inconclusive = "advance"'),
        "rollout.on_inconclusive",
        "is not one of the allowed values",
        value='"advance"',
        allowed='"hold"',
    ),
    Bad(
        "a verdict on no request",
        rollout("min_requests = 0"),
        "rollout.min_requests",
        "should be greater than or equal to 1",
    ),
    Bad(
        "a percentage in place of a ratio",
        rollout("max_error_ratio = 1"),
        "rollout.max_error_ratio",
        "should be less than 1",
    ),
    Bad(
        "a gate that gives up before it can pass",
        rollout("hold_minutes = 20\nmax_hold_minutes = 10"),
        "rollout.hold_minutes",
        "no gate could pass",
        value="20",
        allowed="up to 10",
    ),
    Bad(
        "gates that outlast the job",
        rollout("max_hold_minutes = 90"),
        "rollout.max_hold_minutes",
        "makes 360 minutes with 4 steps",
        value="90",
        allowed="up to 75",
        fix="max_hold_minutes = 75",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
