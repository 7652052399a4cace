"""Finds the line of our source that creates a resource.

cdktf's own stack traces end in its JavaScript. Therefore the app is synthesized once more, only
after a failure, and the Python frames at the creation of each resource are recorded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

SOURCE_FOLDERS = ("constructs_lib", "stacks")


def lines(project: Path) -> Mapping[str, str]:
    """Return where each resource is created, by construct path; empty if the synthesis fails."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as out:
        done = subprocess.run(
            [sys.executable, "-m", "rehearsal.origin"],
            cwd=project,
            env={**os.environ, "CDKTF_OUTDIR": out},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
        )
    origins: dict[str, str] = json.loads(done.stdout) if done.returncode == 0 else {}
    return origins


def trace(project: Path) -> dict[str, str]:
    """Synthesize the app of ``project`` in this process; return where each resource is created."""
    sys.path.insert(0, str(project))
    import constructs_lib.bindings  # noqa: F401, I001  (makes the bindings lazy before cdktf starts)
    from cdktf import TerraformResource
    from jsii._runtime import JSIIMeta

    import main

    create = JSIIMeta.__call__
    origins: dict[str, str] = {}

    def create_and_record(cls: type, *args: Any, **kwargs: Any) -> Any:
        construct: Any = create(cls, *args, **kwargs)
        if isinstance(construct, TerraformResource):
            origins[construct.node.path] = _describe(list(_frames(project, sys._getframe(1))))
        return construct

    JSIIMeta.__call__ = create_and_record  # type: ignore[method-assign]
    main.main()
    return origins


def _frames(project: Path, frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(project):
            relative = path.relative_to(project)
            if relative.parts[0] in SOURCE_FOLDERS:
                yield f"{relative}:{frame.f_lineno}"
        frame = frame.f_back


def _describe(frames: list[str]) -> str:
    stack = next((f for f in frames if f.startswith("stacks")), None)
    if not frames:
        return ""
    return frames[0] if stack in (None, frames[0]) else f"{frames[0]}, called by {stack}"


if __name__ == "__main__":
    json.dump(trace(Path.cwd()), sys.stdout)
