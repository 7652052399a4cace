"""Which line of ours made a resource.

cdktf's own stack traces end in its JavaScript. So the app is synthesized once more, after a
failure only, and the Python frames that led to each resource are noted.
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

OURS = ("constructs_lib", "stacks")


def lines(project: Path) -> Mapping[str, str]:
    """Where each resource was made, by construct path; empty when the app does not synthesize."""
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
    found: dict[str, str] = json.loads(done.stdout) if done.returncode == 0 else {}
    return found


def trace(project: Path) -> dict[str, str]:
    """Synthesize the app of ``project`` here, noting who makes which resource."""
    sys.path.insert(0, str(project))
    import stacks  # noqa: F401, I001  (makes the bindings lazy before cdktf starts)
    from cdktf import TerraformResource
    from jsii._runtime import JSIIMeta

    import main

    create = JSIIMeta.__call__
    made: dict[str, str] = {}

    def noting(cls: type, *args: Any, **kwargs: Any) -> Any:
        construct: Any = create(cls, *args, **kwargs)
        if isinstance(construct, TerraformResource):
            made[construct.node.path] = _describe(list(_frames(project, sys._getframe(1))))
        return construct

    JSIIMeta.__call__ = noting  # type: ignore[method-assign]
    main.main()
    return made


def _frames(project: Path, frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(project):
            relative = path.relative_to(project)
            if relative.parts[0] in OURS:
                yield f"{relative}:{frame.f_lineno}"
        frame = frame.f_back


def _describe(frames: list[str]) -> str:
    stack = next((f for f in frames if f.startswith("stacks")), None)
    if not frames:
        return ""
    return frames[0] if stack in (None, frames[0]) else f"{frames[0]}, called by {stack}"


if __name__ == "__main__":
    json.dump(trace(Path.cwd()), sys.stdout)
