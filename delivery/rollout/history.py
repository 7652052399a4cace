"""What the journals of an environment say together."""

from __future__ import annotations

from collections.abc import Sequence

from delivery.release import Migrations
from delivery.rollout.errors import Refused
from delivery.rollout.journal import Journal, Kind, Outcome

_KEPT_BEFORE = 2


def open_journal(journals: Sequence[Journal]) -> Journal | None:
    """Return the rollout that has not ended; there is one at most."""
    return next((journal for journal in journals if journal.is_open), None)


def served(journals: Sequence[Journal], before: int | None = None) -> Journal | None:
    """Return the rollout whose revisions are served, or were before that of a number.

    None before the first release.
    """
    for journal in reversed(journals):
        is_later = before is not None and journal.number >= before
        if is_later or journal.outcome is not Outcome.SUCCEEDED:
            continue
        match journal.kind:
            case Kind.RUN:
                return journal
            case Kind.ROLLBACK:
                return next(past for past in journals if past.number == journal.origin)
    return None


def released(journals: Sequence[Journal]) -> list[Journal]:
    """Return the rollouts that brought a release to all users, the oldest first."""
    return [j for j in journals if j.kind is Kind.RUN and j.outcome is Outcome.SUCCEEDED]


def kept(journals: Sequence[Journal]) -> list[Journal]:
    """Return the rollouts whose revisions must stay as they are, the newest first.

    They are what is served, and the two that a rollback after the other would go to.
    """
    steps: list[Journal] = []
    journal = served(journals)
    while journal is not None and len(steps) <= _KEPT_BEFORE:
        steps.append(journal)
        journal = served(journals, before=journal.number)
    return steps


def destination(journals: Sequence[Journal], release: str | None) -> Journal:
    """Return the rollout to whose revisions a rollback goes; raises Refused if there is none.

    Without a name that is what served before: of a rollout that has not ended, what serves now.
    """
    past = released(journals)
    if release is not None:
        for journal in reversed(past):
            if journal.release.release == release:
                return journal
        known = ", ".join(dict.fromkeys(journal.release.release for journal in reversed(past)))
        raise Refused(
            f"no rollout brought the release {release} to this environment",
            f"take one of: {known}" if known else "there is none yet",
        )
    serving = served(journals)
    if serving is None:
        raise Refused(
            "no earlier release is known here",
            "beep-infra rollout abort gives the traffic back to what had it before an open rollout",
        )
    if open_journal(journals) is not None:
        return serving
    earlier = served(journals, before=serving.number)
    if earlier is None:
        raise Refused(
            f"{serving.release.release} is the first release here", "release a repaired image"
        )
    return earlier


def contracted_since(journals: Sequence[Journal], number: int) -> list[str]:
    """Return the releases after a rollout whose migrations removed something and may have run."""
    return [
        journal.release.release
        for journal in journals
        if journal.number > number
        and journal.release.migrations is Migrations.CONTRACT
        and journal.kind is Kind.RUN
        and journal.intent("migrate") is not None
    ]
