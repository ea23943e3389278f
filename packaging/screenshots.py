"""Making the pictures of the README from the real window: `python packaging/screenshots.py [NAME...]`.

Needs the environment that `packaging/test.py` makes. Draws offscreen, so that the pictures are the same everywhere.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_OUT = _ROOT / "resources" / "help"
_SIZE = (1440, 900)


def main(names: Sequence[str]) -> int:
    """Draw the pictures with these names, or all of them, light and dark."""
    sys.path.insert(0, str(_ROOT))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    home = tempfile.mkdtemp()
    os.environ["STET_HOME"] = home
    try:
        for theme in ("light", "dark"):
            for name in names or _PICTURES:
                _PICTURES[name](theme, name, Path(home) / f"{name}-{theme}.stet")
    finally:
        shutil.rmtree(home)
    return 0


def _draw(theme: str, _name: str, _path: Path) -> None:
    from PySide6.QtTest import QTest

    from app.bootstrap import build
    from app.settings import Settings
    from app.ui.annotate.workspace import AnnotateWorkspace

    Settings().change({"annotator": "Ana", "theme": theme, "tour_seen": True, "show_relations": False})
    app, window = build()
    window.resize(*_SIZE)
    window.show()
    window.desk.open_sample()
    workspace = window.desk.workspace
    assert isinstance(workspace, AnnotateWorkspace)
    if theme == "light":
        _annotate_the_two_phrases(workspace)
    state = workspace.controller.chosen or workspace.annotations_model.annotation(0)
    chosen = next((a for a in _annotations(workspace) if "slave trade" in a.quote), state)
    workspace.controller.choose(chosen.uid)
    for evidence in chosen.evidence:
        workspace.side.show_evidence(evidence)
    canvas = workspace.reference.canvas
    canvas.set_view(canvas.view._replace(anchor=canvas.view.caret), scroll=False)
    workspace.text.canvas.setFocus()
    QTest.qWait(300)
    _save(window, f"annotate-{theme}")
    window.close()
    window.deleteLater()
    app.processEvents()


def _draw_review(theme: str, _name: str, path: Path) -> None:
    from PySide6.QtTest import QTest

    from app.bootstrap import build
    from app.settings import Settings
    from tests.team import team_project

    team_project(path)
    Settings().change({"annotator": "Rina", "theme": theme, "tour_seen": True, "show_relations": False})
    app, window = build()
    window.resize(*_SIZE)
    window.show()
    window.desk.open_project(path)
    window.registry.run("workspace.review")
    review = window.desk.spaces.made["review"]
    while not review.book.is_loaded:
        QTest.qWait(50)
    window.registry.run("review.next")
    window.registry.run("review.accept")
    window.registry.run("review.previous")
    review.show_row(0)
    QTest.qWait(300)
    window.notifier.clear()
    QTest.qWait(100)
    _save(window, f"review-{theme}")
    window.close()
    window.deleteLater()
    app.processEvents()


def _draw_scene(theme: str, name: str, path: Path) -> None:
    """Draw a document of `scenes.py` with a mark chosen and its evidence beside it."""
    import scenes
    from PySide6.QtTest import QTest

    from app.bootstrap import build
    from app.settings import Settings
    from app.ui.annotate.workspace import AnnotateWorkspace

    scene = scenes.SCENES[name]
    chosen = scenes.make(path, scene)
    Settings().change({"annotator": "Ana", "theme": theme, "tour_seen": True, "show_relations": bool(scene.relations)})
    app, window = build()
    window.resize(*_SIZE)
    window.show()
    window.desk.open_project(path)
    workspace = window.desk.workspace
    assert isinstance(workspace, AnnotateWorkspace)
    workspace.controller.choose(chosen)
    for evidence in next(a for a in _annotations(workspace) if a.uid == chosen).evidence:
        workspace.side.show_evidence(evidence)
    canvas = workspace.reference.canvas
    canvas.set_view(canvas.view._replace(anchor=canvas.view.caret), scroll=False)
    workspace.text.canvas.setFocus()
    QTest.qWait(300)
    window.notifier.clear()
    QTest.qWait(100)
    _save(window, f"{name}-{theme}")
    window.close()
    window.deleteLater()
    app.processEvents()


def _draw_judgement(theme: str, name: str, _path: Path) -> None:
    """Draw what is said of the sample's first document as a whole: the strip above the text, the slider beside it."""
    from PySide6.QtWidgets import QPushButton

    window = _opened(theme)
    window.desk.open_sample()
    window.findChild(QPushButton, "document-article-SPUN").click()
    _finish(window, f"{name}-{theme}")


def _draw_scheme_window(theme: str, name: str, _path: Path) -> None:
    """Draw the window in which the scheme of the sample is changed, with a label of the tree."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QTreeWidget

    window = _opened(theme)
    window.desk.open_sample()
    window.registry.run("project.edit-scheme")
    dialog = _dialog("scheme-dialog")
    tree = dialog.findChild(QTreeWidget, "scheme-tree")
    (item, *_) = tree.findItems("Exaggeration", Qt.MatchFlag.MatchStartsWith | Qt.MatchFlag.MatchRecursive)
    tree.setCurrentItem(item)
    tree.scrollToItem(item, QTreeWidget.ScrollHint.PositionAtCenter)
    tree.setFocus()
    _finish(window, f"{name}-{theme}", dialog)


def _draw_documents(theme: str, name: str, path: Path) -> None:
    """Draw a list of documents that is filtered, and the window in which that is asked for."""
    import scenes
    from PySide6.QtWidgets import QComboBox

    scenes.make_desk(path)
    window = _opened(theme)
    window.desk.open_project(path)
    _answer_filter(window, {"filter-status": "status=open"})
    window.registry.run("view.filter")
    dialog = _dialog("filter-dialog")
    flag = dialog.findChild(QComboBox, "filter-flag")
    flag.setCurrentIndex(flag.findData("flag=yes"))
    _finish(window, f"{name}-{theme}", dialog)


def _draw_suggestions(theme: str, name: str, path: Path) -> None:
    """Draw what the rules suggest of a text with a reference, and the list of it by kind."""
    import scenes
    from PySide6.QtTest import QTest

    scenes.make_suggested(path, scenes.CROWDED)
    window = _opened(theme)
    window.desk.open_project(path)
    QTest.qWait(300)
    window.registry.run("suggestion.list")
    QTest.qWait(300)
    _finish(window, f"{name}-{theme}")


def _draw_pattern(theme: str, name: str, path: Path) -> None:
    """Draw the dialog in which a pattern is made word by word, with what it finds."""
    import scenes
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QComboBox, QLabel

    scenes.make_suggested(path, scenes.CROWDED)
    window = _opened(theme)
    window.desk.open_project(path)
    QTest.qWait(300)
    canvas = window.desk.workspace.text.canvas
    start = canvas.text.index("157 captives")
    canvas.select(start, start + len("157 captives"))
    window.registry.run("suggestion.pattern")
    dialog = _dialog("pattern-dialog")
    match = dialog.findChild(QComboBox, "pattern-match")
    match.setCurrentIndex(match.findData("tokens"))
    while dialog.findChild(QComboBox, "token-0") is None:
        QTest.qWait(50)
    number = dialog.findChild(QComboBox, "token-0")
    number.setCurrentIndex(number.findText("any number"))
    label = dialog.findChild(QComboBox, "pattern-label")
    label.setCurrentIndex(label.findData("error\nQUANTITY"))
    QTest.qWait(500)
    while "occurrence" not in dialog.findChild(QLabel, "pattern-found").text():
        QTest.qWait(50)
    _finish(window, f"{name}-{theme}", dialog)


def _answer_filter(window, chosen: dict[str, str]) -> None:  # noqa: ANN001
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QComboBox, QPushButton

    window.registry.run("view.filter")
    dialog = _dialog("filter-dialog")
    for name, value in chosen.items():
        combo = dialog.findChild(QComboBox, name)
        combo.setCurrentIndex(combo.findData(value))
    dialog.findChild(QPushButton, "filter-dialog-accept").click()
    QTest.qWait(300)


def _opened(theme: str):  # noqa: ANN202
    """Return the window, on nothing yet."""
    from app.bootstrap import build
    from app.settings import Settings

    Settings().change({"annotator": "Ana", "theme": theme, "tour_seen": True, "show_relations": False})
    _, window = build()
    window.resize(*_SIZE)
    window.show()
    return window


def _dialog(name: str):  # noqa: ANN202
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    QTest.qWait(300)
    return next(w for w in QApplication.topLevelWidgets() if w.objectName() == name and w.isVisible())


def _finish(window, name: str, dialog=None) -> None:  # noqa: ANN001
    """Save the window, with a dialog over it, and close both."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    QTest.qWait(300)
    window.notifier.clear()
    QTest.qWait(100)
    _save(window, name, dialog)
    for open_one in (dialog, window):
        if open_one is not None:
            open_one.close()
            open_one.deleteLater()
    QApplication.processEvents()


def _save(window, name: str, dialog=None) -> None:  # noqa: ANN001
    """Save what a window shows, with a dialog over it, in its 256 most frequent colours: a third of the size."""
    import numpy as np
    from PySide6.QtGui import QColor, QImage, QPainter

    shot = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    if dialog is not None:
        above = dialog.grab()
        left, top = (shot.width() - above.width()) // 2, (shot.height() - above.height()) // 2
        painter = QPainter(shot)
        painter.fillRect(shot.rect(), QColor(0, 0, 0, 60))
        painter.drawPixmap(left, top, above)
        painter.setPen(QColor(128, 128, 128))
        painter.drawRect(left - 1, top - 1, above.width() + 1, above.height() + 1)
        painter.end()
    width, height = shot.width(), shot.height()
    pixels = np.frombuffer(shot.constBits(), dtype=np.uint32).reshape(height, -1)[:, :width] | 0xFF000000
    colors, places, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    parts = np.stack([colors >> shift & 0xFF for shift in (16, 8, 0)], axis=1).astype(np.int64)
    # Half of them are the most frequent; the others would be missed most, such as the line of a rare label.
    chosen = list(np.argsort(-counts)[:128])
    far = np.min([((parts - parts[at]) ** 2).sum(axis=1) for at in chosen], axis=0)
    while len(chosen) < min(256, len(colors)):
        chosen.append(int(np.argmax(far * counts)))
        far = np.minimum(far, ((parts - parts[chosen[-1]]) ** 2).sum(axis=1))
    kept = colors[chosen]
    distances = [((parts - parts[at]) ** 2).sum(axis=1) for at in chosen]
    nearest = np.argmin(distances, axis=0).astype(np.uint8)[places.reshape(height, width)]
    picture = QImage(np.ascontiguousarray(nearest).data, width, height, width, QImage.Format.Format_Indexed8)
    picture.setColorTable([int(color) for color in kept])
    picture.save(str(_OUT / f"{name}.png"))


def _annotations(workspace):  # noqa: ANN001, ANN202  a script's helper
    model = workspace.annotations_model
    return [model.annotation(row) for row in range(model.rowCount())]


def _annotate_the_two_phrases(workspace) -> None:  # noqa: ANN001
    """Mark what the tour leaves to the newcomer, with the keys that a person would press."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    canvas = workspace.text.canvas
    for quote, key, correction, proof in (
        ("US senator", Qt.Key.Key_R, "US President", "US President"),
        ("restricted slave trade", Qt.Key.Key_D, "prisoner exchange", "A prisoner exchange"),
    ):
        start = canvas.text.index(quote)
        canvas.select(start, start + len(quote))
        canvas.setFocus()
        QTest.keyClick(canvas, key)
        workspace.controller.set_severity("critical")
        workspace.controller.change_field("correction", correction)
        reference = workspace.reference.canvas
        at = reference.text.index(proof)
        reference.select(at, at + len(proof))
        QTest.keyClick(reference, Qt.Key.Key_K)


_PICTURES: dict[str, Callable[[str, str, Path], None]] = {
    "annotate": _draw,
    "review": _draw_review,
    "crowded": _draw_scene,
    "arabic": _draw_scene,
    "chinese": _draw_scene,
    "relations": _draw_scene,
    "judgement": _draw_judgement,
    "scheme": _draw_scheme_window,
    "documents": _draw_documents,
    "suggestions": _draw_suggestions,
    "pattern": _draw_pattern,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
