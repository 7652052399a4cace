"""Runs ``cdktf deploy``, as an operator does, with the stand-in for the google provider."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

from rehearsal import inputs, secrecy
from rehearsal.run import Phase, Result, Session
from rehearsal.synthesized import SynthesizedStack, named_constructs
from rehearsal.terraform import environment, run_command
from rehearsal.workspace import STATE, prepare

CDKTF = Path("node_modules/.bin/cdktf")


def choose_stack(stacks: list[SynthesizedStack]) -> SynthesizedStack:
    """Return the stack to deploy: the first with secrets, if any, since more can go wrong there."""
    with_secrets = [s for s in stacks if inputs.canaries(s.configuration, "")]
    return (with_secrets or stacks)[0]


def deploy(session: Session, project: Path, outdir: Path, stack: SynthesizedStack) -> Result:
    """Deploy a stack with the project's own ``cdktf``; its state stays in the session's folder."""
    folder = session.folder / "deploy"
    out = folder / "cdktf.out"
    folder.mkdir()
    shutil.copytree(
        outdir, out, ignore=shutil.ignore_patterns("review", ".terraform", "*.tfstate*")
    )
    shutil.rmtree(out / "stacks" / stack.name)
    prepare(stack, out / "stacks" / stack.name, {})
    shutil.copy(project / "cdktf.json", folder)
    variables = {
        **environment(session.attach(stack).reattach, session.inputs(stack), session.home),
        "TERRAFORM_BINARY_NAME": session.binary,
        "CDKTF_HOME": str(session.home),
        "DISABLE_VERSION_CHECK": "1",
        "CI": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    result = Result(f"cdktf deploy {stack.name}", stack.count())
    started = time.monotonic()
    code, output = run_command(
        [
            str(project / CDKTF),
            "deploy",
            stack.name,
            "--auto-approve",
            "--skip-synth",
            "--skip-provider-lock",
            "--disable-plugin-cache-env",
            "--ignore-missing-stack-dependencies",
            "--no-color",
        ],
        folder,
        variables,
        session.group,
    )
    applied = code == 0 and (folder / f"terraform.{stack.name}.tfstate").is_file()
    applied = applied or (code == 0 and (out / "stacks" / stack.name / STATE).is_file())
    search = secrecy.search(
        inputs.canaries(stack.configuration, session.run_id),
        folder,
        {"the output of cdktf": output},
    )
    leaks = "".join(f"Error: {leak}\n" for leak in search.refused)
    result.allowed = search.allowed
    result.phases.append(
        Phase("apply", time.monotonic() - started, applied and not leaks, output + leaks)
    )
    if result.failed is not None:
        result.constructs = named_constructs(stack.configuration, output)
    return result
