"""Writes changes of documents' texts, and moves everything that points into them."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from app.core.annotation import Annotation, Evidence, Fragment
from app.core.clock import now
from app.core.document import Document, check_storable, sha256
from app.core.edits import Change
from app.core.errors import EditRejected
from app.core.record import SetSnapshot
from app.core.suggestion import Suggestion
from app.core.text_change import Placement, TextChange, TextVersion
from app.core.word_count import count_words
from app.session.actions import ChangeText, PutBack
from app.session.events import Event, Topic
from app.storage.annotations import Annotations
from app.storage.decisions import Decisions
from app.storage.documents import Documents
from app.storage.project import Project
from app.storage.suggestions import Suggestions
from app.storage.text_versions import TextVersions

_R = TypeVar("_R", Annotation, Evidence, Suggestion)


class _Follower:
    """Moves ranges along with a text, and collects those that the change backwards wouldn't bring back."""

    def __init__(self, document: str, change: TextChange, put_back: Iterable[PutBack]) -> None:
        self._document = document
        self._change = change
        self._back = change.backwards()
        self._known = {item.key: item for item in put_back}
        self.put_back: list[PutBack] = []

    def annotation(self, value: Annotation, *, is_here: bool, by: str = "") -> Annotation:
        """Return an annotation afterwards: `is_here` if it is one of the document, `by` whose snapshot it is in."""
        key = f"{by}\n{value.uid}" if by else value.uid
        new = self._ranged(key, value) if is_here else value
        evidence = self._evidence(key, value.evidence)
        return new if evidence is value.evidence else msgspec.structs.replace(new, evidence=evidence)

    def suggestion(self, value: Suggestion, *, is_here: bool) -> Suggestion:
        """Return a suggestion afterwards."""
        new = self._ranged(value.uid, value) if is_here else value
        evidence = self._evidence(value.uid, value.evidence)
        return new if evidence is value.evidence else msgspec.structs.replace(new, evidence=evidence)

    def _evidence(self, key: str, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        if not any(piece.document == self._document for piece in evidence):
            return evidence
        return tuple(
            self._ranged(f"{key}/{piece.uid}", piece) if piece.document == self._document else piece
            for piece in evidence
        )

    def _ranged(self, key: str, item: _R) -> _R:
        was = Placement(item.fragments, item.quote)
        known = self._known.get(key)
        if known is not None and known.was == was:
            to = known.to
        else:
            there = self._change.placed(was.fragments, was.quote)
            to = Placement(there.fragments, there.quote)
        back = self._back.placed(to.fragments, to.quote)
        if (back.fragments, back.quote) != (was.fragments, was.quote):
            self.put_back.append(PutBack(key, to, was))
        return item if to == was else msgspec.structs.replace(item, fragments=to.fragments, quote=to.quote)


class TextExecutor:
    """Writes changes of texts. `perform` must be called inside `project.atomic()`."""

    def __init__(self, project: Project, documents: Documents, annotations: Annotations, decisions: Decisions) -> None:
        self._documents = documents
        self._annotations = annotations
        self._decisions = decisions
        self._suggestions = Suggestions(project)
        self.versions = TextVersions(project)

    def perform(self, edit: ChangeText, document: Document, *, log: int) -> tuple[ChangeText, tuple[Event, ...]]:
        """Change the text of a document; return the inverse and the events to publish.

        `log` is the sequence that the action will have in the log. Raises EditRejected and TextRefused.
        """
        key = self._documents.key_of(document.uid)
        if key is None:
            raise EditRejected("the document isn't in the project any more", hint="undo what removed it first")
        if document.sha256 != edit.before:
            what = f"the text of “{document.title}” has been edited again since"
            raise EditRejected(what, hint="undo that first, or edit the text as it is now")
        try:
            change = TextChange(document.text, edit.splices)
        except ValueError as error:
            raise EditRejected(str(error)) from error
        check_storable(change.new)
        after = sha256(change.new)
        if after == document.sha256:
            raise EditRejected("that is the text as it is")
        version = TextVersion(
            sha256=document.sha256, time=now(), splices=edit.splices, reason=edit.reason, text=document.text
        )
        self._documents.replace_text(key, change.new, sha256=after, words=count_words(change.new))
        self.versions.add(key, [version], log=log)
        follower = _Follower(document.uid, change, edit.put_back)
        self._move_annotations(follower, key, document.uid)
        self._move_suggestions(follower, document.uid)
        self._move_snapshots(follower, document.uid)
        self._move_places(change, key)
        inverse = ChangeText(document.uid, after, change.backwards().splices, edit.reason, tuple(follower.put_back))
        return inverse, (Event(Topic.TEXT, document.uid),)

    def _move_annotations(self, follower: _Follower, key: int, document: str) -> None:
        for owner in dict.fromkeys((key, *self._annotations.citing(document))):
            for found, name, _ in self._annotations.sets_of(owner):
                annotations, _ = self._annotations.load(owner, found.key)
                pairs = ((old, follower.annotation(old, is_here=owner == key)) for old in annotations)
                replaced = tuple((old, new) for old, new in pairs if old is not new and old != new)
                change = Change(document=document, annotator=name, replaced=replaced)
                self._annotations.write(change, document=owner, set_key=found.key)

    def _move_suggestions(self, follower: _Follower, document: str) -> None:
        for uid in dict.fromkeys((document, *self._suggestions.naming(document))):
            place = self._documents.place_of(uid)
            if place is not None:
                candidates = self._suggestions.all_of(place[0])
                moved = ((old, follower.suggestion(old, is_here=uid == document)) for old in candidates)
                self._suggestions.move(new for old, new in moved if old is not new)

    def _move_snapshots(self, follower: _Follower, document: str) -> None:
        for uid in dict.fromkeys((document, *self._decisions.snapshots_naming(document))):
            place = self._documents.place_of(uid)
            for name, kept in self._decisions.snapshots_by_annotator(uid).items() if place is not None else ():
                person = self._annotations.find_annotator(name)
                new = tuple(follower.annotation(a, is_here=uid == document, by=name) for a in kept.annotations)
                if place is not None and person is not None and new != kept.annotations:
                    self._decisions.replace_snapshot(place[0], person, SetSnapshot(new, kept.relations))

    def _move_places(self, change: TextChange, key: int) -> None:
        """Keep annotators at the place where they left the document."""
        for found, _, _ in self._annotations.sets_of(key):
            at = min(found.position, len(change.old))
            there = change.placed((Fragment(at, at),), "").fragments[0].start
            if there != found.position:
                self._annotations.remember(found.key, position=there, seconds=0.0)
