"""What comes from files and people is shown as it is, everywhere: never taken for markup, never for a key's sign."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QListView, QWidget
from pytestqt.qtbot import QtBot

from app.core.scheme import Scheme
from app.session.session import Session
from app.ui import theme
from app.ui.actions.registry import ActionRegistry
from app.ui.annotate.context_menu import open_menu
from app.ui.dialogs.export_dialog import ExportDialog
from app.ui.dialogs.guideline_page import guideline_page
from app.ui.dialogs.new_project import NewProjectDialog
from app.ui.dialogs.palette import PaletteDialog, PaletteEntry
from app.ui.dialogs.progress import ProgressDialog
from app.ui.dialogs.reader import ReaderWindow
from app.ui.dialogs.references import ReferencesDialog
from app.ui.dialogs.shortcuts import ShortcutsDialog
from app.ui.dialogs.texts import ReportDialog
from app.ui.dialogs.who import WhoDialog
from app.ui.models.annotations import AnnotationListModel
from app.ui.models.documents import DocumentListModel
from app.ui.panels.inspector import Inspector
from app.ui.panels.label_bar import LabelBar
from app.ui.panels.start_screen import StartScreen
from app.ui.panels.status_bar import StatusBar
from app.ui.panels.text_pane import TextPane
from app.ui.panels.top_bar import TopBar
from app.ui.widgets.notifier import Notice
from tests.conftest import add_documents, new_session
from tests.unit.build import annotation, document, evidence, state
from tests.widget.editor.canvases import style
from tests.widget.widgets import all_words, as_mnemonic, as_tooltip, shipped

MARKUP = ("<b>x</b>", "<img src=file:///etc/hostname>", "a<b and c>d", "&lt;i&gt; &amp;")
WORDS = (*MARKUP, "R&D")
words = pytest.mark.parametrize("text", WORDS)
with_sign = pytest.mark.parametrize(
    "text",
    WORDS,
)


def spoilt(text: str, **which: object) -> Scheme:
    """Return the scheme for news with foreign words wherever a scheme has words."""
    scheme = shipped("news-errors")
    layers = []
    for layer in scheme.layers:
        labels = [
            msgspec.structs.replace(label, title=f"{text} {label.id}", definition=f"{text} said", example=text)
            for label in layer.labels
        ]
        attributes = [
            msgspec.structs.replace(
                item, values=tuple(msgspec.structs.replace(value, title=text, definition=text) for value in item.values)
            )
            for item in layer.attributes
        ]
        layers.append(msgspec.structs.replace(layer, labels=tuple(labels), attributes=tuple(attributes), **which))
    severities = [msgspec.structs.replace(step, definition=f"{text} said") for step in scheme.severities]
    return msgspec.structs.replace(
        scheme, title=text, definition=text, layers=tuple(layers), severities=tuple(severities), tie_rules=(text,)
    )


def assert_shown(owner: QWidget, text: str, *, at_least: int = 1) -> None:
    """Fail unless the text is shown as it is, and nothing is shown that markup would have made of it."""
    found = all_words(owner)
    assert sum(text in shown for shown in found) >= at_least, found


def kept(qtbot: QtBot, widget: QWidget) -> QWidget:
    qtbot.addWidget(widget)
    return widget


# -- names of documents ------------------------------------------------------------------------------------------------


@pytest.fixture(params=WORDS)
def named(request: pytest.FixtureRequest, tmp_path: Path):
    """Give a project in which document, reference and annotator have a foreign name, and that name."""
    session = new_session(tmp_path / "p.stet", annotator=request.param)
    first, second = add_documents(session, {request.param: "some text", f"{request.param} beside": "more text"})
    with session.project.atomic():
        session.reader.documents.link(first, second)
    session.open_document(first)
    yield session, request.param
    session.close()


def test_the_list_of_documents_and_its_tooltips(qtbot: QtBot, named: tuple[Session, str]) -> None:
    session, text = named
    view = QListView()
    qtbot.addWidget(view)
    view.setModel(DocumentListModel(session, view))
    # Its name, its reference's name below it, and both once more in tooltips and as a row of its own.
    assert_shown(view, text, at_least=2)
    assert_shown(view, f"reference: {text} beside") if "beside" in " ".join(all_words(view)) else None


@words
def test_the_heading_of_a_text_and_the_chooser_of_references(qtbot: QtBot, text: str) -> None:
    pane = TextPane("reference-pane", theme.LIGHT, style(), side=True)
    kept(qtbot, pane)
    pane.show_heading(text, f"{text} · 5 characters")
    pane.show_choices([("a", text), ("b", "other")], "a")
    assert_shown(pane, text, at_least=4)
    pane.show_empty(text)
    assert_shown(pane, text)


@words
def test_the_palette(qtbot: QtBot, text: str) -> None:
    documents = [PaletteEntry("document", "d", text, "document")]
    dialog = PaletteDialog([PaletteEntry("action", "a", text, "R")], lambda _wanted: documents, wanted=text)
    kept(qtbot, dialog)
    assert_shown(dialog, text, at_least=3)


@words
def test_the_dialog_of_references(qtbot: QtBot, text: str) -> None:
    dialog = ReferencesDialog(text, [("a", text)], lambda _wanted: [("b", f"{text} 2")])
    kept(qtbot, dialog)
    assert_shown(dialog, text, at_least=3)


@words
def test_reports_and_progress(qtbot: QtBot, text: str) -> None:
    report = ReportDialog(text, text, [text])
    kept(qtbot, report)
    assert_shown(report, text, at_least=3)
    progress = ProgressDialog(text)
    progress.show_progress(1, 2, text)
    assert_shown(progress, f"{text}: 1 of 2")
    progress.finish()
    progress.deleteLater()


@words
def test_the_line_at_the_bottom(qtbot: QtBot, text: str) -> None:
    bar = StatusBar()
    kept(qtbot, bar)
    bar.show_notice(Notice(text))
    assert_shown(bar, text)
    bar.show_notice(Notice(f"{text} {'and so on ' * 30}"))
    assert_shown(bar, text, at_least=2)


# -- names of people ---------------------------------------------------------------------------------------------------


@words
def test_dialogs_that_name_annotators(qtbot: QtBot, text: str, tmp_path: Path) -> None:
    assert_shown(kept(qtbot, WhoDialog(text, [text])), text, at_least=2)
    assert_shown(kept(qtbot, ExportDialog(tmp_path / "p.stet", [text], text)), text)


@with_sign
def test_the_name_at_the_top(qtbot: QtBot, text: str) -> None:
    bar = TopBar()
    kept(qtbot, bar)
    bar.show_annotator(text)
    assert_shown(bar, text)


@words
def test_the_project_at_the_top(qtbot: QtBot, text: str) -> None:
    bar = TopBar()
    kept(qtbot, bar)
    bar.show_project(f"{text}.stet")
    assert_shown(bar, f"{text}.stet")


@with_sign
def test_recent_projects(qtbot: QtBot, text: str) -> None:
    screen = StartScreen()
    kept(qtbot, screen)
    screen.show_recent([Path("/tmp") / f"{text.replace('/', '')}.stet"])
    assert_shown(screen, f"{text.replace('/', '')}.stet")


# -- words of a scheme -------------------------------------------------------------------------------------------------


def registry_of(qtbot: QtBot, scheme: Scheme) -> ActionRegistry:
    window = kept(qtbot, QWidget())
    registry = ActionRegistry(window, {})
    registry.rebuild(scheme)
    return registry


@words
def test_the_label_bar(qtbot: QtBot, text: str) -> None:
    scheme = spoilt(text)
    bar = LabelBar(registry_of(qtbot, scheme), theme.LIGHT)
    kept(qtbot, bar)
    bar.show_scheme(scheme, "error")
    assert_shown(bar, f"{text} said", at_least=10)
    assert_shown(bar, f"{text} TIME")


@words
def test_shortcuts_and_guideline(qtbot: QtBot, text: str) -> None:
    scheme = spoilt(text)
    registry = registry_of(qtbot, scheme)
    assert_shown(kept(qtbot, ShortcutsDialog(registry)), f"{text} TIME")
    reader = ReaderWindow("guideline-dialog", "Guideline", [guideline_page(scheme)])
    kept(qtbot, reader)
    shown = " ".join(text.split())  # as HTML has it: runs of white space are one space
    assert " ".join(reader.text.split()).count(f"{shown} said") >= 10
    assert reader.text.count(shown) >= 12
    assert_shown(kept(qtbot, NewProjectDialog(Path("/tmp"), [(text, text, Path("x.toml"))])), text, at_least=2)


@words
def test_the_tooltips_of_actions(qtbot: QtBot, text: str) -> None:
    registry = registry_of(qtbot, spoilt(text))
    shown = as_tooltip(registry.action("label.error.TIME").toolTip())
    assert f"{text} TIME" in shown
    assert f"{text} said" in shown


@pytest.mark.qt_log_ignore("This plugin does not support grabbing", extend=True)
@with_sign
def test_the_menu_of_the_right_button(qtbot: QtBot, text: str) -> None:
    scheme = spoilt(text)
    registry = registry_of(qtbot, scheme)
    window = kept(qtbot, QWidget())
    menu = open_menu(window, window.mapToGlobal(window.rect().center()), scheme.layer("error"), registry)
    labels = menu.actions()[0].menu()
    shown = [as_mnemonic(action.text()) for action in labels.actions()]
    menu.close()
    assert any(f"{text} TIME" in item for item in shown)


# -- quotes, corrections, comments -------------------------------------------------------------------------------------


@words
def test_the_inspector(qtbot: QtBot, text: str) -> None:
    scheme = spoilt(text)
    source = f"before {text} behind"
    proof = evidence(document(f"so {text}"), (3, 3 + len(text)))
    mark = annotation(
        source, (7, 7 + len(text)), label="TIME", correction=text, comment=text, evidence=(proof,), attributes={}
    )
    inspector = Inspector()
    kept(qtbot, inspector)
    inspector.show_annotation(mark, scheme, lambda _item: (f"{text} · character 3", False, text))
    # The quote, the correction, the comment, the evidence with its document, the labels, the open rule.
    assert_shown(inspector, f"“{text}”", at_least=2)
    assert_shown(inspector, f"{text} · character 3")
    assert_shown(inspector, f"{text} TIME", at_least=2)
    combo = inspector.findChild(QComboBox, "field-label")
    assert as_tooltip(combo.toolTip()) == f"{text} said"


@with_sign
def test_the_severities(qtbot: QtBot, text: str) -> None:
    scheme = spoilt(text)
    steps = tuple(msgspec.structs.replace(step, title=text) for step in scheme.severities)
    inspector = Inspector()
    kept(qtbot, inspector)
    mark = annotation("some text", (0, 4), label="TIME")
    inspector.show_annotation(mark, msgspec.structs.replace(scheme, severities=steps), lambda _item: ("", False, ""))
    made = inspector.findChildren(QAbstractButton)
    assert [as_mnemonic(m.text()) for m in made if m.objectName().startswith("severity-")] == [text] * 4


@words
def test_the_list_of_marks_and_its_tooltips(qtbot: QtBot, text: str) -> None:
    source = f"before {text} behind"
    mark = annotation(source, (7, 7 + len(text)), label="TIME", correction=text)
    model = AnnotationListModel()
    model.show_state(state(source, mark), spoilt(text))
    view = QListView()
    kept(qtbot, view)
    view.setModel(model)
    assert_shown(view, text, at_least=2)
    assert_shown(view, f"correction: {text}")
