"""Make chosen jsii packages load only what is used.

Bindings that jsii generated before its lazy imports load everything twice: the `__init__` of the
Python package imports each of its submodules, and the Node process behind it `require`s each
module of the npm package. For a cloud provider that is well over a thousand files on each side,
many seconds and hundreds of megabytes, to use ten of them.

    import jsii_lazy

    jsii_lazy.activate("cdktf_cdktf_provider_google")  # before the first import of a jsii package

    from cdktf_cdktf_provider_google.pubsub_topic import PubsubTopic  # imports stay as they are

Each half works alone and steps aside by itself:

- Python (`_python.py`): the package's own `__init__` still runs, only without the imports of
  submodules at its end; a submodule is imported when it is named. Types that come back from Node
  and were never imported are found through the map that jsii keeps for its lazy packages.
- Node (`_node.py`, `lazy_index.cjs`): the Node process of jsii, and no other process, turns
  `exports.x = require("./x")` into a getter, in the index file of the named packages only. It is
  also started without the relay that stock jsii puts between it and Python (`_kernel.py`).
  That process starts with the first import of any jsii package; after that, this half is too late.

The calls between the two halves are shortened as well, for the versions of jsii and cdktf that are
known here (`_calls.py`): messages without cattrs, structs read by their values, stacks that ask for
it with addresses from Node (`addresses.py`), and, under `python -O`, calls that do not wait for an
answer that is known. With another version the calls are those of stock jsii, and this is said once.

A package that does not look as expected (not installed, no jsii assembly, already lazy, another
layout) is loaded as if this package were not there, and the status says why. Where the kernel
cannot be started directly, jsii's relay is. Nothing is written; `os.environ`, and with it the
`NODE_OPTIONS` of the user, is only read. The relay's warning of a Node that jsii does not know goes
with the relay.

`JSII_LAZY=0` turns everything off; `JSII_LAZY=wait` lets each call wait for its answer, and
`JSII_LAZY=ahead` none, also without `-O`; `JSII_LAZY=debug` makes the Node half say what it
changed.
"""

import os
import threading
from dataclasses import dataclass

from . import _node, _python

__all__ = ["LAZY", "Status", "activate", "status"]

LAZY = "lazy"


@dataclass(frozen=True)
class Status:
    """What was done for one package: each part is `"lazy"`, or the reason why it is not.

    `node` speaks of what is handed to the Node process. Whether the index file has the expected
    form shows only there; `JSII_LAZY=debug` prints it. `calls` speaks of the whole process.
    """

    package: str
    python: str
    node: str
    calls: str


_statuses: dict[str, Status] = {}
_lock = threading.RLock()


def activate(*packages: str) -> dict[str, Status]:
    """Make the named Python packages lazy; what is decided for a package stays decided.

    Call it before the first import of a jsii package. Never raises for the state of a package.
    """
    with _lock:
        for package in packages:
            if package not in _statuses:
                _statuses[package] = _activate(package)
        return {package: _statuses[package] for package in packages}


def status() -> dict[str, Status]:
    """Return what was decided for every package named so far in this process."""
    with _lock:
        return dict(_statuses)


def _activate(package: str) -> Status:
    if os.environ.get("JSII_LAZY") == "0":
        return Status(package, *["turned off by JSII_LAZY=0"] * 3)
    try:
        found = _python.find(package)
    except _python.StepAside as reason:
        return Status(package, *[str(reason)] * 3)
    return Status(
        package,
        python=_python.make_lazy(found) or LAZY,
        node=_node.make_lazy(found.npm_name) or LAZY,
        calls=_node.shorten_calls() or LAZY,
    )
