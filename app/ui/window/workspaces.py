"""The workspaces of one project: created on first use, one of them in front."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.session.session import Session
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.window.appearance import Appearance
from app.ui.window.main_window import MainWindow
from app.ui.window.workspace import Workspace

if TYPE_CHECKING:
    from app.review.figures.figure import Place
    from app.ui.feedback.dialog import FeedbackDialog

_HOME = "annotate"


class Workspaces(QObject):
    """Switches between workspaces. Actions that several of them handle go to the one in front."""

    def __init__(self, window: MainWindow, look: Appearance, session: Session, annotate: AnnotateWorkspace) -> None:
        super().__init__(window)
        self.window = window
        self.look = look
        self.session = session
        self.annotate = annotate
        self.made: dict[str, Workspace] = {_HOME: annotate}
        self.current = ""
        self._feedback: FeedbackDialog | None = None
        annotate.restore(window.state)
        self._scope = window.registry.scope()
        self._scope.bind_prefix("workspace.", self.show)
        self._scope.bind("team.feedback", self.show_feedback)
        self._scope.push()

    def show(self, name: str) -> None:
        """Bring a workspace to the front."""
        workspace, window = self._workspace(name), self.window
        window.notifier.clear()  # before what leaving may have to tell
        if name != self.current:
            present = self.made.get(self.current)
            if present is not None:
                present.leave()
                present.scope.pop()
            workspace.scope.push()
            self.current = name
        window.status.clear_facts()
        window.top.show_workspace(name)
        window.show_workspace(workspace.widget(), workspace.hints)
        workspace.enter()

    def _workspace(self, name: str) -> Workspace:
        found = self.made.get(name)
        if found is None:
            found = self.made[name] = _FACTORIES[name](self)
            found.restore(self.window.state)
        return found

    def go_to(self, uid: str) -> None:
        """Go to a document in the workspace in front, or in Annotate if that one shows no documents."""
        present = self.made.get(self.current)
        if present is None or not present.open_document(uid):
            self.open_document(uid)

    def open_document(self, uid: str) -> None:
        """Open a document in Annotate."""
        if self.current != _HOME:
            self.show(_HOME)
        self.annotate.open_document(uid)

    def open_place(self, place: "Place") -> None:
        """Open a document in Annotate at an annotation, whoever made it."""
        self.open_document(place.document)
        if place.annotation:
            self.annotate.show_annotation(place.document, place.annotator, place.annotation)

    @property
    def reviewed_document(self) -> str:
        """The document (uid) of the group that Review shows; "" elsewhere."""
        from app.ui.review.workspace import ReviewWorkspace

        review = self.made.get("review") if self.current == "review" else None
        return review.entry.document if isinstance(review, ReviewWorkspace) and review.entry is not None else ""

    def review_place(self, place: "Place") -> None:
        """Open a document in Review at the group of an annotation, gold's or anyone's."""
        from app.ui.review.workspace import ReviewWorkspace

        self.show("review")
        review = self.made["review"]
        if isinstance(review, ReviewWorkspace):
            review.show_mark(place.document, place.annotation)

    # -- feedback ------------------------------------------------------------------------------------------------------

    def show_feedback(self) -> None:
        """Show annotators how their marks in released documents were reviewed."""
        from app.ui.feedback.dialog import FeedbackDialog

        window = self.window
        self._feedback = FeedbackDialog(self.session, window.registry, self.look.tones, self.look.style(), window)
        self._feedback.document_wanted.connect(self._open_at)
        self._feedback.finished.connect(self._on_feedback_closed)
        self._feedback.open()

    def _on_feedback_closed(self, _result: int) -> None:
        self._feedback = None

    def _open_at(self, place: tuple[str, int]) -> None:
        document, offset = place
        self.show(_HOME)
        self.annotate.open_document(document)
        self.annotate.text.canvas.select(offset, offset)

    # -- lifecycle -----------------------------------------------------------------------------------------------------

    def apply_appearance(self) -> None:
        """Apply other colours and fonts."""
        for workspace in self.made.values():
            workspace.apply_appearance(self.look.tones, self.look.style())

    def close(self) -> None:
        """Save view state, release the session and remove the workspaces."""
        if self._feedback is not None:
            self._feedback.reject()
        for workspace in self.made.values():
            workspace.remember(self.window.state)
            workspace.shut_down()
            workspace.scope.close()
            self.window.drop_workspace(workspace.widget())
        self.made.clear()
        self._scope.close()
        self.window.top.show_workspace("")
        self.deleteLater()


def _review(spaces: Workspaces) -> Workspace:
    from app.ui.review.workspace import ReviewWorkspace

    window, look = spaces.window, spaces.look
    around = (window.status, window.notifier)
    made = ReviewWorkspace(spaces.session, window.registry, *around, look.tones, look.style(), window.stack)
    made.action_wanted.connect(window.registry.run)
    return made


def _insights(spaces: Workspaces) -> Workspace:
    from app.ui.insights.workspace import InsightsWorkspace

    window = spaces.window
    made = InsightsWorkspace(spaces.session, window.registry, window.notifier, spaces.look.tones, window.stack)
    made.place_wanted.connect(spaces.open_place)
    made.review_wanted.connect(spaces.review_place)
    return made


_FACTORIES: Mapping[str, Callable[[Workspaces], Workspace]] = {"review": _review, "insights": _insights}
