"""The inspector: the chosen annotation's form, its evidence and its open rules."""

from collections.abc import Callable, Sequence
from typing import Protocol
from weakref import ref

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.annotation import Annotation, Evidence
from app.core.scheme import Entry, Scheme
from app.core.validation import Problem, problems_of
from app.ui.guard import guarded
from app.ui.panels.annotation_form import AnnotationForm, FieldHandler
from app.ui.panels.evidence_card import EvidenceCard
from app.ui.panels.relation_panel import RelationPanel
from app.ui.widgets.flow import Flow
from app.ui.widgets.labels import button, plain
from app.ui.widgets.severity_row import SeverityRow
from app.ui.widgets.value_fields import FindEntries, no_entries

Description = tuple[str, bool, str]  # title, whether the quote is gone, the sentence around it
Describe = Callable[[Evidence], Description]
Described = tuple[tuple[Evidence, Description], ...]
_HOW_TO_LINK = "Select words in the reference and press K."
_EMPTY = (
    "No mark selected. Click one or press Tab to step through them. To add one, select text and press a label’s key."
)

_IDLE_MS = 500


class Advise(Protocol):
    """Knows what to do about unmet rules."""

    def of(self, problem: Problem) -> str:
        """Return what to do about a problem."""
        ...

    def on_evidence(self, annotation: Annotation) -> str:
        """Return how evidence gets to an annotation."""
        ...


class Inspector(QScrollArea):
    """Shows one annotation and hands on what the person changed; it changes nothing itself."""

    evidence_jump = Signal(object)
    evidence_remove = Signal(object)
    stance_chosen = Signal(object)
    set_chosen = Signal(object)
    find_requested = Signal()
    left = Signal()  # back to the text
    refused = Signal(object)  # why what was typed can't be the value of its field

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector-scroll")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._handler: ref[FieldHandler] | None = None
        self._find: FindEntries = no_entries
        self.form: AnnotationForm | None = None
        # Building a form takes as long as painting a page, so each kind of form is built once and kept.
        self._forms: dict[tuple[str, ...], AnnotationForm] = {}
        self._form_pages: dict[AnnotationForm, _Page] = {}
        self._shown_proof: dict[AnnotationForm, tuple[Described, str]] = {}
        self._shown_problems: tuple[AnnotationForm, list[tuple[Problem, str]]] | None = None
        self._unbuilt: list[tuple[Scheme, str, str]] = []
        self._idle = QTimer(self)
        self._idle.setObjectName("inspector-idle")
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._on_idle)
        self._pages = QStackedWidget()
        self._pages.addWidget(_Page(plain(_EMPTY, tone="faint", wrap=True, name="inspector-empty")))
        body = QWidget()
        body.setObjectName("inspector-body")
        box = QVBoxLayout(body)
        box.setContentsMargins(14, 12, 14, 8)
        box.setSpacing(4)
        box.addWidget(plain("SELECTED MARK", role="caption"))
        box.addWidget(self._pages)
        self.relations = RelationPanel(self.find_entries)
        self.relations.left.connect(self.left)
        box.addWidget(self.relations)
        box.addStretch(1)
        self.setWidget(body)

    def set_field_handler(self, handler: FieldHandler) -> None:
        """Have fields written by a handler from now on; the inspector doesn't keep it alive."""
        self._handler = ref(handler)

    def set_entries(self, find: FindEntries) -> None:
        """Search lists of entities by a function from now on."""
        self._find = find

    def find_entries(self, entries: str, text: str) -> Sequence[Entry]:
        """Return the entries of a list of entities that fit a text."""
        return self._find(entries, text)

    def change_field(self, field: str, value: object) -> bool:
        """Hand on what a form says; return whether it was written."""
        handler = self._handler() if self._handler is not None else None
        return handler is not None and handler.change_field(field, value)

    def show_annotation(
        self,
        annotation: Annotation | None,
        scheme: Scheme | None,
        describe: Describe,
        *,
        text: str | None = None,
        advise: Advise | None = None,
        of_relations: Sequence[Problem] = (),
    ) -> None:
        """Show an annotation, or what to do when there is none; with the document's `text`, its quote is checked.
        `advise` says what to do about its unmet rules, and how it gets evidence; `of_relations` are those of the
        relations that start at it.
        """
        if self._idle.isActive():
            self._idle.start()  # somebody is at work: none is built until they rest
        if annotation is None or scheme is None:
            self.form = None
            self._turn_to(self._pages.widget(0))
            return
        self.form = self._form_for(scheme, annotation.layer, annotation.label)
        self._turn_to(self._form_pages[self.form])
        self.form.fill(annotation, scheme)
        hint = advise.on_evidence(annotation) if advise is not None else _HOW_TO_LINK
        described = tuple((evidence, describe(evidence)) for evidence in annotation.evidence)
        proof = (described, hint)
        if proof != self._shown_proof.get(self.form):
            self._shown_proof[self.form] = proof
            self._show_evidence(self.form, annotation, scheme, described, hint)
        unmet = [*problems_of(annotation, scheme=scheme, text=text), *of_relations]
        found = [problem._replace(annotation="") for problem in unmet]
        steps = [advise.of(problem) if advise is not None else "" for problem in found]
        problems = (self.form, list(zip(found, steps, strict=True)))
        if problems != self._shown_problems:
            self._shown_problems = problems
            self._show_problems(*problems)

    def _turn_to(self, page: QWidget | None) -> None:
        """Show a page; the others mustn't make the inspector as high as the highest of them."""
        current = self._pages.currentWidget()
        if page is None or (page is current and self._pages.count() == 1):
            return
        for at in range(self._pages.count()):
            other = self._pages.widget(at)
            if isinstance(other, _Page):
                other.claim(is_shown=other is page)
        self._pages.setCurrentWidget(page)

    def _show_problems(self, form: AnnotationForm, problems: list[tuple[Problem, str]]) -> None:
        # Cards are used again: making them and giving them their style takes longer than all else on this panel.
        for at, (problem, step) in enumerate(problems):
            item = form.problems.itemAt(at)
            card = item.widget() if item is not None else None
            if not isinstance(card, _ProblemCard):
                card = _ProblemCard()
                form.problems.addWidget(card)
            card.say(problem.message, step)
        for at in range(form.problems.count()):
            item = form.problems.itemAt(at)
            card = item.widget() if item is not None else None
            if card is not None:
                card.setVisible(at < len(problems))

    def prepare(self, scheme: Scheme) -> None:
        """Build the forms of a scheme while nothing else happens: else the first mark of a kind waits for it."""
        self._unbuilt = [(scheme, layer.id, label.id) for layer in scheme.layers for label in layer.labels]
        self._idle.start()

    def _on_idle(self) -> None:
        """Build the next form that there isn't yet, with the style that its parts otherwise get when it is shown."""
        before = len(self._forms)
        while self._unbuilt and len(self._forms) == before:
            scheme, layer, label = self._unbuilt.pop()
            form = self._form_for(scheme, layer, label)
            if len(self._forms) != before:
                for part in form.findChildren(QWidget):
                    part.ensurePolished()
        if not self._unbuilt:
            self._idle.stop()

    def _form_for(self, scheme: Scheme, layer_id: str, label: str) -> AnnotationForm:
        layer = scheme.layer(layer_id)
        fields = [attribute.id for attribute in layer.attributes_of(label)] if layer else []
        kind = (scheme.tag, layer_id, *fields)
        if kind not in self._forms:
            form = AnnotationForm(layer, label, scheme, self, self.find_entries)
            form.left.connect(self.left)
            form.refused.connect(self.refused)
            self._form_pages[form] = _Page(form)
            self._form_pages[form].claim(is_shown=False)
            self._pages.addWidget(self._form_pages[form])
            self._forms[kind] = form
        return self._forms[kind]

    def _show_evidence(
        self, form: AnnotationForm, annotation: Annotation, scheme: Scheme, described: Described, hint: str
    ) -> None:
        layer = scheme.layer(annotation.layer)
        _empty(form.proof)
        if layer is None or not layer.has_evidence:
            return
        head = QWidget()
        line = Flow(head)
        line.add(plain("Evidence", role="field"), 1)
        find = button("find in reference", name="evidence-find", role="link", tip="Ctrl+Shift+F")
        find.clicked.connect(self._on_find_clicked)
        line.add(find)
        form.proof.addWidget(head)
        sets = max((evidence.alternative for evidence in annotation.evidence), default=1)
        pieces = len(annotation.evidence)
        before = 0
        for evidence, (title, stale, around) in sorted(described, key=_set_number):
            if sets > 1 and evidence.alternative != before:
                before = evidence.alternative
                words = "Set 1: all of" if before == 1 else f"or set {before}: all of"
                form.proof.addWidget(plain(words, tone="soft", name=f"evidence-set-{before}"))
            card = EvidenceCard(evidence, title, stale=stale, around=around, sets=sets, pieces=pieces)
            card.set_chosen.connect(self.set_chosen)
            card.jump_requested.connect(self.evidence_jump)
            card.remove_requested.connect(self.evidence_remove)
            card.stance_chosen.connect(self.stance_chosen)
            form.proof.addWidget(card)
        if not annotation.evidence:
            form.proof.addWidget(plain(f"None yet. {hint}", tone="faint", wrap=True, name="evidence-empty"))

    def focus_field(self, name: str) -> None:
        """Put the keyboard into a field: correction, comment, label or an attribute."""
        widget = self.form.field(name) if self.form is not None else None
        if widget is None:
            return
        if isinstance(widget, SeverityRow):
            widget.focus_first()
        else:
            widget.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.ensureWidgetVisible(widget)
        if isinstance(widget, QLineEdit):
            widget.selectAll()

    def commit(self) -> None:
        """Hand over what is typed but not yet said."""
        if self.form is not None:
            self.form.commit()
        self.relations.commit()

    def _on_find_clicked(self, _checked: bool) -> None:
        self.find_requested.emit()


@guarded
class _Page(QWidget):
    """A page that claims height only while it is shown: a stack is as high as the highest page that claims one."""

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self._is_shown = True
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(content)
        box.addStretch(1)

    def claim(self, *, is_shown: bool) -> None:
        """Claim height from now on, or none."""
        self._is_shown = is_shown
        height = QSizePolicy.Policy.Preferred if is_shown else QSizePolicy.Policy.Ignored
        self.setSizePolicy(QSizePolicy.Policy.Preferred, height)
        self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        # QStackedLayout asks all pages for this, whatever their size policies.
        return super().heightForWidth(width) if self._is_shown else 0


class _ProblemCard(QFrame):
    """Says what a rule asks for, and how it is met."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("problem-card")
        self._message = plain("", wrap=True, name="problem-message")
        self._step = plain("", tone="soft", wrap=True, name="problem-step")
        box = QVBoxLayout(self)
        box.setContentsMargins(9, 5, 9, 5)
        box.addWidget(self._message)
        box.addWidget(self._step)

    def say(self, message: str, step: str) -> None:
        """Say something else, and what to do about it."""
        self._message.setText(message)
        self._step.setText(step)
        self._step.setVisible(bool(step))


def _set_number(described: tuple[Evidence, Description]) -> int:
    return described[0].alternative


def _empty(box: QLayout) -> None:
    while (item := box.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
