"""The project's own rules, for faults that checkov does not check or cannot know of.

Where checkov has a rule there is none here, so that each fault is reported once. The bucket on AWS
is the exception, and ``aws`` says why.
"""

from __future__ import annotations

from policy.rule import Rule
from policy.rules import (
    access,
    audit,
    aws,
    cost,
    data,
    edge,
    network,
    operations,
    secrets,
    workloads,
)

RULES: tuple[Rule, ...] = (
    *access.RULES,
    *audit.RULES,
    *secrets.RULES,
    *workloads.RULES,
    *data.RULES,
    *network.RULES,
    *edge.RULES,
    *operations.RULES,
    *cost.RULES,
    *aws.RULES,
)
