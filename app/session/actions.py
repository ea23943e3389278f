"""Actions on a whole project, as values: what the log holds. Each is undone by another one."""

from collections.abc import Iterator

import msgspec

from app.core.annotation import Annotation, Relation
from app.core.decision import Decision
from app.core.edits import Edit, Restated
from app.core.scheme_change import SchemeChange
from app.core.suggestion import Judgement


class SetEdit(msgspec.Struct, frozen=True, tag="work"):
    """An edit of one annotator's set on one document (uid)."""

    document: str
    annotator: str
    edit: Edit


class ShowBatch(msgspec.Struct, frozen=True, tag="show-batch"):
    """Show the documents that the import with this log sequence brought."""

    batch: int


class HideBatch(msgspec.Struct, frozen=True, tag="hide-batch"):
    """Hide the documents that the import with this log sequence brought; their rows stay."""

    batch: int


class LinkReference(msgspec.Struct, frozen=True, tag="link", omit_defaults=True):
    """Make one document (uid) a reference of another: its last one, or the one at the place it had before."""

    document: str
    reference: str
    ordinal: int | None = None


class UnlinkReference(msgspec.Struct, frozen=True, tag="unlink"):
    """Undo a reference."""

    document: str
    reference: str


class ApplyScheme(msgspec.Struct, frozen=True, tag="scheme", omit_defaults=True):
    """Put a scheme, given as its TOML text, in force.

    `changes` are what it changes of the one before, if the annotations are changed with it; `is_back` says that it was
    in force before.
    """

    toml: str
    changes: tuple[SchemeChange, ...] = ()
    is_back: bool = False


class Decide(msgspec.Struct, frozen=True, tag="decide"):
    """Add a reviewer's decision; the change of gold that comes of it is an edit of its own, before this one."""

    decision: Decision


class WithdrawDecision(msgspec.Struct, frozen=True, tag="withdraw"):
    """Take a decision (uid) back."""

    uid: str


class UpdateDecision(msgspec.Struct, frozen=True, tag="resay"):
    """Let a standing decision be about its group as that is by another scheme: a new row, the same decision (uid)."""

    decision: Decision


class UpdateSnapshot(msgspec.Struct, frozen=True, tag="refreeze", omit_defaults=True, rename={"annotations": "marks"}):
    """Say the set of a document (uid) that was kept when its review began by another scheme.

    `marks` are changed and `out` (uids) taken out, with the relations that end there; `back` and `ties` are put in at
    their places.
    """

    document: str
    annotator: str
    annotations: tuple[Restated, ...] = ()
    out: tuple[str, ...] = ()
    back: tuple[tuple[int, Annotation], ...] = ()
    ties: tuple[tuple[int, Relation], ...] = ()


class Release(msgspec.Struct, frozen=True, tag="release"):
    """Let the annotators of documents (uids) see gold beside their own work; `reviewer` is who lets them."""

    documents: tuple[str, ...]
    reviewer: str


class WithdrawRelease(msgspec.Struct, frozen=True, tag="unrelease"):
    """Hide gold from the annotators of documents (uids) again."""

    documents: tuple[str, ...]


class Assign(msgspec.Struct, frozen=True, tag="assign"):
    """Change who shall work on what: pairs of document (uid) and annotator (name) that begin and that end."""

    begin: tuple[tuple[str, str], ...] = ()
    end: tuple[tuple[str, str], ...] = ()


class Exchange(msgspec.Struct, frozen=True):
    """What a set was like when it came back from a file (uid), and how many seconds of work it brought."""

    document: str
    annotator: str
    file: str
    digest: str
    head: str
    seconds: float
    spent: float


class RecordExchange(msgspec.Struct, frozen=True, tag="exchanged"):
    """Remember that sets came back, and add the time spent: the part of a merge that shows nowhere else."""

    exchanges: tuple[Exchange, ...]


class ForgetExchange(msgspec.Struct, frozen=True, tag="unexchanged"):
    """Forget that sets came back, so that they can come back again."""

    exchanges: tuple[Exchange, ...]


class ShowSuggestions(msgspec.Struct, frozen=True, tag="show-suggestions"):
    """Show the suggestions that the action with this log sequence added."""

    batch: int


class HideSuggestions(msgspec.Struct, frozen=True, tag="hide-suggestions"):
    """Hide the suggestions that the action with this log sequence added; what was made of them stays."""

    batch: int


class UpdateSuggestions(msgspec.Struct, frozen=True, tag="resuggest"):
    """Say the suggestions of a document (uid) by another scheme. Those that are gone by now are passed over."""

    document: str
    suggestions: tuple[Restated, ...]


class Judge(msgspec.Struct, frozen=True, tag="judge"):
    """Say what an annotator makes of a suggestion of a document (uid); the mark it becomes is an edit of its own."""

    document: str
    judgement: Judgement


class WithdrawJudgement(msgspec.Struct, frozen=True, tag="unjudge"):
    """Take a judgement back: the suggestion is open again."""

    document: str
    judgement: Judgement


class Compound(msgspec.Struct, frozen=True, tag="together", omit_defaults=True):
    """Several actions that stand or fall together.

    `step` is the same in all log rows that are parts of one step: it is undone, and redone, as a whole.
    """

    edits: "tuple[Action, ...]"
    step: str = ""


Action = (
    SetEdit
    | ShowBatch
    | HideBatch
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
    | ShowSuggestions
    | HideSuggestions
    | UpdateSuggestions
    | Judge
    | WithdrawJudgement
    | Compound
)

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Action)


def encode(edit: Action) -> str:
    """Return the edit as the log stores it."""
    return _encoder.encode(edit).decode()


def decode(text: str) -> Action:
    """Return the edit of a log row."""
    return _decoder.decode(text)


def group_keys(text: str) -> list[str]:
    """Return the keys of the groups that the edit of a log row decides, or takes a decision back on."""
    return [part.decision.key for part in parts(decode(text)) if isinstance(part, Decide)]


def document_of(edit: Action) -> str | None:
    """Return the uid of the one document that an edit is work on, None if it is on several or on none."""
    documents = {part.document for part in parts(edit) if isinstance(part, SetEdit | Judge | WithdrawJudgement)}
    return documents.pop() if len(documents) == 1 else None


def own_document_of(edit: Action, annotator: str | None) -> str | None:
    """Return the uid of the one document on which an edit is this annotator's own work, and nobody else's; or None."""
    for part in parts(edit):
        who = part.annotator if isinstance(part, SetEdit) else annotator
        if isinstance(part, Judge | WithdrawJudgement):
            who = part.judgement.annotator
        if who != annotator:
            return None
    return document_of(edit)


def parts(edit: Action) -> Iterator[Action]:
    """Yield the actions that an edit consists of."""
    if isinstance(edit, Compound):
        for part in edit.edits:
            yield from parts(part)
    else:
        yield edit
