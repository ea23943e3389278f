"""One request to a server that speaks OpenAI's chat completions, by the standard library.

A library of a provider would follow redirects, retry and send telemetry by itself; here each byte that leaves the
machine is written down, a request can be cancelled while the server thinks, and the answer has bounds in size and time.
"""

import http.client
import re
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
from app.suggesters.language_model.model_options import ANSWER_S

CONNECT_S = 10.0
MOST_BYTES = 1 << 20  # of an answer
_CHUNK = 1 << 14
_MOST_SAID = 2_000  # characters of a refusal that are looked into
_MOST_BRIEF = 300  # and that are shown
_TOO_LONG = (400, 413, 422, 500)
_CONTEXT = re.compile(r"context[ _-]?(?:size|length|window|limit)|maximum context|prompt is too long", re.IGNORECASE)


class ModelFault(StetError):
    """The server can't be reached, refuses, or says what isn't an answer. `status` is that of HTTP, 0 without one;
    `said` is the beginning of what it said instead of an answer.
    """

    def __init__(
        self, what: str, *, hint: str = "", in_window: str | None = None, status: int = 0, said: str = ""
    ) -> None:
        super().__init__(what, hint=hint, in_window=in_window)
        self.status = status
        self.said = said


class QuestionTooLong(ModelFault):
    """The question is longer than what the model can read at once."""


class AnswerLate(ModelFault):
    """The server took the question, and its answer didn't come in time."""


class Completion(NamedTuple):
    """What a model answered: its text, whether it was cut off, and the tokens counted (0 if the server doesn't say)."""

    text: str
    is_cut_off: bool
    model: str
    prompt_tokens: int = 0
    answer_tokens: int = 0


class _Part(msgspec.Struct):
    text: str = ""


class _Message(msgspec.Struct):
    content: str | list[_Part] | None = None

    @property
    def text(self) -> str:
        """What was said; some servers give it in parts."""
        found = self.content or ""
        return found if isinstance(found, str) else "".join(part.text for part in found)


class _Choice(msgspec.Struct):
    message: _Message
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Answer(msgspec.Struct):
    choices: list[_Choice]
    model: str | None = None
    usage: _Usage | None = None


_decoder = msgspec.json.Decoder(_Answer)
_HINTS = {
    401: "check the key",
    403: "check the key",
    404: "check the address and the model's name",
    429: "wait",
    503: "if it is still loading its model, try again when it has",
}


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
        try:
            connection.connect()
        except TimeoutError as error:
            raise self._unreachable(OSError(error.errno, f"not within {self._connect_s:g} seconds")) from error
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
            choice.message.text,
            choice.finish_reason == "length",
            (found.model or "")[:200],
            max(0, usage.prompt_tokens or 0),
            max(0, usage.completion_tokens or 0),
        )

    def _unreachable(self, error: Exception) -> ModelFault:
        if isinstance(error, TimeoutError):
            what = f"{self._address.host} didn't answer within {self._answer_s:g} seconds"
            hint = "give it more time (--answer-within SECONDS), use a smaller model, or try again"
            return AnswerLate(what, hint=hint, in_window="give it more time in the settings, or use a smaller model")
        if isinstance(error, ssl.SSLCertVerificationError):
            what = f"the certificate of {self._address.host} can't be verified ({error.verify_message})"
            return ModelFault(what, hint="check the address")
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        hint = "start the server, or check the address in the settings or --model-address"
        return ModelFault(f"no language model answers at {self._address.url} ({why})", hint=hint)

    def _refused(self, status: int, content: bytes) -> ModelFault:
        said = "".join(c if c.isprintable() else " " for c in content.decode("utf-8", "replace")[:_MOST_SAID]).strip()
        what, brief = f"{self._address.host} refused with HTTP {status}", _message(content) or said[:_MOST_BRIEF]
        hint = _HINTS.get(status, "")
        if 300 <= status < 400:
            what, hint = f"{what}: it sends on to another address", "give that one, if you trust it"
        elif status in _TOO_LONG and _CONTEXT.search(said):
            hint = "give the server a larger context, such as llama-server -c 8192, or use a model that has one"
            return QuestionTooLong(
                f"a question is too long for the model ({brief})", hint=hint, status=status, said=said
            )
        elif said:
            what = f"{what}: {brief}"
        return ModelFault(what, hint=hint, status=status, said=said)


def _message(content: bytes) -> str:
    """Return the words of a refusal in JSON, as most servers put it: {"error": {"message": …}}; “” for other forms."""
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    for key in ("error", "message", "detail"):
        found = found.get(key, found) if isinstance(found, dict) else found
    return "".join(c if c.isprintable() else " " for c in found[:_MOST_BRIEF]).strip() if isinstance(found, str) else ""


def _shut(connection: http.client.HTTPConnection) -> None:
    """End a connection from another thread: whoever waits for an answer wakes up."""
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):  # it is closed already
            sock.shutdown(socket.SHUT_RDWR)
