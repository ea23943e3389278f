"""The house rules that no other tool checks. Each rule takes a module and yields what breaks it.

A rule's docstring is what the person who broke it reads, so it says why.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

MODULE_LINES = 500
CLASS_LINES = 450
FUNCTION_LINES = 60
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "manager"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Module:
    """One source file; `path` is relative to the project's root."""

    path: PurePosixPath
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source; it is parsed once for all rules."""
        return ast.parse(self.source)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree, as `ast.walk` yields them."""
        return list(ast.walk(self.tree))

    def is_in(self, *rooms: str) -> bool:
        """Whether the file lies in one of these rooms, such as `app/ui`."""
        return any(self.path == PurePosixPath(room) or PurePosixPath(room) in self.path.parents for room in rooms)


Offence = tuple[int, str]
Rule = Callable[[Module], Iterator[Offence]]


def _calls(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Yield each call with the last part of what is called."""
    for node in module.nodes:
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield node, name


def _names(module: Module) -> Iterator[tuple[int, str]]:
    """Yield each name that is read, written, asked for or imported."""
    for node in module.nodes:
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, alias.name.rpartition(".")[2]


# -- errors ------------------------------------------------------------------------------------------------------------

# One runs work of any kind in another thread, and hands what it raises on to the one who asked for it; the other keeps
# exceptions out of Qt, and reports each (decision 0025).
_CATCHES_FOR_OTHERS = ("app/jobs/runner.py", "app/ui/guard.py")


def catches_narrowly(module: Module) -> Iterator[Offence]:
    """Catch what you expect. Whoever catches everything without raising it again hides bugs."""
    if module.is_in(*_CATCHES_FOR_OTHERS):
        return
    for node in module.nodes:
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type) and not _raises(node.body):
            yield node.lineno, "catches everything"


def _is_broad(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(
        item is None or getattr(item, "id", getattr(item, "attr", "")) in ("Exception", "BaseException")
        for item in kinds
    )


def _raises(body: list[ast.stmt]) -> bool:
    """Whether the statements raise, not counting functions that are only defined there."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Raise):
            return True
        if not isinstance(node, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))
    return False


# -- Qt ----------------------------------------------------------------------------------------------------------------


def connects_bound_methods(module: Module) -> Iterator[Offence]:
    """Connect bound methods of QObjects. A lambda keeps its window alive and runs in the thread of the sender."""
    for call, name in _calls(module):
        values = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name == "connect" and any(_is_loose(value) for value in values):
            yield call.lineno, "connects a lambda or a partial"


def _is_loose(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        called = value.func
        return (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")) == "partial"
    return isinstance(value, ast.Lambda)


_BLOCKING = {
    "processEvents": "processEvents() runs anything in the middle of everything",
    "terminate": "terminate() leaves locks held and memory torn",
    "exec_": "exec_() starts a loop inside the loop",
}
# These start a loop of their own before they return.
_APPLICATION = {"QApplication", "application", "app"}  # its loop is the first one; bootstrap starts it
_ASKING = {
    "QMessageBox": {"about", "aboutQt", "critical", "information", "question", "warning"},
    "QInputDialog": {"getDouble", "getInt", "getItem", "getMultiLineText", "getText"},
    "QFileDialog": {"getExistingDirectory", "getOpenFileName", "getOpenFileNames", "getSaveFileName"},
    "QColorDialog": {"getColor"},
    "QFontDialog": {"getFont"},
}


def never_blocks_the_window(module: Module) -> Iterator[Offence]:
    """Show and let go: open() or show() with a finished signal. Loops inside loops reenter half-done work."""
    if not module.is_in("app/ui", "app/bootstrap.py"):
        return
    for call, name in _calls(module):
        owner = _owner(call)
        if name in _BLOCKING:
            yield call.lineno, _BLOCKING[name]
        elif name == "exec" and not (module.is_in("app/bootstrap.py") and owner in _APPLICATION):
            yield call.lineno, "exec() starts a loop inside the loop"
        elif name == "sleep":
            yield call.lineno, "sleep() stops the window"
        elif name in _ASKING.get(owner, ()):
            yield call.lineno, f"{owner}.{name}() starts a loop inside the loop"


def _owner(call: ast.Call) -> str:
    """Return the name in front of the last dot: `a` of `a.b()`, `b` of `a.b.c()`."""
    value = call.func.value if isinstance(call.func, ast.Attribute) else None
    return value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")


def signals_carry_objects(module: Module) -> Iterator[Offence]:
    """Declare Signal() or Signal(object, ...). Typed signals cut numbers to 32 bits and rebuild dictionaries."""
    for call, name in _calls(module):
        if name == "Signal" and (
            call.keywords or any(not (isinstance(kind, ast.Name) and kind.id == "object") for kind in call.args)
        ):
            yield call.lineno, f"declares {ast.unparse(call)}"


def text_stays_out_of_widgets(module: Module) -> Iterator[Offence]:
    """Text is never read back from a widget: QTextDocument rewrites line ends, marks and spaces."""
    if not module.is_in("app/ui/editor"):
        return
    banned = {"QTextDocument", "QTextEdit", "QPlainTextEdit", "toPlainText", "toRawText", "toHtml"}
    for line, name in _names(module):
        if name in banned:
            yield line, f"uses {name}"


_FIELDS_OF_QT = {
    *("QAbstractSlider", "QAbstractSpinBox", "QComboBox", "QDateEdit", "QDateTimeEdit", "QDial", "QDoubleSpinBox"),
    *("QLineEdit", "QPlainTextEdit", "QTextEdit"),
    *("QFileDialog", "QFontComboBox", "QSlider", "QSpinBox", "QTabBar", "QTabWidget", "QTimeEdit"),
}
_STILL_FIELDS = "app/ui/widgets/fields.py"


def fields_are_our_own(module: Module) -> Iterator[Offence]:
    """Make fields from `app/ui/widgets/fields.py`. Qt's own change their value when somebody scrolls over them, and
    keep Ctrl+Z from the project though nothing was typed.
    """
    if not module.is_in("app/ui") or module.is_in(_STILL_FIELDS):
        return
    for call, name in _calls(module):
        if name in _FIELDS_OF_QT:
            yield call.lineno, f"makes a {name}"
    for node in module.nodes:
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            if ast.unparse(base).rpartition(".")[2] in _FIELDS_OF_QT:
                yield base.lineno, f"{node.name} is a {ast.unparse(base)}"


_COLOR = re.compile(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?(?![0-9a-zA-Z])")
_SHORT_COLOR = re.compile(r"#[0-9a-fA-F]{3,4}")


def colours_are_named_in_the_theme(module: Module) -> Iterator[Offence]:
    """Only the theme holds colours: a widget asks it for a tone or a hue, so that dark and strong contrast hold."""
    if not module.is_in("app/ui") or module.path.parts[2].startswith("theme"):
        return
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _COLOR.search(node.value) or _SHORT_COLOR.fullmatch(node.value):
                yield node.lineno, f"holds the colour {node.value[:40]}"
        elif isinstance(node, ast.Call) and node.args and ast.unparse(node.func).split(".")[-1] == "QColor":
            first = node.args[0]
            if isinstance(first, ast.Constant) and not str(first.value).startswith("#"):
                yield node.lineno, f"makes the colour {ast.unparse(node)}"


# -- floors ------------------------------------------------------------------------------------------------------------


def faces_read_through_the_reader(module: Module) -> Iterator[Offence]:
    """The window, the shell and jobs read through `session.reader`: what writes rows, and the open file, are for the
    services inside a transaction.
    """
    if not module.is_in("app/ui", "app/cli", "app/jobs"):
        return
    for node in module.nodes:
        if isinstance(node, ast.Attribute) and node.attr in ("executor", "project"):
            owner = ast.unparse(node.value).rpartition(".")[2]
            if owner in ("session", "_session", "reader"):
                yield node.lineno, f"reaches through {ast.unparse(node)}"


# -- names and sizes ---------------------------------------------------------------------------------------------------


def imports_by_name(module: Module) -> Iterator[Offence]:
    """Import names, so that a reader finds where each comes from."""
    for node in module.nodes:
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield node.lineno, f"imports * from {node.module}"


def prints_in_the_command_line_only(module: Module) -> Iterator[Offence]:
    """A window has no standard output; only the command line speaks there, and who starts may say why it can't."""
    if module.is_in("app/cli"):
        return
    starts = module.is_in("app/__main__.py", "app/bootstrap.py")
    for call, name in _calls(module):
        to_errors = any(k.arg == "file" and ast.unparse(k.value) == "sys.stderr" for k in call.keywords)
        if name == "print" and isinstance(call.func, ast.Name) and not (starts and to_errors):
            yield call.lineno, "prints"


def csv_is_written_in_one_place(module: Module) -> Iterator[Offence]:
    """CSV goes through `app/core/csv_table.py`: a spreadsheet runs formulas, and garbles UTF-8 that isn't marked."""
    if str(module.path) == "app/core/csv_table.py":
        return
    for node in module.nodes:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if "csv" in names or (isinstance(node, ast.ImportFrom) and node.module == "csv"):
            yield node.lineno, "csv"


def modules_are_named_for_one_thing(module: Module) -> Iterator[Offence]:
    """A module is one noun. What is called utils, helpers, misc or manager grows without end."""
    for part in (*module.path.parent.parts, module.path.stem):
        if FORBIDDEN_NAMES & set(part.lower().split("_")):
            yield 1, f"is called {part}"


def modules_stay_small(module: Module) -> Iterator[Offence]:
    """A module that can't be read at one sitting does too much."""
    lines = len(module.source.splitlines())
    if lines > MODULE_LINES:
        yield 1, f"has {lines} lines, {MODULE_LINES} at most"


def classes_and_functions_stay_small(module: Module) -> Iterator[Offence]:
    """A class or function that can't be seen whole does too much."""
    for node in module.nodes:
        most = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
        if isinstance(node, (ast.ClassDef, *_FUNCTIONS)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > most:
                yield node.lineno, f"{node.name} has {lines} lines, {most} at most"


def modules_and_classes_say_what_they_are(module: Module) -> Iterator[Offence]:
    """A docstring says what it is and what to count on."""
    tree = module.tree
    if tree.body and ast.get_docstring(tree) is None:
        yield 1, "has no docstring"
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and ast.get_docstring(node) is None:
            yield node.lineno, f"class {node.name} has no docstring"


# -- words -------------------------------------------------------------------------------------------------------------

_EXCUSE = re.compile(r"#\s*(?:noqa|type:\s*ignore|pyright:\s*ignore)\b(.?)")


def decoding_expects_all_its_faults(module: Module) -> Iterator[Offence]:
    """A text that isn't UTF-8 isn't msgspec's own error: `core.decode_faults` has all that decoding raises."""
    others = {"ValueError", "UnicodeError", "UnicodeDecodeError", "UnicodeEncodeError"}
    for node in module.nodes:
        if isinstance(node, ast.ExceptHandler) and node.type is not None:
            caught = {each.attr for each in ast.walk(node.type) if isinstance(each, ast.Attribute)}
            plain = {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)}
            if caught & {"DecodeError", "MsgspecError"} and not plain & others:
                yield node.lineno, "catches only msgspec's own errors"


def excuses_name_their_rule(module: Module) -> Iterator[Offence]:
    """An excuse names the one rule it is for; a blanket one hides the next mistake too."""
    for number, line in enumerate(module.source.splitlines(), 1):
        found = _EXCUSE.search(line)
        if found and found[1] not in (":", "["):
            yield number, "excuses a line from every rule"


RULES: tuple[Rule, ...] = (
    catches_narrowly,
    connects_bound_methods,
    never_blocks_the_window,
    signals_carry_objects,
    text_stays_out_of_widgets,
    fields_are_our_own,
    colours_are_named_in_the_theme,
    faces_read_through_the_reader,
    imports_by_name,
    prints_in_the_command_line_only,
    csv_is_written_in_one_place,
    modules_are_named_for_one_thing,
    modules_stay_small,
    classes_and_functions_stay_small,
    modules_and_classes_say_what_they_are,
    decoding_expects_all_its_faults,
    excuses_name_their_rule,
)
