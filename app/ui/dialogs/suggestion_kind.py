"""The dialog that accepts or rejects all suggestions like one."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from app.core.suggestion import Suggestion, SuggestionOutcome
from app.core.wording import counted, shorten
from app.services.suggestions.suggestion_kind import KindScope, SuggestionKind
from app.suggesters.maker_titles import title_of
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox, DoubleSpinBox
from app.ui.widgets.labels import button, plain, unmarked

_MOST = 2000
"""Suggestions that are counted for the preview; the answer itself takes all of them."""


class KindRequest(NamedTuple):
    """What to answer, how and where."""

    kind: SuggestionKind
    outcome: SuggestionOutcome
    scope: KindScope


class SuggestionKindDialog(FormDialog):
    """Says how many suggestions are alike, as the boxes are ticked.

    `find` yields the open suggestions of a kind, each after its document (uid); `title` is the label's, `scopes` are
    places to choose from, with what they are called.
    """

    answered = Signal(object)  # KindRequest

    def __init__(
        self,
        suggestion: Suggestion,
        title: str,
        find: Callable[[SuggestionKind, KindScope], Iterable[tuple[str, Suggestion]]],
        scopes: Sequence[tuple[str, KindScope]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("kind-dialog", "Accept or reject all of a kind", accept="Accept all", parent=parent)
        self._suggestion = suggestion
        self._find = find
        self.body.addWidget(plain(f"Suggestions with the label “{title}”", role="field", wrap=True))
        self._maker = self._box("kind-maker", f"only those by “{title_of(suggestion.maker)}”")
        self._words = self._box("kind-words", f"only those on “{shorten(suggestion.quote)}”")
        self._words.setVisible(bool(suggestion.quote))
        self._score = self._box("kind-score", "only those with a score of at least")
        self._least = DoubleSpinBox()
        self._least.setObjectName("kind-least")
        self._least.setAccessibleName("Lowest score")
        self._least.setRange(0, 1)
        self._least.setSingleStep(0.05)
        self._least.setValue(suggestion.score or 0)
        row = QHBoxLayout()
        row.addWidget(self._score)
        row.addWidget(self._least)
        row.addStretch(1)
        self.body.addLayout(row)
        for widget in (self._score, self._least):
            widget.setVisible(suggestion.score is not None)
        self.body.addSpacing(6)
        self._where = ComboBox()
        self._where.setObjectName("kind-where")
        self._scopes = [scope for _, scope in scopes]
        for words, _ in scopes:
            self._where.addItem(words)
        self.field("Where", self._where)
        self._count = plain("", name="kind-count", wrap=True)
        self._reject = button("Reject all", name="kind-dialog-reject")
        row = QHBoxLayout()
        row.addWidget(self._count, 1)
        row.addWidget(self._reject)
        self.body.addLayout(row)
        self.body.addWidget(plain("One step: Ctrl+Z takes it back.", tone="faint"))
        self._where.currentIndexChanged.connect(self._on_changed)
        self._least.valueChanged.connect(self._on_changed)
        self._reject.clicked.connect(self._on_reject)
        self.resize(460, self.sizeHint().height())
        self._show_count()

    def _box(self, name: str, words: str) -> QCheckBox:
        box = QCheckBox(unmarked(words))
        box.setObjectName(name)
        box.setAccessibleName(words)
        box.toggled.connect(self._on_changed)
        self.body.addWidget(box)
        return box

    @property
    def _scope(self) -> KindScope:
        return self._scopes[max(0, self._where.currentIndex())]

    @property
    def kind(self) -> SuggestionKind:
        """What the boxes describe."""
        like = self._suggestion
        return SuggestionKind(
            like.layer,
            like.label,
            maker=like.maker if self._maker.isChecked() else None,
            quote=like.quote if self._words.isChecked() else None,
            # The field shows two decimals of the score: the suggestion itself must reach what it shows.
            least=self._least.value() - 0.005 if self._score.isChecked() else None,
        )

    def _on_changed(self, _value: object) -> None:
        self._least.setEnabled(self._score.isChecked())
        self._show_count()

    def _show_count(self) -> None:
        found = list(islice(self._find(self.kind, self._scope), _MOST + 1))
        documents = len({document for document, _ in found})
        if len(found) > _MOST:
            words = f"More than {_MOST:,} open suggestions"
        else:
            words = f"{counted(len(found), 'open suggestion')} in {counted(documents, 'document')}"
        self._count.setText(words)
        self.accept_button.setEnabled(bool(found))
        self._reject.setEnabled(bool(found))

    def submit(self) -> bool:
        """Emit the request to accept."""
        self._emit(SuggestionOutcome.ACCEPTED)
        return True

    def _on_reject(self, _checked: bool) -> None:
        self._emit(SuggestionOutcome.REJECTED)
        self.accept()

    def _emit(self, outcome: SuggestionOutcome) -> None:
        self.answered.emit(KindRequest(self.kind, outcome, self._scope))
