"""What is there when no project is open."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import button, plain, rule, value_button


class StartScreen(QWidget):
    """Sample, new, open, import, and the projects opened lately."""

    action_wanted = Signal(object)  # action id
    project_chosen = Signal(object)  # Path

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("start-screen")
        column = QWidget()
        column.setFixedWidth(640)
        self._box = QVBoxLayout(column)
        self._box.setSpacing(10)
        self._box.addWidget(plain("Stet", role="headline"))
        lead = "Mark entities, claims and errors in text, link each error to its evidence, export training data."
        self._box.addWidget(plain(lead, tone="soft", wrap=True))
        self._box.addSpacing(10)
        sample = button("Try the sample project", name="start-sample", role="primary")
        sample.setToolTip("A machine-paraphrased article beside an accurate report. Takes a minute.")
        sample.clicked.connect(self._on_sample)
        new = button("New project…", name="start-new", tip="Ctrl+Shift+N")
        new.clicked.connect(self._on_new)
        open_ = button("Open project…", name="start-open", tip="Ctrl+O")
        open_.clicked.connect(self._on_open)
        import_ = button("Import texts…", name="start-import", tip="Creates a project from text files or JSONL")
        import_.clicked.connect(self._on_import)
        manual = button("Manual", name="start-manual", tip="To read and search (F1)")
        manual.clicked.connect(self._on_manual)
        row = Flow(gap=6)
        for made in (sample, new, open_, import_, manual):
            row.add(made)
        row.add_space()
        self._box.addLayout(row)
        self._box.addWidget(plain("Or drop text files or a .stet file here.", tone="faint"))
        self._box.addSpacing(14)
        self._box.addWidget(plain("RECENT PROJECTS", role="caption"))
        self._box.addWidget(rule())
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        self._box.addLayout(self._recent)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        middle = QVBoxLayout()
        middle.addStretch(2)
        middle.addWidget(column)
        middle.addStretch(3)
        outer.addLayout(middle)
        outer.addStretch(1)

    def show_recent(self, projects: Sequence[Path]) -> None:
        """List projects, newest first."""
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number, path in enumerate(projects):
            made = value_button(path, f"{path.name}    {path.parent}", name=f"recent-{number}", role="flat")
            made.setStyleSheet("text-align: left; padding: 5px 6px;")
            made.setAccessibleName(f"Open {path.name}")
            made.picked.connect(self.project_chosen)
            self._recent.addWidget(made)
        if not projects:
            self._recent.addWidget(plain("None yet.", tone="faint"))

    def focus_first(self) -> None:
        """Put the keyboard on the first thing a newcomer would do."""
        made = self.findChild(QPushButton, "start-sample")
        if made is not None:
            made.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_manual(self, _checked: bool) -> None:
        self.action_wanted.emit("help.manual")

    def _on_sample(self, _checked: bool) -> None:
        self.action_wanted.emit("project.sample")

    def _on_new(self, _checked: bool) -> None:
        self.action_wanted.emit("project.new")

    def _on_open(self, _checked: bool) -> None:
        self.action_wanted.emit("project.open")

    def _on_import(self, _checked: bool) -> None:
        self.action_wanted.emit("project.import")
