"""How the program starts a process that runs a part of itself."""

import os
import sys


def python_command(flag: str, module: str, *arguments: str) -> list[str]:
    """Return the command line of a process that calls `main(arguments)` of a module.

    A frozen program is its own Python, to which `flag` says what is wanted; otherwise the process gets the same
    `sys.path` as this one, wherever it is installed.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, flag, *arguments]
    behind = len(arguments) + 1
    run = f"import sys; sys.path[:] = sys.argv[{behind}:]; from {module} import main; main(sys.argv[1:{behind}])"
    return [sys.executable, "-P", "-c", run, *arguments, *(entry or os.getcwd() for entry in sys.path)]
