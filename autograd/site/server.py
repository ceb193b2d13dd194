"""Serving a folder on this machine, with the types that its pages need."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from autograd.errors import FileError

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".ipynb": "application/x-ipynb+json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".whl": "application/zip",
    ".zip": "application/zip",
    ".py": "text/plain; charset=utf-8",
}


class SiteHandler(SimpleHTTPRequestHandler):
    """Answers with files of a folder, says nothing of it, and has nothing kept: who writes the site again sees it at once."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES

    def handle(self) -> None:
        """Answer; who leaves a page before it is there is no error."""
        with suppress(ConnectionError):
            super().handle()

    def end_headers(self) -> None:
        """Add that the page is to be asked for again."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def server(folder: str, host: str, port: int) -> ThreadingHTTPServer:
    """Return a server of a folder that has begun to listen; port 0 is any that is free.

    Raises FileError where there is no such folder, and where it cannot listen there.
    """
    if not os.path.isdir(folder):
        raise FileError(f"There is no folder {folder!r}. Write one: python3 -m autograd site -o {folder}.")
    try:
        return ThreadingHTTPServer((host, port), partial(SiteHandler, directory=folder))
    except (OSError, OverflowError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise FileError(
            f"{host}:{port} cannot be listened to: {words.rstrip('.')}. Choose another --port, or --port 0; "
            "a --host is an address of this machine, such as 127.0.0.1."
        ) from None
