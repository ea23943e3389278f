"""Actions on a project as values, as the log stores them. The inverse of an action is an action too."""

from collections.abc import Iterator
from typing import Any

import msgspec

from app.core.annotation import Annotation, Relation
from app.core.decision import Decision
from app.core.edits import Edit, MigratedValues
from app.core.scheme_change import SchemeChange
from app.core.suggestion import Judgement, Sight
from app.core.suggestion_pattern import SuggestionPattern
from app.core.text_change import Placement, Splice


class PutBack(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a range was before a change of its text, if it lies now at `was`: `to` is what the rules can't find again.

    `key` is the uid of an annotation or suggestion, with that of a piece of evidence behind a slash, and in a snapshot
    with the annotator's name and a line break before it.
    """

    key: str
    was: Placement
    to: Placement


class ChangeText(msgspec.Struct, frozen=True, tag="text", omit_defaults=True):
    """Change the text of a document (uid) whose SHA-256 is `before`; everything that points into it follows.

    That is, by the rules of `app.core.text_change`, everyone's annotations and suggestions, evidence in it, and the
    snapshots; `put_back` are those whose places are known from before.
    """

    document: str
    before: str
    splices: tuple[Splice, ...]
    reason: str = ""
    put_back: tuple[PutBack, ...] = ()


class SetEdit(msgspec.Struct, frozen=True, tag="work"):
    """Apply an edit to the annotation set of one annotator (name) on one document (uid)."""

    document: str
    annotator: str
    edit: Edit


class ShowBatch(msgspec.Struct, frozen=True, tag="show-batch"):
    """Show the documents of the import with this log sequence again."""

    batch: int


class HideBatch(msgspec.Struct, frozen=True, tag="hide-batch"):
    """Hide the documents of the import with this log sequence; their rows stay."""

    batch: int


class DescribeDocument(msgspec.Struct, frozen=True, tag="describe", omit_defaults=True):
    """Give a document (uid) another name and other metadata; None leaves either as it is."""

    document: str
    name: str | None = None
    meta: dict[str, Any] | None = None


class RemoveDocuments(msgspec.Struct, frozen=True, tag="remove-documents"):
    """Remove documents (uids): they are hidden, and everyone's work on them is kept for the undo."""

    documents: tuple[str, ...]


class RestoreDocuments(msgspec.Struct, frozen=True, tag="restore-documents"):
    """Show removed documents (uids) again, with everyone's work on them."""

    documents: tuple[str, ...]


class ChangeView(msgspec.Struct, frozen=True, tag="view", omit_defaults=True):
    """Save a view of the list of documents under a name, in place of one of that name; or delete it (`is_gone`).

    Conditions and sorting are as they are typed.
    """

    name: str
    conditions: tuple[str, ...] = ()
    sorting: str = "import"
    is_gone: bool = False


class LinkReference(msgspec.Struct, frozen=True, tag="link", omit_defaults=True):
    """Make a document (uid) a reference of another: the last one, or at `ordinal` if it is being restored."""

    document: str
    reference: str
    ordinal: int | None = None


class UnlinkReference(msgspec.Struct, frozen=True, tag="unlink"):
    """Remove the link between a document (uid) and its reference (uid)."""

    document: str
    reference: str


class ApplyScheme(msgspec.Struct, frozen=True, tag="scheme", omit_defaults=True):
    """Make a scheme, given as its TOML text, the current one.

    `changes` are the differences from the previous scheme if the annotations are migrated with it; `is_back` says that
    this returns to an earlier scheme.
    """

    toml: str
    changes: tuple[SchemeChange, ...] = ()
    is_back: bool = False


class Decide(msgspec.Struct, frozen=True, tag="decide"):
    """Add a reviewer's decision; the resulting change of gold is a separate edit before this one."""

    decision: Decision


class WithdrawDecision(msgspec.Struct, frozen=True, tag="withdraw"):
    """Withdraw a decision (uid)."""

    uid: str


class UpdateDecision(msgspec.Struct, frozen=True, tag="resay"):
    """Adapt a current decision to its group as migrated to another scheme: a new row of the same decision (uid)."""

    decision: Decision


class UpdateSnapshot(msgspec.Struct, frozen=True, tag="refreeze", omit_defaults=True, rename={"annotations": "marks"}):
    """Migrate the snapshot of an annotator's set that was taken when review of a document (uid) began.

    `annotations` are changed; those in `out` (uids) are removed together with their relations, and relations in `cut`
    (uids); `back` and `ties` insert annotations and relations at the given indexes.
    """

    document: str
    annotator: str
    annotations: tuple[MigratedValues, ...] = ()
    out: tuple[str, ...] = ()
    back: tuple[tuple[int, Annotation], ...] = ()
    ties: tuple[tuple[int, Relation], ...] = ()
    cut: tuple[str, ...] = ()


class Release(msgspec.Struct, frozen=True, tag="release"):
    """Let the annotators of documents (uids) see gold beside their own work; `reviewer` is who released it."""

    documents: tuple[str, ...]
    reviewer: str


class WithdrawRelease(msgspec.Struct, frozen=True, tag="unrelease"):
    """Hide gold from the annotators of documents (uids) again."""

    documents: tuple[str, ...]


class Assign(msgspec.Struct, frozen=True, tag="assign"):
    """Change assignments: pairs of document (uid) and annotator (name) to add and to remove."""

    begin: tuple[tuple[str, str], ...] = ()
    end: tuple[tuple[str, str], ...] = ()


class Exchange(msgspec.Struct, frozen=True):
    """The content of a set as merged from a file (uid): its digest, the log head, and the time spent.

    `seconds` is the total time that the file gives for the set, `spent` the part of it that this merge adds.
    """

    document: str
    annotator: str
    file: str
    digest: str
    head: str
    seconds: float
    spent: float


class RecordExchange(msgspec.Struct, frozen=True, tag="exchanged"):
    """Record that sets were merged, and add the time spent: the part of a merge that no other action covers."""

    exchanges: tuple[Exchange, ...]


class ForgetExchange(msgspec.Struct, frozen=True, tag="unexchanged"):
    """Remove the record that sets were merged, so that they can be merged again."""

    exchanges: tuple[Exchange, ...]


class FinishDay(msgspec.Struct, frozen=True):
    """The day (UTC, ISO) on which an annotator (name) finished a document (uid), by the log of a merged file."""

    document: str
    annotator: str
    day: str


class RecordFinishDays(msgspec.Struct, frozen=True, tag="finished", omit_defaults=True):
    """Record when merged sets were finished. It changes nothing but the log, which the days are read from.

    `is_back` withdraws the days again: the inverse.
    """

    days: tuple[FinishDay, ...]
    is_back: bool = False


class ShowSuggestions(msgspec.Struct, frozen=True, tag="show-suggestions"):
    """Show the suggestions that the action with this log sequence added."""

    batch: int


class HideSuggestions(msgspec.Struct, frozen=True, tag="hide-suggestions"):
    """Hide the suggestions that the action with this log sequence added; annotations made from them stay."""

    batch: int


class UpdateSuggestions(msgspec.Struct, frozen=True, tag="resuggest"):
    """Migrate the suggestions of a document (uid) to another scheme. Those that no longer exist are skipped."""

    document: str
    suggestions: tuple[MigratedValues, ...]


class Judge(msgspec.Struct, frozen=True, tag="judge"):
    """Record an annotator's answer to a suggestion of a document (uid); an accepted one's annotation is a separate
    edit.
    """

    document: str
    judgement: Judgement


class WithdrawJudgement(msgspec.Struct, frozen=True, tag="unjudge"):
    """Withdraw a judgement: the suggestion is open again."""

    document: str
    judgement: Judgement


class RecordShown(msgspec.Struct, frozen=True, tag="shown"):
    """Record to whom suggestions of a document (uid) were shown, as a merge or an import brings it."""

    document: str
    shown: tuple[Sight, ...]


class ForgetShown(msgspec.Struct, frozen=True, tag="unshown"):
    """Forget to whom suggestions of a document (uid) were shown."""

    document: str
    shown: tuple[Sight, ...]


class ChangePattern(msgspec.Struct, frozen=True, tag="pattern", omit_defaults=True):
    """Add a pattern of what is always suggested; or remove it (`is_gone`)."""

    pattern: SuggestionPattern
    is_gone: bool = False


class ChangeOption(msgspec.Struct, frozen=True, tag="option", omit_defaults=True):
    """Set an option of the project (see `core.project_option`); None unsets it."""

    key: str
    value: str | None = None


class Compound(msgspec.Struct, frozen=True, tag="together", omit_defaults=True):
    """Several actions that are carried out together or not at all.

    `step` is the same id in all log rows that are parts of one step, which is undone and redone as a whole; "" if the
    step is a single row.
    """

    edits: "tuple[Action, ...]"
    step: str = ""


Action = (
    SetEdit
    | ChangeText
    | ShowBatch
    | HideBatch
    | DescribeDocument
    | RemoveDocuments
    | RestoreDocuments
    | ChangeView
    | LinkReference
    | UnlinkReference
    | ApplyScheme
    | Decide
    | WithdrawDecision
    | UpdateDecision
    | UpdateSnapshot
    | Release
    | WithdrawRelease
    | Assign
    | RecordExchange
    | ForgetExchange
    | RecordFinishDays
    | ShowSuggestions
    | HideSuggestions
    | UpdateSuggestions
    | Judge
    | WithdrawJudgement
    | RecordShown
    | ForgetShown
    | ChangePattern
    | ChangeOption
    | Compound
)

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Action)


def encode(edit: Action) -> str:
    """Return the action as JSON with a deterministic key order, as the log stores it."""
    return _encoder.encode(edit).decode()


def decode(text: str) -> Action:
    """Return the action of a log row. Raises msgspec.DecodeError for text that isn't one."""
    return _decoder.decode(text)


def group_keys(text: str) -> list[str]:
    """Return the keys of the groups that the action of a log row decides."""
    return [part.decision.key for part in parts(decode(text)) if isinstance(part, Decide)]


def document_of(edit: Action) -> str | None:
    """Return the uid of the one document that an action edits; None if it edits several or none.

    An edit of a text is of that document, whatever follows from it elsewhere.
    """
    texts = {part.document for part in parts(edit) if isinstance(part, ChangeText)}
    if texts:
        return texts.pop() if len(texts) == 1 else None
    documents = {part.document for part in parts(edit) if isinstance(part, SetEdit | Judge | WithdrawJudgement)}
    return documents.pop() if len(documents) == 1 else None


def documents_of(edit: Action) -> frozenset[str] | None:
    """Return the uids of the documents that an action edits; None if it is of the project as a whole."""
    found: set[str] = set()
    for part in parts(edit):
        match part:
            case (
                ShowBatch()
                | HideBatch()
                | ApplyScheme()
                | Assign()
                | ChangeView()
                | ShowSuggestions()
                | HideSuggestions()
                | ChangePattern()
                | ChangeOption()
            ):
                return None
            case Release() | WithdrawRelease() | RemoveDocuments() | RestoreDocuments():
                found.update(part.documents)
            case Decide() | UpdateDecision():
                found.add(part.decision.document)
            case RecordExchange() | ForgetExchange():
                found.update(exchange.document for exchange in part.exchanges)
            case WithdrawDecision() | RecordFinishDays() | Compound():
                pass  # without a document of its own, in a compound with what edits one, or flattened
            case _:
                found.add(part.document)
    return frozenset(found)


def leaves_work(edit: Action) -> bool:
    """Whether an action leaves everyone's work as it is: it is about saved views, patterns or the project's options."""
    return all(isinstance(part, ChangeView | ChangePattern | ChangeOption) for part in parts(edit))


def own_document_of(edit: Action, annotator: str | None) -> str | None:
    """Return the uid of the one document that an action edits, if all of it is this annotator's own work, or follows
    from an edit of its text; else None.
    """
    if any(isinstance(part, ChangeText) for part in parts(edit)):
        return document_of(edit)
    for part in parts(edit):
        who = part.annotator if isinstance(part, SetEdit) else annotator
        if isinstance(part, Judge | WithdrawJudgement):
            who = part.judgement.annotator
        if who != annotator:
            return None
    return document_of(edit)


def parts(edit: Action) -> Iterator[Action]:
    """Yield the simple actions that an action consists of, with compounds flattened."""
    if isinstance(edit, Compound):
        for part in edit.edits:
            yield from parts(part)
    else:
        yield edit
