"""The relations of gold at the current group: shown beside it, added, changed and left out."""

from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from PySide6.QtCore import QObject, Signal

from app.core import relation_edits
from app.core.annotation import Annotation, Relation
from app.core.errors import StetError
from app.core.relation_edits import chain_of, possible_targets
from app.core.scheme import RelationType
from app.core.state import DocumentState
from app.core.wording import shorten
from app.session.session import Session
from app.ui.panels.relation_panel import RelationEntry
from app.ui.panels.relation_rows import fitting_types, rows_of
from app.ui.review.book import BookChange, QueueEntry, ReviewBook
from app.ui.review.card import ConflictCard
from app.ui.review.relate_form import RelateForm
from app.ui.widgets.notifier import Notifier, Tone

_UNDECIDED = "First decide this mark: a relation leads from a mark of gold to another."


class GoldRelationDesk(QObject):
    """Keeps the list of gold's relations in step with the current group, and does what the reviewer wants with them."""

    decided = Signal()
    wanted = Signal(object)  # (document, annotation of gold): show that mark
    left = Signal()  # the focus should return to the queue

    def __init__(
        self, session: Session, book: ReviewBook, card: ConflictCard, notifier: Notifier, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._book = book
        self._card = card
        self._notifier = notifier
        self._entry: QueueEntry | None = None
        panel = self.panel = card.relations
        panel.jump_wanted.connect(self._on_jump)
        panel.changed.connect(self._on_changed)
        panel.reverse_wanted.connect(self._on_reverse)
        panel.delete_wanted.connect(self._on_delete)
        panel.refused.connect(self._on_refused)
        panel.left.connect(self.left)
        panel.form.left.connect(self.left)
        card.relate_made.connect(self._on_form_made)
        book.changed.connect(self._on_book)

    def _on_form_made(self, form: RelateForm) -> None:
        form.fields.search = self.panel.form.search
        form.accepted.connect(self._on_accepted)
        form.left.connect(self.leave)

    # -- what is shown -------------------------------------------------------------------------------------------------

    def look_at(self, entry: QueueEntry | None) -> None:
        """Show the relations of another group's gold."""
        self._entry = entry
        self._show()

    def _on_book(self, change: BookChange) -> None:
        if self._entry is not None and self._entry.document in change.documents:
            self._show()

    def _gold(self) -> tuple[DocumentState, Annotation | None]:
        """Return gold of the document, and the current group's annotation in it."""
        assert self._entry is not None
        gold = self._book.reviewing.gold(self._entry.document)
        sheet = self._book.sheets.get(self._entry.document)
        decision = sheet.standings.of(self._entry.group)[1] if sheet is not None else None
        return gold, gold.annotations.get(decision.gold or "") if decision is not None else None

    def _show(self) -> None:
        if self._entry is None or not self._session.scheme.relations:
            self.panel.show_relations((), "")
            return
        gold, mark = self._gold()
        relations = gold.relations_of(mark.uid) if mark is not None and gold.relations else []
        if mark is None or not relations:
            self.panel.show_relations((), "")
            return
        chained = {tie.label for tie in relations if self._is_chain(tie.label)}
        chain = dict.fromkeys(uid for label in chained for uid in chain_of(gold, mark.uid, label))
        rows = rows_of(mark, relations, gold, self._session.scheme, chain)
        entries: list[RelationEntry] = []
        for row in rows:
            if row.relation is None:
                entries.append(RelationEntry(row.words, row.spoken, row.other))
                continue
            source, target = (gold.annotations[end] for end in row.relation.ends)
            types = fitting_types(source, target, self._session.scheme)
            kind = self._session.scheme.relation(row.relation.label)
            entries.append(RelationEntry(row.words, row.spoken, row.other, row.more, row.relation, kind, types))
        self.panel.show_relations(entries, "")

    def _is_chain(self, label: str) -> bool:
        kind = self._session.scheme.relation(label)
        return kind is not None and kind.chain

    def enter(self) -> None:
        """Put the keyboard into the list."""
        if not self.panel.enter():
            self._notifier.notify("Gold has no relation here. L adds one.", Tone.WARNING)

    # -- a new one -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Open the form for a relation that leads from the current group's gold."""
        if self._entry is None:
            return
        gold, mark = self._gold()
        scheme = self._session.scheme
        if mark is None:
            self._notifier.notify(_UNDECIDED, Tone.WARNING)
            return
        kinds = list(scheme.relations_from(mark)) if not scheme.is_about_document(mark.layer) else []
        if not kinds:
            title = scheme.label_title(mark.layer, mark.label)
            self._notifier.notify(f"The scheme has no relation that can lead from “{title}”.", Tone.WARNING)
            return
        form = self._card.relate
        self._card.show_relate_form()
        form.begin(mark, kinds, partial(self._targets, gold, mark))

    def _targets(self, gold: DocumentState, mark: Annotation, kind: RelationType) -> Sequence[Annotation]:
        return possible_targets(gold, mark, kind.id, scheme=self._session.scheme)

    def press(self, key: str) -> bool:
        """Handle a key of the form, wherever the focus is; return whether it was handled."""
        if key in ("Ctrl+Return", "Ctrl+Enter"):
            self._card.relate.accept()
            return True
        return False

    def point_at(self, owners: Sequence[str]) -> None:
        """Choose the target that was clicked in the text, by the groups (keys) or gold (uids) there."""
        if self._entry is None:
            return
        standings = self._book.sheets[self._entry.document].standings.by_key
        found = (standings[owner][1] if owner in standings else None for owner in owners)
        golds = [decision.gold for decision in found if decision is not None and decision.gold is not None]
        if not any(self._card.relate.point_at(uid) for uid in (*golds, *owners)):
            self._notifier.notify("The relation can’t lead there: that mark isn’t in gold, or isn’t of its kind.")

    def leave(self) -> None:
        """Close the form without saving."""
        self._card.show_table()
        self.left.emit()

    def _on_accepted(self, made: Relation) -> None:
        if self._entry is not None:
            document = self._entry.document

            def act() -> None:
                self._book.reviewing.relate(document, made)

            if self._do(act, "The relation was added to gold."):
                self.leave()
                self.panel.show_relation(made.uid)

    # -- editing -------------------------------------------------------------------------------------------------------

    def _do(self, act: Callable[[], None], words: str) -> bool:
        try:
            act()
        except StetError as error:
            self._notifier.complain(error)
            self._show()
            return False
        self._notifier.notify(words, Tone.DONE)
        self.decided.emit()
        return True

    def _change(self, changed: Callable[[DocumentState], Relation]) -> None:
        if self._entry is None:
            return
        document, gold = self._entry.document, self._book.reviewing.gold(self._entry.document)

        def act() -> None:
            self._book.reviewing.change_relation(document, changed(gold))

        self._do(act, "The relation was changed in gold.")

    def _on_changed(self, said: tuple[str, str, object]) -> None:
        uid, field, value = said

        def changed(gold: DocumentState) -> Relation:
            relation = gold.relations[uid]
            if field == "label":
                return relation_edits.relabel_relation(gold, relation, str(value), scheme=self._session.scheme).relation
            if field == "comment":
                return msgspec.structs.replace(relation, comment=str(value))
            return relation_edits.change_relation_attribute(relation, field, value).relation

        gold = self._book.reviewing.gold(self._entry.document) if self._entry is not None else None
        relation = gold.relations.get(uid) if gold is not None else None
        if relation is not None and not (field == "label" and relation.label == value):
            self._change(changed)

    def _on_reverse(self, relation: Relation) -> None:
        def reversed_(gold: DocumentState) -> Relation:
            return relation_edits.reverse(gold, relation, scheme=self._session.scheme).relation

        self._change(reversed_)

    def _on_delete(self, relation: Relation) -> None:
        if self._entry is None:
            return
        document = self._entry.document

        def act() -> None:
            self._book.reviewing.unrelate(document, relation.uid)

        self._do(act, f"Left out of gold: {shorten(self._session.scheme.relation_title(relation.label))}.")

    def _on_jump(self, uid: str) -> None:
        if self._entry is not None:
            self.wanted.emit((self._entry.document, uid))

    def _on_refused(self, why: str) -> None:
        self._notifier.notify(why, Tone.WARNING)
