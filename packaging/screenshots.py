"""Making the pictures of the README from the real window: `python packaging/screenshots.py`.

Needs the environment that `packaging/test.py` makes. Draws offscreen, so that the pictures are the same everywhere.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_OUT = _ROOT / "resources" / "help"
_SIZE = (1440, 900)


def main() -> int:
    """Draw the sample with a mark chosen, three people's work on it under review, and other texts, light and dark."""
    sys.path.insert(0, str(_ROOT))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    home = tempfile.mkdtemp()
    os.environ["STET_HOME"] = home
    try:
        for theme in ("light", "dark"):
            _draw(theme)
            _draw_review(theme, Path(home) / f"{theme}.stet")
            for name in ("crowded", "arabic", "chinese", "relations"):
                _draw_scene(theme, name, Path(home) / f"{name}-{theme}.stet")
    finally:
        shutil.rmtree(home)
    return 0


def _draw(theme: str) -> None:
    from PySide6.QtTest import QTest

    from app.bootstrap import build
    from app.settings import Settings
    from app.ui.annotate.workspace import AnnotateWorkspace

    Settings().change({"annotator": "Ana", "theme": theme, "tour_seen": True})
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


def _draw_review(theme: str, path: Path) -> None:
    from PySide6.QtTest import QTest

    from app.bootstrap import build
    from app.settings import Settings
    from tests.team import team_project

    team_project(path)
    Settings().change({"annotator": "Rina", "theme": theme, "tour_seen": True})
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

    chosen = scenes.make(path, scenes.SCENES[name])
    Settings().change({"annotator": "Ana", "theme": theme, "tour_seen": True})
    app, window = build()
    window.resize(*_SIZE)
    window.show()
    window.desk.open_project(path)
    workspace = window.desk.workspace
    assert isinstance(workspace, AnnotateWorkspace)
    workspace.controller.choose(chosen)
    if scenes.SCENES[name].relations:
        window.registry.run("relations.all")
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


def _save(window, name: str) -> None:  # noqa: ANN001
    """Save what a window shows with its 256 most frequent colours, which makes a file of a third of the size."""
    import numpy as np
    from PySide6.QtGui import QImage

    shot = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    width, height = shot.width(), shot.height()
    pixels = np.frombuffer(shot.constBits(), dtype=np.uint32).reshape(height, -1)[:, :width] | 0xFF000000
    colors, places, counts = np.unique(pixels, return_inverse=True, return_counts=True)
    kept = colors[np.argsort(-counts)[:256]]
    parts = [(each >> shift & 0xFF).astype(np.int32) for shift in (16, 8, 0) for each in (colors, kept)]
    far = sum((parts[at][:, None] - parts[at + 1][None, :]) ** 2 for at in (0, 2, 4))
    nearest = np.argmin(far, axis=1).astype(np.uint8)[places.reshape(height, width)]
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
        workspace.controller.link_evidence()


if __name__ == "__main__":
    sys.exit(main())
