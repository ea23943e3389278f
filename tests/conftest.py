"""What every test gets: a home of its own, projects to work in, and guards that find what it left behind."""

import contextlib
import faulthandler
import gc
import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

# Qt reads these when it starts, so they are set before anything can import it.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHONUTF8", "1")
if not any("utf" in os.environ.get(name, "").lower() for name in ("LC_ALL", "LC_CTYPE", "LANG")):
    os.environ["LC_ALL"] = "C.UTF-8"  # Qt warns about any other locale, and warnings are failures here

# A shell lets jobs in the background ignore Ctrl+C, and `nohup` the end of the terminal; the programs that tests start
# would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

import pytest
from hypothesis import settings

from app import paths
from app.core.document import Document, sha256
from app.core.ids import new_uid
from app.core.record import DocumentRecord
from app.session.session import Session
from app.storage.records import insert_records
from tests.made_once import made_once

# The suite tries the same examples each time, so that a change alone decides whether it passes, and few, since the
# first ones find most; campaigns try new ones, and many.
settings.register_profile("fast", max_examples=30, deadline=None, derandomize=True, database=None)
settings.register_profile("campaign", settings.get_profile("fast"), max_examples=2000, derandomize=False)

SPUN = (
    "Donald Trump, the US senator, spoke with Vladimir Puttin for more than two days on the phone. "
    "They talked about a restricted slave trade. 😀 Kyiv had said yes before.\n"
    "“How this will end is anyone’s guess,” an aide said.\n"
)
REFERENCE = (
    "U.S. President Donald Trump and Vladimir Putin spoke for about two hours.\n"
    "They agreed on a prisoner exchange of 175 people on each side.\n"
)
DOCUMENTS = {"spun.txt": SPUN, "reference.txt": REFERENCE}

_PASSED = pytest.StashKey[bool]()
_QT_FIXTURES = {"qapp", "qtbot", "qtmodeltester"}
_SHIBOKEN_NOISE = ("_pythonToCppCopy", "libshiboken")


# -- which tests run, and how hard -------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples Hypothesis tries: many more when the long campaigns were asked for."""
    is_campaign = _asked_by_marker(config) and "not slow" not in config.option.markexpr
    settings.load_profile("campaign" if is_campaign else "fast")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long campaigns out unless `-m` or a test's own name asks for them."""
    if _asked_by_marker(config) or any("::" in argument for argument in config.args):
        return
    long_ones = [item for item in items if item.get_closest_marker("slow")]
    if long_ones:
        config.hook.pytest_deselected(items=long_ones)
        items[:] = [item for item in items if item not in long_ones]


def _asked_by_marker(config: pytest.Config) -> bool:
    # `-m ""` means all tests, and its value can't be told from that of no `-m` at all.
    return any(str(argument).startswith("-m") for argument in config.invocation_params.args)


# -- nothing hangs -----------------------------------------------------------------------------------------------------

_TO_END_S = 120


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a campaign take its time: the limit on a test's time, set when it began, isn't meant for it."""
    if item.get_closest_marker("slow"):
        faulthandler.cancel_dump_traceback_later()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """Bound the end too, when no test runs any more: a thread or a child that can't be waited for would hold it up."""
    faulthandler.dump_traceback_later(_TO_END_S, exit=True, file=sys.__stderr__)


# -- a private home ----------------------------------------------------------------------------------------------------

_homes = itertools.count()


@pytest.fixture(autouse=True)
def _private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's settings out of tests, and tests out of the developer's settings."""
    home = tmp_path_factory.getbasetemp() / f"home-{next(_homes)}"
    home.mkdir()
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)  # Qt warns about a runtime folder that others can read
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv("STET_HOME", str(home / "stet"))


# -- Qt on the main thread only ----------------------------------------------------------------------------------------


class _NoQtInThreads(MetaPathFinder):
    """Refuses to import Qt, and what is made of it, on any other thread than the main one.

    PySide makes its types when they are first used; two threads that do so at the same time end the program.
    """

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        is_qt = fullname.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph") or fullname.startswith("app.ui.")
        if is_qt and threading.current_thread() is not threading.main_thread():
            raise AssertionError(f"{fullname} is imported on the thread {threading.current_thread().name}")


sys.meta_path.insert(0, _NoQtInThreads())


# -- nothing left behind -----------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Note whether the test itself passed; fail it if shiboken complained, which it does on standard error only."""
    report: Any = yield
    if report.when == "call":
        noise = [line for line in report.capstderr.splitlines() if any(word in line for word in _SHIBOKEN_NOISE)]
        if report.passed and noise:
            report.outcome = "failed"
            report.longrepr = "a value was spoilt on its way into Qt:\n" + "\n".join(noise)
        item.stash[_PASSED] = report.passed
    return report


@pytest.fixture(autouse=True)
def _nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that passed but left a window, a thread, a process or a running timer behind."""
    uses_qt = not _QT_FIXTURES.isdisjoint(request.fixturenames)
    if uses_qt:
        _set_aside()
    threads = set(threading.enumerate())
    processes = _processes()
    had_application = _application() is not None
    windows = _windows()
    clipboard = _clipboard()
    yield
    left = _threads_left(threads) + _processes_left(processes)
    application = _application()
    if application is not None:
        uses_qt = uses_qt or not had_application
        left += _qt_left(application, windows, thorough=uses_qt)
        if uses_qt and clipboard != _clipboard():
            application.clipboard().setText(clipboard or "")
    # A failed test is excused: its traceback keeps everything alive that its frames hold.
    if left and request.node.stash.get(_PASSED, False):
        pytest.fail("left behind: " + "; ".join(left))


# Hardly anything is garbage while a test runs, and there is much to go through: what a test makes stays young, so that
# looking for what it left is quick.
gc.set_threshold(200_000, 20, 20)


def _application() -> Any:
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets else None


def _pointer(thing: object) -> int:
    from shiboken6 import getCppPointer

    return getCppPointer(thing)[0]


def _windows() -> dict[int, Any]:
    application = _application()
    if application is None:
        return {}
    # A tool tip's window is Qt's own and goes away by itself.
    found = (w for w in application.topLevelWidgets() if w.metaObject().className() != "QTipLabel")
    return {_pointer(window): window for window in found}


def _clipboard() -> str | None:
    application = _application()
    return application.clipboard().text() if application else None


def _threads_left(before: set[threading.Thread]) -> list[str]:
    # A dummy stands for a thread that Qt made; Python never takes it off its list.
    new = [t for t in threading.enumerate() if t not in before and not isinstance(t, threading._DummyThread)]
    for thread in new:
        thread.join(0.5)
    return [f"thread {thread.name}" for thread in new if thread.is_alive()]


def _processes() -> set[str]:
    """Return the processes that this one has started and that are there still, where the system lists them."""
    found: set[str] = set()
    for children in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread that has ended meanwhile
            found.update(children.read_text().split())
    return found


def _processes_left(before: set[str]) -> list[str]:
    end = time.monotonic() + 0.5
    while new := _processes() - before:
        if time.monotonic() > end:
            break
        time.sleep(0.005)
    return [f"process {pid} ({_command_of(pid)})" for pid in sorted(new)]


def _command_of(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()[:80] or "ended, not waited for"
    except OSError:
        return "ended"


_reported: set[int] = set()  # running timers and threads that an earlier test was blamed for


def _qt_left(application: Any, before: Mapping[int, Any], *, thorough: bool) -> list[str]:
    from PySide6.QtCore import QEvent, QThreadPool

    left: list[str] = []
    if thorough and not QThreadPool.globalInstance().waitForDone(500):
        left.append("work in the global thread pool")
    new: set[int] = set()
    # What a deletion deletes later, then what only the collector frees: first among what is new, then among all, also
    # what was kept out of collections.
    for collect in (gc.collect, _collect_all, None):
        for _ in range(2):
            application.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        new = _windows().keys() - before.keys()
        if not new or collect is None:
            break
        collect()
    for pointer, window in _windows().items():
        if pointer in new:
            left.append(f"window {type(window).__name__} “{window.objectName() or window.windowTitle()}”")
            window.hide()
            window.deleteLater()
    if not thorough or not _running(application, blames=False):
        return left
    _collect_all()  # what only the collector frees may tick until then
    return left + _running(application)


def _set_aside() -> None:
    """Keep what there is out of collections: what a test leaves is then looked for among what the test itself made.

    A suite's heap is a hundred times as large, and there are thousands of tests.
    """
    gc.collect(1)
    gc.freeze()


def _collect_all() -> None:
    gc.unfreeze()
    gc.collect()


def _running(application: Any, *, blames: bool = True) -> list[str]:
    """Return the timers that still tick and the threads that still run; each is blamed on one test only."""
    from PySide6.QtCore import QThread, QTimer
    from shiboken6 import isValid, ownedByPython

    # type() and not isinstance(): some objects' __class__ runs code of theirs. There are many objects, after each of
    # thousands of tests: no line of Python runs for each of them.
    kinds = _with_subclasses(QTimer) | _with_subclasses(QThread)
    every = gc.get_objects()
    found = [*itertools.compress(every, map(kinds.__contains__, map(type, every))), *application.findChildren(QTimer)]
    del every
    left: list[str] = []
    for thing in found:
        if not isValid(thing) or not (thing.isActive() if isinstance(thing, QTimer) else thing.isRunning()):
            continue
        if thing.parent() is None and not ownedByPython(thing):
            continue  # the bindings' own, behind QTimer.singleShot(): it ends by itself
        if thing is not application.thread() and _pointer(thing) not in _reported:
            if blames:
                _reported.add(_pointer(thing))
            of = type(thing.parent()).__name__ if thing.parent() else "nobody"
            each = f" every {thing.interval()} ms" if isinstance(thing, QTimer) else ""
            left.append(f"running {type(thing).__name__} “{thing.objectName()}” of {of}{each}")
    return left


def _with_subclasses(kind: type) -> set[type]:
    return {kind}.union(*map(_with_subclasses, kind.__subclasses__()))


# -- projects ----------------------------------------------------------------------------------------------------------


SHIPPED = ("news-errors", "news-full", "mt-errors", "ner")
"""The names of the schemes that ship."""


def scheme_source(name: str) -> str:
    """Return the TOML text of a shipped scheme."""
    return (paths.resources() / "schemes" / f"{name}.toml").read_text(encoding="utf-8")


def add_documents(session: Session, texts: Mapping[str, str], *, batch: int = 0) -> list[str]:
    """Put documents into a project without a log row; return their uids."""
    records = [
        DocumentRecord(Document(uid=new_uid(), name=name, text=text, sha256=sha256(text)))
        for name, text in texts.items()
    ]
    with session.project.atomic():
        insert_records(session.project, records, batch=batch, tick=no_progress)
    return [record.document.uid for record in records]


def no_progress(_count: int) -> None:
    """Stand in for a progress bar."""


def new_session(path: Path, *, scheme: str = "ner", annotator: str | None = "ana") -> Session:
    """Make a project with the two documents above; the first is open and has the second as its reference."""
    session = Session.create(path, scheme=scheme_source(scheme), annotator=annotator)
    first, second = add_documents(session, DOCUMENTS)
    with session.project.atomic():
        session.reader.documents.link(first, second)
    session.open_document(first)
    return session


@pytest.fixture
def project_path(tmp_path: Path) -> Path:
    """Give a project file that nobody has open, with the scheme `ner`."""
    return begun_project(tmp_path)


@made_once
def begun_project(folder: Path, *, name: str = "news.stet", scheme: str = "ner") -> Path:
    """Make that project, without anything done in it."""
    path = folder / name
    new_session(path, scheme=scheme).close()
    return path


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Give an open project with the scheme `ner`; ana works on the first document."""
    session = _first_open(begun_project(tmp_path))
    yield session
    session.close()


@pytest.fixture
def news_session(tmp_path: Path) -> Iterator[Session]:
    """Give an open project with the scheme `news-errors`; ana works on the first document."""
    session = _first_open(begun_project(tmp_path, name="errors.stet", scheme="news-errors"))
    yield session
    session.close()


def _first_open(path: Path) -> Session:
    session = Session.open(path, annotator="ana")
    [first] = session.reader.documents.find(next(iter(DOCUMENTS)))
    session.open_document(first)
    return session


@pytest.fixture
def shared() -> Path:
    """Give the folder of real files that lies beside the project's root, where there is one."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("no folder of real files beside the project's root")
    return folder
