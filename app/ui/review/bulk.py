"""Decides many groups at once: all agreed ones, by a rule, every occurrence of a term; and releases gold."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from app.core.annotation import Annotation
from app.core.errors import StetError
from app.core.progress import CancelToken, Progress
from app.core.wording import counted
from app.jobs.runner import JobOutcome
from app.review.automerge import Rule
from app.review.fields import rules_of
from app.review.gold_composition import by_votes
from app.services.review.reviewer import AutoResult, PickedGroup, Remarks
from app.services.review.term_review import TermDecision, carry_out
from app.session.session import Session
from app.ui.dialogs.background_write import BackgroundWrite
from app.ui.dialogs.texts import ReportDialog
from app.ui.review.auto_dialog import AutoDialog
from app.ui.review.book import QueueEntry, ReviewBook
from app.ui.review.queue import Order, QueueChoice, QueueModel
from app.ui.review.release_dialog import ReleaseDialog
from app.ui.review.rule_preview import RulePreview
from app.ui.review.terms import TermDialog
from app.ui.widgets.notifier import Notifier, Tone

_AT_ONCE = 200  # groups; more are decided in the background
Act = Callable[[Callable[[int], None], CancelToken | None], Any]
"""Decides groups; takes a callback for the number decided so far, and a cancel token."""


class BulkReview(QObject):
    """Commands that decide many groups, each in one undoable step."""

    decided = Signal()

    def __init__(
        self, session: Session, book: ReviewBook, model: QueueModel, notifier: Notifier, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session = session
        self._book = book
        self._model = model
        self._notifier = notifier
        self._window = window
        self._writing: BackgroundWrite | None = None
        self._done: Callable[[Any], None] = _nothing
        self._accepted = (0, 0)  # groups, and documents without a mark
        self._preview: RulePreview | None = None

    def named(self, choices: Sequence[QueueChoice]) -> list[QueueChoice]:
        """Return the choices with titles to show: pairs of annotators are numbered, since names are hidden."""
        if self._model.order is Order.PAIR:
            people = sorted({name for choice in choices for name in choice.key.split("\0")})
            numbers = {name: f"annotator {n}" for n, name in enumerate(people, 1)}
            return [c._replace(title=" and ".join(numbers[name] for name in c.key.split("\0"))) for c in choices]
        if self._model.order is Order.DOCUMENT:
            return [c._replace(title=self._book.title(c.key)) for c in choices]
        return list(choices)

    def accept_agreed(self, document: str = "") -> None:
        """Add the agreed groups to gold, in one document (uid) or in all, and accept that there is nothing to mark in
        those that no one marked.
        """
        if not self._is_all_read():
            return
        agreed, unmarked = self._model.agreed(document), self._model.unmarked(document)
        finished = [*unmarked, *(uid for uid in self._book.overdue() if document in ("", uid))]
        if not agreed and not finished:
            self._notifier.notify("Nothing that is agreed is left to accept.")
            return
        taken = [
            PickedGroup(
                entry.group, by_votes(entry.group, rules_of(self._session.scheme, entry.group.layer)), None, Remarks()
            )
            for entry in agreed
        ]
        words = f"Accept {_and(counted(len(agreed), 'agreed group'), counted(len(unmarked), 'unmarked document'))}"
        reviewing = self._book.reviewing
        self._accepted = (len(agreed), len(unmarked))

        def act(progress: Callable[[int], None], cancel: CancelToken | None) -> int:
            return reviewing.take_all(taken, finished=finished, title=words, progress=progress, cancel=cancel)

        self._do("Accepting what is agreed", act, len(taken) + len(finished), self._on_accepted)

    def _is_all_read(self) -> bool:
        """Return whether all documents are compared; if not, say that this must wait for the rest of them."""
        if self._book.is_loaded and not self._book.is_reading:
            return True
        self._notifier.notify("Still comparing what the annotators marked. Try again in a moment.", Tone.WARNING)
        return False

    def _on_accepted(self, _count: int) -> None:
        groups, documents = self._accepted
        added = f"{counted(groups, 'agreed group was', 'agreed groups were')} added to gold"
        empty = f"{counted(documents, 'document', 'documents')} with nothing to mark"
        self._say(f"{added}, and {empty}." if documents else f"{added}.")

    def _say(self, words: str) -> None:
        self._notifier.notify(words, Tone.DONE)
        self.decided.emit()

    def _do(self, title: str, act: Act, groups: int, done: Callable[[Any], None]) -> None:
        """Run an action on `groups` groups, in the background if they are many; `done` receives its result."""
        if groups <= _AT_ONCE:
            try:
                value = act(_nothing, None)
            except StetError as error:
                self._notifier.complain(error)
                return
            done(value)
            return

        def work(report: Progress, token: CancelToken) -> object:
            def report_decided(count: int) -> None:
                report(count, groups, "groups decided")

            return act(report_decided, token)

        self._done = done
        if self._writing is None:
            self._writing = BackgroundWrite(self._window)
            self._writing.over.connect(self._on_over)
        self._writing.run(title, work)

    def _on_over(self, outcome: JobOutcome) -> None:
        if outcome.error is not None:
            self._notifier.complain(outcome.error)
        elif outcome.cancelled:
            self._notifier.notify("Cancelled. Nothing was changed.")
        elif outcome.value is not None:
            self._done(outcome.value)

    def close(self) -> None:
        """Cancel pending work and wait for it; the session may be closed afterwards."""
        if self._preview is not None:
            self._preview.close()
        if self._writing is not None:
            self._writing.stop()

    # -- by rule -------------------------------------------------------------------------------------------------------

    def ask_auto(self) -> None:
        """Ask for a rule, with a preview of what it would decide."""
        if not self._is_all_read():
            return
        dialog = AutoDialog(self._window)
        # Queued, so that the message comes after this dialog has closed and given the focus back.
        dialog.chosen.connect(self._auto, Qt.ConnectionType.QueuedConnection)
        if self._preview is not None:
            self._preview.close()
        sheets = list(self._book.sheets.values())
        self._preview = RulePreview(self._session, sheets, dialog, self._notifier, self)
        self._preview.count(dialog.rule())
        dialog.open()

    def _auto(self, rule: Rule) -> None:
        sheets, reviewing = list(self._book.sheets.values()), self._book.reviewing

        def act(progress: Callable[[int], None], cancel: CancelToken | None) -> AutoResult:
            return reviewing.auto(sheets, rule, progress=progress, cancel=cancel)

        groups = sum(len(sheet.groups) for sheet in sheets)
        self._do("Merging automatically", act, groups, self._on_merged)

    def _on_merged(self, result: AutoResult) -> None:
        lines = [f"{count:,} left: {why}" for why, count in sorted(result.left.items(), key=_second, reverse=True)]
        empty = "document without marks", "documents without marks"
        lines += [f"{counted(count, *empty)} left: {why}" for why, count in result.left_empty.items()]
        lines.append(f"{result.kept:,} already had a decision and were kept.")
        decided = counted(result.decided, "group")
        self._say(f"Merged automatically: {decided}.")
        ReportDialog("Merged automatically", _merged_words(result), lines, self._window).open()

    # -- release -------------------------------------------------------------------------------------------------------

    def ask_release(self) -> None:
        """Ask for which documents annotators may see the gold."""
        if not self._is_all_read():
            return
        released = self._book.reviewing.releases()
        rows = [
            (sheet.document, self._book.title(sheet.document), sheet.is_settled, sheet.document in released)
            for sheet in self._book.sheets.values()
        ]
        dialog = ReleaseDialog(rows, self._window)
        dialog.answered.connect(self._release)
        dialog.open()

    def _release(self, wanted: set[str]) -> None:
        released = self._book.reviewing.releases()
        begin, end = sorted(wanted - released), sorted(released - wanted)
        try:
            if begin:
                self._book.reviewing.release(begin)
            if end:
                self._book.reviewing.withdraw_release(end)
        except StetError as error:
            self._notifier.complain(error)
            return
        if begin or end:
            shown = [counted(len(begin), "document was", "documents were") + " released"] if begin else []
            hidden = [counted(len(end), "document", "documents") + " hidden again"] if end else []
            self._say(f"{', '.join([*shown, *hidden])}.")
        else:
            self._notifier.notify("Nothing to release: no document was ticked or unticked.")

    # -- by term -------------------------------------------------------------------------------------------------------

    def open_terms(self, gold: Annotation | None, entry: QueueEntry | None) -> None:
        """Show all occurrences of a term across documents, starting with the current group's."""
        if not self._is_all_read():
            return
        term = entry.quote if entry is not None and not entry.group.is_about_document else ""
        dialog = TermDialog(self._session, self._book, self._model, term, gold, self._window)
        dialog.decided.connect(self._decide_terms)
        dialog.open()

    def _decide_terms(self, wanted: TermDecision) -> None:
        reviewing, session = self._book.reviewing, self._session

        def act(progress: Callable[[int], None], cancel: CancelToken | None) -> int:
            return carry_out(reviewing, session, wanted, progress=progress, cancel=cancel)

        self._do("Deciding a term", act, len(wanted.occurrences), self._on_terms_decided)

    def _on_terms_decided(self, count: int) -> None:
        self._say(f"{count:,} occurrences decided together.")


def _nothing(_done: Any) -> None:  # noqa: ANN401
    """Ignore a result or a count."""


def _and(groups: str, documents: str) -> str:
    """Return “2 agreed groups and 1 unmarked document”, without what there is none of."""
    return " and ".join(words for words in (groups, documents) if not words.startswith("0 ")) or groups


def _merged_words(result: AutoResult) -> str:
    kept = result.decided - result.rejected
    words = f"{counted(kept, 'group')} in {counted(result.documents, 'document')} went into gold"
    words += f", {result.rejected:,} {'was' if result.rejected == 1 else 'were'} rejected." if result.rejected else "."
    if result.empty:
        words += (
            f" {counted(result.empty, 'document')} that no one marked {'is' if result.empty == 1 else 'are'} gold now."
        )
    return f"{words} Ctrl+Z undoes this."


def _second(pair: tuple[str, int]) -> int:
    return pair[1]
