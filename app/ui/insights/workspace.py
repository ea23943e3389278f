"""The Insights workspace: connects the list of figures, the drawing and its rows to the counts."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from app.core.decision import GOLD
from app.core.errors import StetError
from app.core.wording import in_window
from app.jobs.runner import JobProgress
from app.jobs.tasks.insights import write_csv
from app.review.figures.figure import Figure, Place, Shape
from app.review.figures.insights import FIGURES, OF_SCOPE
from app.review.figures.table import tabbed
from app.session.events import Event, Topic
from app.session.session import Session
from app.ui.actions.catalogue import Needs
from app.ui.actions.registry import ActionRegistry
from app.ui.actions.row_menu import RowMenu
from app.ui.editor.style import Style
from app.ui.insights.book import InsightsBook
from app.ui.insights.figure_file import write_svg
from app.ui.insights.panels import BehindPanel, FigureList, FigurePanel
from app.ui.insights.plots import PaintedPlot, described
from app.ui.insights.save_dialog import SaveFigureDialog, SaveRequest
from app.ui.models.session_bridge import SessionBridge
from app.ui.theme import Tones
from app.ui.widgets.columns import Columns
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.widgets.pane_stepper import PaneStepper, enter_pane
from app.ui.widgets.window_state import WindowState

if TYPE_CHECKING:
    from app.ui.insights.chart import ChartPlot

_FOR_FIGURE = ("insights.picture", "insights.data", "insights.copy")
_OF_REVIEW = ("agreement", "confusion", "overturn")  # figures that compare several people's marks, as Review does
_COUNTING = "Counting…"
_LEAST = 540  # pixels in which a figure can be read


class InsightsWorkspace(QWidget):
    """Figures | one figure | its rows and the documents behind them."""

    place_wanted = Signal(object)  # Place, with the annotator's real name
    review_wanted = Signal(object)  # the same, where it is about several people's marks or what review did
    hints = (("insights.refresh", "refresh"), ("insights.picture", "save image"), ("help.shortcuts", "keys"))

    def __init__(
        self,
        session: Session,
        actions: ActionRegistry,
        notifier: Notifier,
        tones: Tones,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("insights")
        self._session = session
        self.scope = actions.scope()
        self._notifier = notifier
        self._tones = tones
        self._chosen: dict[str, str] = {}
        self._chart: ChartPlot | None = None
        self.figure: Figure | None = None
        self.row = -1
        self.book = InsightsBook(session, self)
        self.bridge = SessionBridge(session, self)
        self.desk = Columns("split-insights", self._fill, [232, 828, 380], self, lists="figures")
        self.desk.set_needs(_LEAST)
        self.desk.list_wanted.connect(self._enter_figures)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.desk)
        for view, entries, title, enter in (
            (self.figures.list, _FOR_FIGURE, "Show the figure", self._to_plot),
            (self.behind.table, ("insights.copy", "insights.data"), "Show its documents", self._to_places),
            (self.behind.list, (), "Open the document", self._on_place),
        ):
            RowMenu(view, actions, entries, enters=title).entered.connect(enter)
        self._panes = PaneStepper(self, self.panes, enter=self._enter_pane)
        self._connect()
        self._bind()
        self.figures.list.setCurrentIndex(self.figures.model.index(0))

    def _fill(self, split: QSplitter) -> Sequence[QWidget]:
        self.figures = FigureList(self._tones, split)
        self.panel = FigurePanel(self._tones, split)
        self.behind = BehindPanel(self._tones, split)
        return self.figures, self.panel, self.behind

    def _connect(self) -> None:
        self.bridge.changed.connect(self._on_session_changed)
        self.book.loaded.connect(self._on_loaded)
        self.book.outdated.connect(self._show_age)
        self.book.failed.connect(self._on_failed)
        self.book.progressed.connect(self._on_progressed)
        self.figures.list.came_to.connect(self._on_figure)
        self.figures.list.entered_row.connect(self._to_plot)
        self.figures.names.toggled.connect(self._on_names)
        self.panel.chosen.connect(self._on_chosen)
        self.panel.conditions_typed.connect(self._on_conditions)
        self.panel.action_wanted.connect(self._on_action_wanted)
        self._connect_plot(self.panel.plot)
        self.behind.table.came_to.connect(self.choose_row)
        self.behind.table.entered_row.connect(self._to_places)
        self.behind.list.entered_row.connect(self._on_place)

    def _on_action_wanted(self, action: str) -> None:
        self.scope.run(action)

    def _connect_plot(self, plot: "PaintedPlot | ChartPlot") -> None:
        plot.row_chosen.connect(self.choose_row)
        plot.entered.connect(self._to_places)

    def _bind(self) -> None:
        handlers: dict[str, Callable[[], None]] = {
            "insights.refresh": self.refresh,
            "insights.picture": self._ask_picture,
            "insights.data": self._ask_data,
            "insights.copy": self._copy,
            "insights.names": self.figures.names.toggle,
            "edit.undo": self._nothing_to_undo,
            "edit.redo": self._nothing_to_undo,
            "view.next-pane": self._panes.forth,
            "view.previous-pane": self._panes.back,
        }
        self.scope.bind_all(handlers)

    def widget(self) -> QWidget:
        """Return the widget to show."""
        return self

    def enter(self) -> None:
        """Come to the front: count if nothing was counted yet, and focus the list of figures."""
        self.scope.update_enabled({Needs.PROJECT, Needs.INSIGHTS})
        if self.book.insights is None:
            self.refresh()
        (self.figures.list if self.figures.isVisible() else self.plot).setFocus()

    def leave(self) -> None:
        """Do nothing: there is nothing to commit."""

    def open_document(self, _uid: str) -> bool:
        """Return False: figures cover all documents."""
        return False

    # -- view ----------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Count everything again."""
        if self.book.insights is None:
            self.panel.show_waiting(_COUNTING)
            self.panel.frame.hide()
        self.book.load()
        self._show_age()

    def _on_session_changed(self, fact: Event) -> None:
        self.book.follow(fact)
        if fact.topic is Topic.ANNOTATOR:
            self._show_row()  # whose annotations are visible depends on the annotator

    def _on_progressed(self, step: JobProgress) -> None:
        of = f" of {step.total:,}" if step.total else ""
        words = f"{_COUNTING} {step.done:,}{of} documents"
        if self.book.insights is None:
            self.panel.show_waiting(words)
        elif self.isVisible():
            self._notifier.notify(words)

    def _on_loaded(self) -> None:
        self._notifier.clear()
        self.show_figure()
        self._show_age()

    def _on_failed(self, error: StetError) -> None:
        self._notifier.complain(error)
        if self.book.insights is None:
            self.panel.show_waiting(f"The figures couldn’t be computed: {in_window(error)}")
        self._show_age()

    def _show_age(self) -> None:
        self.panel.show_old(is_old=self.book.is_outdated and self.book.insights is not None)

    def _on_figure(self, _row: int) -> None:
        self.show_figure()

    def _on_chosen(self, chosen: Mapping[str, str]) -> None:
        self._chosen.update(chosen)
        self.show_figure(remake=False)

    def _on_conditions(self, conditions: Sequence[str]) -> None:
        if tuple(conditions) != self.book.conditions:
            self.book.narrow(conditions)
            self._show_age()

    def _on_names(self, _hidden: bool) -> None:
        self.show_figure()

    @property
    def plot(self) -> "PaintedPlot | ChartPlot":
        """The widget that draws the current figure."""
        is_chart = self.figure is not None and self.figure.shape in (Shape.DAYS, Shape.STRIP)
        return self._charts() if is_chart else self.panel.plot

    def _charts(self) -> "ChartPlot":
        if self._chart is None:
            from app.ui.insights.chart import ChartPlot

            self._chart = ChartPlot(self._tones)
            self._connect_plot(self._chart)
            self.panel.room.insertWidget(0, self._chart, 1)
        return self._chart

    def show_figure(self, *, remake: bool = True) -> None:
        """Show the selected figure from the current counts; with `remake`, rebuild its choices too."""
        insights, hidden = self.book.insights, self.figures.names.isChecked()
        if insights is None:
            return
        about = FIGURES[max(0, self.figures.list.currentIndex().row())]
        figure = insights.figure(about.id, self._chosen, hide_names=hidden)
        stays = self.figure is not None and self.figure.id == figure.id and self.row < len(figure.rows)
        self.row = self.row if stays and self.row >= 0 else (0 if figure.rows else -1)
        self.figure = figure
        if remake:
            choices = insights.choices(about.id, hide_names=hidden)
            offered = [choice for choice in choices if choice.key != "by" or len(choice.values) > 1]
            self.panel.show_choices(offered, self._chosen)
        self.panel.show_conditions(offered=about.id in OF_SCOPE)
        self.panel.show_words(figure)
        plot = self.plot
        self.panel.frame.setVisible(plot is self.panel.plot and not figure.missing)
        if self._chart is not None:
            self._chart.setVisible(plot is self._chart and not figure.missing)
        if not figure.missing:
            plot.show_figure(figure, self.row)
        self.behind.show_figure(None if figure.missing else figure)
        self._show_row()

    def choose_row(self, row: int) -> None:
        """Select a row of the figure: in the drawing, in the table, and with the documents behind it."""
        if row == self.row or self.figure is None or not 0 <= row < len(self.figure.rows):
            return
        self.row = row
        self.plot.choose(row)
        self._show_row()
        rect = self.panel.plot.picture.rect_of(row) if self.panel.plot.picture is not None else None
        if rect is not None and self.plot is self.panel.plot:
            self.panel.frame.ensureVisible(round(rect.center().x()), round(rect.center().y()) + 6, 60, 40)

    def _show_row(self) -> None:
        insights, figure = self.book.insights, self.figure
        if insights is None or figure is None:
            return
        if self.row < 0:
            self.behind.show_row("", -1, (), 0, insights.documents)
            return
        row, hidden = figure.rows[self.row], self.figures.names.isChecked()
        places = insights.seen_by(self._session.annotator, row.places, hide_names=hidden)
        words = described(figure, self.row).replace("\n", " · ")
        self.behind.show_row(words, self.row, places, row.more, insights.documents)

    # -- navigation ----------------------------------------------------------------------------------------------------

    def _to_plot(self, _row: int) -> None:
        self.plot.setFocus()

    def _to_places(self, row: int) -> None:
        self.choose_row(row)
        places = self.behind.places
        if places.rowCount() == 1:
            self._on_place(0)
        elif places.rowCount():
            self.behind.list.setCurrentIndex(places.index(0))
            self.behind.list.setFocus()

    def _on_place(self, row: int) -> None:
        place, insights = self.behind.places.place(row), self.book.insights
        if place is None or insights is None:
            return
        name = insights.annotator_of(place.annotator, hide_names=self.figures.names.isChecked())
        there = Place(place.document, name, place.annotation, place.words)
        is_compared = self.figure is not None and self.figure.id in _OF_REVIEW
        is_review = name == GOLD or (is_compared and insights.can_review(self._session.annotator, place.document))
        (self.review_wanted if is_review else self.place_wanted).emit(there)

    def _nothing_to_undo(self) -> None:
        self._notifier.notify("There is nothing to undo here. Undo in Annotate (Ctrl+1) or Review (Ctrl+2).")

    def _ask_picture(self) -> None:
        self._ask("svg")

    def _ask_data(self) -> None:
        self._ask("csv")

    def _ask(self, kind: str) -> None:
        if self.figure is None or self.figure.missing:
            self._notifier.notify("There is nothing to save yet.", Tone.WARNING)
            return
        dialog = SaveFigureDialog(self._session.path, self.figure.id, kind, self.window())
        dialog.answered.connect(self._save)
        dialog.open()

    def _save(self, request: SaveRequest) -> None:
        if self.figure is None:
            return
        try:
            if request.kind == "svg":
                write_svg(self.plot.svg(), request.path, keep_off=self._session.path)
            else:
                write_csv(self.figure, request.path, keep_off=self._session.path)
        except StetError as error:
            self._notifier.complain(error)
            return
        self._notifier.notify(f"Saved {request.path}", Tone.DONE)

    def _copy(self) -> None:
        if self.figure is None or self.figure.missing:
            self._notifier.notify("There is nothing to copy yet.", Tone.WARNING)
            return
        QGuiApplication.clipboard().setText(tabbed(self.figure))
        self._notifier.notify("Table copied.", Tone.DONE)

    # -- lifecycle -----------------------------------------------------------------------------------------------------

    def panes(self) -> list[QWidget]:
        """Return the panes that F6 cycles through."""
        return [self.figures.list, self.plot, self.behind.table, self.behind.list]

    def apply_appearance(self, tones: Tones, _style: Style) -> None:
        """Apply other colours."""
        self._tones = tones
        self.figures.delegate.tones = tones
        self.behind.delegate.tones = tones
        self.panel.plot.apply_look(tones)
        if self._chart is not None:
            self._chart.apply_look(tones)

    def _enter_pane(self, pane: QWidget) -> bool:
        if pane is self.figures.list:
            self.desk.show_list()
        return enter_pane(pane)

    def _enter_figures(self) -> None:
        self._enter_pane(self.figures.list)

    def restore(self, state: WindowState) -> None:
        """Restore the pane sizes."""
        self.desk.restore(state)
        state.restore_splitter(self.behind.split.objectName(), self.behind.split)

    def remember(self, state: WindowState) -> None:
        """Save the pane sizes."""
        self.desk.keep(state)
        state.keep_splitter(self.behind.split.objectName(), self.behind.split)

    def shut_down(self) -> None:
        """Stop counting and listening; the session may be closed afterwards."""
        self.book.close()
        self.bridge.close()
