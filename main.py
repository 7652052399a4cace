"""The app: environment files in, one Terraform root module for each stack out."""

from __future__ import annotations

import gc
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cdktf_python import NotInPythonError
from constructs_lib import bindings
from constructs_lib.temporary_folder import temporary_folder_problem

ROOT = Path(__file__).parent


def main() -> None:
    """Synthesize every stack of every environment, or nothing."""
    # It ends before there is anything worth collecting; looking for it is an eighth of its time.
    gc.disable()
    problem = temporary_folder_problem()
    if problem is not None:
        sys.exit(f"{problem}\n\nNothing was synthesized.")
    with ThreadPoolExecutor(1) as background:
        # Most of it is Node loading its half, and the settings can be read meanwhile.
        loading = background.submit(bindings.load)
        from environments import load
        from problems import ConfigurationError

        try:
            configuration = load(ROOT / "environments")
        except ConfigurationError as error:
            sys.exit(f"{error}\n\nNothing was synthesized.")
        loading.result()
    from jsii_lazy.addresses import AddressCollisionError
    from stacks.addresses import output_folder
    from stacks.app import synthesize

    try:
        synthesize(configuration, output_folder())
    except (ConfigurationError, AddressCollisionError) as error:
        sys.exit(str(error))
    except NotInPythonError as error:
        # Nothing is written yet, and Node knows all of cdktf.
        print(f"{error}, which takes longer", file=sys.stderr, flush=True)
        os.execve(sys.executable, sys.orig_argv, {**os.environ, "JSII_LAZY": "node"})


if __name__ == "__main__":
    # By an exception, so that unfinished files are removed.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
