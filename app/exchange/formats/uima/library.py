"""dkpro-cassis, which reads and writes UIMA's files: an extra, imported only when it is needed."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from types import ModuleType
from typing import Any

from app.core.errors import FormatError
from app.exchange.extra_packages import extra_package

# What it raises for files that aren't whole: it takes their contents as they come. Bad XML is a SyntaxError.
_BREAKS = (LookupError, TypeError, ValueError, AttributeError, RuntimeError, SyntaxError, OverflowError, AssertionError)


def cassis(module: str = "") -> ModuleType:
    """Return the library, or one of its modules. Raises FormatError, which names the extra, if it isn't installed."""
    name = f"cassis.{module}" if module else "cassis"
    return extra_package(name, extra="uima", needs="UIMA's files need the package dkpro-cassis")


@lru_cache(maxsize=1)
def known_types() -> Any:  # noqa: ANN401  a TypeSystem of the library
    """Return the types of DKPro Core, which nothing may be added to."""
    return dkpro_core()


def dkpro_core() -> Any:  # noqa: ANN401  a TypeSystem of the library
    """Return the types of DKPro Core. Raises FormatError if the library isn't installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how the library opens its own files is going out of use
        return cassis().load_dkpro_core_typesystem()


@contextmanager
def reading(what: str) -> Generator[None]:
    """Run what reads a file with the library; what it raises becomes a FormatError. Its warnings say nothing new."""
    missing = cassis("typesystem").TypeNotFoundError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except FormatError:
        raise
    except (*_BREAKS, missing) as error:
        said = " ".join(str(error).split())[:120] or type(error).__name__
        if isinstance(error, AttributeError | TypeError):  # what Python says of them says nothing of the file
            said = "a part of it isn't there, or isn't what it should be"
        raise FormatError(f"this isn't {what}: {said}", hint="check that the file is whole") from error
