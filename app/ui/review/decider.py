"""The decision on one group: picking fields, accepting a version, rejecting, editing."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.core.annotation import Annotation
from app.core.decision import Decision
from app.core.errors import StetError
from app.core.wording import shorten
from app.review.fields import CORRECTION, EVIDENCE, LABEL, RANGE, RELATION, FieldRules, rules_of
from app.review.fitted_correction import MisfitCorrection
from app.review.gold_composition import INTERSECTION, REVIEWER, UNION, by_votes, compose, whole
from app.review.gold_relations import relation_fields, relation_votes
from app.session.session import Session
from app.ui.actions.registry import ActionScope
from app.ui.review.book import QueueEntry, ReviewBook
from app.ui.review.card import ConflictCard
from app.ui.review.gold_relations import GoldRelationDesk
from app.ui.review.own import OwnDraft
from app.ui.review.panels import ReviewText
from app.ui.review.sides import ReviewSides
from app.ui.review.snapshot_reader import SnapshotReader
from app.ui.widgets.notifier import Notifier, Tone


class Decider(QObject):
    """Holds the fields picked for the current group, and carries out the decision."""

    decided = Signal()
    group_deferred = Signal()  # the group was deferred: go to the next
    left = Signal()  # the focus should return to the queue

    def __init__(
        self,
        session: Session,
        book: ReviewBook,
        text: ReviewText,
        card: ConflictCard,
        sides: ReviewSides,
        notifier: Notifier,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._book = book
        self._text = text
        self._card = card
        self._sides = sides
        self._notifier = notifier
        self.snapshots = SnapshotReader(session, book, self)
        self.own = OwnDraft(session, text, card, sides, notifier, self)
        self.relations = GoldRelationDesk(session, book, card, notifier, self)
        self.relations.decided.connect(self.decided)
        self.relations.left.connect(self.left)
        card.relations.form.search = self.own.find_entries
        self.entry: QueueEntry | None = None
        self.picks: dict[str, str] = {}
        card.table.picked.connect(self._on_picked)
        self.own.finished.connect(self._on_own)

    def bind(self, actions: ActionScope) -> None:
        """Bind the actions that need a group."""
        handlers: dict[str, Callable[[], None]] = {
            "review.accept": self.accept,
            "review.field-next": self._field_next,
            "review.field-previous": self._field_previous,
            "review.union": self._pick_union,
            "review.cut": self._pick_cut,
            "review.edit": self.edit,
            "review.reject": self.reject,
            "review.defer": self.defer,
            "review.withdraw": self.withdraw,
            "review.evidence": self._sides.show_next_evidence,
            "review.reason": self._card.reasons.step,
            "review.note": self._card.note.setFocus,
            "review.unclear": self._card.toggle_unclear,
            "review.create": self.create,
            "review.relate": self.relations.begin,
            "review.relations": self.relations.enter,
            "review.about": self.label_document,
        }
        actions.bind_all(handlers)
        actions.bind_prefix("review.take.", self._take)
        actions.bind_prefix("review.pick.", self._pick)

    @property
    def draft(self) -> OwnDraft | GoldRelationDesk:
        """What runs the form that is open."""
        return self.relations if self._card.is_relating else self.own

    def takes(self, action: str) -> bool:
        """Handle a review action while a form is open; return whether it was handled (all review actions are)."""
        return action.startswith("review.") if self._card.is_relating else self.own.takes(action)

    def _rules(self, entry: QueueEntry) -> FieldRules:
        return rules_of(self._session.scheme, entry.group.layer)

    def look_at(self, entry: QueueEntry | None) -> None:
        """Start with another group; the initial picks are those of its decision, or else the majority's."""
        self.entry = entry
        self.relations.look_at(entry)
        self.snapshots.look_at(entry.document if entry is not None else "")
        if entry is None:
            self.picks = {}
            return
        known = {*entry.group.sources, UNION, INTERSECTION}
        earlier = dict(entry.decision.fields) if entry.decision is not None else {}
        voted = by_votes(entry.group, self._rules(entry))
        scheme, base = self._session.scheme, voted[LABEL]
        voted |= relation_votes(entry.group, relation_fields(entry.group, scheme), base, scheme)
        self.picks = {field: earlier[field] if earlier.get(field) in known else uid for field, uid in voted.items()}
        # What the reviewer left out of gold stays out when the group is decided again.
        self.picks |= {f: who for f, who in earlier.items() if who == REVIEWER and f.startswith(f"{RELATION}:")}
        self._show_picks(entry)

    def _show_picks(self, entry: QueueEntry) -> None:
        """Show the picks and, if gold's correction isn't what a version says, what it will say."""
        self._card.show_picks(self.picks)
        if len({version.fragments for version in entry.group.versions.values()}) == 1:
            self._card.show_fitted("")
            return
        try:
            gold = self._composed(entry)
        except StetError:
            self._card.show_fitted("")
            return
        said = [v.correction for v in entry.group.versions.values() if v.uid == self.picks.get(CORRECTION)]
        is_fitted = gold.correction is not None and gold.correction not in said
        words = f"Gold will say {_quoted(gold.correction)} for {_quoted(gold.quote)}." if is_fitted else ""
        self._card.show_fitted(words)

    def _decide(self, act: Callable[[], None], words: str) -> None:
        try:
            act()
        except StetError as error:
            self._notifier.complain(error)
            return
        self._notifier.notify(words, Tone.DONE)
        self.decided.emit()

    def accept(self) -> None:
        """Add the picked fields to gold."""
        entry = self.entry
        if entry is not None:
            if self.composed() is None:
                return
            picks, said = dict(self.picks), self._card.said()

            def act() -> None:
                self._book.reviewing.take(entry.group, picks, said=said)

            self._decide(act, f"“{shorten(entry.quote)}” was added to gold.")

    def _take(self, number: str) -> None:
        uid = self._card.table.uid_of(int(number))
        if self.entry is None or uid is None:
            self._notifier.notify(f"Annotator {number} has no mark here.", Tone.WARNING)
            return
        self.picks = whole(self.entry.group, uid, self._rules(self.entry))
        self.accept()

    def _pick(self, number: str) -> None:
        uid = self._card.table.uid_of(int(number))
        if uid is not None:
            self._on_picked((self._card.table.field, uid))
        elif self.entry is not None:
            self._notifier.notify(f"Annotator {number} has no mark here.", Tone.WARNING)

    def _on_picked(self, pick: tuple[str, str]) -> None:
        field, uid = pick
        self.picks[field] = uid
        if field.startswith(f"{RELATION}:"):  # with a row about a mark goes what was left out of relations to it
            self.picks = {
                f: who for f, who in self.picks.items() if not (who == REVIEWER and f.startswith(f"{field}:"))
            }
        gold = self.composed()
        if self.entry is not None:
            self._show_picks(self.entry)
        if gold is not None and self.entry is not None and not self.entry.group.is_about_document:
            self._text.canvas.select(gold.start, gold.end)  # the range that gold would cover

    def _pick_union(self) -> None:
        self._pick_range(UNION)

    def _pick_cut(self) -> None:
        self._pick_range(INTERSECTION)

    def _pick_range(self, how: str) -> None:
        if self.entry is not None and self.entry.group.is_about_document:
            self._notifier.notify("The document as a whole has no range.")
        elif self.entry is not None and len({v.fragments for v in self.entry.group.versions.values()}) > 1:
            self._on_picked((RANGE, how))
        else:
            self._notifier.notify("All versions cover the same range.")

    def composed(self) -> Annotation | None:
        """Return the annotation composed of the picks, or None after notifying the user why it is invalid.

        If the picked correction doesn't fit the picked range, the form asks for another.
        """
        if self.entry is None:
            return None
        try:
            return self._composed(self.entry)
        except MisfitCorrection as error:
            self.own.begin(self._composed(self.entry, drops_misfit=True), self.entry.group, misfit=error)
        except StetError as error:
            self._notifier.complain(error)
            self.picks[RANGE] = self.entry.group.sources[0]
        return None

    def _composed(self, entry: QueueEntry, *, drops_misfit: bool = False) -> Annotation:
        text, scheme = self._session.reader.document(entry.group.document).text, self._session.scheme
        made = compose(entry.group, self.picks, scheme=scheme, text=text, time="", drops_misfit=drops_misfit)
        return made[0]

    def reject(self) -> None:
        """Reject all versions of the group."""
        entry = self.entry
        if entry is not None:

            def act() -> None:
                self._book.reviewing.reject(entry.group, self._card.said())

            self._decide(act, f"“{shorten(entry.quote)}” was rejected.")

    def defer(self) -> None:
        """Defer the group."""
        entry = self.entry
        if entry is not None:

            def act() -> None:
                self._book.reviewing.defer(entry.group, self._card.said())

            self._decide(act, f"“{shorten(entry.quote)}” was deferred.")
            self.group_deferred.emit()

    def withdraw(self) -> None:
        """Withdraw the decision on the group."""
        self.withdraw_decision(self.entry.decision if self.entry is not None else None)

    def withdraw_decision(self, decision: Decision | None) -> None:
        """Withdraw a decision; None says that there is none."""
        if decision is None:
            self._notifier.notify("Nothing has been decided here yet.", Tone.WARNING)
            return

        def act() -> None:
            self._book.reviewing.withdraw(decision)

        self._decide(act, "Decision withdrawn.")

    def nothing_to_mark(self, document: str) -> None:
        """Make gold without a mark of a document (uid) in which no one marked anything."""

        def act() -> None:
            self._book.reviewing.finish(document, self._card.said())

        self._decide(act, f"“{self._book.title(document)}”: nothing to mark.")

    def edit(self) -> None:
        """Open the form with the picked fields."""
        gold = self.composed()
        if self.entry is not None and gold is not None:
            self.own.begin(gold, self.entry.group)

    def create(self) -> None:
        """Open the form for a new annotation on the selected text."""
        if self._sides.document:
            self.own.begin_new(self._sides.document)

    def label_document(self) -> None:
        """Open the form for what nobody said of the document as a whole, or for what the reviewer said of it."""
        document, scheme = self._sides.document, self._session.scheme
        sheet = self._book.sheets.get(document)
        if sheet is None:
            return
        if not scheme.document_layers:
            self._notifier.notify("The scheme has no layer about the document as a whole.", Tone.WARNING)
            return
        gold = self._book.reviewing.gold(document)
        own = {a.layer: a for a in gold.about_document(scheme) if self._book.reviewing.is_own(document, a.uid)}
        said = {found.layer for found in sheet.about_document()}
        free = [layer for layer in scheme.document_layers if layer.id not in said and layer.id not in own]
        layers = [*free, *(layer for layer in scheme.document_layers if layer.id in own and layer.id not in said)]
        if layers:
            self.own.begin_document(gold, layers, own)
        else:
            self._notifier.notify("Somebody said what the document is: decide that in the queue, or edit it there (E).")

    def _on_own(self, made: Annotation) -> None:
        """Accept the form's annotation; unchanged fields keep the version that they came from."""
        said, entry = self._card.said(), self.entry
        if self.own.is_new:

            def add() -> None:
                instead = self.own.replaced.get(made.layer)
                self._book.reviewing.create(self._sides.document, made, said, instead=instead)

            self._decide(add, "Added to gold.")
        elif entry is not None:
            rules, before = self._rules(entry), self.own.began_with
            kept = [field.id for field in rules.fields if before and _is_as_before(field.id, before, made, rules)]
            if RANGE not in kept or self.own.asked:
                kept = [field for field in kept if field != CORRECTION]  # it was typed, or left out, for this range
            picks = {
                field.id: self.picks.get(field.id, REVIEWER) if field.id in kept else REVIEWER for field in rules.fields
            }
            picks |= {field: uid for field, uid in self.picks.items() if rules.field(field) is None}

            def take() -> None:
                self._book.reviewing.take(entry.group, picks, own=made, said=said)

            self._decide(take, "Your own version was added to gold.")
        self.left.emit()

    def _field_next(self) -> None:
        self._card.table.step_field(1)

    def _field_previous(self) -> None:
        self._card.table.step_field(-1)


def _quoted(words: str | None) -> str:
    return f"“{shorten(words)}”" if words else "nothing"


def _is_as_before(field: str, before: Annotation, made: Annotation, rules: FieldRules) -> bool:
    """Return whether the form left a field unchanged. Overlapping evidence is no conflict, but it does count as a
    change.
    """
    if field == EVIDENCE:
        places = [
            [(e.document, e.fragments, e.stance, e.alternative) for e in side.evidence] for side in (before, made)
        ]
        return places[0] == places[1]
    return rules.same(field, before, made)
