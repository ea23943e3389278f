"""What is known of a part that the scheme lacks: who has it, what is said of a proposal, and the marks."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.core.proposal import ProposalNote, is_proposal, proposal_title
from app.core.wording import counted, shorten, undirected
from app.services.schemes.parts import MOST_MARKS, Part, PartKind, PartStory
from app.ui.guard import guarded
from app.ui.widgets.labels import plain

_NO_WORDS = "(no words)"
_NAMES = {"parent": "A kind of", "definition": "Definition", "example": "For example", "color": "Colour", "key": "Key"}


@guarded
class _Marks(QListWidget):
    """The marks; Enter or a double click opens the document of one."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentItem() is not None:
                self.itemActivated.emit(self.currentItem())
            return
        super().keyPressEvent(event)


class ProposalCard(QWidget):
    """Shows a part that the scheme lacks."""

    wanted = Signal(object)  # uid of a document to open

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("proposal-card")
        self._title = plain("", role="title", wrap=True, name="proposal-title")
        self._by = plain("", wrap=True, name="proposal-by")
        self._notes = plain("", wrap=True, name="proposal-notes")
        self._notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._says = plain("", role="field", name="proposal-marks-says")
        self._marks = _Marks()
        self._marks.setObjectName("proposal-marks")
        self._marks.setAccessibleName("Marks. Enter opens the document of one")
        self._says.setBuddy(self._marks)
        self._places: list[str] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        for widget in (self._title, self._by, self._notes, self._says):
            box.addWidget(widget)
        box.addWidget(self._marks, 1)
        self._marks.itemActivated.connect(self._on_activated)

    def show_part(self, part: Part, story: PartStory) -> None:
        """Show a part."""
        is_proposed = part.kind is PartKind.LABEL and is_proposal(part.id)
        of = f" of {part.owner}" if part.owner else ""
        what = f"proposed in {part.owner}" if is_proposed else f"{part.kind}{of} that the scheme lacks"
        self._title.setText(f"{proposal_title(part.id)} ({what})")
        by = sorted(story.by.items(), key=lambda item: (-item[1], item[0]))
        self._by.setText("By " + ", ".join(f"{who} ({count:,})" for who, count in by) if by else "Counting…")
        self._notes.setText("\n\n".join(_said(who, note) for who, note in story.notes))
        self._notes.setVisible(bool(story.notes))
        self._places = [mark.document for mark in story.marks]
        self._marks.clear()
        for mark in story.marks:
            words = shorten(" ".join(mark.quote.split())) or _NO_WORDS
            self._marks.addItem(QListWidgetItem(undirected(f"“{words}”   {mark.title}, {mark.annotator}")))
        many = f"The first {MOST_MARKS:,} marks" if len(story.marks) == MOST_MARKS else ""
        self._says.setText(many or counted(len(story.marks), "mark"))
        for widget in (self._says, self._marks):
            widget.setVisible(bool(story.marks))

    def _on_activated(self, item: QListWidgetItem) -> None:
        self.wanted.emit(self._places[self._marks.row(item)])


def _said(who: str, note: ProposalNote) -> str:
    return "\n".join([f"{who} says:", *(f"{_NAMES[key]}: {value}" for key, value in note.given().items())])
