"""Packages that only some formats need: extras, imported when they are needed."""

import importlib
from types import ModuleType

from app.core.errors import FormatError


def extra_package(module: str, *, extra: str, needs: str) -> ModuleType:
    """Return a module of a package that comes with an extra, such as `openpyxl` with `xlsx`.

    `needs` says what needs it, and what, such as “Excel files need the package openpyxl”. Raises FormatError with these
    words and how to install the extra, if the package isn't there.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        hint = f"install it: pip install 'stet-workbench[{extra}]'"
        raise FormatError(needs, hint=hint) from error
