"""One request to a server that speaks OpenAI's chat completions, by the standard library.

A library of a provider would follow redirects, retry and send telemetry by itself; here each byte that leaves the
machine is written down, a request can be cancelled while the server thinks, and the answer has bounds in size and time.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from app.core.errors import Cancelled, StetError
from app.core.progress import CancelToken
from app.suggesters.language_model.address import ModelAddress

CONNECT_S = 10.0
ANSWER_S = 180.0
MOST_BYTES = 1 << 20  # of an answer
_CHUNK = 1 << 14


class ModelFault(StetError):
    """The server can't be reached, refuses, or says what isn't an answer. `status` is that of HTTP, 0 without one."""

    def __init__(self, what: str, *, hint: str = "", status: int = 0) -> None:
        super().__init__(what, hint=hint)
        self.status = status


class Completion(NamedTuple):
    """What a model answered: its text, whether it was cut off, and the tokens counted (0 if the server doesn't say)."""

    text: str
    is_cut_off: bool
    model: str
    prompt_tokens: int = 0
    answer_tokens: int = 0


class _Message(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Answer(msgspec.Struct):
    choices: list[_Choice]
    model: str = ""
    usage: _Usage | None = None


_decoder = msgspec.json.Decoder(_Answer)


class ChatServer:
    """A server and the key for it. Each request has a connection of its own."""

    def __init__(
        self, address: ModelAddress, key: str = "", *, connect_s: float = CONNECT_S, answer_s: float = ANSWER_S
    ) -> None:
        """`connect_s` and `answer_s` are in seconds; the latter is for the whole answer."""
        self._address = address
        self._key = key
        self._connect_s = connect_s
        self._answer_s = answer_s

    def complete(self, request: Mapping[str, Any], cancel: CancelToken | None = None) -> Completion:
        """Send a request for a chat completion and return the answer. Raises ModelFault and Cancelled."""
        body = msgspec.json.encode(request)
        connection = self._connection()
        token = cancel or CancelToken()
        try:
            with token.waking(lambda: _shut(connection)):
                token.raise_if_cancelled()
                status, content = self._exchange(connection, body)
        except (OSError, http.client.HTTPException) as error:
            token.raise_if_cancelled()
            raise self._unreachable(error) from error
        finally:
            connection.close()
        token.raise_if_cancelled()
        if status != http.HTTPStatus.OK:
            raise self._refused(status, content)
        return self._read(content)

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._address.host, self._address.port
        if self._address.is_encrypted:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._connect_s, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._connect_s)

    def _exchange(self, connection: http.client.HTTPConnection, body: bytes) -> tuple[int, bytes]:
        deadline = time.monotonic() + self._answer_s
        headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "stet"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        connection.connect()
        if connection.sock is None:  # cancelled meanwhile
            raise Cancelled
        connection.sock.settimeout(self._answer_s)
        connection.request("POST", f"{self._address.path}/chat/completions", body, headers)
        content = bytearray()
        with connection.getresponse() as response:
            while chunk := response.read1(_CHUNK):
                content += chunk
                if len(content) > MOST_BYTES:
                    raise ModelFault(f"{self._address.host} answered with more than {MOST_BYTES:,} bytes")
                if time.monotonic() > deadline:
                    raise TimeoutError
            return response.status, bytes(content)

    def _read(self, content: bytes) -> Completion:
        try:
            found = _decoder.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            what = f"what {self._address.host} answered isn't a chat completion"
            raise ModelFault(what, hint="check that the address is that of an OpenAI-compatible server") from error
        if not found.choices:
            raise ModelFault(f"{self._address.host} answered without a choice")
        choice, usage = found.choices[0], found.usage or _Usage()
        return Completion(
            choice.message.content or "",
            choice.finish_reason == "length",
            found.model[:200],
            max(0, usage.prompt_tokens),
            max(0, usage.completion_tokens),
        )

    def _unreachable(self, error: Exception) -> ModelFault:
        if isinstance(error, TimeoutError):
            what = f"{self._address.host} didn't answer within {self._answer_s:g} seconds"
            return ModelFault(what, hint="use a smaller model, or try again")
        if isinstance(error, ssl.SSLCertVerificationError):
            what = f"the certificate of {self._address.host} can't be verified ({error.verify_message})"
            return ModelFault(what, hint="check the address")
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        hint = "start the server, or check the address in the settings or --model-address"
        return ModelFault(f"no language model answers at {self._address.url} ({why})", hint=hint)

    def _refused(self, status: int, content: bytes) -> ModelFault:
        said = "".join(c if c.isprintable() else " " for c in content[:300].decode("utf-8", "replace")).strip()
        what = f"{self._address.host} refused with HTTP {status}"
        hints = {401: "check the key", 403: "check the key", 404: "check the address and the model's name", 429: "wait"}
        if 300 <= status < 400:
            return ModelFault(
                f"{what}: it sends on to another address", hint="give that one, if you trust it", status=status
            )
        return ModelFault(f"{what}: {said}" if said else what, hint=hints.get(status, ""), status=status)


def _shut(connection: http.client.HTTPConnection) -> None:
    """End a connection from another thread: whoever waits for an answer wakes up."""
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):  # it is closed already
            sock.shutdown(socket.SHUT_RDWR)
