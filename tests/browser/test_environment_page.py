"""The page of an environment in a real browser: laid out at two widths, and without a request."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from change.side import Side
from environments import Configuration
from picture.environment import environment_page
from picture.read import read
from policy.stack import read_stacks
from scripts.pictures import FOLDER
from tests.browser.chromium import browse, require_chromium

WIDTHS = (1366, 390)
_FRAMES = """<!doctype html><script>
const widths = %s, reports = {};
const frames = widths.map((width) => {
  const frame = document.createElement("iframe");
  frame.style.width = width + "px";
  frame.style.border = 0;
  frame.src = "/page";
  document.documentElement.append(frame);
  return new Promise((loaded) => (frame.onload = () => loaded([width, frame.contentWindow])));
});
Promise.all(frames).then((loaded) => {
  for (const [width, page] of loaded) {
    const text = page.document.querySelector(".drawing .line");
    reports[width] = {
      page: page.document.documentElement.scrollWidth,
      drawing: page.document.querySelector(".wide").scrollWidth,
      requests: page.performance.getEntriesByType("resource").map((entry) => entry.name),
      heading: page.getComputedStyle(page.document.querySelector("h1")).fontSize,
      smallest: text.getBoundingClientRect().height,
      filled: page.getComputedStyle(page.document.querySelector(".drawing .service")).fill,
    };
  }
  fetch("/report", { method: "POST", body: JSON.stringify(reports) });
});
</script>"""


def test_a_page_fits_a_laptop_and_a_phone_with_its_own_styles_and_asks_for_nothing(
    outdir: Path, configuration: Configuration, tmp_path: Path
) -> None:
    require_chromium()
    stacks = read_stacks(outdir, configuration)
    side = Side({stack.name: stack for stack in stacks})
    drawing = (FOLDER / "prod.svg").read_text()
    page = environment_page(read(side, "prod"), drawing, configuration, stacks)
    asked: list[str] = []
    reports: dict[str, Any] = {}
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self._answer(page if self.path == "/page" else _FRAMES % json.dumps(WIDTHS))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            reports.update(json.loads(body))
            self._answer("")
            done.set()

        def _answer(self, text: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.server_address[1]
        try:
            url = f"http://page.test:{port}/"
            browse(url, ports={"page.test": port}, profile=tmp_path, done=done)
        finally:
            server.shutdown()
            thread.join()
    assert {*asked} <= {"/", "/page", "/favicon.ico"}
    assert reports["1366"]["drawing"] <= 1366, "production is drawn too wide for a laptop"
    for width in WIDTHS:
        report = reports[str(width)]
        assert report["page"] <= width
        assert report["requests"] == []
        assert report["heading"] == "26px"
        assert report["smallest"] >= 12
        assert report["filled"] != "rgb(0, 0, 0)"
