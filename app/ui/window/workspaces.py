"""The workspaces of one project: made when first wanted, one of them in front."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.session.session import Session
from app.ui.annotate.workspace import AnnotateWorkspace

if TYPE_CHECKING:
    from app.review.figures.figure import Place
    from app.ui.feedback.dialog import FeedbackDialog
    from app.ui.insights.workspace import InsightsWorkspace
    from app.ui.review.workspace import ReviewWorkspace
    from app.ui.window.appearance import Appearance
    from app.ui.window.main_window import MainWindow

_ANNOTATE_HINTS = (
    ("annotation.next", "next mark"),
    ("evidence.link", "link evidence"),
    ("document.done", "done, next"),
)
_REVIEW_HINTS = (
    ("review.accept", "accept"),
    ("review.next", "next"),
    ("edit.undo", "undo"),
    ("help.shortcuts", "keys"),
)
_INSIGHTS_HINTS = (("insights.refresh", "refresh"), ("insights.picture", "save image"), ("help.shortcuts", "keys"))


class Workspaces(QObject):
    """Switches between Annotate, Review and Insights. Actions that both know go to the one in front."""

    def __init__(self, window: "MainWindow", look: "Appearance", session: Session, annotate: AnnotateWorkspace) -> None:
        super().__init__(window)
        self._window = window
        self._look = look
        self._session = session
        self.annotate = annotate
        self.review: ReviewWorkspace | None = None
        self.insights: InsightsWorkspace | None = None
        self.current = "annotate"
        self._feedback: FeedbackDialog | None = None
        bind = window.registry.bind
        bind("workspace.annotate", self.show_annotate)
        bind("workspace.review", self.show_review)
        bind("team.feedback", self.show_feedback)
        bind("workspace.insights", self.show_insights)
        window.top.show_workspace("annotate")

    def show_annotate(self) -> None:
        """Bring Annotate to the front."""
        self._front("annotate")
        self._window.show_workspace(self.annotate, _ANNOTATE_HINTS)
        self.annotate.take_actions()

    def show_review(self) -> None:
        """Bring Review to the front."""
        if self.review is None:
            from app.ui.review.workspace import ReviewWorkspace

            window = self._window
            review = ReviewWorkspace(
                self._session, window.registry, window.status, window.notifier, window.tones, self._look.style()
            )
            review.action_wanted.connect(window.registry.run)
            review.restore_sizes(window.state)
            self.review = review
        self._front("review")
        self._window.show_workspace(self.review, _REVIEW_HINTS)
        self.review.take_actions()

    def show_feedback(self) -> None:
        """Show the annotator what became of their marks in released documents."""
        from app.ui.feedback.dialog import FeedbackDialog

        window = self._window
        self._feedback = FeedbackDialog(self._session, window.registry, window.tones, self._look.style(), window)
        self._feedback.document_wanted.connect(self._open_at)
        self._feedback.finished.connect(self._on_feedback_closed)
        self._feedback.open()

    def _on_feedback_closed(self, _result: int) -> None:
        self._feedback = None

    def _open_at(self, place: tuple[str, int]) -> None:
        document, offset = place
        self.show_annotate()
        self.annotate.open_document(document)
        self.annotate.text.canvas.select(offset, offset)

    def show_insights(self) -> None:
        """Bring Insights to the front."""
        if self.insights is None:
            from app.ui.insights.workspace import InsightsWorkspace

            window = self._window
            insights = InsightsWorkspace(self._session, window.registry, window.notifier, window.tones)
            insights.place_wanted.connect(self._open_place)
            insights.restore_sizes(window.state)
            self.insights = insights
        self._front("insights")
        self._window.show_workspace(self.insights, _INSIGHTS_HINTS)
        self.insights.take_actions()

    def go_to(self, uid: str) -> None:
        """Go to a document in the workspace in front, in Annotate if that one shows no documents."""
        if self.current == "review" and self.review is not None:
            self.review.show_document(uid)
        else:
            self.open_document(uid)

    def open_document(self, uid: str) -> None:
        """Open a document in Annotate."""
        if self.current != "annotate":
            self.show_annotate()
        self.annotate.open_document(uid)

    def _open_place(self, place: "Place") -> None:
        """Open a document in Annotate at a mark; somebody else's mark, which isn't shown there, is selected as text."""
        self.open_document(place.document)
        state = self._session.state
        if not place.annotation or state is None or state.document.uid != place.document:
            return
        if place.annotation in state.annotations:
            self.annotate.controller.choose(place.annotation)
            return
        theirs = self._session.executor.load(place.document, place.annotator).annotations.get(place.annotation)
        if theirs is not None:
            self.annotate.text.canvas.select(theirs.start, theirs.end)

    def _front(self, name: str) -> None:
        if self.current == "annotate" and name != "annotate":
            self.annotate.step_back()
        if self.current == "review" and name != "review" and self.review is not None:
            self.review.step_back()
        self.current = name
        status = self._window.status
        self._window.notifier.clear()
        for label in (status.place, status.counts, status.rules):
            label.clear()
        self._window.top.show_workspace(name)

    def apply_look(self) -> None:
        """Use other colours and fonts."""
        self.annotate.set_look(self._window.tones, self._look.style())
        if self.review is not None:
            self.review.apply_look(self._window.tones, self._look.style())
        if self.insights is not None:
            self.insights.apply_look(self._window.tones, self._look.style())

    def close(self) -> None:
        """Keep sizes, let go of the session and take the workspaces out."""
        window = self._window
        if self._feedback is not None:
            self._feedback.reject()
        self.annotate.remember(window.state)
        self.annotate.close_session()
        window.drop_workspace(self.annotate)
        if self.review is not None:
            self.review.keep_sizes(window.state)
            self.review.close_session()
            window.drop_workspace(self.review)
        if self.insights is not None:
            self.insights.keep_sizes(window.state)
            self.insights.close_session()
            window.drop_workspace(self.insights)
        window.top.show_workspace("")
        self.deleteLater()
