"""The process in which spoilt files are tried, with its limits, so that no finding takes the tests down with it.

It is a program: `python -m tests.trust.fuzz.process SECONDS FIRST-NUMBER FOLDER NAME...` tries targets one after
another until the time is over, after the corpus. The parent reads what it prints: a line of JSON for each finding, and
one at the end.
"""

import contextlib
import faulthandler
import json
import os
import resource
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from app.core.errors import StetError
from tests.trust.fuzz import targets
from tests.trust.fuzz.mutation import Mutator

CORPUS = Path(__file__).parents[1] / "corpus"
LONGEST_S = 10
"""Seconds of work that anything may take which is done with one spoilt file."""
LONGEST_WAIT_S = 120
"""Seconds until it counts as hanging, on a machine on which much else goes on."""
MOST_BYTES = 1 << 30
"""Bytes of memory that may be taken for it."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod")
_FORBIDDEN = (
    "socket.connect",
    "socket.getaddrinfo",
    "socket.sendto",
    "urllib.Request",
    "ftplib.connect",
)
_FORBIDDEN += ("pickle.find_class", "os.system", "os.exec", "os.fork", "os.spawn", "webbrowser.open", "smtplib.connect")
_READ = tuple(
    {sys.prefix, sys.base_prefix, str(Path(__file__).parents[3]), "/usr", "/proc", "/dev", "/sys", "/etc/mime"}
)


class Guard:
    """Notices what nothing that only reads a file may do: reach the network, unpickle, touch a file elsewhere."""

    def __init__(self, folder: Path) -> None:
        self._places = (str(folder), os.devnull)
        self._is_on = False
        self.seen: list[str] = []
        sys.addaudithook(self._look)

    def watch(self, work: Callable[[], None]) -> None:
        """Do work under watch."""
        self.seen.clear()
        self._is_on = True
        try:
            work()
        finally:
            self._is_on = False

    def _look(self, event: str, given: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event in _FORBIDDEN:
            self.seen.append(f"{event} {given!r}"[:300])
            raise PermissionError(f"{event} isn't allowed here")
        if event == "open" and isinstance(given[0], str | bytes):
            self._opened(os.fsdecode(given[0]), given[1], given[2])
        elif event in _CHANGES and isinstance(given[0], str | bytes | os.PathLike):
            self._check(event, os.fsdecode(given[0]))

    def _opened(self, path: str, mode: object, flags: object) -> None:
        writes = (isinstance(mode, str) and any(sign in mode for sign in "wax+")) or (
            isinstance(flags, int) and bool(flags & _WRITES)
        )
        if writes or not path.startswith(_READ):
            self._check("opened", path)

    def _check(self, event: str, path: str) -> None:
        if os.path.isabs(path) and not path.startswith(self._places):
            self.seen.append(f"{event} {path}"[:300])


class Trial:
    """Tries files on targets, and tells of what is wrong."""

    def __init__(self, folder: Path) -> None:
        # All temporary files of the program lie within.
        os.environ["TMPDIR"] = str(folder / "tmp")
        os.environ["STET_HOME"] = str(folder / "stet")
        Path(os.environ["TMPDIR"]).mkdir(exist_ok=True)
        self._folder = folder
        self._case = folder / "case"
        self._guard = Guard(folder)
        self.bench = targets.Workbench(folder)

    def attempt(self, name: str, files: targets.Files, label: str) -> str:
        """Return what is wrong with what a target does with files; empty if nothing is."""
        run = targets.runner(name)
        self._keep(name, files, label)
        # Where it waits for something, and where it works: then the system ends this process, even inside of a library.
        faulthandler.dump_traceback_later(LONGEST_WAIT_S, exit=True)
        signal.setitimer(signal.ITIMER_PROF, LONGEST_S)
        wrong = ""
        try:
            self._guard.watch(lambda: run(self.bench, files))
        except StetError:
            pass
        except BaseException as bug:  # noqa: BLE001  every other one is what is looked for
            if isinstance(bug, KeyboardInterrupt):
                raise
            wrong = "".join(traceback.format_exception(bug, limit=-6))
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
        wrong = wrong or "; ".join(self._guard.seen)
        if wrong:
            shutil.copytree(self._case, self._folder / "found", dirs_exist_ok=True)
        return wrong

    def _keep(self, name: str, files: targets.Files, label: str) -> None:
        """Have the files lie where the parent finds them if this process ends."""
        shutil.rmtree(self._case, ignore_errors=True)
        for each, data in files.items():
            path = self._case / name / label / each
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def limit_memory(most: int = MOST_BYTES) -> None:
    """Let this process take so much more memory than it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + most
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def cases() -> list[Path]:
    """Return the folders of the corpus: what once was a finding, by target and name."""
    return sorted(CORPUS.glob("*/*/"))


def main(arguments: Sequence[str]) -> int:
    """Try the corpus, then targets until the time is over; print each finding, and how often each target was tried."""
    seconds, number, folder, *names = arguments
    place = Path(folder)
    shared = Path(__file__).resolve().parents[4] / "shared"
    faulthandler.register(signal.SIGPROF, chain=True)
    trial = Trial(place)
    for case in cases():
        files = {each.relative_to(case).as_posix(): each.read_bytes() for each in case.rglob("*") if each.is_file()}
        _report(trial.attempt(case.parent.name, files, case.name), case.parent.name, number=case.name)
    (place / "seeds").mkdir()
    seeds = targets.seeds(names, place / "seeds", shared if shared.is_dir() else None)
    for name in names:
        for files in seeds[name]:  # what is right is tried too, and loads what is loaded once
            _report(trial.attempt(name, files, "seed"), name, number="seed")
    limit_memory()
    over, at = time.monotonic() + float(seconds), int(number)
    tried = dict.fromkeys(names, 0)
    while time.monotonic() < over:
        name = names[at % len(names)]
        by = Mutator(at)
        files = targets.spoilt(name, by.choice(seeds[name]), seeds[name], by)
        _report(trial.attempt(name, files, str(at)), name, number=str(at))
        tried[name] += 1
        at += 1
    trial.bench.close()
    print(json.dumps({"tried": tried, "next": at}), flush=True)
    return 0


def _report(wrong: str, name: str, *, number: str) -> None:
    if wrong:
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps({"target": name, "number": number, "wrong": wrong[-3000:]}), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
