"""The Node half: have the Node process of jsii load `lazy_index.cjs` before anything else.

jsii starts a small Node program, which starts another one with the same Node options; the second
loads the npm packages. Instead of the small program, jsii is given a file that adds `--require`
to these options and then runs the small program. So nobody's `NODE_OPTIONS` has to be changed or
quoted, and other child processes of the application see nothing of it.
"""

import functools
import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

_HOOK = Path(__file__).with_name("lazy_index.cjs")

# Runs twice: as the main program, and as the preloaded module of the process that it starts.
_START = """\
"use strict";
if (require.main === module) {
  // The kernel keeps few young objects at a time. Room for more is filled with garbage first.
  const { NODE_OPTIONS = "" } = process.env;
  if (!NODE_OPTIONS.includes("semi-space-size")) process.execArgv.push("--max-semi-space-size=4");
  process.execArgv.push("--require", __filename);
  require(%(program)s);
} else {
  try {
    require(%(hook)s)(%(npm_names)s);
  } catch (error) {
    if (process.env.JSII_LAZY === "debug") console.error(`jsii_lazy: ${error.stack}`);
  }
}
"""

_npm_names: set[str] = set()
_lock = threading.Lock()
_patched = False


def make_lazy(npm_name: str) -> str | None:
    """Let the coming Node process load this package lazily; otherwise return why not."""
    global _patched
    if not _HOOK.is_file():
        return f"{_HOOK.name} is not a file here"
    if os.environ.get("JSII_RUNTIME"):
        return "JSII_RUNTIME asks for another runtime"
    try:
        process: Any = importlib.import_module("jsii._kernel.providers.process")._NodeProcess
        runtime = process._jsii_runtime
    except (ImportError, AttributeError) as error:
        return f"this jsii starts its Node process in another way: {error}"
    with _lock:
        if _kernel_in_use():
            return "the Node process of jsii is already running"
        if not _patched:
            process._jsii_runtime = _with_start_file(runtime)
            _patched = True
        _npm_names.add(npm_name)
    return None


def _kernel_in_use() -> bool:
    # The kernel starts when the first assembly is loaded, which the `_jsii` module of each jsii
    # package does. jsii itself has no way to ask that would not start the kernel.
    return any(name.endswith("._jsii") for name in list(sys.modules))


def _with_start_file(runtime: Any) -> Any:
    """Wrap the method of jsii that unpacks its Node program and returns the program's path."""

    @functools.wraps(runtime)
    def start_file(self: Any) -> str:
        program: str = runtime(self)
        with _lock:
            return _write_start_file(program, sorted(_npm_names))

    return start_file


def _write_start_file(program: str, npm_names: list[str]) -> str:
    """Write the start file beside jsii's program, in the directory that jsii removes at its end."""
    values = {"program": f"./{Path(program).name}", "hook": str(_HOOK), "npm_names": npm_names}
    text = _START % {name: json.dumps(value) for name, value in values.items()}
    start = Path(program).with_name("jsii-lazy-start.cjs")
    try:
        start.write_text(text, encoding="utf-8")
    except OSError:
        return program
    return str(start)
