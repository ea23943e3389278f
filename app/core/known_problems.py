"""What is known of the unmet rules of a document's annotations, so that each is looked at once."""

from app.core.annotation import Annotation
from app.core.scheme import Scheme
from app.core.state import DocumentState, reading_order
from app.core.validation import Problem, missing_layers, problems_of, relation_problems

_MOST = 200_000  # annotations; of more, the rest is looked at each time


class KnownProblems:
    """Remembers the unmet rules of annotations of one text, under one scheme; for any other it begins anew.

    Annotations never change: whoever edits one makes another, which is looked at anew.
    """

    def __init__(self) -> None:
        self._scheme: Scheme | None = None
        self._text: str | None = None
        self._met: dict[str, Annotation] = {}
        self._unmet: dict[str, tuple[Annotation, list[Problem]]] = {}

    def of(self, annotation: Annotation, *, scheme: Scheme, text: str) -> list[Problem]:
        """Return the unmet rules of an annotation, as `problems_of` does. The list must not be changed."""
        if scheme is not self._scheme or text is not self._text:
            self._scheme, self._text = scheme, text
            self._met, self._unmet = {}, {}
        uid = annotation.uid
        if self._met.get(uid) is annotation:
            return []
        known = self._unmet.get(uid)
        if known is not None and known[0] is annotation:
            return known[1]
        found = problems_of(annotation, scheme=scheme, text=text)
        self._met.pop(uid, None)
        self._unmet.pop(uid, None)
        if len(self._met) + len(self._unmet) >= _MOST:
            return found
        if found:
            self._unmet[uid] = (annotation, found)
        else:
            self._met[uid] = annotation
        return found

    def unmet(self, state: DocumentState, *, scheme: Scheme) -> tuple[Problem, int] | None:
        """Return the first of the unmet rules of a document, as `document_problems` has them, and how many there are;
        None if there are none.
        """
        text = state.document.text
        unmet = [a for a in state.annotations.values() if self.of(a, scheme=scheme, text=text)]
        of_first = self.of(min(unmet, key=reading_order), scheme=scheme, text=text) if unmet else []
        of_document = missing_layers(state, scheme=scheme)
        of_relations = [each for r in state.relations.values() for each in relation_problems(r, state, scheme=scheme)]
        others = (len(of_document), len(of_relations), *(len(self.of(a, scheme=scheme, text=text)) for a in unmet))
        first = next(iter((*of_document, *of_first, *of_relations)), None)
        return None if first is None else (first, sum(others))
