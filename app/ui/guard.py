"""The guard between Qt and Python: no exception may leave a method that Qt calls.

An exception that leaves an override of a Qt method goes back into C++, which can't handle it: if Python code called
that C++ code in turn, as a delegate does that asks its model for data while it paints, the process ends with a
segmentation fault. A guarded override reports the fault and returns an empty value instead.
"""

import sys
from collections.abc import Callable
from enum import Flag
from functools import wraps
from types import FunctionType
from typing import Any, TypeVar, get_args, get_type_hints

_Class = TypeVar("_Class", bound=type)
_MARK = "__qt_guarded__"


def guarded(cls: _Class) -> _Class:
    """Guard all overrides of Qt methods that a class defines. Every class with one needs this; a test holds it."""
    for name in overrides(cls):
        setattr(cls, name, shielded(vars(cls)[name]))
    return cls


def overrides(cls: type) -> list[str]:
    """Return the names of the functions in a class that override something of a Qt class it derives from."""
    bindings = [base for base in cls.__mro__[1:] if base.__module__.startswith("PySide6")]
    return [
        name
        for name, value in vars(cls).items()
        if isinstance(value, FunctionType) and not name.startswith("__") and any(name in vars(b) for b in bindings)
    ]


def is_guarded(function: object) -> bool:
    """Whether a function was guarded."""
    return hasattr(function, _MARK)


def shielded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that Qt may call: it reports what goes wrong, and then returns an empty value."""

    @wraps(function)
    def shield(*arguments: Any) -> Any:  # noqa: ANN401  whatever Qt passes and expects
        try:
            return function(*arguments)
        except Exception as error:  # noqa: BLE001  reported, and the only way to keep it out of Qt
            _report(error)
        return empty_value(function)

    setattr(shield, _MARK, True)
    return shield


def empty_value(function: Callable[..., Any]) -> object:
    """Return what Qt gets instead of a function's result: what its return type is when it is called without arguments.

    That is False, 0, "" or a null object such as QSize(), and None where that is allowed.
    """
    kind = get_type_hints(function)["return"]
    if kind in (object, type(None)) or type(None) in get_args(kind):
        return None
    return kind(0) if issubclass(kind, Flag) else kind()


def _report(error: Exception) -> None:
    import traceback  # rarely needed, and not by the first window

    # A painter that a frame of the traceback keeps alive would still be active when Qt goes on to the next widget.
    traceback.clear_frames(error.__traceback__)
    # The hook tells the person, logs the fault without document text, and does so once for each place.
    sys.excepthook(type(error), error, error.__traceback__)
