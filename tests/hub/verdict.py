"""What must be true of all files and the hub once everything is healed."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.core.decision import GOLD
from app.core.names import annotator_key
from app.core.record import DocumentRecord
from app.core.three_way_merge import digest_of
from app.exchange.formats.stet_jsonl.reader import record_of_parts
from app.exchange.report import Report
from app.jobs.tasks.check_project import check_project
from app.services.team.merge import merge
from app.services.team.work_source import WorkSource, open_files
from tests.hub.journal import Marks, digest_of_mark
from tests.hub.team_at_hub import TeamAtHub
from tests.unit.services.team.lead import opened

Sets = dict[tuple[str, str], tuple[str, Marks]]
"""Of each set, by document (uid) and annotator, the digest that Stet compares sets by, and its marks."""


def copied(project: Path, name: str) -> Path:
    """Copy a project to a name beside it, as somebody does who opens it after a crash."""
    with opened(project) as session:
        return session.back_up(project.with_name(f"{name}.stet"))


def sets_in(path: Path) -> Sets:
    """Return the sets of a file that have anything in them."""
    found: Sets = {}
    with opened(path) as session:
        for record in session.reader.records(with_text=False):
            for item in record.sets:
                marks = [digest_of_mark(mark) for mark in item.annotations]
                uids = [mark.uid for mark in item.annotations]
                assert len(set(uids)) == len(uids), f"{path.stem} has a mark of {item.annotator} twice"
                if item.annotations or item.status.is_finished:
                    key = record.document.uid, annotator_key(item.annotator)
                    found[key] = digest_of(item), dict(zip(uids, marks, strict=True))
    return found


def marks_of(sets: Sets, who: str) -> Marks:
    """Return all of somebody's marks."""
    found: list[tuple[str, str]] = [
        pair for (_, name), (_, marks) in sets.items() if name == who for pair in marks.items()
    ]
    assert len(dict(found)) == len(found), f"a mark of {who} is in two documents"
    return dict(found)


def of_person(sets: Sets, who: str) -> Sets:
    """Return somebody's sets."""
    return {key: said for key, said in sets.items() if key[1] == who}


def problems_in(path: Path) -> list[str]:
    """Return what `stet check` calls a problem in a file."""
    with opened(path) as session:
        found = [str(finding) for finding in check_project(session) if finding.is_problem]
    return [f"{path.stem}: {finding}" for finding in found]


def sets_in_hub(hub: TeamAtHub) -> Sets:
    """Return the sets that the hub has anything in: what their rows say is held against what is in them."""
    found: Sets = {}
    lines = {uid: line.encode() for uid, line in hub.sql("SELECT uid, line FROM document")}
    query = "SELECT document, annotator, digest, content FROM work WHERE marks > 0 OR status <> 'open'"
    for document, annotator, digest, content in hub.sql(query):
        record = record_of_parts(lines[document], Path("hub"), Report(), place="the hub", sets=[content])
        (item,) = record.sets
        assert digest_of(item) == digest, f"the hub's set of {annotator} isn't what its row says"
        found[document, annotator] = digest, {mark.uid: digest_of_mark(mark) for mark in item.annotations}
    return found


class _OwnWork:
    """A source of which only some people's work is merged."""

    def __init__(self, source: WorkSource, mine: set[str]) -> None:
        self._source = source
        self._mine = mine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def records(self) -> Iterator[DocumentRecord]:
        for record in self._source.records():
            sets = tuple(item for item in record.sets if annotator_key(item.annotator) in self._mine)
            yield record._replace(sets=sets, decisions=record.decisions if GOLD in self._mine else ())


def merged_from(beginning: Path, files: Sequence[tuple[Path, str]], dice: random.Random) -> Sets:
    """Return what one merge of everyone's own work into the project as it was at first comes to, in any order.

    `files` are those of everyone, and whose work each is there for; gold and decisions are the reviewer's, `rob`.
    """
    order = list(files)
    dice.shuffle(order)
    with opened(beginning, "lea") as session, open_files(session, [path for path, _ in order]) as sources:
        own = [
            _OwnWork(source, {annotator_key(who), *({GOLD} if who == "rob" else ())})
            for source, (_, who) in zip(sources, order, strict=True)
        ]
        merge(session, own)
    return sets_in(beginning)
