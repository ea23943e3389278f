"""The labels and fields of the open document itself: shown above the text, edited in the inspector."""

from PySide6.QtCore import QObject

from app.core.annotation import Annotation
from app.core.validation import Problem, missing_layers, problems_of
from app.session.session import Session
from app.ui.annotate.view import AnnotateView
from app.ui.editor.controller import EditorController


class AboutDocument(QObject):
    """Keeps the strip above the text in step with the session, and hands on what is chosen there."""

    def __init__(self, session: Session, view: AnnotateView, controller: EditorController) -> None:
        super().__init__(view)
        self._session = session
        self._view = view
        self._controller = controller
        view.about.label_chosen.connect(self._on_label_chosen)
        controller.chosen_changed.connect(self._on_chosen)

    def show_scheme(self) -> None:
        """Show the layers of the project's scheme."""
        self._view.about.show_scheme(self._session.scheme)
        self.show()

    def show(self) -> None:
        """Show what is said about the open document."""
        state, scheme = self._session.state, self._session.scheme
        if not scheme.document_layers:
            return
        self._view.about.setVisible(state is not None)
        if state is None:
            return
        there = {annotation.layer: annotation for annotation in state.about_document(scheme)}
        rules = {id: [p.message for p in problems_of(a, scheme=scheme)] for id, a in there.items()}
        rules |= {problem.layer: [problem.message] for problem in self.missing()}
        self._view.about.show_annotations(there, rules)

    def missing(self) -> list[Problem]:
        """Return the layers that the open document must have an annotation of and has not, as unmet rules."""
        state = self._session.state
        return missing_layers(state, scheme=self._session.scheme) if state is not None else []

    def _on_chosen(self, annotation: Annotation | None) -> None:
        is_about = annotation is not None and self._session.scheme.is_about_document(annotation.layer)
        self._view.about.show_chosen(annotation.layer if annotation is not None and is_about else "")

    def _on_label_chosen(self, place: tuple[str, str]) -> None:
        self._controller.document.label(*place)
        self.show()  # a button that was pressed shows what is, not what was wanted
