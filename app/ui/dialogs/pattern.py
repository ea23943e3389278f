"""The dialog “Always suggest this…”: a pattern, and what it finds in the open document before it is saved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QListWidget, QWidget

from app.core.errors import EditRejected
from app.core.scheme import Scheme
from app.core.suggestion_pattern import LONGEST_PATTERN, PatternMatch, SuggestionPattern, checked_pattern
from app.core.token_choices import TokenChoice, TokenWord, choices_for, choices_with
from app.core.token_pattern import MOST_TOKENS, TokenRule
from app.core.wording import counted, sentence, shorten
from app.ui.dialogs.form import FormDialog
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import plain
from app.ui.widgets.token_rows import TokenRows

if TYPE_CHECKING:
    from app.jobs.tasks.pattern_trial import PatternTrial

_PAUSE_MS = 350
_MATCHES = (
    (PatternMatch.ANY_CASE, "In any case: “Slave Trade” too"),
    (PatternMatch.EXACT, "Exactly these letters"),
    (PatternMatch.LEMMA, "In any form: “slave trades” too"),
    (PatternMatch.TOKENS, "Word by word: any form, any number, any name…"),
)


class PatternDialog(FormDialog):
    """Asks what is always to be suggested for some words.

    `words_wanted` asks what the words are, once somebody wants to say something of each; `trial_wanted` asks what the
    pattern finds. The answers come through `show_words` and `show_trial`.
    """

    answered = Signal(object)  # SuggestionPattern, without uid
    words_wanted = Signal(object)  # str: the words, if they are others than those that were selected, else ""
    trial_wanted = Signal(object)  # SuggestionPattern

    def __init__(
        self,
        words: str,
        scheme: Scheme,
        label: tuple[str, str],
        parent: QWidget | None = None,
        *,
        pattern: SuggestionPattern | None = None,
    ) -> None:
        """Offer the labels of the scheme for the words; `label` is chosen. With a `pattern`, that one is changed."""
        title, accept = ("Always suggest this", "Always suggest") if pattern is None else ("Change a pattern", "Save")
        super().__init__("pattern-dialog", title, accept=accept, parent=parent)
        self._scheme = scheme
        self._pause = QTimer(self)
        self._pause.setObjectName("pattern-pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._try)
        self._has_asked = False
        self._words = _line("pattern-words", " ".join(words.split()))
        self._selected = self._words.text()
        self._match = ComboBox()
        self._match.setObjectName("pattern-match")
        for match, words_of in _MATCHES:
            self._match.addItem(words_of, match.value)
        self._rows = TokenRows()
        self._reading = plain("Reading the words…", tone="faint", name="pattern-reading")
        self._label = ComboBox()
        self._label.setObjectName("pattern-label")
        for layer in scheme.text_layers:
            for item in layer.givable:
                self._label.addItem(f"{layer.title}: {layer.path(item.id)}", f"{layer.id}\n{item.id}")
        self._label.setCurrentIndex(max(0, self._label.findData("\n".join(label))))
        self._severity = ComboBox()
        self._severity.setObjectName("pattern-severity")
        self._severity.addItem("none", None)
        for step in scheme.severities:
            self._severity.addItem(step.title, step.id)
        self._correction = _line("pattern-correction", "")
        self._note = _line("pattern-note", "")
        self._note.setPlaceholderText("Shown as the reason")
        self._lay_out()
        if pattern is not None:
            self._show(pattern)
        self._on_label(0)
        self._on_match(0)
        self._match.currentIndexChanged.connect(self._on_match)
        self._label.currentIndexChanged.connect(self._on_label)
        self._words.textChanged.connect(self._on_changed)
        self._rows.changed.connect(self._pause.start)
        self.finished.connect(self._on_finished)

    def _lay_out(self) -> None:
        self.field("Words", self._words)
        self.field("Which occurrences", self._match)
        self.body.addWidget(self._reading)
        self.body.addWidget(self._rows)
        self.field("Label", self._label)
        self.field("Severity (optional)", self._severity)
        self.field("Correction (optional)", self._correction)
        self.field("Note (optional)", self._note)
        self._found = plain("Looking in the open document…", role="field", name="pattern-found", wrap=True)
        self._hits = QListWidget()
        self._hits.setObjectName("pattern-hits")
        self._hits.setAccessibleName("What it finds in the open document")
        self._hits.setFixedHeight(104)
        self._hits.setToolTip("The first occurrences in the open document, as the pattern is now")
        self.body.addWidget(self._found)
        self.body.addWidget(self._hits)
        note = "Everyone in this project gets these suggestions, in all documents to annotate."
        self.body.addWidget(plain(note, tone="faint", wrap=True))
        self.resize(520, self.sizeHint().height())

    def _show(self, pattern: SuggestionPattern) -> None:
        self._match.setCurrentIndex(self._match.findData(pattern.match.value))
        self._correction.setText(pattern.correction or "")
        self._severity.setCurrentIndex(max(0, self._severity.findData(pattern.severity)))
        self._note.setText(pattern.note)
        if pattern.tokens:
            self._has_asked = True
            numbers = [f"{at}." for at in range(1, len(pattern.tokens) + 1)]
            self._rows.show_tokens(numbers, [choices_with(rule) for rule in pattern.tokens], pattern.tokens)

    # -- what is asked in the background -------------------------------------------------------------------------------

    def show_words(self, words: Sequence[TokenWord]) -> None:
        """Show a row for each word of the selection: words stand for any form of themselves where that is known."""
        self._reading.hide()
        if len(words) > MOST_TOKENS:
            self.complain(f"A pattern has {MOST_TOKENS} words at most.")
        shown = words[:MOST_TOKENS]
        choices = [choices_for(word) for word in shown]
        chosen = tuple(_usual(word, offered) for word, offered in zip(shown, choices, strict=True))
        self._rows.show_tokens([word.text for word in shown], choices, chosen)
        self._rows.setVisible(self._is_by_word)
        self._pause.start()

    def show_trial(self, trial: "PatternTrial") -> None:
        """Show what the pattern finds in the open document."""
        self._found.setText(f"{counted(trial.occurrences, 'occurrence')} in the open document")
        self._hits.clear()
        for before, words, behind in trial.shown:
            self._hits.addItem(f"{before} [{words}] {behind}")
        self._hits.setVisible(bool(trial.shown))

    def show_problem(self, words: str) -> None:
        """Say why it isn't known what the pattern finds."""
        self._reading.hide()
        self._found.setText(sentence(words))
        self._hits.hide()

    def try_soon(self) -> None:
        """Ask what the pattern finds, in a moment."""
        self._pause.start()

    def _try(self) -> None:
        try:
            self.trial_wanted.emit(checked_pattern(self._pattern()))
        except EditRejected as error:
            self.show_problem(f"nothing is looked for: {error.what}")

    # -- fields --------------------------------------------------------------------------------------------------------

    @property
    def _is_by_word(self) -> bool:
        return self._match.currentData() == PatternMatch.TOKENS.value

    def _on_changed(self, _text: str) -> None:
        self._has_asked = False  # the rows are those of other words
        self._pause.start()

    def _on_match(self, _index: int) -> None:
        self._rows.setVisible(self._is_by_word)
        self._words.setReadOnly(self._is_by_word)
        self._words.setToolTip("The words that the pattern was made of; they only name it" if self._is_by_word else "")
        is_asking = self._is_by_word and not self._has_asked
        self._reading.setVisible(is_asking)
        if is_asking:
            self._has_asked = True
            words = self._words.text().strip()
            self.words_wanted.emit("" if words == self._selected else words)
        else:
            self._pause.start()

    def _on_label(self, _index: int) -> None:
        layer = self._scheme.layer(self._chosen()[0])
        self._correction.setEnabled(layer is not None and layer.has_correction)
        self._severity.setEnabled(layer is not None and layer.has_severity)

    def _chosen(self) -> tuple[str, str]:
        layer, _, label = str(self._label.currentData() or "").partition("\n")
        return layer, label

    def _pattern(self) -> SuggestionPattern:
        layer, label = self._chosen()
        correction = self._correction.text().strip() if self._correction.isEnabled() else ""
        severity = self._severity.currentData() if self._severity.isEnabled() else None
        return SuggestionPattern(
            uid="",
            words=self._words.text().strip(),
            match=PatternMatch(str(self._match.currentData())),
            tokens=self._rows.tokens if self._is_by_word else (),
            layer=layer,
            label=label,
            correction=correction or None,
            severity=str(severity) if severity else None,
            note=self._note.text().strip(),
        )

    def submit(self) -> bool:
        """Emit the pattern, if it is one."""
        try:
            made = checked_pattern(self._pattern())
        except EditRejected as error:
            self.complain(f"{sentence(error.what)} {sentence(error.hint)}")
            return False
        self.answered.emit(made)
        return True

    def _on_finished(self, _result: int) -> None:
        self._pause.stop()


def _usual(word: TokenWord, offered: Sequence[TokenChoice]) -> TokenRule:
    """Return what a word stands for unless somebody says otherwise: any form of it, or itself."""
    by_form = [choice.rule for choice in offered if choice.rule.tests and choice.rule.tests[0].key == "LEMMA"]
    return by_form[0] if by_form and word.text.isalpha() else offered[0].rule


def _line(name: str, text: str) -> LineEdit:
    made = LineEdit()
    made.setObjectName(name)
    made.setMaxLength(LONGEST_PATTERN)
    made.setText(shorten(text, LONGEST_PATTERN) if len(text) > LONGEST_PATTERN else text)
    return made
