"""A GitHub on loopback: comments, issues and deployments of one repository."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from delivery.jobs.github import Github

TOKEN = "not-a-real-token"


@dataclass
class FakeGithub:
    """What the repository holds; as on GitHub, a list has pages, and a long text is refused."""

    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    deployments: list[dict[str, Any]] = field(default_factory=list)
    statuses: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    api: str = ""

    @contextmanager
    def running(self) -> Iterator[FakeGithub]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.api = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()

    def client(self) -> Github:
        return Github("example-org/beep-infra", TOKEN, self.api)

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        if body and len(body.get("body", "")) > 65_536:
            return None
        match method, path.removeprefix("/repos/example-org/beep-infra/").split("/"):
            case "GET", ["issues"]:
                wanted = [i for i in self.issues if i["state"] == query["state"]]
                return [i for i in wanted if query["labels"] in i["labels"]]
            case "POST", ["issues"]:
                issue = {**body, "number": len(self.issues) + 1, "state": "open"}
                self.issues.append(issue)
                return issue
            case "PATCH", ["issues", "comments", number]:
                every = [c for comments in self.comments.values() for c in comments]
                comment = next(c for c in every if c["id"] == int(number))
                comment.update(body)
                return comment
            case "PATCH", ["issues", number]:
                self.issues[int(number) - 1].update(body)
                return self.issues[int(number) - 1]
            case "GET", ["issues", number, "comments"]:
                return self.comments.get(int(number), [])
            case "POST", ["issues", number, "comments"]:
                comments = self.comments.setdefault(int(number), [])
                count = sum(map(len, self.comments.values()))
                comments.append({**body, "id": count, "user": {"login": "github-actions[bot]"}})
                return comments[-1]
            case "GET", ["deployments"]:
                return [d for d in self.deployments if d["environment"] == query["environment"]]
            case "GET", ["deployments", number, "statuses"]:
                return self.statuses.get(int(number), [])
        raise AssertionError(f"{method} {path}")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                url = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                size = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(size)) if size else None
                assert self.headers["Authorization"] == f"Bearer {TOKEN}"
                answer = fake.answer(self.command, url.path, query, body)
                if isinstance(answer, list):
                    page, per_page = int(query["page"]), int(query["per_page"])
                    answer = answer[(page - 1) * per_page : page * per_page]
                self.send_response(422 if answer is None else 200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            do_GET = do_POST = do_PATCH = _answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Print nothing."""

        return Handler
