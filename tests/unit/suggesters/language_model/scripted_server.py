"""A real HTTP server on this machine whose answers are scripted, and which keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Said = str | bytes | tuple[int, str] | Callable[["Asked"], "str | bytes | tuple[int, str]"]


class Asked(NamedTuple):
    """A request: its headers, and its body as JSON."""

    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """What the user's message says."""
        return str(self.body["messages"][-1]["content"])


class ScriptedServer:
    """Answers requests in turn; the last answer serves for all that follow.

    An answer is the content of a message, or a status with a body, or bytes that are sent as they are, or a function of
    the request that returns one of these.
    """

    def __init__(self, answers: Sequence[Said]) -> None:
        self.asked: list[Asked] = []
        self.finish_reason = "stop"
        self.release = threading.Event()  # a function that hangs waits for it
        self._answers = list(answers)
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = Asked(dict(self.headers), json.loads(body))
                server.asked.append(asked)
                answer = server._answers[min(len(server.asked), len(server._answers)) - 1]
                said = answer(asked) if callable(answer) else answer
                status, content = server._content(said)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://example.org/v1/chat/completions")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def _content(self, said: str | bytes | tuple[int, str]) -> tuple[int, bytes]:
        if isinstance(said, tuple):
            return said[0], said[1].encode()
        if isinstance(said, bytes):
            return 200, said
        choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": self.finish_reason}
        usage = {"prompt_tokens": 100, "completion_tokens": 20}
        return 200, json.dumps({"choices": [choice], "model": "scripted", "usage": usage}).encode()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.release.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@contextmanager
def serving(*answers: Said) -> Iterator[ScriptedServer]:
    """Run a server with these answers."""
    server = ScriptedServer(answers)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def errors(*rows: Mapping[str, str]) -> str:
    """Return an answer that names errors."""
    return json.dumps({"errors": [{"reason": "the reference says otherwise", **row} for row in rows]})
