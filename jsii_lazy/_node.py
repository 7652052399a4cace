"""The Node half: have the Node process of jsii load `lazy_index.cjs` before anything else.

jsii's module that starts Node sees a `subprocess` whose `Popen` adds to the command: the preload,
and where it can, the kernel itself in place of the relay (`_kernel.py`). The names of the packages
go into the environment of that one process. So nobody's `NODE_OPTIONS` has to be changed or quoted,
nothing is written, and other child processes of the application see nothing of it.
"""

import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import _kernel, _versions

_HOOK = Path(__file__).with_name("lazy_index.cjs")
_PACKAGES = "JSII_LAZY_PACKAGES"
# With it the preload says before jsii's greeting what it can do; only _calls.py understands that.
_ANNOUNCE = "JSII_LAZY_ANNOUNCE"
_CDKTF = "JSII_LAZY_CDKTF"

_npm_names: set[str] = set()
_short_calls = False
_lock = threading.Lock()


def make_lazy(npm_name: str) -> str | None:
    """Let the coming Node process load this package lazily; otherwise return why not."""
    if not _HOOK.is_file():
        return f"{_HOOK.name} is not a file here"
    if os.environ.get("JSII_RUNTIME"):
        return "JSII_RUNTIME asks for another runtime"
    try:
        process: Any = importlib.import_module("jsii._kernel.providers.process")
        starts = process.subprocess
    except (ImportError, AttributeError) as error:
        return f"this jsii starts its Node process in another way: {error}"
    with _lock:
        if _kernel_in_use():
            return "the Node process of jsii is already running"
        if not isinstance(starts, _Subprocess):
            process.subprocess = _Subprocess()
        _npm_names.add(npm_name)
    return None


def shorten_calls() -> str | None:
    """Let the coming Node process be called with less work; otherwise return why not."""
    global _short_calls
    with _lock:
        if not _npm_names:
            return "the Node process does not load the preload"
        if not _short_calls:
            # The module of the calls loads with the known version only.
            if reason := _versions.unknown_jsii():
                return reason
            calls = importlib.import_module("jsii_lazy._calls")
            if reason := calls.take_over():
                return str(reason)
            _short_calls = True
    return None


def _kernel_in_use() -> bool:
    # The kernel starts when the first assembly is loaded, which the `_jsii` module of each jsii
    # package does. jsii itself has no way to ask that would not start the kernel.
    return any(name.endswith("._jsii") for name in list(sys.modules))


class _Subprocess:
    """The module `subprocess` as one module of jsii sees it; only `Popen` is another."""

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)

    def Popen(self, command: Any, **options: Any) -> "subprocess.Popen[bytes]":  # noqa: N802
        """Start jsii's Node program; a command of another form is started as it is."""
        match command, options:
            case [str(node), str(heap), str(relay)], {"env": Mapping() as env}:
                return _start(node, heap, relay, {**options, "env": dict(env)})
        return subprocess.Popen(command, **options)


def _start(node: str, heap: str, relay: str, options: dict[str, Any]) -> "subprocess.Popen[bytes]":
    env: dict[str, str] = options["env"]
    with _lock:
        env[_PACKAGES] = ",".join(sorted(_npm_names))
    flags = [heap, "--require", str(_HOOK)]
    # The kernel keeps few young objects at a time. Room for more is filled with garbage first.
    if "semi-space-size" not in env.get("NODE_OPTIONS", ""):
        flags.append("--max-semi-space-size=4")
    program = _kernel.program_of(relay)
    if program is not None and _kernel.can_run(node, env):
        if _short_calls:
            env |= {_ANNOUNCE: "1", _CDKTF: _versions.known_cdktf()}
        return _kernel.start(node, flags, program, env)
    # The relay hands its own flags on to the kernel.
    return subprocess.Popen([node, *flags, relay], **options)
