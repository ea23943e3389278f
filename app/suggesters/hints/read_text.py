"""A text that several rules read: what one derives from it is there for the others."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from app.nlp.parsed_text import ParsedText

T = TypeVar("T")


class ReadText:
    """A parsed text with what was derived from it so far."""

    __slots__ = ("_derived", "parsed")

    def __init__(self, parsed: ParsedText) -> None:
        self.parsed = parsed
        self._derived: dict[Callable[..., Any], Any] = {}

    @property
    def text(self) -> str:
        """The text itself."""
        return self.parsed.text

    def get(self, derive: Callable[[ParsedText], T]) -> T:
        """Return what a pure function makes of the parsed text; it is called once per text."""
        if derive not in self._derived:
            self._derived[derive] = derive(self.parsed)
        return cast(T, self._derived[derive])

    def combine(self, derive: "Callable[[ReadText], T]") -> T:
        """Return what a pure function makes of this text and of what else was derived from it; it is called once."""
        if derive not in self._derived:
            self._derived[derive] = derive(self)
        return cast(T, self._derived[derive])
