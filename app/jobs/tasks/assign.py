"""Handing documents out to annotators: the plan, and carrying it out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.core import assigning
from app.core.assigning import Plan, Rules, Strategy
from app.core.decision import GOLD
from app.core.errors import EditRejected
from app.jobs.tasks.selection import by_globs
from app.session.project_edits import Assign
from app.session.session import Session
from app.storage.annotations import annotator_key, clean_name


class Overlap(NamedTuple):
    """How many documents all shall have: a number, or a percentage of the documents."""

    amount: float = 0
    is_percent: bool = False

    @classmethod
    def parse(cls, text: str) -> "Overlap":
        """Return what `20` or `10%` means. Raises ValueError."""
        number = text.strip().removesuffix("%").strip()
        is_percent = text.strip().endswith("%")
        amount = float(number) if is_percent else int(number)
        if not 0 <= amount <= (100 if is_percent else 10**9):
            raise ValueError("out of range")
        return cls(amount, is_percent)

    def of(self, documents: int) -> int:
        """Return the number of documents; a part of one counts as one."""
        return -int(-documents * self.amount // 100) if self.is_percent else min(documents, int(self.amount))


def plan_assignment(
    session: Session,
    annotators: Sequence[str],
    rules: Rules,
    *,
    overlap: Overlap | None = None,
    documents: Sequence[str] = (),
) -> Plan:
    """Return who would get what. `documents` are names, patterns or ids; none means all that there are to work on.

    Raises EditRejected if the rules can't be followed, or nothing is left to hand out.
    """
    wanted = by_globs(documents)
    rows = [row for row in session.documents.to_work_on() if wanted(row.uid, row.name)]
    if not rows:
        hint = "look at: stet list PROJECT; references alone are never handed out" if documents else "import some first"
        raise EditRejected("there are no documents to hand out", hint=hint)
    names = known_names(session, annotators)
    weights = dict(zip(names, (rules.weights.get(name, -1) for name in annotators), strict=True))
    missing = [name for name, weight in weights.items() if weight < 0]
    if rules.strategy is Strategy.SHARE and missing:
        raise EditRejected(f"the share of {missing[0]} is missing", hint="give each a share, such as ana=50,ben=50")
    share = overlap.of(len(rows)) if overlap else rules.overlap
    rules = rules._replace(weights=weights, overlap=share)
    try:
        return assigning.plan(rows, names, rules, present=session.performer.review.handing.assignments())
    except ValueError as error:
        raise EditRejected(str(error), hint="see: stet assign --help") from error


def known_names(session: Session, annotators: Sequence[str]) -> list[str]:
    """Return names as the project spells them. Raises EditRejected for one that nobody can have."""
    known = {annotator_key(name): name for _, name, _ in session.annotators()}
    names: list[str] = []
    for name in annotators:
        key = annotator_key(name)
        if key == GOLD or not key or len(name) > 200 or not clean_name(name).isprintable():
            raise EditRejected(f"“{name[:40]}” can't be an annotator's name", hint="use letters, 200 at most")
        names.append(known.setdefault(key, clean_name(name)))
    return names


def assign(session: Session, plan: Plan) -> bool:
    """Carry a plan out, as one undoable step; return False if there was nothing to do."""
    if not plan.pairs:
        return False
    names = dict.fromkeys(name for _, name in plan.pairs)
    documents = len({uid for uid, _ in plan.pairs})
    noun = "document" if documents == 1 else "documents"
    whom = ", ".join(names) if len(names) < 4 else f"{len(names)} annotators"
    session.perform(Assign(begin=plan.pairs), title=f"Hand out {documents:,} {noun} to {whom}")
    return True


def as_rows(plan: Plan) -> list[dict[str, Any]]:
    """Return the plan as plain values, for JSON: a row for each annotator, then one for the whole."""
    rows: list[dict[str, Any]] = [portion._asdict() for portion in plan.portions]
    rows.append({"new": len(plan.pairs), "overlap": plan.overlap, "unassigned": plan.unassigned})
    return rows
