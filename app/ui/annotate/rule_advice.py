"""How an unmet rule is met, in steps that work: with or without a reference, and with the keys as they are."""

from app.core.annotation import Annotation
from app.core.scheme import EVIDENCE_STATUS, SEVERITY, Scheme
from app.core.validation import Problem
from app.session.session import Session
from app.ui.actions.registry import ActionScope, native
from app.ui.editor.controller import EditorController

_OUTSIDE = "EXTERNAL"  # the state of evidence that isn't in the project


class RuleAdvice:
    """Says what to do about unmet rules of the open document's annotations."""

    def __init__(self, session: Session, controller: EditorController, actions: ActionScope) -> None:
        self._session = session
        self._controller = controller
        self._actions = actions

    def of(self, problem: Problem) -> str:
        """Return what to do about a problem."""
        if problem.layer:
            turn = "Press {} and a label’s key, or choose it above the text."
            return self._by_key(f"layer.{problem.layer}", turn, without="Choose it above the text.")
        if problem.relation:
            return self._by_key("relations.edit", "Press {} and change it in the list of relations.")
        if problem.field == "evidence":
            annotation = self._session.state.annotations.get(problem.annotation) if self._session.state else None
            annotation = annotation or self._controller.chosen
            return f"{self.on_evidence(annotation)}{self._instead(annotation)}" if annotation is not None else ""
        if problem.field == "range":
            return self._by_key("annotation.move", "Select the words that it should cover and press {}.")
        if problem.field == "correction":
            return self._by_key("annotation.correction", "Press {} and type it; “delete marked text” deletes.")
        if problem.field == "comment":
            return self._by_key("annotation.comment", "Press {} and write it.")
        if problem.field == SEVERITY:
            steps = [self._key(f"severity.{step.id}") for step in self._session.scheme.severities]
            keys = [key for key in steps if key]
            return f"Press {keys[0]} to {keys[-1]}." if len(keys) > 1 else "Choose one above."
        if problem.field == "label":
            return "Choose another label above."
        return "Set it among the fields of the mark."

    def on_evidence(self, annotation: Annotation) -> str:
        """Return how evidence gets to an annotation."""
        link = self._by_key("evidence.link", "press {}", without="choose “Link evidence”")
        if self._controller.evidence.reference:
            return f"Select words in the reference, or elsewhere in this text, and {link}."
        choose = self._by_key("project.link", "{} chooses one", without="“Choose references…” chooses one")
        words = f"This document has no reference: {choose}. Or select words elsewhere in this text and {link}."
        return f"{words}{_outside(annotation, self._session.scheme)}"

    def _instead(self, annotation: Annotation) -> str:
        """Say which values stand in for evidence, with their keys, where the scheme has such."""
        layer = self._session.scheme.layer(annotation.layer)
        label = layer.label(annotation.label) if layer is not None else None
        if layer is None or label is None:
            return ""
        found: list[str] = []
        for attribute in layer.attributes_of(label.id):
            allowed = label.only.get(attribute.id)
            for value in attribute.values:
                if "evidence" in value.closes and (not allowed or value.id in allowed):
                    key = self._key(f"value.{layer.id}.{attribute.id}.{value.id}") if value.key else ""
                    found.append(f"“{value.title}” ({key})" if key else f"“{value.title}”")
        return f" Or give {' or '.join(found)} instead." if found else ""

    def _by_key(self, action: str, words: str, *, without: str = "") -> str:
        key = self._key(action)
        title = self._actions.action(action).spec.title
        return words.format(key) if key else without or f"Choose “{title}”."

    def _key(self, action: str) -> str:
        keys = self._actions.keys_of_action(action)
        return native(keys[0]) if keys else ""


def _outside(annotation: Annotation, scheme: Scheme) -> str:
    """Say how evidence outside of the project is told, where the scheme has that."""
    layer = scheme.layer(annotation.layer)
    state = layer.attribute(EVIDENCE_STATUS) if layer is not None else None
    label = scheme.label(annotation.layer, annotation.label)
    value = next((value for value in state.values if value.id == _OUTSIDE), None) if state is not None else None
    if value is not None and "evidence" in value.closes:
        return ""  # it is among those that stand in for evidence
    if state is None or value is None or label is None or _OUTSIDE not in (label.only.get(state.id) or (_OUTSIDE,)):
        return ""
    return f" If it is elsewhere, set “{state.title}” to “{value.title}”."
