"""Write what ``make synth`` writes, in one process: ``python -O -m scripts.synth``.

It is the quick way while one edits: the command line of cdktf alone takes longer than the stacks.
``--cdktf`` synthesizes by that command line, as ``make synth`` does. Its start-up is long, so the
files that people write are checked meanwhile, and a mistake in them is told at once and plainly.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

LOG = Path("cdktf.out") / "synth.log"


def main() -> None:
    """Synthesize, and finish; a vanished address is said and stops nothing."""
    parser = argparse.ArgumentParser(prog="python -m scripts.synth", description=__doc__)
    parser.add_argument("--cdktf", action="store_true", help="by the command line of cdktf")
    if parser.parse_args().cdktf:
        _run_command_line()
    else:
        from main import main as synthesize

        synthesize()
    _finish()


def _run_command_line() -> None:
    """Run ``cdktf synth``; exit where files are wrong, or with what it printed where it fails."""
    LOG.parent.mkdir(exist_ok=True)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    cdktf = shutil.which("cdktf", path=path)
    if cdktf is None:
        sys.exit("there is no cdktf; make setup installs it")
    with LOG.open("wb") as log:
        process = subprocess.Popen(
            [cdktf, "synth"],
            env={**os.environ, "PATH": path},
            stdout=log,
            stderr=subprocess.STDOUT,
            # It is a process that starts others; all of them end together.
            process_group=0,
        )
    try:
        from stacks.__main__ import check_files

        check_files()
        # What comes afterwards is loaded while there is nothing else to do.
        import review.__main__  # noqa: F401
        import scripts.summary  # noqa: F401

        code = process.wait()
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        raise
    if code:
        sys.stdout.write(LOG.read_text(encoding="utf-8", errors="replace"))
        sys.exit(1)


def _finish() -> None:
    """Write HCL for reviewers; print the stacks, and the addresses that vanished."""
    from problems import ConfigurationError
    from review.__main__ import main as write_review
    from scripts import summary
    from stacks.__main__ import check_addresses
    from terraform_json import SynthesizedError

    write_review([])
    try:
        summary.main()
        check_addresses()
    except (ConfigurationError, SynthesizedError) as error:
        sys.exit(str(error))
    except SystemExit as lost:
        print(lost, file=sys.stderr)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
