"""Options specific to a format, besides those that all formats share."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from app.core.errors import BadChoice

OptionValue = bool | int | str

_YES_NO = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
_LONGEST_NUMBER = 15  # digits


class OptionKind(StrEnum):
    """The type of an option's value; it determines the field in a dialog."""

    FLAG = "flag"
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"


class FormatOption(NamedTuple):
    """An option of a reader or a writer.

    `name` is used on the command line, `title` in dialogs, `help` describes it in a sentence. The value is a bool for a
    flag, an int >= 0 for a number, else a str; that of a choice is one of `choices`.
    """

    name: str
    title: str
    kind: OptionKind = OptionKind.FLAG
    default: OptionValue = False
    choices: tuple[str, ...] = ()
    help: str = ""

    @property
    def takes(self) -> str:
        """The valid values in words, such as `yes or no`."""
        match self.kind:
            case OptionKind.FLAG:
                return "yes or no"
            case OptionKind.NUMBER:
                return "a whole number"
            case OptionKind.TEXT:
                return "text"
            case OptionKind.CHOICE:
                return f"one of: {', '.join(self.choices)}"

    def parse(self, text: str) -> OptionValue:
        """Parse a value given as text. Raises BadChoice."""
        value: OptionValue | None = text
        if self.kind is OptionKind.FLAG:
            value = _YES_NO.get(text.lower())
        elif self.kind is OptionKind.NUMBER:
            value = int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None
        if value is None or not self.accepts(value):
            raise BadChoice(f"the option “{self.name}” can't be “{text}”", hint=f"use {self.takes}")
        return value

    def accepts(self, value: object) -> bool:
        """Return whether the value is valid for the option."""
        match self.kind:
            case OptionKind.FLAG:
                return isinstance(value, bool)
            case OptionKind.NUMBER:
                return isinstance(value, int) and not isinstance(value, bool) and value >= 0
            case OptionKind.TEXT:
                return isinstance(value, str)
            case OptionKind.CHOICE:
                return value in self.choices


def option_values(
    options: Sequence[FormatOption], given: Mapping[str, OptionValue], *, format: str
) -> dict[str, OptionValue]:
    """Return a value for each option: the one given, or its default. Texts are parsed.

    `format` is the format's name, for error messages. Raises BadChoice for an unknown option or an invalid value.
    """
    known = {option.name: option for option in options}
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        hint = f"use one of: {', '.join(known)}" if known else "leave it out"
        raise BadChoice(f"the format “{format}” has no option “{unknown}”", hint=hint)
    values = {option.name: option.default for option in options}
    for name, value in given.items():
        option = known[name]
        if isinstance(value, str):
            values[name] = option.parse(value)
        elif option.accepts(value):
            values[name] = value
        else:
            raise BadChoice(f"the option “{name}” can't be “{value}”", hint=f"use {option.takes}")
    return values


def parse_options(texts: Sequence[str]) -> dict[str, OptionValue]:
    """Return command line options, each `NAME=VALUE`, as texts by name. Raises BadChoice."""
    given: dict[str, OptionValue] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name or not equals:
            raise BadChoice(f"“{text}” isn't an option of a format", hint="write NAME=VALUE; see: stet formats")
        if name in given:
            raise BadChoice(f"the option “{name}” is given twice", hint="leave one out")
        given[name] = value
    return given
