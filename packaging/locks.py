"""Makes the lists of hashes in packaging/locks, which installs are held against, from the pins in constraints.txt.

    python packaging/locks.py

It needs uv (`pip install uv`), which asks the package index that pip is set to for the hashes of all files of each
release: wheels of every platform and Python. run.txt is for packaging/run.py, test.txt for packaging/test.py, and
build.txt for what builds the project itself. Run it after every change of pyproject.toml or constraints.txt.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "packaging" / "locks"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
RUN, TEST, BUILD = "run.txt", "test.txt", "build.txt"
EXTRAS = {RUN: ("en", "formats"), TEST: ("en", "formats", "model", "team", "dev")}
# What an editable install needs besides, and its backend doesn't say.
_EDITABLE = "editables>=0.5"
_HEAD = "# Made by: python packaging/locks.py\n"
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
_PIN = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)")


class LockedRelease(NamedTuple):
    """A release that is installed: its normal name, version, and how many hashes its files have."""

    name: str
    version: str
    hashes: int


def lock_for(extras: Sequence[str]) -> str:
    """Return the name of the list that has all that these extras need."""
    return RUN if set(extras) <= set(EXTRAS[RUN]) else TEST


def locked(name: str) -> Iterator[LockedRelease]:
    """Yield the releases of a list."""
    for entry in re.split(r"\n(?=\S)", (FOLDER / name).read_text(encoding="utf-8")):
        found = _PIN.match(entry)
        if found is not None:
            yield LockedRelease(normal(found[1]), found[2], len(_HASH.findall(entry)))


def normal(name: str) -> str:
    """Return a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def main(_arguments: list[str]) -> int:
    """Make all three lists."""
    uv = shutil.which("uv", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", ""))))
    if uv is None:
        sys.stderr.write("stet: uv is needed: pip install uv\n")
        return 2
    FOLDER.mkdir(exist_ok=True)
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    done = [_made(uv, BUILD, "-", said="\n".join((*backend, _EDITABLE)))]
    for name, extras in EXTRAS.items():
        wanted = [word for extra in extras for word in ("--extra", extra)]
        done.append(_made(uv, name, "pyproject.toml", *wanted))
    return max(done)


def _made(uv: str, name: str, *source: str, said: str = "") -> int:
    options = [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-annotate",
        "--no-header",
        "--quiet",
    ]
    # pip is in every environment already.
    options += ["--no-emit-package", "pip", "--constraint", str(CONSTRAINTS)]
    variables = dict(os.environ)
    if "PIP_INDEX_URL" in variables:
        variables.setdefault("UV_DEFAULT_INDEX", variables["PIP_INDEX_URL"])
    if "PIP_CERT" in variables:
        variables.setdefault("SSL_CERT_FILE", variables["PIP_CERT"])
    command = [uv, "pip", "compile", *options, *source]
    result = subprocess.run(command, input=said, capture_output=True, text=True, cwd=ROOT, env=variables, check=False)
    if result.returncode != 0:
        sys.stderr.write(result.stderr)
        return 1
    (FOLDER / name).write_text(_HEAD + result.stdout, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
