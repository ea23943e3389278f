"""What an edit of a text does to everybody's marks: numbers, and each that is reworded or lost."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from app.core.annotation import Annotation, Evidence, Fragment, quote_of
from app.core.document import Document, check_storable
from app.core.errors import EditRejected, ProjectError
from app.core.progress import CancelToken
from app.core.record import SetRecord
from app.core.text_change import Fate, PlacedAnnotation, TextChange
from app.core.three_way_merge import SetExchange
from app.services.texts.moved_record import Exchanges, MovedRecord, consequences, moved
from app.session.actions import Action
from app.session.session import Session

Fragments = tuple[Fragment, ...]


class LostRange(NamedTuple):
    """A mark, or a piece of evidence, whose words are gone. `place` is what stands there now, in the new text.

    `key` names it when it is decided about. `owner` is the document (uid) of the mark, with its `title`; the evidence
    is in the text that is edited.
    """

    key: str
    owner: str
    title: str
    annotator: str
    annotation: Annotation
    evidence: Evidence | None
    place: Fragments

    @property
    def quote(self) -> str:
        """The words that it had."""
        return self.evidence.quote if self.evidence is not None else self.annotation.quote


class Reworded(NamedTuple):
    """A mark, or with `is_evidence` a piece of evidence, that has other words now."""

    title: str
    annotator: str
    layer: str
    label: str
    before: str
    after: str
    is_evidence: bool = False


class Reopened(NamedTuple):
    """A finished set (document's title, annotator's name) that is open again, since a mark in it is touched."""

    title: str
    annotator: str


class EditedText(NamedTuple):
    """What an edit of a text does, or would do, to everybody's work.

    `kept` and `moved` marks have their words, at the same place or elsewhere; `evidence` pieces likewise, in marks of
    this and other documents. `stale` decisions are to be reviewed again. `suggestions` are those no longer offered.
    `out` are the annotators who have bundles with the present text.
    """

    document: Document
    change: TextChange
    kept: int
    moved: int
    evidence: int
    reworded: tuple[Reworded, ...]
    lost: tuple[LostRange, ...]
    reopened: tuple[Reopened, ...]
    stale: int
    suggestions: int
    out: tuple[str, ...]


def concerned(session: Session, document: str) -> list[str]:
    """Return the documents (uids) with something that points into a document, itself first."""
    executor = session.executor
    citing, suggested = (
        executor.annotations.citing_documents(document),
        executor.suggesting.suggestions.naming(document),
    )
    found = dict.fromkeys((document, *citing, *suggested))
    return [uid for uid in found if executor.documents.key_of(uid) is not None]


def exchanges_of(session: Session, document: str) -> Exchanges:
    """Return what gives the exchanges of an annotator's (name) set on a document (uid)."""
    key = session.executor.documents.key_of(document)

    def of(annotator: str) -> list[SetExchange]:
        person = session.executor.annotations.find_annotator(annotator)
        if key is None or person is None:
            return []
        return session.executor.review.assignments.exchanges(key, person)

    return of


def undecided(session: Session, document: str, cancel: CancelToken | None = None) -> tuple[LostRange, ...]:
    """Return the marks of a document (uid), everyone's, and the evidence in it, whose quote doesn't match its text.
    Raises Cancelled.
    """
    text = session.reader.document(document).text
    found: list[LostRange] = []
    for uid in concerned(session, document):
        if cancel is not None:
            cancel.raise_if_cancelled()
        record = session.reader.record(uid)
        title = record.document.title
        for item in record.sets:
            for mark in item.annotations:
                if uid == document and quote_of(text, mark.fragments) != mark.quote:
                    found.append(LostRange(mark.uid, uid, title, item.annotator, mark, None, mark.fragments))
                for piece in mark.evidence:
                    if piece.document == document and quote_of(text, piece.fragments) != piece.quote:
                        key = f"{mark.uid}/{piece.uid}"
                        found.append(LostRange(key, uid, title, item.annotator, mark, piece, piece.fragments))
    return tuple(found)


class TextSurvey:
    """Collects what a change of a document's text does. `following` are the actions that follow from it."""

    def __init__(self, session: Session, document: str, change: TextChange) -> None:
        """Raises EditRejected, TextRefused and ProjectError for a change that can't be made."""
        self._session = session
        self._change = change
        self._document = session.reader.document(document)
        if session.reader.is_changed(document):
            what = f"the text of “{self._document.title}” differs from what was imported, so it can't be edited"
            raise ProjectError(what, hint="run: stet check, and restore a backup", path=session.path)
        if self._document.text != change.old:
            raise EditRejected("the text has been edited since", hint="look at it again")
        if change.new == change.old:
            raise EditRejected("that is the text as it is", hint="change something in it")
        if not change.new.strip():
            raise EditRejected("nothing would be left of the text", hint="a document needs a text")
        check_storable(change.new)
        self.following: list[Action] = []
        self._kept = self._moved = self._evidence = self._stale = self._suggestions = 0
        self._reworded: list[Reworded] = []
        self._lost: list[LostRange] = []
        self._reopened: list[Reopened] = []

    def all(self, progress: Callable[[int, int], None], cancel: CancelToken | None) -> EditedText:
        """Look at all that points into the document; return what the change does. Raises ProjectError and Cancelled."""
        uids = concerned(self._session, self._document.uid)
        for done, uid in enumerate(uids):
            if cancel is not None:
                cancel.raise_if_cancelled()
            progress(done, len(uids))
            self._add(moved(self._session.reader.record(uid), self._document.uid, self._change, self._session.scheme))
        progress(len(uids), len(uids))
        return EditedText(
            document=self._document,
            change=self._change,
            kept=self._kept,
            moved=self._moved,
            evidence=self._evidence,
            reworded=tuple(self._reworded),
            lost=tuple(self._lost),
            reopened=tuple(self._reopened),
            stale=self._stale,
            suggestions=self._suggestions,
            out=tuple(self._out()),
        )

    def _add(self, found: MovedRecord) -> None:
        before, after = found.before, found.after
        uid, title = before.document.uid, before.document.title
        for old, new, placed in zip(before.sets, after.sets, found.placed, strict=True):
            for annotation, place in zip(old.annotations, placed, strict=True):
                self._count(before.document, old, annotation, place)
            if new.status is not old.status:
                self._reopened.append(Reopened(title, old.annotator))
        self._stale += found.stale
        if uid == self._document.uid:
            candidates = (item.suggestion for item in before.suggestions)
            places = (self._change.placed(item.fragments, item.quote) for item in candidates)
            self._suggestions = sum(place.fate is Fate.LOST for place in places)
        unsettled = after._replace(decisions=before.decisions)
        exchanges = exchanges_of(self._session, uid)
        self.following += consequences(before, unsettled, after.decisions, exchanges)

    def _count(self, home: Document, owner: SetRecord, old: Annotation, placed: PlacedAnnotation) -> None:
        new, fate = placed.value, placed.fate
        self._kept += fate is Fate.KEPT
        self._moved += fate is Fate.MOVED
        said = (home.title, owner.annotator, old.layer, old.label)
        if fate is Fate.CHANGED:
            self._reworded.append(Reworded(*said, old.quote, new.quote))
        elif fate is Fate.LOST:
            lost = LostRange(old.uid, home.uid, home.title, owner.annotator, new, None, new.fragments)
            self._lost.append(lost)
        for piece, there in zip(old.evidence, new.evidence, strict=True):
            if piece.uid in placed.reworded:
                self._reworded.append(Reworded(*said, piece.quote, there.quote, is_evidence=True))
            elif piece.uid in placed.lost:
                key = f"{old.uid}/{piece.uid}"
                self._lost.append(LostRange(key, home.uid, home.title, owner.annotator, new, there, there.fragments))
            elif piece.document == self._document.uid:
                self._evidence += 1

    def _out(self) -> Iterator[str]:
        """Yield the annotators who have a bundle with the document that hasn't come back since it was made."""
        exchanges = exchanges_of(self._session, self._document.uid)
        for _, name, _ in self._session.reader.annotators():
            last = {item.file: item for item in exchanges(name)}
            if any(not item.head for item in last.values()):
                yield name
