"""The contents of a project as plain values in a fixed order: for tables, and for programs."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from app.core.document import title_of
from app.core.errors import DamagedRow
from app.core.suggestion import Suggested, Suggestion, answer_of, unoffered
from app.exchange.formats.stet_jsonl.suggestions import wire_suggestion
from app.exchange.formats.stet_jsonl.writer import wire_annotation, wire_decision, wire_relation
from app.jobs.tasks.document_choice import EVERY_DOCUMENT, DocumentChoice, chosen_documents
from app.jobs.tasks.export_scope import check_layers
from app.session.session import Session

_PAGE = 500


def documents(
    session: Session,
    damaged: list[DamagedRow],
    choice: DocumentChoice = EVERY_DOCUMENT,
    *,
    annotator: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the documents that are chosen, by default all in order of import; of those whose row can't be decoded,
    which are added to `damaged`, what can be shown, with the key “damage”.

    `annotator` is whose work conditions are about, None for anyone's. Raises BadChoice for an unknown view.
    """
    found = session.reader.documents
    person = session.reader.annotator_number(annotator) if annotator else None
    every = choice.is_all and choice.sorting is None
    keys = iter(found.keys() if every else found.keys_of(chosen_documents(session, choice, annotator=annotator)))
    while page := list(islice(keys, _PAGE)):
        words = found.words_in(page)
        for row in found.rows(page, annotator=person):
            if row.damage is not None:
                damaged.append(row.damage)
                yield {"id": row.uid, "name": row.name, "damage": row.damage.reason}
                continue
            yield {
                "id": row.uid,
                "name": row.name,
                "title": title_of(row.name, row.meta),
                "length": row.length,
                "words": words.get(row.key, 0),
                "sha256": row.sha256,
                "references": list(row.references),
                "meta": row.meta,
                "flags": [name for name, _ in row.flags],
            }


def annotators(session: Session) -> Iterator[dict[str, Any]]:
    """Yield everyone who has worked in the project, by name."""
    keys = ("id", "name", "kind", "documents", "annotations")
    for row in session.reader.annotator_counts():
        yield dict(zip(keys, row, strict=True))


def texts(session: Session) -> Iterator[dict[str, Any]]:
    """Yield the texts that documents had before they were edited; `text` is None where only the hash is known."""
    for document, name, version in session.reader.earlier_texts():
        yield {
            "document": document,
            "document_name": name,
            "sha256": version.sha256,
            "replaced": version.time,
            "reason": version.reason,
            "changes": len(version.splices),
            "text": version.text,
        }


def annotations(
    session: Session, *, annotators: Sequence[str] = (), layers: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield annotations as in our JSONL, with document and annotator; by default everyone's, of all layers.

    Raises FormatError for an unknown annotator, BadChoice for an unknown layer.
    """
    check_layers(session, layers)
    wanted = {session.reader.known_annotator(name, with_gold=True) for name in annotators}
    for record in session.reader.records(with_text=False):
        for item in record.sets:
            if wanted and item.annotator not in wanted:
                continue
            for annotation in item.annotations:
                if not layers or annotation.layer in layers:
                    yield {
                        **msgspec.to_builtins(wire_annotation(annotation)),
                        "document": record.document.uid,
                        "document_name": record.document.name,
                        "annotator": item.annotator,
                    }


def relations(
    session: Session, *, annotators: Sequence[str] = (), layers: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield relations as in our JSONL, with document and annotator, and the quotes of the marks at their ends; with
    layers, those that have an end in one of them.

    Raises FormatError for an unknown annotator, BadChoice for an unknown layer.
    """
    check_layers(session, layers)
    wanted = {session.reader.known_annotator(name, with_gold=True) for name in annotators}
    for record in session.reader.records(with_text=False):
        for item in record.sets:
            if not item.relations or (wanted and item.annotator not in wanted):
                continue
            marks = {annotation.uid: annotation for annotation in item.annotations}
            for relation in item.relations:
                source, target = marks[relation.source], marks[relation.target]
                if not layers or {source.layer, target.layer} & set(layers):
                    yield {
                        **msgspec.to_builtins(wire_relation(relation)),
                        "source_layer": source.layer,
                        "source_label": source.label,
                        "source_quote": source.quote,
                        "target_layer": target.layer,
                        "target_label": target.label,
                        "target_quote": target.quote,
                        "document": record.document.uid,
                        "document_name": record.document.name,
                        "annotator": item.annotator,
                    }


def decisions(session: Session) -> Iterator[dict[str, Any]]:
    """Yield the current decisions as in our JSONL, with document, in order of document and time."""
    for record in session.reader.records(with_text=False):
        for decision in record.decisions:
            yield {
                **msgspec.to_builtins(wire_decision(decision)),
                "document": record.document.uid,
                "document_name": record.document.name,
            }


def suggestions(session: Session) -> Iterator[dict[str, Any]]:
    """Yield the suggestions as in our JSONL, with document and, under `answers`, the answers so far by annotator.

    An answer is accepted, edited (changed since) or rejected (also if the annotation was deleted since). `note` is the
    reason why a suggestion isn't offered.
    """
    for record in session.reader.records(with_text=False):
        annotations = {
            item.annotator: {a.uid: a for a in item.annotations} for item in record.sets if record.suggestions
        }
        for item in record.suggestions:
            row = _suggested_row(item, record.document.uid, record.document.name)
            for judgement in item.judgements:
                answer = answer_of(item.suggestion, judgement, annotations.get(judgement.annotator, {}))
                row["answers"][judgement.annotator] = answer.value
            row["note"] = unoffered(item.suggestion, session.scheme)
            yield row


def suggestion_row(suggestion: Suggestion, document: str, name: str) -> dict[str, Any]:
    """Return a new suggestion as `suggestions` yields it; `document` is the uid."""
    return _suggested_row(Suggested(suggestion), document, name)


def _suggested_row(item: Suggested, document: str, name: str) -> dict[str, Any]:
    # Unlike an export, a row also has the empty columns.
    blank = {"version": "", "correction": None, "reason": "", "score": None, "outcomes": []}
    wire = msgspec.to_builtins(wire_suggestion(item))
    return {**blank, **wire, "answers": {}, "note": "", "document": document, "document_name": name}


def labels(session: Session) -> Iterator[dict[str, Any]]:
    """Yield how often each annotator used each label."""
    keys = ("layer", "label", "annotator", "count")
    for row in session.reader.label_counts():
        yield dict(zip(keys, row, strict=True))
