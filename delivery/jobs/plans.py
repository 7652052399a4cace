"""What a job says of the plan of one stack, and how it reaches the job that reports."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

MAX_BODY_CHARACTERS = 65_535
"""Of a comment or an issue on GitHub, which refuses 65,537 and more. Source: the error that its
interface answers with, "body is too long (maximum is 65536 characters)"."""


class Outcome(StrEnum):
    """How a plan ended, in the order in which a reader wants to know."""

    FAILED = "failed"
    CHANGES = "changes"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of one stack."""

    stack: str
    outcome: Outcome
    text: str
    """As Terraform prints it, without colours: the plan, or why there is none."""

    @property
    def summary(self) -> str:
        """Terraform's own line of counts, or its first error."""
        wanted = ("Plan: ", "No changes.", "Error: ")
        for line in self.text.splitlines():
            bare = line.strip("│╷╵ ")
            if bare.startswith(wanted):
                return bare
        return {
            Outcome.FAILED: "Terraform failed",
            Outcome.CHANGES: "Only outputs change",
            Outcome.EMPTY: "No changes.",
        }[self.outcome]

    def write(self, folder: Path) -> None:
        """Write the plan as a file of a folder, for the job that reports."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), ensure_ascii=False)
        (folder / f"{self.stack}.json").write_text(text, encoding="utf-8")


def read_plans(folder: Path) -> list[Plan]:
    """Return the plans of a folder, what failed first."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]
    plans = [Plan(d["stack"], Outcome(d["outcome"]), d["text"]) for d in documents]
    return sorted(plans, key=lambda plan: (list(Outcome).index(plan.outcome), plan.stack))


def sections(plans: list[Plan], *, characters: int, run_url: str) -> str:
    """Return each plan that says something, folded, in at most so many characters.

    Short plans are shown whole; what is left is divided among the long ones, and each says where
    the rest is.
    """
    shown = [plan for plan in plans if plan.outcome is not Outcome.EMPTY]
    whole = "".join(_section(plan, plan.text, "") for plan in shown)
    if length(whole) <= characters:
        return whole
    note = f"\nThe plan is longer. The rest is in the log of its job: {run_url}\n"
    rooms = _rooms(shown, characters - sum(length(_section(p, "", note)) for p in shown))
    return "".join(
        _section(
            plan, *((plan.text, "") if length(plan.text) <= room else (_cut(plan, room), note))
        )
        for plan, room in zip(shown, rooms, strict=True)
    )


def length(text: str) -> int:
    """Return the length as GitHub may count it: a character beyond the first 65,536 is two."""
    return len(text.encode("utf-16-le")) // 2


def _rooms(plans: list[Plan], characters: int) -> list[int]:
    """Divide what there is: nobody gets more than it needs, and what it leaves goes to the rest."""
    rooms = dict.fromkeys(range(len(plans)), 0)
    left = max(characters, 0)
    for position, index in enumerate(sorted(rooms, key=lambda i: length(plans[i].text))):
        rooms[index] = min(length(plans[index].text), left // (len(plans) - position))
        left -= rooms[index]
    return list(rooms.values())


def _cut(plan: Plan, room: int) -> str:
    """Cut at the end of a line, so that no half of one is taken for a whole."""
    text = plan.text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore")
    return text.rpartition("\n")[0] if "\n" in text else ""


def _section(plan: Plan, text: str, note: str) -> str:
    # A fence inside would end the block, as one in the text of a dashboard would.
    inside = text.rstrip().replace("```", "'''")
    return (
        f"<details><summary>{plan.stack}: {plan.summary}</summary>\n\n"
        f"```text\n{inside}\n```\n{note}\n</details>\n\n"
    )
