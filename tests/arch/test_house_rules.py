"""Our own source keeps the house rules, and every rule catches what it is for."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from tests.arch import house_rules
from tests.arch.house_rules import RULES, Module, Rule

ROOT = Path(__file__).resolve().parents[2]


def modules() -> Iterator[Module]:
    """Yield our modules. None is kept, since their trees are millions of objects through which every later collection
    of garbage would go.
    """
    for path in sorted((ROOT / "app").rglob("*.py")):
        yield Module(PurePosixPath(path.relative_to(ROOT).as_posix()), path.read_text(encoding="utf-8"))


@cache
def broken() -> dict[str, list[str]]:
    """Return what breaks each rule; each module is parsed once for all of them."""
    found: dict[str, list[str]] = {rule.__name__: [] for rule in RULES}
    for module in modules():
        for rule in RULES:
            found[rule.__name__] += [f"{module.path}:{line}: {what}" for line, what in rule(module)]
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rules(rule: Rule) -> None:
    assert not broken()[rule.__name__], "\n".join([rule.__doc__ or "", *broken()[rule.__name__]])


def test_the_rules_are_asked_of_every_module() -> None:
    paths = {str(module.path) for module in modules()}
    assert {"app/core/edits.py", "app/session/session.py", "app/storage/project.py"} <= paths


def lines(count: int, *, head: str) -> str:
    """Return a class or function of so many lines."""
    return head + "\n" + "    x = 1\n" * (count - 1)


# For each rule: sources that break it, then sources that don't, each with the file that it is said to be.
PLANTED: dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]] = {
    "catches_narrowly": (
        [
            ("app/core/x.py", "try:\n    f()\nexcept:\n    pass"),
            ("app/core/x.py", "try:\n    f()\nexcept Exception:\n    pass"),
            ("app/ui/x.py", "try:\n    f()\nexcept BaseException as error:\n    show(error)"),
            ("app/ui/x.py", "try:\n    f()\nexcept (OSError, Exception):\n    pass"),
            ("app/ui/x.py", "try:\n    f()\nexcept builtins.Exception:\n    pass"),
            ("app/ui/x.py", "try:\n    f()\nexcept Exception:\n    def g():\n        raise"),
        ],
        [
            ("app/core/x.py", "try:\n    f()\nexcept OSError:\n    pass"),
            ("app/core/x.py", "try:\n    f()\nexcept BaseException:\n    close()\n    raise"),
            ("app/core/x.py", "try:\n    f()\nexcept Exception as error:\n    if x:\n        raise Y from error"),
            ("app/jobs/runner.py", "try:\n    f()\nexcept Exception as error:\n    tell(error)"),
        ],
    ),
    "decoding_expects_all_its_faults": (
        [
            ("app/core/x.py", "try:\n    f()\nexcept msgspec.DecodeError:\n    pass"),
            ("app/core/x.py", "try:\n    f()\nexcept (msgspec.MsgspecError, RecursionError) as error:\n    pass"),
        ],
        [
            ("app/core/x.py", "try:\n    f()\nexcept DECODE_FAULTS:\n    pass"),
            ("app/core/x.py", "try:\n    f()\nexcept (msgspec.DecodeError, UnicodeDecodeError):\n    pass"),
            ("app/core/x.py", "try:\n    f()\nexcept msgspec.ValidationError:\n    pass"),
        ],
    ),
    "connects_bound_methods": (
        [
            ("app/ui/x.py", "button.clicked.connect(lambda: f())"),
            ("app/ui/x.py", "button.clicked.connect(lambda _checked, n=n: f(n), Qt.QueuedConnection)"),
            ("app/ui/x.py", "button.clicked.connect(slot=lambda: f())"),
            ("app/ui/x.py", "button.clicked.connect(partial(f, 1))"),
            ("app/ui/x.py", "button.clicked.connect(functools.partial(f, 1))"),
        ],
        [
            ("app/ui/x.py", "button.clicked.connect(self._on_clicked)"),
            ("app/core/x.py", "rows.sort(key=lambda row: row.name)"),
            ("app/core/x.py", "connection = sqlite3.connect(uri(path))"),
        ],
    ),
    "never_blocks_the_window": (
        [
            ("app/ui/x.py", "QApplication.processEvents()"),
            ("app/ui/x.py", "self._thread.terminate()"),
            ("app/ui/x.py", "dialog.exec()"),
            ("app/ui/x.py", "menu.exec_(place)"),
            ("app/ui/x.py", "time.sleep(1)"),
            ("app/ui/dialogs/x.py", "QMessageBox.question(self, 'a', 'b')"),
            ("app/ui/x.py", "name, _ = QFileDialog.getOpenFileName(self)"),
            ("app/ui/x.py", "text, ok = QtWidgets.QInputDialog.getText(self, 'a', 'b')"),
            ("app/bootstrap.py", "dialog.exec()"),
            ("app/bootstrap.py", "application.processEvents()"),
        ],
        [
            ("app/bootstrap.py", "code = QApplication.exec()"),
            ("app/bootstrap.py", "code = application.exec()"),
            ("app/ui/x.py", "dialog.open()"),
            ("app/ui/x.py", "menu.popup(place)"),
            ("app/ui/x.py", "box.question('a')"),
            ("app/jobs/runner.py", "process.terminate()"),
        ],
    ),
    "signals_carry_objects": (
        [
            ("app/ui/x.py", "class A(QObject):\n    changed = Signal(int)"),
            ("app/ui/x.py", "changed = QtCore.Signal(str, object)"),
            ("app/ui/x.py", "changed = Signal(dict)"),
            ("app/ui/x.py", "changed = Signal([int], [str])"),
            ("app/ui/x.py", "changed = Signal(object, arguments=['a'])"),
        ],
        [
            ("app/ui/x.py", "changed = Signal()"),
            ("app/ui/x.py", "changed = Signal(object)  # Change"),
            ("app/ui/x.py", "changed = Signal(object, object)"),
        ],
    ),
    "text_stays_out_of_widgets": (
        [
            ("app/ui/editor/x.py", "from PySide6.QtGui import QTextDocument"),
            ("app/ui/editor/x.py", "text = self.edit.toPlainText()"),
            ("app/ui/editor/x.py", "class Canvas(QtWidgets.QPlainTextEdit):\n    pass"),
        ],
        [
            ("app/ui/panels/x.py", "text = self.comment.toPlainText()"),
            ("app/ui/editor/x.py", "# not a QTextDocument, which rewrites text\nlayout = QTextLayout(text)"),
        ],
    ),
    "fields_are_our_own": (
        [
            ("app/ui/dialogs/x.py", "self._who = QComboBox()"),
            ("app/ui/x.py", "box = QtWidgets.QSpinBox(self)"),
            ("app/ui/x.py", "dialog = QFileDialog(self)"),
            ("app/ui/x.py", "line = QLineEdit(text)"),
            ("app/ui/panels/x.py", "class Choice(QComboBox):\n    pass"),
        ],
        [
            ("app/ui/widgets/fields.py", "class ComboBox(QComboBox):\n    pass"),
            ("app/ui/dialogs/x.py", "self._who = ComboBox()"),
            ("app/ui/dialogs/x.py", "if isinstance(field, QComboBox):\n    pass"),
        ],
    ),
    "colours_are_named_in_the_theme": (
        [
            ("app/ui/panels/x.py", "BLUE = '#0072B2'"),
            ("app/ui/x.py", "painter.setPen(QColor('#fff'))"),
            ("app/ui/x.py", "label.setStyleSheet('color: #0072b2;')"),
            ("app/ui/x.py", "label.setStyleSheet(f'border: {width}px solid #0072b2;')"),
            ("app/ui/x.py", "painter.setPen(QtGui.QColor('white'))"),
            ("app/ui/x.py", "painter.setPen(QColor(0, 114, 178))"),
        ],
        [
            ("app/ui/theme.py", "BLUE = '#0072B2'"),
            ("app/ui/theme/tones.py", "toward = QColor('black')"),
            ("app/core/scheme.py", "color: str = '#999999'"),
            ("app/ui/x.py", "painter.setPen(QColor(tones.text))\nrule = '#version-head { margin: 0; }'"),
            ("app/ui/x.py", "tip = 'as #rrggbb'\nwords = '#1234567 is a number'"),
        ],
    ),
    "faces_read_through_the_reader": (
        [
            ("app/ui/x.py", "self._session.executor.load(uid, name)"),
            ("app/cli/x.py", "rows = session.project.reader"),
            ("app/jobs/tasks/x.py", "session.executor.review.decisions.all()"),
        ],
        [
            ("app/ui/x.py", "self._session.reader.state_of(uid, name)"),
            ("app/services/x.py", "session.executor.load(uid, name)"),
            ("app/ui/x.py", "self._window.project"),
        ],
    ),
    "imports_by_name": (
        [("app/ui/x.py", "from PySide6.QtCore import *")],
        [("app/ui/x.py", "from PySide6.QtCore import Qt\nimport os.path")],
    ),
    "prints_in_the_command_line_only": (
        [
            ("app/core/x.py", "print('here')"),
            ("app/core/x.py", "print('here', file=sys.stderr)"),
            ("app/bootstrap.py", "print('here')"),
        ],
        [
            ("app/cli/list.py", "print('here')"),
            ("app/__main__.py", "print('there is no display', file=sys.stderr)"),
            ("app/core/x.py", "printer.print('here')\nblueprint(1)"),
        ],
    ),
    "csv_is_written_in_one_place": (
        [("app/cli/x.py", "import csv"), ("app/review/x.py", "from csv import writer")],
        [("app/core/csv_table.py", "import csv"), ("app/cli/x.py", "from app.core.csv_table import csv_text")],
    ),
    "modules_are_named_for_one_thing": (
        [
            ("app/core/utils.py", ""),
            ("app/ui/text_helpers.py", ""),
            ("app/misc/x.py", ""),
            ("app/ui/window_manager.py", ""),
        ],
        [("app/core/edits.py", ""), ("app/ui/managed.py", "")],
    ),
    "modules_stay_small": (
        [("app/core/x.py", "x = 1\n" * 501)],
        [("app/core/x.py", "x = 1\n" * 500)],
    ),
    "classes_and_functions_stay_small": (
        [
            ("app/core/x.py", lines(451, head="class A:")),
            ("app/core/x.py", lines(61, head="def f():")),
            ("app/core/x.py", lines(61, head="async def f():")),
        ],
        [("app/core/x.py", lines(450, head="class A:")), ("app/core/x.py", lines(60, head="def f():"))],
    ),
    "modules_and_classes_say_what_they_are": (
        [("app/core/x.py", "x = 1"), ("app/core/x.py", '"""Said."""\nclass A:\n    x = 1')],
        [
            ("app/core/x.py", '"""Said."""\nclass A:\n    """Said."""\nclass _B:\n    x = 1'),
            ("app/core/__init__.py", ""),
        ],
    ),
    "excuses_name_their_rule": (
        [
            ("app/core/x.py", "import os  # noqa"),
            ("app/core/x.py", "x = f()  # type: ignore"),
            ("app/core/x.py", "x = f()  # pyright: ignore  because"),
        ],
        [
            ("app/core/x.py", "import os  # noqa: F401  for others"),
            ("app/core/x.py", "x = f()  # pyright: ignore[reportPrivateUsage]  no other way"),
        ],
    ),
}


def cases(which: int) -> list[tuple[str, str, str]]:
    return [(name, path, source) for name, planted in PLANTED.items() for path, source in planted[which]]


def offences(name: str, path: str, source: str) -> list[tuple[int, str]]:
    rule: Rule = getattr(house_rules, name)
    return list(rule(Module(PurePosixPath(path), source)))


@pytest.mark.parametrize(("name", "path", "source"), cases(0))
def test_a_planted_offender_is_caught(name: str, path: str, source: str) -> None:
    assert offences(name, path, source)


@pytest.mark.parametrize(("name", "path", "source"), cases(1))
def test_what_is_allowed_is_let_through(name: str, path: str, source: str) -> None:
    assert offences(name, path, source) == []


def test_every_rule_has_planted_offenders() -> None:
    assert set(PLANTED) == {rule.__name__ for rule in RULES}


def test_an_offence_is_told_with_its_line() -> None:
    source = '"""Said."""\n\nimport os\nfrom os import *\n'
    assert offences("imports_by_name", "app/core/x.py", source) == [(4, "imports * from os")]
