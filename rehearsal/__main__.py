"""Runs real Terraform over stacks, without a cloud: ``make rehearse``, or ``rehearsal PATH``.

PATH is any folder of Terraform, HCL or JSON, that uses the google provider, or an output folder of
cdktf. Without PATH, the stacks of this project are rehearsed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

from problems import ConfigurationError
from provider_schema.blocks import SchemaError
from provider_schema.store import SchemaStore
from rehearsal import deploy, origin, report, upgrade
from rehearsal.revision import synthesize_revision
from rehearsal.rules import load as load_rules
from rehearsal.run import FORWARD, PHASES, Result, TemporaryFolderError, open_session, rehearse
from rehearsal.synthesized import SynthesizedStack, is_of, read_all, select_stacks
from rehearsal.terraform import MissingTerraformError
from rehearsal.versions import admits
from terraform_json import MANIFEST, SynthesizedError

PROJECT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 when every stack passed, 1 when one did not, 2 when nothing could be rehearsed."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, stop)
    try:
        stacks = read_stacks(options)
        if options.revision:
            return run_upgrade(options, stacks)
        results = run(options, stacks)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except ConfigurationError as error:
        print(f"rehearsal: {options.path}\n\n{error}\n\nNothing was rehearsed.", file=sys.stderr)
        return 2
    except (SynthesizedError, SchemaError, MissingTerraformError, TemporaryFolderError) as error:
        print(f"rehearsal: {error}", file=sys.stderr)
        return 2
    return print_results(results, explained=options.path is None)


def read_stacks(options: argparse.Namespace) -> list[SynthesizedStack]:
    """Return the stacks of the output folder that is asked for, or the folder of Terraform.

    Raises ``SynthesizedError`` and ``ConfigurationError``.
    """
    path: Path | None = options.path
    if path is None or (path / MANIFEST).is_file():
        return select_stacks(read_all(path or options.out), options.env, options.stack)
    # Reading HCL takes a parser, which the stacks of this project do not need.
    from rehearsal import root_module

    if not root_module.is_root_module(path):
        raise SynthesizedError(
            f"{path} has no *.tf and no *.tf.json; name the folder of a root module"
        )
    return [root_module.read(path, options.var_file)]


def run(options: argparse.Namespace, stacks: list[SynthesizedStack]) -> list[Result]:
    """Rehearse the stacks, then deploy a stack with cdktf, as an operator would."""
    phases = PHASES if options.destroy else FORWARD
    steps = len(phases) * len(stacks) + 1
    store = SchemaStore()
    for note in notes(stacks, store):
        print(f"Note: {note}")
    with open_session(store, options.terraform) as session, report.progress(steps) as progress:
        results = rehearse(session, stacks, phases, progress)
        if options.path is None and not options.skip_deploy:
            chosen = deploy.choose_stack(stacks)
            progress(chosen.name, "cdktf deploy")
            results.append(deploy.deploy(session, PROJECT, options.out, chosen))
        return results


def notes(stacks: Sequence[SynthesizedStack], store: SchemaStore) -> Iterator[str]:
    """Yield what a reader must know of a folder's stand-in, to believe its result no further."""
    version, kinds = store.provider_version(), store.names("resource")
    known = load_rules(version)
    for stack in stacks:
        for place, constraint in stack.requirements:
            if not admits(constraint, version):
                yield f"{place}: asks for google {constraint}; the stand-in is google {version}"
        bare = [kind for kind in stack.types("resource") if kind not in known and kind in kinds]
        if bare:
            yield f"checked by schema and enumerations, without further rules: {', '.join(bare)}"


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


def print_failures(results: list[Result], *, explained: bool = True) -> None:
    """Print Terraform's errors, and which constructs created the resources that they name.

    ``explained`` tells whether the constructs are those of this project, whose lines it looks up.
    """
    failed = [r for r in results if r.failed]
    lines = origin.lines(PROJECT) if explained and any(r.constructs for r in failed) else {}
    for result in failed:
        print("\n".join(report.failure(result, lines)), file=sys.stderr)


def print_results(results: list[Result], *, explained: bool) -> int:
    """Print the failures and the table; return the exit code."""
    print_failures(results, explained=explained)
    report.print_results_table(results)
    allowed = [f"{leak.address} {leak.attribute}" for r in results for leak in r.allowed]
    for attribute in dict.fromkeys(allowed):
        print(f"In state by documented exception: {attribute}")
    return 1 if any(r.failed for r in results) else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="rehearsal", description=__doc__)
    parser.add_argument(
        "path", nargs="?", type=Path, help="a folder of Terraform, or cdktf's output folder"
    )
    parser.add_argument("--var-file", type=Path, help="values of the variables of such a folder")
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
    parser.add_argument(
        "--destroy",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="whether all is destroyed at the end",
    )
    parser.add_argument("--from", dest="revision", help="plan over the stacks of this git revision")
    parser.add_argument("--skip-deploy", action="store_true", help="leave out cdktf deploy")
    options = parser.parse_args(arguments)
    is_folder = options.path is not None and not (options.path / MANIFEST).is_file()
    if options.path is None and not (PROJECT / "main.py").is_file():
        parser.error("name a folder of Terraform: rehearsal PATH")
    if options.path is not None and options.revision:
        parser.error("--from is for the stacks of this project, so it takes no PATH")
    if is_folder and (options.env or options.stack):
        parser.error(
            "--env and --stack choose among stacks of cdktf; PATH is a folder of Terraform"
        )
    if options.var_file is not None and not is_folder:
        parser.error("--var-file is for a PATH that is a folder of Terraform")
    return options


def stop(number: int, _frame: FrameType | None) -> None:
    """Exit by an exception, so that processes are ended and folders removed first."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
