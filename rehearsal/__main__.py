"""``make rehearse``: runs real Terraform over the synthesized stacks, without a cloud."""

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
from rehearsal.revision import synthesize_revision
from rehearsal.run import PHASES, Result, TemporaryFolderError, open_session, rehearse
from rehearsal.synthesized import SynthesizedStack, is_of, read_all, select_stacks
from rehearsal.terraform import MissingTerraformError
from terraform_json import SynthesizedError

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when every stack passed, 1 when one did not, 2 when nothing could be rehearsed."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, stop)
    try:
        stacks = select_stacks(read_all(options.out), options.env, options.stack)
        if options.revision:
            return run_upgrade(options, stacks)
        results = run(options, stacks)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except (SynthesizedError, SchemaError, MissingTerraformError, TemporaryFolderError) as error:
        print(f"rehearsal: {error}", file=sys.stderr)
        return 2
    return print_results(results)


def run(options: argparse.Namespace, stacks: list[SynthesizedStack]) -> list[Result]:
    """Rehearse the stacks, then deploy a stack with cdktf, as an operator would."""
    steps = len(PHASES) * len(stacks) + 1
    with (
        open_session(SchemaStore(), options.terraform) as session,
        report.progress(steps) as progress,
    ):
        results = rehearse(session, stacks, progress=progress)
        if not options.skip_deploy:
            chosen = deploy.choose_stack(stacks)
            progress(chosen.name, "cdktf deploy")
            results.append(deploy.deploy(session, PROJECT, options.out, chosen))
        return results


def run_upgrade(options: argparse.Namespace, stacks: list[SynthesizedStack]) -> int:
    """Plan today's stacks on top of a revision's; print what would be lost."""
    steps = len(upgrade.PHASES) * len(stacks) + 1
    with (
        open_session(SchemaStore(), options.terraform) as session,
        report.progress(steps) as progress,
    ):
        progress(options.revision, "synth")
        out = synthesize_revision(
            session.folder, PROJECT, options.revision, process_group=session.group
        )
        before = read_all(out)
        compared = [s for s in before if not options.env or is_of(s.name, options.env)]
        upgrades = upgrade.rehearse_upgrade(session, before, stacks, progress)
    print_failures([u.result for u in upgrades])
    report.print_results_table([u.result for u in upgrades], upgrade.PHASES)
    abandoned = [] if options.stack else upgrade.abandoned_stacks(compared, stacks)
    for line in (*(str(loss) for u in upgrades for loss in u.warnings), *abandoned):
        print(f"Warning: {line}")
    for loss, reason in ((loss, why) for u in upgrades for loss, why in u.allowed.items()):
        print(f"Allowed: {loss.address}: {reason}")
    return 1 if any(u.result.failed for u in upgrades) else 0


def print_failures(results: list[Result]) -> None:
    """Print Terraform's errors, and which constructs created the resources that they name."""
    failed = [r for r in results if r.failed]
    lines = origin.lines(PROJECT) if any(r.constructs for r in failed) else {}
    for result in failed:
        print("\n".join(report.failure(result, lines)), file=sys.stderr)


def print_results(results: list[Result]) -> int:
    """Print the failures and the table; return the exit code."""
    print_failures(results)
    report.print_results_table(results)
    allowed = [f"{leak.address} {leak.attribute}" for r in results for leak in r.allowed]
    for attribute in dict.fromkeys(allowed):
        print(f"In state by documented exception: {attribute}")
    return 1 if any(r.failed for r in results) else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="rehearsal", description=__doc__)
    parser.add_argument("--env", help="only this environment")
    parser.add_argument("--stack", help="only this stack")
    parser.add_argument(
        "--out", type=Path, default=PROJECT / "cdktf.out", help="the synthesized stacks"
    )
    parser.add_argument(
        "--terraform",
        default=os.environ.get("TERRAFORM_BINARY_NAME"),
        help="the executable; terraform or tofu (default: the pinned one)",
    )
    parser.add_argument("--from", dest="revision", help="plan over the stacks of this git revision")
    parser.add_argument("--skip-deploy", action="store_true", help="leave out cdktf deploy")
    return parser.parse_args(arguments)


def stop(number: int, _frame: FrameType | None) -> None:
    """Exit by an exception, so that processes are ended and folders removed first."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
