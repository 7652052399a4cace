"""The page of one environment, from the environment files and the synthesized stacks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from change.side import Side
from cost.estimate import estimates
from cost.table import read_table
from environments import Configuration
from picture.contents import Source, sections
from picture.graph import Picture
from picture.page import page
from policy.exceptions import read_exceptions
from policy.posture import Posture, read_items
from policy.rules import RULES
from policy.stack import Stack

_EXCEPTIONS = Path(__file__).parent.parent / "policy" / "exceptions.toml"


def environment_page(
    picture: Picture, drawing: str, configuration: Configuration, stacks: Sequence[Stack]
) -> str:
    """Return the HTML; ``drawing`` is the picture as SVG, ``stacks`` are those of all."""
    name = picture.environment
    prices = read_table()
    entries = read_exceptions(_EXCEPTIONS, (rule.id for rule in RULES))
    environment = configuration.environment(name)
    repository = configuration.shared.github.repository
    source = Source(
        picture=picture,
        drawing=drawing,
        side=Side({stack.name: stack for stack in stacks}),
        environment=environment,
        estimate=estimates(stacks, prices)[name],
        prices=prices,
        posture=Posture(read_items(), tuple(stacks), tuple(entries)),
        runbook=f"https://github.com/{repository}/blob/main/docs/runbook.md",
    )
    settings = environment.settings
    introduction = (
        f"Project {settings.project_id}, region {settings.region}, domain {settings.domain}. Made "
        "from the synthesized stacks by beep-infra page: it says what is declared, not what "
        "somebody changed by hand."
    )
    return page(f"beep {name}", introduction, sections(source))
