"""The project's own rules: what checkov does not know, or cannot know.

What checkov has a rule for is left to it, so that one fault is told once.
"""

from __future__ import annotations

from policy.rule import Rule
from policy.rules import access, data, operations, secrets, workloads

RULES: tuple[Rule, ...] = (
    *access.RULES,
    *secrets.RULES,
    *workloads.RULES,
    *data.RULES,
    *operations.RULES,
)
