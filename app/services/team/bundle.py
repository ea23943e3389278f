"""Bundles: a project file for one annotator with their assigned documents and nothing of other annotators."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence, Set
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.core.clock import now
from app.core.decision import GOLD, Decision
from app.core.errors import ChangedText, EditRejected, ProjectError
from app.core.os_faults import describe
from app.core.progress import CancelToken
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import NO_REMARK
from app.core.suggestion import Suggested
from app.core.three_way_merge import BLANK, SetExchange, digest_of
from app.review.gold_composition import INTERSECTION, REVIEWER, UNION
from app.session.session import Session
from app.staging_folder import StagingFolder, is_taken, move_over, sync_file
from app.storage.annotations import Annotations, annotator_key, clean_name
from app.storage.assignments import BUNDLE_FOR, BUNDLE_MADE, BUNDLE_OF, Assignments
from app.storage.decisions import Decisions
from app.storage.documents import Documents
from app.storage.lock import is_being_written
from app.storage.patterns import Patterns
from app.storage.project import Project
from app.storage.project_options import ProjectOptions
from app.storage.records import insert_records
from app.storage.schemes import Schemes

_DOCUMENTS_A_TICK = 20
_UNNAMED = "somebody"


class Bundled(NamedTuple):
    """What a bundle contains: documents to work on, their references, the annotator's earlier annotations."""

    path: Path
    annotator: str
    documents: int
    references: int
    annotations: int
    released: int


def bundle(
    session: Session,
    out: Path,
    *,
    annotator: str,
    wanted: Callable[[str], bool] = lambda uid: True,
    force: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancel: CancelToken | None = None,
) -> Bundled:
    """Write a project file with the documents assigned to an annotator, or all if nothing is assigned to anyone.

    `wanted` filters them by uid. The bundle has their references and the documents that evidence is in; only
    the annotator's own annotations, and released gold with anonymous decisions; all suggestions, with the annotator's
    own judgements. `force` replaces an existing file. The project records what was exported, which isn't undoable.
    `progress` counts documents. Raises ProjectError, such as for a text that isn't the one imported or a damaged file,
    EditRejected and Cancelled; then no file was written, and nothing is recorded.
    """
    session.require_writable()
    annotator = _named(session, annotator)
    _require_place(session, out, force=force)
    work = _Bundle(session, annotator, cancel)
    work.choose(wanted)
    try:
        with StagingFolder(out) as staging, session.reader.integrity.verified() as file:
            unfinished = staging.path / out.name
            done = work.write(unfinished, progress)
            sync_file(unfinished)
            file.require()
            # The record comes first: if the power fails right then, a record without a file does no harm when work is
            # merged, but a file without a record would bring back what was deleted meanwhile.
            work.record()
            try:
                move_over(unfinished, out)
            except OSError:
                work.forget()
                raise
    except OSError as error:
        what, hint = describe(error)
        raise ProjectError(f"can't be written: {what}", hint=hint, path=out) from error
    return done._replace(path=out)


def _named(session: Session, annotator: str) -> str:
    """Return an annotator's name as the project spells it."""
    if annotator_key(annotator) == GOLD:
        raise EditRejected(f"“{annotator}” isn't a valid annotator name", hint="it is reserved for gold marks")
    known = session.executor.annotations.find_annotator(annotator)
    names = {key: name for key, name, _ in session.reader.annotators()}
    return names[known] if known is not None else clean_name(annotator)


def _require_place(session: Session, out: Path, *, force: bool) -> None:
    if out.suffix != ".stet":
        raise ProjectError("a bundle is a project: its name must end in .stet", hint="choose another name", path=out)
    if not out.parent.is_dir():
        raise ProjectError("the folder doesn't exist", hint=f"create it first: {out.parent}", path=out)
    if out.resolve() == session.path.resolve():
        raise ProjectError("this is the project itself", hint="choose another name", path=out)
    if out.is_dir():
        raise ProjectError("this is a folder", hint="give a file name in it", path=out)
    if is_taken(out) and not force:
        hint = "choose another name; to replace it, use --force"
        raise ProjectError("a file with that name already exists", hint=hint, path=out)
    if out.exists() and is_being_written(out):
        raise ProjectError("it is open elsewhere", hint="close it there, or choose another name", path=out)


class _Bundle:
    """Writes one bundle."""

    def __init__(self, session: Session, annotator: str, cancel: CancelToken | None) -> None:
        self._session = session
        self._documents = session.reader.documents
        self._review = session.executor.review
        self._annotator = annotator
        self._cancel = cancel
        self._released = self._review.decisions.releases()
        self._to_do: list[str] = []
        self._annotations = 0
        self._handed: list[tuple[str, str, float]] = []  # document, digest, seconds
        self._file = ""  # the bundle's uid

    def choose(self, wanted: Callable[[str], bool]) -> None:
        """Choose the documents to work on. Raises EditRejected if there are none."""
        assignments = self._review.assignments.assignments()
        mine = assignments.get(self._annotator, ())
        if assignments and not mine:
            hint = f"assign some first: stet assign PROJECT --to {self._annotator}"
            what = f"nothing is assigned to {self._annotator}"
            raise EditRejected(what, hint=hint, in_window="assign some first")
        uids: Sequence[str] = mine or [row.uid for row in self._documents.to_work_on()]
        self._to_do = [uid for uid in uids if wanted(uid)]
        if not self._to_do:
            hint = "look at: stet list PROJECT" if uids else "import some first"
            raise EditRejected("there are no documents to assign", hint=hint)

    def write(self, path: Path, progress: Callable[[int, int], None]) -> Bundled:
        """Write the file. Raises ProjectError, EditRejected and Cancelled."""
        made = Project.create(path)
        try:
            with made.atomic():
                written = insert_records(made, self._records(progress), batch=0, tick=self._tick)
                self._file = self._describe(made)
        finally:
            made.close(as_one_file=True)
        return Bundled(
            path=path,
            annotator=self._annotator,
            documents=len(self._to_do),
            references=written.documents - len(self._to_do),
            annotations=self._annotations,
            released=len(self._released.keys() & set(self._to_do)),
        )

    def record(self) -> None:
        """Record in the project what the file contains. Raises ProjectError."""
        with self._session.unlogged() as executor:
            person = executor.annotations.ensure_annotator(self._annotator)
            for key, handed in self._exchanges():
                self._review.assignments.remember(key, person, handed)

    def forget(self) -> None:
        """Remove the record of a file that couldn't be put in its place. Raises ProjectError."""
        with self._session.unlogged() as executor:
            person = executor.annotations.ensure_annotator(self._annotator)
            for key, handed in self._exchanges():
                self._review.assignments.forget(key, person, handed)

    def _exchanges(self) -> Iterator[tuple[int, SetExchange]]:
        for document, its_digest, seconds in self._handed:
            key = self._documents.key_of(document)
            if key is not None:
                yield key, SetExchange(self._file, its_digest, "", seconds)

    def _tick(self, _documents: int) -> None:
        if self._cancel is not None:
            self._cancel.raise_if_cancelled()

    def _describe(self, made: Project) -> str:
        """Write everything but the documents; return the bundle's uid."""
        handing = Assignments(made)
        handing.set_property(BUNDLE_OF, self._review.assignments.about("uid") or "")
        handing.set_property(BUNDLE_FOR, self._annotator)
        handing.set_property(BUNDLE_MADE, now())
        suggesting = self._session.executor.suggesting
        for pattern in suggesting.patterns.all():
            Patterns(made).put(pattern)
        for key, value in suggesting.options.all().items():
            ProjectOptions(made).put(key, value)
        scheme = self._session.scheme
        Schemes(made).add(name=scheme.name, version=scheme.version, toml=scheme.source)
        annotations, documents, decisions = Annotations(made), Documents(made), Decisions(made)
        person = annotations.ensure_annotator(self._annotator)
        keys = {uid: documents.key_of(uid) for uid in self._to_do}
        handing.assign((key, person) for key in keys.values() if key is not None)
        for uid in self._to_do:
            key = keys[uid]
            if uid in self._released and key is not None:
                # Annotators mustn't learn who reviewed their work.
                gold = annotations.ensure_annotator(GOLD, kind=GOLD)
                decisions.release(key, reviewer=gold, time=self._released[uid].time)
        return handing.about("uid") or ""

    def _records(self, progress: Callable[[int, int], None]) -> Iterator[DocumentRecord]:
        """Yield the documents to work on, then their references and evidence documents, and so on transitively."""
        waiting = deque(self._to_do)
        known = set(self._to_do)
        done = 0
        while waiting:
            record = self._record(waiting.popleft(), is_to_do=done < len(self._to_do))
            evidence = (e.document for item in record.sets for a in item.annotations for e in a.evidence)
            for other in (*record.references, *evidence):
                if other not in known and self._documents.key_of(other) is not None:
                    known.add(other)
                    waiting.append(other)
            done += 1
            if done % _DOCUMENTS_A_TICK == 0:
                self._tick(done)
                progress(done, done + len(waiting))
            yield record

    def _record(self, uid: str, *, is_to_do: bool) -> DocumentRecord:
        # Extra fields of foreign files are left out: they can contain anyone's name.
        own = self._own_set(uid)
        sets = [own] if own is not None else []
        gold = self._set(uid, GOLD) if is_to_do and uid in self._released else None
        if gold is not None:
            sets.append(_anonymous(gold))
        references = tuple(self._documents.references(uid))
        found = self._review.decisions.of_document(uid) if gold is not None else []
        mine = frozenset(annotation.uid for annotation in own.annotations) if own is not None else frozenset[str]()
        decisions = tuple(_nameless(decision, self._annotator, mine) for decision in found)
        document = self._session.reader.document(uid)
        if self._session.reader.is_changed(uid):
            raise ChangedText(uid, document.name)
        return DocumentRecord(
            document,
            references,
            tuple(sets),
            decisions=decisions,
            suggestions=self._suggestions(uid) if is_to_do else (),
            versions=tuple(self._session.executor.texts.versions.of_document(uid)),
        )

    def _suggestions(self, uid: str) -> tuple[Suggested, ...]:
        """Return a document's suggestions with only this annotator's judgements, and what was shown to them."""
        key = self._documents.key_of(uid)
        found = self._session.executor.suggesting.suggestions.with_judgements(key) if key is not None else ()
        return tuple(item.of_people(self._annotator.__eq__) for item in found)

    def _own_set(self, uid: str) -> SetRecord | None:
        own = self._set(uid, self._annotator)
        if own is None:
            self._handed.append((uid, BLANK, 0.0))
        else:
            self._handed.append((uid, digest_of(own), own.seconds))
            self._annotations += len(own.annotations)
        return own

    def _set(self, uid: str, name: str) -> SetRecord | None:
        annotations = self._session.executor.annotations
        key, person = self._documents.key_of(uid), annotations.find_annotator(name)
        found = annotations.set_of(key, person) if key is not None and person is not None else None
        if key is None or found is None:
            return None
        annotations, relations = annotations.load(key, found.key)
        kind = GOLD if name == GOLD else "person"
        return SetRecord(
            name,
            kind,
            found.status,
            found.scheme,
            found.seconds,
            tuple(annotations),
            tuple(relations),
            found.remark,
        )


def _nameless(decision: Decision, annotator: str, mine: Set[str]) -> Decision:
    """Return a decision with its reason, note and vote counts, but without the names of the reviewer and of others.

    The votes of others are kept in number, under numbers instead of names and without uids of annotations.
    """
    others = [uid for name, uid in decision.votes.items() if name != annotator]
    votes = {f"{n}": None if uid is None else _UNNAMED for n, uid in enumerate(sorted(others, key=bool), 1)}
    if annotator in decision.votes:
        votes[annotator] = decision.votes[annotator]
    own_words = {REVIEWER, UNION, INTERSECTION}
    fields = {field: who if who in mine or who in own_words else _UNNAMED for field, who in decision.fields.items()}
    return msgspec.structs.replace(
        decision,
        reviewer=GOLD,
        key="",
        sources=tuple(uid for uid in decision.sources if uid in mine),
        fields=fields,
        votes=votes,
    )


def _anonymous(gold: SetRecord) -> SetRecord:
    """Return gold without fields that may reveal whose annotation it was made from."""
    annotations = tuple(msgspec.structs.replace(a, origin="human", extra={}) for a in gold.annotations)
    return gold._replace(annotations=annotations, seconds=0.0, remark=NO_REMARK)
