"""The line at the top: program, project, the command box, who works here."""

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.ui.guard import guarded
from app.ui.theme import WHITE, Hue, px, ui_font
from app.ui.widgets.ground import Ground
from app.ui.widgets.labels import button, literal, plain, unmarked, value_button

_SPACES = (("annotate", "Annotate"), ("review", "Review"), ("insights", "Insights"))
_BESIDE = 30  # pixels beside the name of a workspace: padding and borders
_COMMAND = "Search documents or run a command"


@guarded
class _Disc(QWidget):
    """A round sign with the first letter of a name."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("disc")
        self.letter = ""

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.letter:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / 26, self.height() / 26)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(Hue.BLUE))
        painter.drawEllipse(QRectF(0, 0, 26, 26))
        painter.setPen(QColor(WHITE))
        painter.setFont(ui_font(12, QFont.Weight.DemiBold))
        painter.drawText(QRectF(0, 0, 26, 26), Qt.AlignmentFlag.AlignCenter, self.letter)
        painter.end()


@guarded
class TopBar(Ground):
    """Says where one is; opens the palette and the name dialog."""

    action_wanted = Signal(object)  # action id

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("top-bar")
        self._spaces: dict[str, QPushButton] = {}
        self._project = plain("", name="project-name")
        self._command = button("", name="command-box")
        self.show_palette_key("")
        self._command.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._disc = _Disc()
        self._who = button("", name="who", tip="Switch annotator…")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(16)
        row.addWidget(plain("Stet", name="app-name"))
        row.addWidget(self._project)
        row.addWidget(self._spaces_row(), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        row.addWidget(self._command, 4)
        row.addStretch(1)
        row.addWidget(self._disc)
        row.addWidget(self._who)
        self._command.clicked.connect(self._on_command)
        self._who.clicked.connect(self._on_who)

    def _spaces_row(self) -> QWidget:
        self._spaces_box = QWidget()
        self._spaces_box.setObjectName("workspaces")
        line = QHBoxLayout(self._spaces_box)
        line.setContentsMargins(2, 2, 2, 2)
        line.setSpacing(2)
        for number, (name, title) in enumerate(_SPACES, 1):
            action, tip = f"workspace.{name}", f"{title} (Ctrl+{number})"
            made = value_button(action, title, name=f"workspace-{name}", role="space", tip=tip)
            made.setCheckable(True)
            made.picked.connect(self.action_wanted)
            self._spaces[name] = made
            line.addWidget(made)
        self._spaces_box.hide()
        return self._spaces_box

    def show_workspace(self, name: str) -> None:
        """Show which workspace is in front; "" hides the choice."""
        self._spaces_box.setVisible(bool(name))
        for other, made in self._spaces.items():
            made.setChecked(other == name)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_spaces()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_spaces()

    def _fit_spaces(self) -> None:
        """Give each workspace's button room for its name in bold, as it is written when the workspace is in front."""
        for made in self._spaces.values():
            made.ensurePolished()
            font = QFont(made.font())
            font.setWeight(QFont.Weight.DemiBold)
            made.setMinimumWidth(QFontMetrics(font).horizontalAdvance(made.text()) + px(_BESIDE))

    def show_palette_key(self, key: str) -> None:
        """Say which key opens the palette."""
        self._key = key
        self._fit_command()
        self._command.setAccessibleName(_COMMAND)
        self._command.setToolTip(literal("Find any action or document by name" + (f" ({key})" if key else "")))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_command()

    def _fit_command(self) -> None:
        """Write as much on the command box as there is room for: the key goes first."""
        long = f"{_COMMAND}…" + (f"      {self._key}" if self._key else "")
        room = self._command.width() - px(24)
        metrics = self._command.fontMetrics()
        short = metrics.elidedText(f"{_COMMAND}…", Qt.TextElideMode.ElideRight, max(0, room))
        self._command.setText(unmarked(long if metrics.horizontalAdvance(long) <= room else short))

    def show_project(self, name: str) -> None:
        """Name the open project, or none."""
        self._project.setText(name)

    def show_annotator(self, name: str) -> None:
        """Name who works here."""
        self._disc.letter = name[:1].upper()
        self._disc.update()
        self._who.setText(unmarked(name or "Set your name"))
        self._who.setAccessibleName(f"Annotator {name}" if name else "Set your name")

    def _on_command(self, _checked: bool) -> None:
        self.action_wanted.emit("view.palette")

    def _on_who(self, _checked: bool) -> None:
        self.action_wanted.emit("view.annotator")
