"""The project's environment: the folder `.venv` beside pyproject.toml, made, mended and kept current.

Standard library only, since it runs before anything is installed. `prepare` is the way in; a stamp file inside
`.venv` says what was installed, so that an environment that is current costs one file read and one Python start.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from lock import held
from locks import BUILD, RUN, TEST, lock_for
from progress import Progress, step_of

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)

_LOCKS = "packaging/locks"
_SOURCES = ("pyproject.toml", "packaging/constraints.txt", *(f"{_LOCKS}/{name}" for name in (RUN, TEST, BUILD)))
_STAMP = "stet-environment.json"
_LOCK = "stet-environment.lock"
_LOG = "stet-install.log"
_NETWORK_SIGNS = (
    "ConnectionError",
    "timed out",
    "Temporary failure",
    "SSLError",
    "ProxyError",
    "Could not find a version",
)
# A build that pip starts inside itself reports with bars and spaces in front.
_PIP_ERROR = re.compile(r"^[ |]*ERROR: (.*\S)", re.MULTILINE)
_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


class Problem(Exception):
    """Something that only the person at the keyboard can mend: what it is, and what to do."""

    def __init__(self, what: str, *, do: str) -> None:
        super().__init__(f"{what}; {do}")


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """What an environment was made from."""

    root: str
    python: str
    sources: str
    extras: tuple[str, ...]

    def covers(self, wanted: "Stamp") -> bool:
        """Tell whether an environment with this stamp serves for `wanted`: more extras do no harm."""
        same = (self.root, self.python, self.sources) == (wanted.root, wanted.python, wanted.sources)
        return same and set(self.extras) >= set(wanted.extras)


def stamp_for(root: Path, *, python: str, extras: Collection[str]) -> Stamp:
    """Return the stamp of a current environment; `python` is the version as "3.11"."""
    digest = hashlib.sha256()
    for name in _SOURCES:
        content = (root / name).read_bytes()
        # The length keeps a line moved from one file's end to the next one's start from going unseen.
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return Stamp(root=str(root), python=python, sources=digest.hexdigest(), extras=tuple(sorted(extras)))


class Environment:
    """The `.venv` of the project at `root`."""

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root
        self.folder = root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's own interpreter, whether or not it is there."""
        return self.folder / "Scripts" / "python.exe" if os.name == "nt" else self.folder / "bin" / "python"

    def command(self, name: str) -> Path:
        """Return the path of a command that a package put into the environment."""
        return self.python.with_name(f"{name}.exe" if os.name == "nt" else name)

    def prepare(self, extras: Collection[str]) -> None:
        """Make the environment current, with at least these extras; does nothing when it already is."""
        try:
            if self.is_ready(extras):
                return
            if self.folder.exists() and not self.folder.is_dir():
                raise Problem(f"{self.folder} is not a folder", do="move it away and run the same command again")
            self.folder.mkdir(exist_ok=True)
            with held(self.folder / _LOCK, on_wait=_say_waiting) as lock:
                # Another run may have done the work while this one waited.
                if not self.is_ready(extras):
                    self._install(extras, lock=lock)
        except OSError as error:
            what = f"{error.filename or self.folder}: {error.strerror or error}"
            do = "see that the project is whole, can be written to and the disk isn't full"
            raise Problem(what, do=do) from error

    def is_ready(self, extras: Collection[str]) -> bool:
        """Tell whether the environment starts and was made from today's pyproject.toml and constraints."""
        made = self.read_stamp()
        if made is None:
            return False
        wanted = stamp_for(self.root, python=made.python, extras=extras)
        return made.covers(wanted) and self._version() == made.python

    def read_stamp(self) -> Stamp | None:
        """Return the stamp of the last install that ran to its end, or None."""
        try:
            fields = json.loads((self.folder / _STAMP).read_text(encoding="utf-8"))
            return Stamp(**{**fields, "extras": tuple(fields["extras"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def _install(self, extras: Collection[str], *, lock: IO[bytes]) -> None:
        say("preparing the environment in .venv (only now and after updates; a minute or two)")
        made = self.read_stamp()
        if made is not None:
            # Otherwise run.py and test.py would take turns at making it smaller and larger.
            extras = {*extras, *made.extras}
        # The Python that is running can't take away its own folder; pip mends what it can.
        if not self._is_inside() and self._is_beyond_repair(made):
            self._remake(lock=lock)
        # Until the stamp is whole again an interrupted install is recognised by this unfinished one.
        self._write_stamp({"unfinished": True})
        self._run_pip(extras, lock=lock)
        version = self._version()
        if version is None:
            raise Problem(f"{self.python} doesn't start", do="delete the folder .venv and run the same command again")
        self._write_stamp(asdict(stamp_for(self.root, python=version, extras=extras)))

    def _is_beyond_repair(self, made: Stamp | None) -> bool:
        """Tell whether to start afresh: half made, moved here from elsewhere, or without a Python that fits."""
        if made is None and (self.folder / _STAMP).exists():
            return True
        version = self._version()
        if version is None or tuple(map(int, version.split("."))) < OLDEST_PYTHON:
            return True
        # Packages lie in a folder named for the Python version, and scripts name the environment's full path.
        return made is not None and (made.python != version or made.root != str(self.root))

    def _remake(self, *, lock: IO[bytes]) -> None:
        result = self._make_empty(lock)
        if result.returncode != 0 and "ensurepip" in result.stdout:
            # Debian and Ubuntu keep this part of Python in a package of its own.
            from system_libraries import install_packages

            package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
            install_packages([package], why="Python's venv module is not whole")
            result = self._make_empty(lock)
        if result.returncode != 0:
            reason = _last_line(result.stdout) or f"exit code {result.returncode}"
            raise Problem(f"Python can't make .venv: {reason}", do="repair this Python or start with another one")

    def _make_empty(self, lock: IO[bytes]) -> subprocess.CompletedProcess[str]:
        for child in self.folder.iterdir():
            if child.name == _LOCK:
                continue
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(child)
            else:
                child.unlink()
        self._write_stamp({"unfinished": True})
        return _run([sys.executable, "-m", "venv", str(self.folder)], cwd=self.root, lock=lock)

    def _run_pip(self, extras: Collection[str], *, lock: IO[bytes]) -> None:
        # -P: the project's own folder `packaging` must not stand before the library of that name.
        pip = [str(self.python), "-P", "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
        pip += ["--progress-bar", "off", "--no-deps"]  # a bar would be drawn into the log; the lists are complete
        lists = [word for name in (BUILD, lock_for(extras)) for word in ("--requirement", f"{_LOCKS}/{name}")]
        steps = (
            # Nothing is installed whose file isn't the one that was published, and nothing is built: that would run
            # code of packages that are in no list.
            ["--require-hashes", "--only-binary", ":all:", *lists],
            ["--no-build-isolation", "--editable", "."],
        )
        said = ""
        with Progress() as progress:
            for step in steps:
                result = _run([*pip, *step], cwd=self.root, lock=lock, progress=progress)
                said += result.stdout
                (self.folder / _LOG).write_text(said, encoding="utf-8")
                if result.returncode != 0:
                    what, do = explain_pip(result.stdout)
                    do = f"{do} (pip's own words: .venv/{_LOG})"
                    raise Problem(f"pip could not install what Stet needs: {what}", do=do)

    def _write_stamp(self, fields: dict[str, object]) -> None:
        # Beside and renamed, so that no kill leaves half a stamp that looks whole.
        beside = self.folder / f"{_STAMP}.new"
        beside.write_text(json.dumps(fields, indent=1), encoding="utf-8")
        beside.replace(self.folder / _STAMP)

    def _is_inside(self) -> bool:
        return Path(sys.prefix).resolve() == self.folder.resolve()

    def _version(self) -> str | None:
        """Return the environment's Python version, or None when its Python is missing or doesn't start."""
        if self._is_inside():
            return f"{sys.version_info[0]}.{sys.version_info[1]}"
        try:
            result = subprocess.run([self.python, "-I", "-S", "-c", _VERSION], capture_output=True, text=True)
        except OSError:
            return None
        version = result.stdout.strip()
        return version if result.returncode == 0 and re.fullmatch(r"\d+\.\d+", version) else None


def prepare(extras: Collection[str]) -> Environment:
    """Return the project's environment, current and with these extras."""
    environment = Environment()
    environment.prepare(extras)
    return environment


def explain_pip(output: str) -> tuple[str, str]:
    """Return what went wrong, in pip's own words, and what a person can do about it."""
    # The first complaint names the cause; the later ones say only that something failed.
    found = _PIP_ERROR.search(output)
    what = found.group(1) if found else _last_line(output) or "it said nothing"
    if "No space left" in output:
        return what, "free some disk space and run the same command again"
    if "DO NOT MATCH THE HASHES" in output:
        what = "a package isn't the file that was published"
        return what, "see where your packages come from (a mirror may change them) and run the same command again"
    if "No module named pip" in output:
        return what, "delete the folder .venv and run the same command again"
    if any(sign in output for sign in _NETWORK_SIGNS):
        return what, "check the network connection (proxy, certificates) and run the same command again"
    return what, "mend that and run the same command again"


def child_environment() -> dict[str, str]:
    """Return the environment variables for every program that is started from here."""
    return {**os.environ, "PYTHONUTF8": "1"}


def say(text: str) -> None:
    """Print one line for the person, on stderr so that it never mixes with a command's output."""
    print(f"stet: {text}", file=sys.stderr, flush=True)


def _say_waiting() -> None:
    say("another run is preparing .venv, waiting for it")


def guarded(main: Callable[[list[str]], int]) -> int:
    """Run `main` with the command line's arguments; turn problems and Ctrl+C into an exit code."""
    try:
        return main(sys.argv[1:])
    except Problem as problem:
        say(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130


def _run(
    command: list[str], *, cwd: Path, lock: IO[bytes], progress: Progress | None = None
) -> subprocess.CompletedProcess[str]:
    """Run quietly and return the output; on POSIX the child holds the lock too, should this process be killed.

    `progress` shows what the lines of a pip say.
    """
    # A person's own pip setting "user" is refused by pip inside an environment.
    variables = {**child_environment(), "PIP_USER": "0"}
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        pass_fds=() if os.name == "nt" else (lock.fileno(),),
    ) as child:
        assert child.stdout is not None  # a pipe
        for line in child.stdout:
            lines.append(line)
            step = step_of(line)
            if progress is not None and step is not None:
                progress.show(step)
    return subprocess.CompletedProcess(command, child.returncode, "".join(lines))


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
