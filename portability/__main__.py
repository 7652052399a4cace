"""``make portability``: the same source on every core, compared with today's and rehearsed."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portability.compare import differences, problems
from portability.cores import Core, MissingCoreError, selected, synthesize_today
from provider_schema.store import SchemaStore
from rehearsal import report
from rehearsal.__main__ import print_failures, stop
from rehearsal.run import PHASES, TemporaryFolderError, open_session, rehearse
from rehearsal.synthesized import read_all
from rehearsal.terraform import MissingTerraformError
from terraform_json import SynthesizedError

_MOST_LINES = 20


@dataclass(frozen=True)
class Outcome:
    """What was seen of a core."""

    core: Core
    google: str
    stacks: int
    synthesized_seconds: float
    accepted: int
    """Values that differ as ``differences.toml`` says."""
    unaccepted: int
    resources: int
    rehearsed_seconds: float
    failed: int
    """Stacks whose rehearsal failed."""

    @property
    def ok(self) -> bool:
        """Whether the core makes the same stacks, and Terraform can do with them the same."""
        return not self.unaccepted and not self.failed


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when every core is like today's, 1 when one is not, 2 when it cannot be said."""
    parser = argparse.ArgumentParser(prog="portability", description=__doc__)
    parser.add_argument("--core", help="only this core; portability/locks has the names")
    parser.add_argument("--terraform", help="as in make rehearse")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, stop)
    try:
        with tempfile.TemporaryDirectory(prefix="portability-") as name:
            chosen = [(core, core.schemas()) for core in selected(options.core)]
            today = Path(name) / "today"
            synthesize_today(today)
            outcomes = []
            for core, schemas in chosen:
                out = Path(name) / core.name
                outcomes.append(_tried(core, schemas, today, out, options.terraform))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (
        MissingCoreError,
        MissingTerraformError,
        SynthesizedError,
        TemporaryFolderError,
    ) as error:
        print(f"portability: {error}", file=sys.stderr)
        return 2
    _print(outcomes)
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def _tried(
    core: Core, schemas: SchemaStore, today: Path, out: Path, terraform: str | None
) -> Outcome:
    """Synthesize on a core, compare with today's output, and rehearse every stack."""
    started = time.monotonic()
    core.synthesize(out)
    synthesized = time.monotonic() - started
    google = schemas.provider_version()
    accepted = differences(core.name, {"core": core.version, "google": google})
    unaccepted = problems(today, out, accepted)
    for line in unaccepted[:_MOST_LINES]:
        print(f"{core.name}: {line}", file=sys.stderr)
    if len(unaccepted) > _MOST_LINES:
        print(f"{core.name}: and {len(unaccepted) - _MOST_LINES} more", file=sys.stderr)
    stacks = read_all(out)
    started = time.monotonic()
    with (
        open_session(schemas, terraform) as session,
        report.progress(len(PHASES) * len(stacks)) as progress,
    ):
        results = rehearse(session, stacks, progress=progress)
    print_failures(results)
    return Outcome(
        core,
        google,
        len(stacks),
        synthesized,
        sum(difference.uses for difference in accepted),
        len(unaccepted),
        sum(result.resources for result in results),
        time.monotonic() - started,
        sum(result.failed is not None for result in results),
    )


def _print(outcomes: Sequence[Outcome]) -> None:
    """Print a row for each core."""
    report.print_table(
        [
            ("core", "left"),
            ("google", "left"),
            ("stacks", "right"),
            ("synthesized", "right"),
            ("accepted differences", "right"),
            ("others", "right"),
            ("resources", "right"),
            ("rehearsed", "right"),
            ("failed", "right"),
            ("verdict", "left"),
        ],
        [
            [
                outcome.core.name,
                outcome.google,
                str(outcome.stacks),
                f"{outcome.synthesized_seconds:.1f} s",
                str(outcome.accepted),
                str(outcome.unaccepted),
                str(outcome.resources),
                f"{outcome.rehearsed_seconds:.0f} s",
                str(outcome.failed),
                "ok" if outcome.ok else "FAILED",
            ]
            for outcome in outcomes
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
