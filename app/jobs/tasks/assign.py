"""Assigns documents to annotators: makes a plan, and carries it out."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from app.core import assignment_plan
from app.core.assignment_plan import AssignmentPlan, AssignmentRules
from app.core.decision import GOLD
from app.core.errors import EditRejected
from app.core.names import annotator_key, clean_name
from app.core.wording import counted
from app.jobs.tasks.document_choice import EVERY_DOCUMENT, DocumentChoice, chosen_documents
from app.jobs.tasks.selection import documents_named
from app.session.actions import Assign
from app.session.session import Session


class SharedDocuments(NamedTuple):
    """How many documents all annotators share: a number, or a percentage of the documents."""

    amount: float = 0
    is_percent: bool = False

    @classmethod
    def parse(cls, text: str) -> "SharedDocuments":
        """Parse `20` or `10%`. Raises ValueError."""
        number = text.strip().removesuffix("%").strip()
        is_percent = text.strip().endswith("%")
        amount = float(number) if is_percent else int(number)
        if not 0 <= amount <= (100 if is_percent else 10**9):
            raise ValueError("out of range")
        return cls(amount, is_percent)

    def of(self, documents: int) -> int:
        """Return the number of shared documents, rounded up."""
        return -int(-documents * self.amount // 100) if self.is_percent else min(documents, int(self.amount))


NO_OVERLAP = SharedDocuments()


class Planner:
    """Makes plans for a selection of documents: names, patterns or ids, and those that other `choice`s leave; none
    means all that are to be annotated.

    Reads the project once, so that many plans can be tried. Raises EditRejected if there is nothing to assign,
    FormatError for a name that means no document, and BadChoice for a condition that the scheme can't meet.
    """

    def __init__(
        self, session: Session, documents: Sequence[str] = (), choice: DocumentChoice = EVERY_DOCUMENT
    ) -> None:
        wanted = _wanted(session, documents, choice)
        self._session = session
        self._rows = [row for row in session.reader.documents.to_work_on() if wanted(row.uid)]
        self._present = session.reader.assignments()
        if not self._rows:
            what = "there are no documents to assign"
            narrowed = documents or not choice.is_all
            raise EditRejected(what, hint="references alone are never assigned" if narrowed else "import some first")

    @property
    def assigned(self) -> Collection[str]:
        """The annotators (names) that anything is assigned to."""
        return self._present.keys()

    def plan(
        self, annotators: Sequence[str], rules: AssignmentRules, overlap: SharedDocuments = NO_OVERLAP
    ) -> AssignmentPlan:
        """Return who would get what. `overlap` overrides that of the rules. Raises EditRejected if it is impossible."""
        names = known_names(self._session, annotators)
        spelt = zip(names, annotators, strict=True)
        weights = {name: rules.weights[given] for name, given in spelt if given in rules.weights}
        rules = rules._replace(weights=weights, overlap=overlap.of(len(self._rows)))
        try:
            return assignment_plan.plan(self._rows, names, rules, present=self._present)
        except ValueError as error:
            raise EditRejected(str(error), hint="change the settings") from error


def known_names(session: Session, annotators: Sequence[str]) -> list[str]:
    """Return names in the project's spelling. Raises EditRejected for an invalid one."""
    known = {annotator_key(name): name for _, name, _ in session.reader.annotators()}
    names: list[str] = []
    for name in annotators:
        key = annotator_key(name)
        if key == GOLD or not key or len(name) > 200 or not clean_name(name).isprintable():
            raise EditRejected(f"“{name[:40]}” isn't a valid annotator name", hint="use letters, 200 at most")
        names.append(known.setdefault(key, clean_name(name)))
    return names


def assign(session: Session, plan: AssignmentPlan) -> bool:
    """Carry out a plan, in one undoable step; return False if there was nothing to do."""
    if not plan.pairs:
        return False
    names = dict.fromkeys(name for _, name in plan.pairs)
    documents = len({uid for uid, _ in plan.pairs})
    whom = ", ".join(names) if len(names) < 4 else f"{len(names)} annotators"
    session.perform(Assign(begin=plan.pairs), title=f"Assign {counted(documents, 'document')} to {whom}")
    return True


class TakenBack(NamedTuple):
    """How many documents were taken back from an annotator, and how many stay because they have begun them."""

    annotator: str
    taken: int
    stay: int

    def __str__(self) -> str:
        if not self.taken and not self.stay:
            return f"Nothing is assigned to {self.annotator}."
        begun = f"{counted(self.stay, 'document')} that {self.annotator} has begun or finished"
        stay = f" {begun} {'stays' if self.stay == 1 else 'stay'} assigned." if self.stay else ""
        return f"Took back {counted(self.taken, 'document')} from {self.annotator}.{stay}"


def _wanted(session: Session, documents: Sequence[str], choice: DocumentChoice) -> Callable[[str], bool]:
    named = documents_named(session, documents)
    if choice.is_all:
        return named
    chosen = frozenset(chosen_documents(session, choice))
    return lambda uid: uid in chosen and named(uid)


def take_back(
    session: Session,
    annotators: Sequence[str],
    documents: Sequence[str] = (),
    choice: DocumentChoice = EVERY_DOCUMENT,
    *,
    dry_run: bool = False,
) -> list[TakenBack]:
    """Remove the assignments of documents that annotators haven't begun, in one undoable step.

    `documents` are names, patterns or ids, none meaning all, and `choice` narrows them. Work isn't touched: what
    somebody has marked or set to a status stays assigned. Raises EditRejected for an invalid name, and FormatError for
    one that means no document.
    """
    wanted = _wanted(session, documents, choice)
    reader = session.reader
    assigned, begun = reader.assignments(), reader.begun_assignments()
    pairs: list[tuple[str, str]] = []
    done: list[TakenBack] = []
    for name in known_names(session, annotators):
        mine = [uid for uid in assigned.get(name, ()) if wanted(uid)]
        back = [uid for uid in mine if uid not in begun.get(name, ())]
        pairs.extend((uid, name) for uid in back)
        done.append(TakenBack(name, len(back), len(mine) - len(back)))
    if pairs and not dry_run:
        documents_back = len({uid for uid, _ in pairs})
        whom = ", ".join(item.annotator for item in done) if len(done) < 4 else f"{len(done)} annotators"
        session.perform(Assign(end=tuple(pairs)), title=f"Take back {counted(documents_back, 'document')} from {whom}")
    return done


def as_rows(plan: AssignmentPlan) -> list[dict[str, Any]]:
    """Return the plan as plain values, for JSON: a row per annotator, then one for the total."""
    rows: list[dict[str, Any]] = [portion._asdict() for portion in plan.portions]
    rows.append({"new": len(plan.pairs), "overlap": plan.overlap, "unassigned": plan.unassigned})
    return rows
