"""Review for scripts: the groups of a project and their status, deciding by a rule, releasing gold."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from app.core.annotation import Annotation, Status, quote_of
from app.core.document_names import named
from app.core.progress import CancelToken, Progress, no_progress
from app.core.wording import counted
from app.exchange.formats.stet_jsonl.writer import wire_annotation, wire_relation
from app.jobs.tasks.selection import no_document
from app.review.automerge import Rule
from app.review.decision_status import GroupStatus
from app.review.fields import Difference
from app.review.gold_composition import UNION, range_of
from app.review.groups import Group
from app.services.review.reviewer import AutoResult, Reviewer, Sheet, sheet_of
from app.session.session import Session

_EVERY = "*"
CONFLICT_KINDS = tuple(kind.value for kind in Difference)


def summary(session: Session, *, documents: str | None = None, progress: Progress = no_progress) -> dict[str, Any]:
    """Return the state of review in numbers, of everything that annotators have finished.

    `documents` is a pattern: only documents with matching names are counted, each with a row under `by_document`.
    """
    counts = _Counts()
    rows: list[dict[str, Any]] = []
    readers: Counter[int] = Counter()
    released = Reviewer(session).releases()
    fitting = None if documents is None else _fitting(session, documents)
    total = len(_names(session) if fitting is None else fitting)
    for name, sheet in _sheets(session, progress):
        if fitting is not None and sheet.document not in fitting:
            continue
        readers[len(sheet.readers)] += 1
        own = _Counts()
        own.add(sheet)
        counts.add(sheet)
        if documents is not None:
            head = {"document": sheet.document, "document_name": name, "readers": len(sheet.readers)}
            tail = {"gold": gold_word(sheet), "released": sheet.document in released}
            rows.append({**head, **own.as_dict(), **tail})
    finished = {str(number): readers[number] for number in sorted(readers)}
    whole = {"documents": total, "finished_by": finished, **counts.as_dict()}
    whole["gold"] = {word: counts.gold[word] for word in GOLD_WORDS}
    whole["released"] = len(released)
    return whole if documents is None else {**whole, "by_document": rows}


GOLD_WORDS = (Status.DONE.value, Status.DONE_EMPTY.value, "outdated", Status.OPEN.value, "none")
"""How far gold of a document can be: `outdated` is finished gold with something to decide since, `none` means that no
one has decided anything.
"""


def gold_word(sheet: Sheet) -> str:
    """Return how far the gold of a document is, one of GOLD_WORDS."""
    if sheet.gold.status.is_finished:
        return sheet.gold.status.value if sheet.is_settled else "outdated"
    return Status.OPEN.value if sheet.gold.annotations or sheet.decisions else "none"


class _Counts:
    """Counts groups by kind and status."""

    def __init__(self) -> None:
        self.groups = self.agreed = self.conflicts = 0
        self.kinds: Counter[str] = Counter()
        self.standings: Counter[GroupStatus] = Counter()
        self.orphans = 0
        self.gold: Counter[str] = Counter()

    def add(self, sheet: Sheet) -> None:
        for found in sheet.groups:
            self.groups += 1
            self.agreed += found.is_agreed
            self.conflicts += found.is_conflict
            self.kinds.update(found.differences)
            self.standings[sheet.standings.of(found)[0]] += 1
        self.orphans += len(sheet.standings.orphans)
        self.gold[gold_word(sheet)] += 1

    def as_dict(self) -> dict[str, Any]:
        by_kind = {kind: self.kinds[kind] for kind in CONFLICT_KINDS if self.kinds[kind]}
        head = {"groups": self.groups, "agreed": self.agreed, "conflicts": self.conflicts, "by_kind": by_kind}
        return {**head, **{str(s): self.standings[s] for s in GroupStatus}, "orphans": self.orphans}


def _sheets(session: Session, progress: Progress = no_progress) -> Iterator[tuple[str, Sheet]]:
    """Yield the sheets with their documents' names."""
    names = _names(session)
    for done, sheet in enumerate(Reviewer(session).sheets(), 1):
        name = names.get(sheet.document, "")
        progress(done, len(names), name)
        yield name, sheet


def _names(session: Session) -> dict[str, str]:
    return dict(session.reader.documents.names())


def conflicts(
    session: Session, *, kinds: Sequence[str] = (), agreed_too: bool = False, layers: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield the groups that are a conflict, in order of documents and text; with `agreed_too`, all groups.

    `kinds` are names of differences; groups without any of them are left out.
    """
    for record in session.reader.records():
        sheet = sheet_of(record, session)
        for found in sheet.groups:
            if not (agreed_too or found.is_conflict) or (layers and found.layer not in layers):
                continue
            if not kinds or not set(kinds).isdisjoint(found.differences):
                yield _row(found, sheet, name=record.document.name, text=record.document.text)


def _row(found: Group, sheet: Sheet, *, name: str, text: str) -> dict[str, Any]:
    standing, decision = sheet.standings.of(found)
    return {
        "document": found.document,
        "document_name": name,
        "layer": found.layer,
        "key": found.key,
        "start": found.start,
        "end": found.end,
        "quote": quote_of(text, range_of(found, UNION)),
        "kinds": [kind.value for kind in found.differences],
        "agreed": found.is_agreed,
        "standing": standing.value,
        "readers": list(found.readers),
        "votes": found.votes(),
        "versions": [_version(who, annotation) for who, annotation in found.versions.items()],
        "relations": [
            {
                "label": tie.label,
                "target": tie.target,
                "by": {who: msgspec.to_builtins(wire_relation(relation)) for who, relation in tie.said.items()},
            }
            for tie in found.ties
        ],
        "chains": [
            {
                "label": chain.label,
                "by": {who: list(keys) for who, keys in chain.by.items()},
                "links": {who: msgspec.to_builtins(wire_relation(link)) for who, link in chain.said.items()},
            }
            for chain in found.chains
        ],
        "decision": decision.uid if decision else None,
    }


def _version(annotator: str, annotation: Annotation) -> dict[str, Any]:
    return {"annotator": annotator, **msgspec.to_builtins(wire_annotation(annotation))}


# -- deciding by a rule ------------------------------------------------------------------------------------------------


class AutoReport(NamedTuple):
    """What a rule did, or with `dry_run` would do."""

    rule: str
    result: AutoResult
    dry_run: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        numbers = self.result._asdict()
        left = [{"why": why, "groups": count} for why, count in _sorted(self.result.left)]
        left_empty = [{"why": why, "documents": count} for why, count in _sorted(self.result.left_empty)]
        return {"rule": self.rule, "dry_run": self.dry_run, **numbers, "left": left, "left_empty": left_empty}

    def lines(self) -> list[str]:
        """Return the report in words, starting with what was decided."""
        found = self.result
        verb = "would decide" if self.dry_run else "decided"
        lines = [f"{verb} {counted(found.decided, 'group')} in {counted(found.documents, 'document')} ({self.rule})"]
        if found.rejected:
            lines.append(
                f"{counted(found.rejected, 'of these was', 'of these were')} rejected, as most marked nothing there"
            )
        if found.torn:
            stay = counted(found.torn, "of these stays", "of these stay")
            lines.append(f"{stay} open: those who agree don't all have the same relations")
        if found.empty:
            verb = "would be" if self.dry_run else "is" if found.empty == 1 else "are"
            lines.append(f"{counted(found.empty, 'document')} {verb} gold without a mark: no one marked anything there")
        if found.finished:
            verb = "would finish" if self.dry_run else "finished"
            lines.append(f"{verb} gold of {counted(found.finished, 'document')} in which nothing was left to decide")
        if found.withdrawn:
            verb = "would withdraw" if self.dry_run else "withdrew"
            count = counted(found.withdrawn, "decision")
            lines.append(f"{verb} {count} of an earlier rule that this rule doesn't make")
        if found.kept:
            lines.append(f"kept {counted(found.kept, 'group')} already decided")
        lines += [f"left {counted(count, 'group')}: {why}" for why, count in _sorted(found.left)]
        empty = "document without marks", "documents without marks"
        return [*lines, *(f"left {counted(count, *empty)}: {why}" for why, count in _sorted(found.left_empty))]


def _sorted(left: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(left.items(), key=_most_first)


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return (-item[1], item[0])


def merge(
    session: Session,
    rule: Rule,
    *,
    again: bool = False,
    dry_run: bool = False,
    progress: Progress = no_progress,
    cancel: CancelToken | None = None,
) -> AutoReport:
    """Decide the open groups by a rule, in one undoable step, after a backup if there is anything to do.

    If cancelled, nothing is changed. Raises EditRejected, ProjectError and Cancelled.
    """
    reviewer = Reviewer(session)
    total = session.reader.documents.count()

    def read() -> Iterator[Sheet]:
        for done, sheet in enumerate(reviewer.sheets(), 1):
            if cancel is not None:
                cancel.raise_if_cancelled()
            progress(done, total, "documents compared")
            yield sheet

    sheets = list(read())
    result = reviewer.auto(sheets, rule, again=again, dry_run=True)
    if not dry_run and result.changes_anything:

        def wrote(done: int) -> None:
            progress(done, result.decided, "groups decided")

        result = reviewer.auto(sheets, rule, again=again, progress=wrote, cancel=cancel)
    return AutoReport(rule.name, result, dry_run)


# -- finishing ---------------------------------------------------------------------------------------------------------


class Finished(NamedTuple):
    """In how many documents gold was finished, and in how many of these there is nothing to mark."""

    finished: int
    empty: int


def finish(session: Session, *, documents: str = "*") -> Finished:
    """Finish gold of the documents with matching names in which nothing is left to decide, in one undoable step.

    Documents with open groups, and those whose gold is finished, are skipped. Raises FormatError if no document
    matches.
    """
    reviewer = Reviewer(session)
    fitting = _fitting(session, documents)
    sheets = [sheet for sheet in reviewer.sheets() if sheet.document in fitting and sheet.can_be_finished]
    if sheets:
        title = f"Finish gold of {counted(len(sheets), 'document')}"
        reviewer.take_all([], finished=[sheet.document for sheet in sheets], title=title)
    return Finished(len(sheets), sum(sheet.is_unmarked for sheet in sheets))


# -- releasing ---------------------------------------------------------------------------------------------------------


def release(session: Session, *, documents: str = "*", withdraw: bool = False) -> int:
    """Release gold to the annotators of documents whose names match a pattern, or withdraw it; return how many.

    Documents that no one has finished, and those that are released or withdrawn already, are skipped. Raises
    FormatError if no document matches.
    """
    reviewer = Reviewer(session)
    fitting = _fitting(session, documents)
    released = reviewer.releases()
    if withdraw:
        chosen = sorted(fitting & released)
        if chosen:
            reviewer.withdraw_release(chosen)
        return len(chosen)
    chosen = [sheet.document for sheet in reviewer.sheets() if sheet.document in fitting - released]
    if chosen:
        reviewer.release(chosen)
    return len(chosen)


def _fitting(session: Session, documents: str) -> set[str]:
    """Return the documents (uids) whose names match a pattern. Raises FormatError if there is none."""
    fitting = named([documents], _names(session).items())[documents]
    if not fitting and documents != _EVERY:
        raise no_document(documents)
    return fitting
