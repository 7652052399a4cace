"""Write the tables of ``docs/concepts/recovery.md``: ``python -m scripts.recovery_table``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.recovery.means import FAILURES, means
from constructs_lib.recovery.settings import MINUTES_PER_DAY, Promise, PromiseForSecret
from environments import Configuration, load

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "concepts" / "recovery.md"
BEGIN, END = "<!-- tables -->\n", "<!-- end -->"
_COLUMNS = ("when", "lost at most", "back after", "promised", "brought back by")


def with_tables(page: str, configuration: Configuration) -> str:
    """Return the page with the tables of these environments between its two marks."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{tables(configuration)}\n{END}{tail}"


def tables(configuration: Configuration) -> str:
    """Return a table for each environment: what its settings give, and what they promise."""
    return "\n".join(
        f"### {environment.settings.environment}\n\n"
        + "".join(f"| {' | '.join(row)} |\n" for row in _rows(environment.settings))
        for environment in configuration.environments
    )


def _rows(settings: EnvironmentSettings) -> Iterator[tuple[str, ...]]:
    yield _COLUMNS
    yield ("---",) * len(_COLUMNS)
    given = means(settings)
    for failure, happens in FAILURES.items():
        if (way := given.get(failure)) is None:
            continue
        window = f", for {way.window_days} days" if way.window_days else ""
        yield (
            happens,
            "everything" if way.rpo_minutes is None else _shown(way.rpo_minutes),
            "never" if way.rpo_minutes is None else _shown(way.rto_minutes),
            _promised(settings, failure),
            f"[{way.by}](../runbook.md#{way.runbook}){window}",
        )


def _promised(settings: EnvironmentSettings, failure: str) -> str:
    promise: Promise | PromiseForSecret | None = getattr(settings.recovery, failure, None)
    if promise is None:
        return "nothing"
    rto = _shown(promise.rto_minutes)
    return f"{_shown(promise.rpo_minutes)} / {rto}" if isinstance(promise, Promise) else rto


def _shown(minutes: int) -> str:
    """Return a time in its largest unit that divides it."""
    if minutes == 0:
        return "none"
    for size, unit in ((MINUTES_PER_DAY, "days"), (60, "h")):
        if minutes % size == 0:
            count = minutes // size
            return "a day" if unit == "days" and count == 1 else f"{count} {unit}"
    return f"{minutes} min"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_tables(text, load(ROOT / "environments")), encoding="utf-8")
