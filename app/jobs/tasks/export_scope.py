"""Validates whose work, and which layers, an export is to contain."""

from collections.abc import Sequence
from typing import NamedTuple

from app.core.decision import is_gold_name
from app.core.document_conditions import Condition
from app.core.document_names import named
from app.core.errors import BadChoice, FormatError
from app.core.field_conditions import field_tests, with_labels_under
from app.exchange.format import Writer
from app.exchange.selection import Selection, WorkWanted, is_own
from app.review.pooled_work import Pooling
from app.services.documents.document_search import documents_meeting
from app.session.session import Session


class ExportScope(NamedTuple):
    """Whose work is exported: that of these annotators (none means everyone), or only gold.

    With `pooling` it is what their work comes to.
    """

    annotators: list[str]
    gold: bool = False
    pooling: Pooling | None = None


def export_scope(
    session: Session,
    writer: Writer,
    *,
    annotators: Sequence[str],
    every_annotator: bool,
    gold: bool,
    pooling: str | None = None,
) -> ExportScope:
    """Return whose work to export. Raises FormatError if the project doesn't contain it, or if it is several
    annotators' work and the format represents one.
    """
    people = session.reader
    if gold:
        if not people.has_gold():
            hint = "review the marks first, or export the annotators' marks"
            raise FormatError("there is no gold in the project yet", hint=hint)
        return ExportScope([], gold=True)
    if pooling is not None:
        _check_pooling(writer, Pooling(pooling))
        return ExportScope(_named(session, annotators), pooling=Pooling(pooling))
    if annotators:
        return ExportScope(_named(session, annotators))
    if every_annotator or not writer.takes_one_annotator:
        return ExportScope([])
    return _only_one(session)


def _check_pooling(writer: Writer, pooling: Pooling) -> None:
    if not writer.takes_one_annotator:
        hint = "leave it out, or choose training data or another format with one annotator per record"
        raise BadChoice(f"{_POOLED[pooling]} need a format with one annotator per record", hint=hint)
    if pooling is Pooling.SOFT and not writer.takes_soft:
        raise BadChoice("this format has no place for soft labels", hint="use training or token-classification")


_POOLED = {Pooling.MAJORITY: "labels of the majority", Pooling.SOFT: "soft labels"}


def _named(session: Session, wanted: Sequence[str]) -> list[str]:
    if any(map(is_gold_name, wanted)):
        raise FormatError("gold isn't an annotator's work", hint="use --gold without --as")
    return [session.reader.known_annotator(name) for name in wanted]


def _only_one(session: Session) -> ExportScope:
    """Return the only annotator who has worked, or gold if no one has and there is gold."""
    people = session.reader
    busy = people.workers()
    has_gold = people.has_gold()
    if len(busy) > 1 or (busy and has_gold):
        there = ", ".join(busy[:8])
        if has_gold:
            what = f"this format has one annotator or gold per record, but the project has {there} and gold"
            raise FormatError(what, hint="choose with --gold or --as NAME, or use --all for a record of each")
        what = f"this format has one annotator per record, but the project has {there}"
        raise FormatError(what, hint="choose with --as NAME, or use --all for a record of each")
    if not busy and not has_gold:
        raise FormatError("the project has no annotations yet", hint="annotate, or import annotations")
    return ExportScope(busy, gold=has_gold)


def selection_of(
    session: Session,
    writer: Writer,
    scope: ExportScope,
    *,
    layers: Sequence[str],
    where: Sequence[Condition],
    unfinished: bool,
) -> Selection:
    """Return what to export; `unfinished` includes open documents with marks in formats with one annotator per record.

    Other formats hold everything, whatever its status. Raises BadChoice for a condition that the scheme can't meet.
    """
    work, references = WorkWanted.ALL, set[str]()
    if writer.takes_one_annotator:
        work = WorkWanted.BEGUN if unfinished else WorkWanted.FINISHED
        references = session.reader.documents.only_references()
    names = [condition.value for condition in where if condition.key == "name" and is_own(condition)]
    return Selection(
        annotators=[] if scope.pooling else scope.annotators,
        gold=scope.gold,
        layers=layers,
        where=with_labels_under(session.scheme, where),
        work=work,
        references=references,
        named=named(names, session.reader.documents.names()) if names else None,
        among=documents_meeting(session, [condition for condition in where if not is_own(condition)]),
        fields=field_tests(session.scheme, where),
    )


def check_layers(session: Session, layers: Sequence[str]) -> None:
    """Raise BadChoice for a layer that neither the scheme nor any annotation has."""
    known = {layer.id for layer in session.scheme.layers}
    known |= {layer for layer, _, _, _ in session.reader.label_counts()} if set(layers) - known else set()
    unknown = next((layer for layer in layers if layer not in known), None)
    if unknown is not None:
        raise BadChoice(f"unknown layer “{unknown}”", hint=f"use one of: {', '.join(sorted(known))}")
