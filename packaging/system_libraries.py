"""What has to come from the system: libraries that Qt needs on Linux, and a PostgreSQL server for the tests of the hub.

What is missing is installed by apt-get or named. The wheels of Qt bring everything else; on Windows and macOS no
library is missing.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from environment import Environment, Problem, child_environment, say

_BASE = ("libgl1", "libegl1", "libglib2.0-0", "libdbus-1-3", "libxkbcommon0", "libfontconfig1")
_X11 = ("libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0")
_SERVER = "postgresql"
# Debian 13 and Ubuntu 24.04 renamed it when they made time 64 bits wide.
_RENAMED = {"libglib2.0-0": "libglib2.0-0t64"}

_MISSING = re.compile(r"(lib[\w.+-]*\.so[\w.]*): cannot open shared object file")
# Importing Qt loads its libraries but no platform plugin, so that one is loaded by name, without needing a display.
_PROBE = """
import ctypes, pathlib, sys
import PySide6.QtWidgets
from PySide6.QtCore import QLibraryInfo
plugins = pathlib.Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
plugin = plugins / "platforms" / f"libq{sys.argv[1]}.so"
if sys.argv[1] in ("offscreen", "xcb"):
    ctypes.CDLL(str(plugin))
"""


def require(environment: Environment, variables: Mapping[str, str]) -> None:
    """See that Qt starts with these environment variables; install what it lacks, or say what to install."""
    if sys.platform != "linux":
        return
    platform = platform_for(variables) or "offscreen"
    reason = _probe(environment, platform)
    if reason is None:
        return
    library = missing_library(reason)
    if library is None:
        last = reason.strip().splitlines()[-1] if reason.strip() else "it said nothing"
        raise Problem(f"Qt doesn't load: {last}", do="delete the folder .venv and run the same command again")
    install_packages(packages_for(platform), why=f"Qt needs the system library {library}")
    reason = _probe(environment, platform)
    if reason is not None:
        library = missing_library(reason) or "unknown"
        raise Problem(f"Qt still lacks the system library {library}", do="install the package that holds it")


def offer_postgresql() -> None:
    """Install a PostgreSQL server for the tests, as root on Debian and Ubuntu; elsewhere say that they are skipped."""
    if has_postgresql():
        return
    try:
        install_packages([_SERVER], why="the tests of the hub need a PostgreSQL server")
    except Problem as problem:
        say(f"{problem}; without it these tests are skipped")


def has_postgresql() -> bool:
    """Tell whether the programs of a PostgreSQL server are there, where Debian has them or on the path."""
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or shutil.which("initdb") is not None


def platform_for(variables: Mapping[str, str]) -> str | None:
    """Return the Qt platform that will be used: offscreen, xcb, wayland ...; None when there is no display."""
    chosen = variables.get("QT_QPA_PLATFORM", "")
    if chosen:
        # A list such as "wayland;xcb" is tried in order, and a name may carry options after a colon.
        return chosen.split(";")[0].split(":")[0]
    if variables.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if variables.get("DISPLAY") else None


def packages_for(platform: str) -> tuple[str, ...]:
    """Return the Debian and Ubuntu packages that Qt needs for a platform."""
    return _BASE + _X11 if platform == "xcb" else _BASE


def missing_library(text: str) -> str | None:
    """Return the name of the shared library that a loader's error text misses, or None."""
    found = _MISSING.search(text)
    return found.group(1) if found else None


def apt_line(packages: Sequence[str], *, as_root: bool) -> str:
    """Return the command line that installs the packages, to be run or shown."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    return line if as_root else f"sudo {line}"


def install_packages(packages: Sequence[str], *, why: str) -> None:
    """Install system packages as root on Debian and Ubuntu; anyone else is told what to install."""
    if shutil.which("apt-get") is None:
        names = " ".join(packages)
        raise Problem(why, do=f"install it with the system's package manager (Debian's names: {names})")
    if os.geteuid() != 0:
        raise Problem(why, do=f"run: {apt_line(_current_names(packages), as_root=False)}")
    say(f"{why}; installing what is missing with apt-get")
    _apt("apt-get update")
    line = apt_line(_current_names(packages), as_root=True)
    result = _apt(line)
    if result.returncode != 0:
        said = (result.stderr.strip() or result.stdout.strip() or "it said nothing").splitlines()[-1]
        raise Problem(f"{why}, and apt-get failed: {said}", do=f"mend that and run: {line}")


def _current_names(packages: Sequence[str]) -> list[str]:
    """Return the names that this release of the system has for the packages."""
    return [_RENAMED[name] if name in _RENAMED and _is_known(_RENAMED[name]) else name for name in packages]


def _is_known(package: str) -> bool:
    return _apt(f"apt-cache show {package}").returncode == 0


def _apt(line: str) -> subprocess.CompletedProcess[str]:
    variables = {**child_environment(), "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return subprocess.run(line.split(), env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def _probe(environment: Environment, platform: str) -> str | None:
    """Return None when Qt and its platform plugin load, or the error text."""
    variables = {**child_environment(), "QT_QPA_PLATFORM": "offscreen"}
    command = [str(environment.python), "-P", "-c", _PROBE, platform]
    result = subprocess.run(command, env=variables, capture_output=True, text=True)
    return None if result.returncode == 0 else result.stderr
