"""What stands in the way of an action in Annotate, in words for whoever asks for it."""

from collections.abc import Callable

from app.core.annotation import Annotation
from app.core.scheme import Layer
from app.session.session import Session
from app.ui.actions.catalogue import Needs
from app.ui.actions.registry import ActionRegistry, ActionScope, native
from app.ui.editor.canvas import TextCanvas
from app.ui.editor.controller import EditorController

_NO_MARK = "No mark selected. Press Tab to step through marks."
# What moves or divides the place of a mark.
_IN_TEXT = {
    *("annotation.start-grow", "annotation.start-shrink", "annotation.start-grow-word", "annotation.start-shrink-word"),
    *("annotation.end-grow", "annotation.end-shrink", "annotation.end-grow-word", "annotation.end-shrink-word"),
    *("annotation.split", "annotation.merge", "annotation.add-fragment", "annotation.remove-fragment"),
    *("annotation.move", "annotation.propagate", "annotation.concordance"),
}
_WITHOUT_MARK = {"annotation.add-fragment"}  # it can do with the mark that was chosen before


class Obstacles:
    """Knows why an action on marks, evidence or references can't work now.

    Menus and the palette show such actions disabled, with the reason; who presses a key reads it in the bottom line.
    """

    def __init__(
        self,
        session: Session,
        text: TextCanvas,
        reference: TextCanvas,
        controller: EditorController,
        scope: ActionScope,
        registry: ActionRegistry,
    ) -> None:
        self._session = session
        self._text = text
        self._reference = reference
        self._controller = controller
        self._registry = registry
        self.has_suggestion: Callable[[], bool] = _never
        self._tests: dict[str, Callable[[Annotation], str]] = {
            "annotation.correction": self._correction,
            "annotation.unsure": self._unsure,
            "annotation.move": self._move,
            "annotation.propagate": self._propagate,
            "evidence.show": self._show_evidence,
            "relations.go": self._go_along,
            "relations.edit": self._go_along,
        }
        scope.bind_obstacle(self.why_not)

    def why_not(self, action_id: str) -> str:
        """Return why an action can't work now, "" if it can."""
        if action_id in ("evidence.link", "evidence.link-other-set"):
            return self._link()
        if action_id == "evidence.find":
            return self._lacks_reference()
        if action_id in ("annotation.delete", "annotation.card"):  # these take a suggestion too
            return "" if self._controller.chosen is not None or self.has_suggestion() else _NO_MARK
        spec = self._registry.action(action_id).spec
        if spec.needs is not Needs.ANNOTATION or action_id in _WITHOUT_MARK:
            return ""
        chosen = self._controller.chosen
        if chosen is None:
            return _NO_MARK
        if action_id in _IN_TEXT and self._session.scheme.is_about_document(chosen.layer):
            return f"“{self._session.scheme.label_title(chosen.layer, chosen.label)}” is about the document as a whole."
        if action_id.startswith("severity."):
            return self._severity(chosen)
        if action_id.startswith("relation."):
            return self._relation(chosen, action_id.removeprefix("relation."))
        test = self._tests.get(action_id)
        return test(chosen) if test is not None else ""

    def _layer(self, annotation: Annotation) -> Layer | None:
        return self._session.scheme.layer(annotation.layer)

    def _title(self, annotation: Annotation) -> str:
        return self._session.scheme.layer_title(annotation.layer)

    def _correction(self, chosen: Annotation) -> str:
        layer = self._layer(chosen)
        fits = layer is not None and layer.has_correction
        return "" if fits else f"Marks in the layer “{self._title(chosen)}” have no correction."

    def _severity(self, chosen: Annotation) -> str:
        layer = self._layer(chosen)
        fits = layer is not None and layer.has_severity
        return "" if fits else f"Marks in the layer “{self._title(chosen)}” have no severity."

    def _unsure(self, chosen: Annotation) -> str:
        layer = self._layer(chosen)
        fits = layer is not None and layer.attribute("confidence") is not None
        return "" if fits else "The scheme has no confidence attribute for this layer."

    def _move(self, _chosen: Annotation) -> str:
        selected = self._text.view.has_selection
        return "" if selected else "Select the text the mark should cover, then move it there."

    def _propagate(self, chosen: Annotation) -> str:
        plain = len(chosen.fragments) == 1 and not chosen.is_anchor
        return "" if plain else "Only a mark on one piece of text can be propagated."

    def _show_evidence(self, chosen: Annotation) -> str:
        return "" if chosen.evidence else "This mark has no evidence yet."

    def _relation(self, chosen: Annotation, relation: str) -> str:
        scheme = self._session.scheme
        kind = scheme.relation(relation)
        if kind is None or (scheme.may_end(kind.sources, chosen) and not scheme.is_about_document(chosen.layer)):
            return ""
        return f"“{kind.title}” can’t start at “{scheme.label_title(chosen.layer, chosen.label)}”."

    def _go_along(self, chosen: Annotation) -> str:
        state = self._session.state
        has = state is not None and any(chosen.uid in relation.ends for relation in state.relations.values())
        return "" if has else "This mark has no relations."

    def _link(self) -> str:
        own = not self._reference.hasFocus() and self._text.view.has_selection
        chosen = (self._controller.chooser.provable if own else None) or self._controller.chosen
        if chosen is None:
            return "No mark selected. Select the mark that the evidence is for (Tab), then link it."
        layer = self._layer(chosen)
        if layer is None or not layer.has_evidence:
            return f"Marks in the layer “{self._title(chosen)}” have no evidence."
        if own:
            return ""
        if self._lacks_reference() or self._reference.view.has_selection:
            return self._lacks_reference()
        return "No text is selected in the reference. Select the evidence there first."

    def _lacks_reference(self) -> str:
        if self._controller.evidence.reference:
            return ""
        keys = self._registry.action("project.link").keys
        how = f"Press {native(keys[0])} to choose one." if keys else "Choose one with “Choose references…”."
        return f"This document has no reference yet. {how}"


def _never() -> bool:
    return False
