"""An endpoint of a shop: a server that keeps what is posted to it."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, Iterator

import pytest

SECRET = "0123456789abcdef"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))  # type: ignore[attr-defined]
        self.server.paths.append(self.path)  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        """Be quiet."""


@pytest.fixture
def server() -> Iterator[Any]:
    listening = HTTPServer(("127.0.0.1", 0), Handler)
    listening.got, listening.paths, listening.status = [], [], 200  # type: ignore[attr-defined]
    Thread(target=listening.serve_forever, daemon=True).start()
    yield listening
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def inside(settings: Any) -> None:
    settings.RECIPROCITY_PRIVATE_ENDPOINTS = True
