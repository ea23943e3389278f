"""How a server takes a request: servers speak dialects of one protocol, and refuse words that they don't know."""

import re
from http import HTTPStatus
from typing import Any

from app.suggesters.language_model.chat_server import ModelFault, QuestionTooLong
from app.suggesters.language_model.question import ANSWER_TOKENS, ModelPrompt

_FORMATS = ("json_schema", "json_object", "")  # how an answer's form is asked for, until a server takes one
_NOT_UNDERSTOOD = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_IMPLEMENTED)
_SETTLED = {"temperature": 0, "seed": 0, "stream": False, "max_tokens": ANSWER_TOKENS}
_OTHERWISE = {"max_tokens": "max_completion_tokens"}  # what later models of OpenAI call it


class RequestForm:
    """The form of requests that one server takes, learnt from what it refuses."""

    def __init__(self) -> None:
        """Begin with all that helps."""
        self._formats = list(_FORMATS)
        self._words: dict[str, Any] = dict(_SETTLED)

    def request(self, model: str, asked: ModelPrompt) -> dict[str, Any]:
        """Return a request for a chat completion."""
        request: dict[str, Any] = {"model": model, "messages": list(asked.messages), **self._words}
        if self._formats[0] == "json_schema":
            schema = {"name": "errors", "strict": True, "schema": asked.schema}
            request["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self._formats[0]:
            request["response_format"] = {"type": self._formats[0]}
        return request

    def learn(self, fault: ModelFault) -> bool:
        """Change the form after a refusal: words that it names go, else the answer's form is asked for by less. Return
        whether there is another form to try.
        """
        if fault.status not in _NOT_UNDERSTOOD or isinstance(fault, QuestionTooLong):
            return False
        named = [word for word in self._words if re.search(rf"\b{word}\b", fault.said)]
        for word in named:
            value = self._words.pop(word)
            if word in _OTHERWISE:
                self._words[_OTHERWISE[word]] = value
        if not named and len(self._formats) > 1:
            del self._formats[0]
            return True
        return bool(named)
