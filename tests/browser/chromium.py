"""A real browser that reaches nothing but the ports it is given."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

_CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
_TIMEOUT_SECONDS = 60


def require_chromium() -> None:
    """Skip whoever needs a browser where there is none."""
    if _CHROMIUM is None:
        pytest.skip("no Chromium on PATH, so no page was tried in a browser")


def browse(url: str, *, ports: Mapping[str, int], profile: Path, done: threading.Event) -> None:
    """Let Chromium load a page, and end it once what it loads has set ``done``.

    ``ports`` has the hosts that it finds, with their ports on loopback. No certificate is checked.
    """
    assert _CHROMIUM is not None
    hosts = [f"MAP {host} 127.0.0.1:{port}" for host, port in ports.items()]
    log = profile / "chromium.log"
    with log.open("wb") as output:
        browser = subprocess.Popen(
            [
                _CHROMIUM,
                "--headless",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--ignore-certificate-errors",
                "--no-first-run",
                # Its sandbox refuses to run as root, as it does in a container.
                *(("--no-sandbox",) if os.geteuid() == 0 else ()),
                f"--host-resolver-rules={', '.join((*hosts, 'MAP * ~NOTFOUND'))}",
                f"--user-data-dir={profile}",
                url,
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            in_time = done.wait(_TIMEOUT_SECONDS)
        finally:
            # With all the processes that it started.
            os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()
    assert in_time, f"no report in {_TIMEOUT_SECONDS} s; Chromium said:\n{log.read_text()[-3000:]}"
