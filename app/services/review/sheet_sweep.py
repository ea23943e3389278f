"""Reads documents for review step by step, each of a few milliseconds: the first groups come long before the last.

What comes out in the end is what `sheet_of` makes of the whole document.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from app.core.annotation import Relation, Status
from app.core.decision import GOLD, Decision
from app.core.errors import DamagedRow
from app.core.scheme import Scheme
from app.review.decision_status import StandingsBuilder
from app.review.groups import Group, GroupSweep, place_of
from app.services.review.group_index import GroupIndex
from app.services.review.sheets import GoldState, Sheet
from app.session.session import Session
from app.storage.review_pages import ReviewedDocument, ReviewPages, SetSummary


class SheetSweep:
    """The sheet of one document, while it is being read. `taken` are the groups of the last step."""

    def __init__(self, pages: ReviewPages, document: ReviewedDocument, scheme: Scheme) -> None:
        self.document = document.uid
        self.taken: list[Group] = []
        self.group_index = GroupIndex()
        self._key = document.key
        self._pages = pages
        self._scheme = scheme
        self._sets: list[SetSummary] = []
        self._decisions: dict[str, Decision] = {}
        self._standings = StandingsBuilder()
        self._groups: list[Group] = []
        self._places: list[tuple[bool, int, int, str, str]] = []
        self._is_in_order = True
        self._gold = GoldState()
        self.is_whole = False

    def steps(self) -> Iterator[None]:
        """Read on; between two steps the sheet so far can be had. Raises DamagedRow and sqlite3.Error."""
        pages = self._pages
        self._sets = pages.sets(self._key)
        gold = next((each for each in self._sets if each.kind == GOLD), None)
        if gold is not None:
            self._gold = GoldState(gold.status, gold.annotations)
        decisions: list[Decision] = []
        for page in pages.decisions(self._key):
            decisions.extend(page)
            yield
        self._decisions = {decision.uid: decision for decision in decisions}
        self._standings = StandingsBuilder(decisions)
        names = {each.key: each.annotator for each in self._sets if each.is_read}
        known = {each.key for each in self._sets}
        relations: dict[str, list[Relation]] = {name: [] for name in names.values()}
        for key, name in names.items():
            for page in pages.relations(key):
                relations[name].extend(page)
                yield
        sweep = GroupSweep(self.document, names.values(), relations, self._scheme)
        for page in pages.annotations(self._key) if names else ():
            for key, annotation in page:
                name = names.get(key)
                if name is not None:
                    sweep.add(name, annotation)
                elif key not in known:
                    reason = "its annotation set isn't in the project, or can't be read"
                    raise DamagedRow("annotation", annotation.uid, reason)
            self._take(sweep.take(page[-1][1].start))
            yield
        self._take(sweep.take())
        self.is_whole = True

    def _take(self, groups: list[Group]) -> None:
        self.taken = groups
        if not groups:
            return
        places = [place_of(found) for found in groups]
        if self._places and places[0] < self._places[-1]:
            self._is_in_order = False
        self._groups.extend(groups)
        self._places.extend(places)
        self.group_index.add(groups)
        self._standings.add(groups)

    @property
    def decisions(self) -> Collection[Decision]:
        """The current decisions on the document."""
        return self._decisions.values()

    def change(self, gone: Iterable[Decision], come: Iterable[Decision], gold: GoldState) -> set[str]:
        """Follow decisions that were made meanwhile, and gold; return the keys of the groups that they are about."""
        self._gold = gold
        gone, come = list(gone), list(come)
        for decision in gone:
            self._decisions.pop(decision.uid, None)
        self._decisions.update((decision.uid, decision) for decision in come)
        return self._standings.change(gone, come, self.group_index.by_key, self.group_index.by_source)

    def sheet(self) -> Sheet | None:
        """Return the sheet so far; None if no one has finished the document and it has no decisions."""
        readers = tuple(sorted(each.annotator for each in self._sets if each.is_read))
        if not readers and not self._decisions:
            return None
        if not self._is_in_order:
            order = sorted(range(len(self._places)), key=self._places.__getitem__)
            self._places = [self._places[at] for at in order]
            self._groups = [self._groups[at] for at in order]
            self._is_in_order = True
        return Sheet(
            document=self.document,
            readers=readers,
            waiting=self._waiting(),
            groups=tuple(self._groups),
            standings=self._standings.standings(are_all=self.is_whole),
            decisions=tuple(self._decisions.values()),
            gold=self._gold,
            group_index=self.group_index,
            is_whole=self.is_whole,
        )

    def _waiting(self) -> tuple[str, ...]:
        begun = (each for each in self._sets if each.kind != GOLD and each.status is Status.OPEN and each.annotations)
        return tuple(each.annotator for each in begun)


class SweptSheet(NamedTuple):
    """A document that is being read: its sheet so far, its title, and its place in the order of import."""

    sweep: SheetSweep
    title: str
    rank: int


def sheet_sweeps(session: Session, documents: Collection[str] = ()) -> Iterator[SweptSheet | None]:
    """Yield after each step of reading: the document that it was about, whole at last, or None.

    All is read from one snapshot of the project; with `documents` (uids), only those. Documents that no one has
    finished, and without decisions, aren't among them. The session is closed in the end. Raises DamagedRow and
    ProjectError.
    """
    pages = ReviewPages(session.project)
    try:
        with session.reader.snapshot(), pages.faults():
            for page in pages.documents():
                yield None
                for document in page:
                    if documents and document.uid not in documents:
                        continue
                    sweep = SheetSweep(pages, document, session.scheme)
                    title = session.reader.documents.title_of(document.uid) or document.uid
                    found = SweptSheet(sweep, title, document.key)
                    for _ in sweep.steps():
                        yield found
                    yield found
    finally:
        session.close()
