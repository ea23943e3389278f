"""Starting Stet out of the project's environment."""

import os
import subprocess
import sys
from collections.abc import Sequence

import environment
import system_libraries
from locks import EXTRAS, RUN

_EXTRAS = EXTRAS[RUN]


def main(arguments: list[str]) -> int:
    """Prepare the environment and become Stet; with no arguments, Stet on its sample project."""
    arguments = arguments or ["--sample"]
    home = environment.prepare(_EXTRAS)
    # Without a display Stet itself says what to do, and installing libraries for a window would help nobody.
    if opens_window(arguments) and system_libraries.platform_for(os.environ) is not None:
        system_libraries.require(home, os.environ)
    # -P: a folder named `app` where the person happens to stand must not be taken for Stet.
    command = [str(home.python), "-P", "-m", "app", *arguments]
    variables = environment.child_environment()
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(command[0], command, variables)
    return subprocess.run(command, env=variables).returncode


def opens_window(arguments: Sequence[str]) -> bool:
    """Tell whether these arguments ask for the window: a command starts with its bare name, a project ends in .stet."""
    first = arguments[0]
    if first in ("--help", "-h", "--version"):
        return False
    return first.startswith("-") or first.endswith(".stet")
