"""``make rehearse``: real Terraform over the synthesized stacks, without a cloud."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from provider_schema.blocks import SchemaError
from provider_schema.store import SchemaStore
from rehearsal import deploy, origin, report, upgrade
from rehearsal.run import PHASES, Result, TemporaryFolderError, rehearse, stage
from rehearsal.synthesized import Synthesized, SynthesizedError, narrow, read_all
from rehearsal.terraform import MissingTerraformError

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when every stack passed, 1 when one did not, 2 when nothing could be rehearsed."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, stop)
    try:
        stacks = narrow(read_all(options.out), options.env, options.stack)
        if options.revision:
            return run_upgrade(options, stacks)
        results = run(options, stacks)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (SynthesizedError, SchemaError, MissingTerraformError, TemporaryFolderError) as error:
        print(f"rehearsal: {error}", file=sys.stderr)
        return 2
    return tell(results)


def run(options: argparse.Namespace, stacks: list[Synthesized]) -> list[Result]:
    """Rehearse the stacks, then deploy one of them as an operator would."""
    steps = len(PHASES) * len(stacks) + 1
    with stage(SchemaStore(), options.terraform) as place, report.progress(steps) as progress:
        results = rehearse(place, stacks, progress=progress)
        if not options.skip_deploy:
            chosen = deploy.choose(stacks)
            progress(chosen.name, "cdktf deploy")
            results.append(deploy.deploy(place, PROJECT, options.out, chosen))
        return results


def run_upgrade(options: argparse.Namespace, stacks: list[Synthesized]) -> int:
    """Plan today's stacks on top of a revision's; tell what would be lost."""
    steps = len(upgrade.PHASES) * len(stacks) + 1
    with stage(SchemaStore(), options.terraform) as place, report.progress(steps) as progress:
        progress(options.revision, "synth")
        before = upgrade.synthesize_revision(place, PROJECT, options.revision)
        chosen = [s for s in before if not options.env or s.name.startswith(f"{options.env}-")]
        upgrades = upgrade.rehearse_upgrade(place, before, stacks, progress)
    tell_failures([u.result for u in upgrades])
    report.table([u.result for u in upgrades], upgrade.PHASES)
    gone = [] if options.stack else upgrade.left_behind(chosen, stacks)
    for line in (*(str(loss) for u in upgrades for loss in u.warnings), *gone):
        print(f"Warning: {line}")
    for reason in (f"{loss.address}: {why}" for u in upgrades for loss, why in u.allowed.items()):
        print(f"Allowed: {reason}")
    return 1 if any(u.result.failed for u in upgrades) else 0


def tell_failures(results: list[Result]) -> None:
    """Print Terraform's own words, and who made the resources that these name."""
    failed = [r for r in results if r.failed]
    lines = origin.lines(PROJECT) if any(r.constructs for r in failed) else {}
    for result in failed:
        print("\n".join(report.failure(result, lines)), file=sys.stderr)


def tell(results: list[Result]) -> int:
    """Print failures and the table."""
    tell_failures(results)
    report.table(results)
    for kept in dict.fromkeys(f"{f.address} {f.attribute}" for r in results for f in r.allowed):
        print(f"In state by documented exception: {kept}")
    return 1 if any(r.failed for r in results) else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="rehearsal", description=__doc__)
    parser.add_argument("--env", help="only this environment")
    parser.add_argument("--stack", help="only this stack")
    parser.add_argument("--out", type=Path, default=PROJECT / "cdktf.out", help="what was made")
    parser.add_argument(
        "--terraform",
        default=os.environ.get("TERRAFORM_BINARY_NAME"),
        help="the executable; terraform or tofu (default: the pinned one)",
    )
    parser.add_argument("--from", dest="revision", help="plan over what this git revision makes")
    parser.add_argument("--skip-deploy", action="store_true", help="leave out cdktf deploy")
    return parser.parse_args(arguments)


def stop(number: int, _frame: FrameType | None) -> None:
    """End as by an exception, so that processes and folders go first."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
