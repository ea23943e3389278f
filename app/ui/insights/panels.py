"""The three panels of the Insights workspace: figures, the figure, and what is behind it. No wiring."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QListView,
    QScrollArea,
    QSplitter,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.core.wording import counted
from app.review.figures.figure import Figure, Place
from app.review.figures.insights import About, FigureChoice
from app.ui.guard import guarded
from app.ui.insights.models import ABOUT, PLACE, FigureListModel, FigureTableModel, Index, PlacesModel
from app.ui.insights.plots import PaintedPlot
from app.ui.panels.delegates import RowBox, RowDelegate, row_size
from app.ui.theme import Tones, px, ui_font
from app.ui.widgets.fields import ComboBox, LineEdit
from app.ui.widgets.labels import button, plain, unmarked, value_button
from app.ui.widgets.row_entry import RowEntry

_CONDITIONS = "all; or such as scheme=news-errors@2, finished>=2026-01-31, name=agency/*, meta.source=web"
_WIDEST = 120  # maximum width of a column, to leave space for numbers beside long titles
_LEAST_CHOICE = 120  # of the width of a choice of a figure, where there is no more room


@guarded
class EnteredList(QListView):
    """A list with signals for the current row and for an activated row."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entering = RowEntry(self)
        self.came_to, self.entered_row = self._entering.came_to, self._entering.entered_row
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().currentChanged(current, previous)
        self._entering.came(current, previous)


@guarded
class EnteredTable(QTableView):
    """A table with signals for the current row and for an activated row."""

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entering = RowEntry(self)
        self.came_to, self.entered_row = self._entering.came_to, self._entering.entered_row
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setCornerButtonEnabled(False)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().currentChanged(current, previous)
        self._entering.came(current, previous)


@guarded
class TwoLineDelegate(RowDelegate):
    """A title, and below it a fainter line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return row_size(46)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        first, second = self._lines(index)
        painter.save()
        self.ground(painter, option, self.tones.chosen)
        box = RowBox(painter, option)
        rect = box.rect.adjusted(10, 5 if second else 14, -8, -5)
        for text, font, color, top in (
            (first, ui_font(13), self.tones.text, 0),
            (second, ui_font(11), self.tones.faint, 19),
        ):
            painter.setFont(font)
            painter.setPen(QColor(color))
            box.line(QRect(rect.left(), rect.top() + top, rect.width(), 18), text)
        painter.restore()

    @staticmethod
    def _lines(index: Index) -> tuple[str, str]:
        about, model = index.data(ABOUT), index.model()
        if isinstance(about, About):
            return about.title, about.description
        if isinstance(model, PlacesModel) and index.data(PLACE) is not None:
            return model.lines(index.row())
        return "", ""


class FigureList(QWidget):
    """The list of figures; below it the option to hide names."""

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("insights-figures")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = FigureListModel(self)
        self.list = EnteredList("insights-list", "Figures")
        self.list.setModel(self.model)
        self.delegate = TwoLineDelegate(tones, self.list)
        self.list.setItemDelegate(self.delegate)
        tip = "Show annotators as 1, 2, 3 … on screen and in saved files (Alt+N)"
        self.names = button("Hide names", name="insights-names", role="chip", tip=tip)
        self.names.setCheckable(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 14, 8, 12)
        box.setSpacing(8)
        box.addWidget(plain("FIGURES", role="caption"))
        box.addWidget(self.list, 1)
        box.addWidget(self.names, 0, Qt.AlignmentFlag.AlignLeft)


@guarded
class _Frame(QScrollArea):
    """Scrolls a drawing that is larger than the available space."""

    def __init__(self, plot: PaintedPlot) -> None:
        super().__init__()
        self._plot = plot
        self.setObjectName("insights-scroll")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        holder = QWidget()
        holder.setObjectName("insights-holder")
        inside = QVBoxLayout(holder)
        inside.setContentsMargins(0, 6, 0, 0)
        inside.addWidget(plot)
        inside.addStretch(1)
        self.setWidget(holder)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._plot.fit(self.viewport().width())


class FigurePanel(QWidget):
    """A figure: title, sentence, choices, drawing, notes, and commands."""

    chosen = Signal(object)  # dict: choice key to value
    conditions_typed = Signal(object)  # list of conditions
    action_wanted = Signal(object)  # action id

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("insights-figure")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title = plain("", role="title", name="insights-title")
        self._lead = plain("", tone="soft", wrap=True, name="insights-lead")
        self._notes = plain("", tone="faint", wrap=True, name="insights-notes")
        self._empty = plain("", tone="soft", wrap=True, name="insights-empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(0, 24, 0, 0)
        self._empty.setMaximumWidth(560)
        self._old = self._notice()
        self._choices = QHBoxLayout()
        self._choices.setSpacing(8)
        self._combos: dict[str, QComboBox] = {}
        self._only = self._conditions()
        self.plot = PaintedPlot(tones)
        self.frame = _Frame(self.plot)
        self.room = QVBoxLayout()
        self.room.addWidget(self.frame, 1)
        self.room.addStretch(0)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 20, 24, 16)
        box.setSpacing(10)
        box.addWidget(self._old)
        for widget in (self._title, self._lead):
            box.addWidget(widget)
        box.addLayout(self._choices)
        box.addWidget(self._only)
        box.addWidget(self._empty, 1)
        box.addLayout(self.room, 1)
        box.addWidget(self._notes)
        box.addLayout(self._buttons())

    def _conditions(self) -> QWidget:
        """Make the line for what agreement and confusion are to be of."""
        self.conditions = LineEdit()
        self.conditions.setObjectName("insights-conditions")
        self.conditions.setAccessibleName("Only what meets these conditions")
        self.conditions.setPlaceholderText(_CONDITIONS)
        self.conditions.setClearButtonEnabled(True)
        self.conditions.setToolTip(
            "Only these documents, versions of the scheme or days; conditions separated by commas"
        )
        self.conditions.returnPressed.connect(self._on_conditions)
        self.conditions.textChanged.connect(self._on_conditions_changed)
        caption = plain("Only", role="field")
        caption.setBuddy(self.conditions)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(caption)
        row.addWidget(self.conditions, 1)
        holder.hide()
        return holder

    def _on_conditions(self) -> None:
        self.conditions_typed.emit([part.strip() for part in self.conditions.text().split(",") if part.strip()])

    def _on_conditions_changed(self, text: str) -> None:
        if not text.strip():  # by the cross, which presses no Enter
            self._on_conditions()

    def show_conditions(self, *, offered: bool) -> None:
        """Offer the line for conditions, or hide it."""
        self._only.setVisible(offered)

    def _notice(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("notice")
        row = QHBoxLayout(frame)
        row.setContentsMargins(12, 6, 6, 6)
        row.addWidget(plain("The project has changed since these figures were computed.", name="insights-old"), 1)
        tip = "Recompute all figures (F5)"
        again = value_button("insights.refresh", "Refresh", name="insights-refresh", tip=tip)
        again.picked.connect(self.action_wanted)
        row.addWidget(again)
        frame.hide()
        return frame

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._saving = []
        for action, text, tip in (
            ("insights.picture", "Save image…", "As SVG, with title and summary (Ctrl+Shift+P)"),
            ("insights.data", "Save data…", "As CSV, for spreadsheets (Ctrl+Shift+S)"),
            ("insights.copy", "Copy table", "To paste into a spreadsheet (Ctrl+Shift+C)"),
        ):
            made = value_button(action, text, name=action.replace(".", "-"), tip=tip)
            made.picked.connect(self.action_wanted)
            row.addWidget(made)
            self._saving.append(made)
        row.addStretch(1)
        return row

    def show_choices(self, choices: Sequence[FigureChoice], chosen: Mapping[str, str]) -> None:
        """Offer choices in combo boxes, which are only rebuilt if the choices differ."""
        while (item := self._choices.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._combos = {}
        for choice in choices:
            combo = ComboBox()
            combo.setObjectName(f"insights-{choice.key}")
            combo.setAccessibleName(choice.title)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            for value, title in choice.values:
                combo.addItem(unmarked(title), value)
            combo.setMinimumWidth(
                min(combo.sizeHint().width(), px(_LEAST_CHOICE))
            )  # long titles mustn't widen the window
            combo.setCurrentIndex(max(0, combo.findData(chosen.get(choice.key, ""))))
            combo.activated.connect(self._on_chosen)
            caption = plain(choice.title, role="field")
            caption.setBuddy(combo)
            self._choices.addWidget(caption)
            self._choices.addWidget(combo)
            self._combos[choice.key] = combo
        self._choices.addStretch(1)

    def _on_chosen(self, _index: int) -> None:
        self.chosen.emit({key: str(combo.currentData()) for key, combo in self._combos.items()})

    def show_words(self, figure: Figure) -> None:
        """Show the figure's text; if there is nothing to draw, why."""
        self._title.setText(figure.title)
        self._lead.setText(figure.lead)
        self._lead.setVisible(not figure.missing)
        self._notes.setText("\n".join(figure.notes))
        self._notes.setVisible(bool(figure.notes) and not figure.missing)
        self.show_empty(figure.missing)

    def show_empty(self, words: str) -> None:
        """Show why there is no drawing; "" shows the drawing."""
        self._empty.setText(words)
        self._empty.setVisible(bool(words))
        for made in self._saving:
            made.setEnabled(not words)

    def show_waiting(self, words: str) -> None:
        """Show that counting is in progress."""
        self._title.setText("Insights")
        self._lead.hide()
        self._notes.hide()
        self.show_empty(words)

    def show_old(self, *, is_old: bool) -> None:
        """Show or hide the notice that the figures are outdated."""
        self._old.setVisible(is_old)


class BehindPanel(QWidget):
    """The figure's rows as a table, above the documents behind the selected one."""

    def __init__(self, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("insights-behind")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.rows = FigureTableModel(self)
        self.table = EnteredTable("insights-table", "Figure data")
        self.table.setModel(self.rows)
        self.places = PlacesModel(self)
        self.list = EnteredList("insights-places", "Documents for the selected row")
        self.list.setModel(self.places)
        self.delegate = TwoLineDelegate(tones, self.list)
        self.list.setItemDelegate(self.delegate)
        self._count = plain("DATA", role="caption", name="insights-count")
        self._behind = plain("SOURCES", role="caption", name="insights-behind-title")
        self._row = plain("", tone="soft", wrap=True, name="insights-row")
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setObjectName("split-insights-behind")
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(_part(self._count, self.table))
        self.split.addWidget(_part(self._behind, self._row, self.list))
        self.split.setSizes([420, 380])
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.split)

    def show_figure(self, figure: Figure | None) -> None:
        """Show the rows of a figure."""
        self.rows.show_figure(figure)
        self._count.setText(f"DATA · {counted(self.rows.rowCount(), 'ROW', 'ROWS')}")
        header = self.table.horizontalHeader()
        self.table.resizeColumnsToContents()
        for column in range(self.rows.columnCount()):
            self.table.setColumnWidth(column, min(_WIDEST, header.sectionSize(column) + 10))

    def show_row(self, words: str, row: int, places: Sequence[Place], more: int, names: Mapping[str, str]) -> None:
        """Show the places behind a row; `words` describe the row, `more` is the number of places left out."""
        self.places.show_places(tuple(places), names)
        what = "MARK" if any(place.annotation for place in places) else "DOCUMENT"
        more_words = f", AND {more:,} MORE" if more else ""
        self._behind.setText(f"SOURCES · {counted(len(places), what, f'{what}S')}{more_words}")
        self._row.setText(words)
        self._row.setVisible(bool(words))
        if row >= 0 and self.table.currentIndex().row() != row:
            self.table.setCurrentIndex(self.rows.index(row, 0))


def _part(*widgets: QWidget) -> QWidget:
    part = QWidget()
    box = QVBoxLayout(part)
    box.setContentsMargins(14, 14, 10, 8)
    box.setSpacing(6)
    for number, widget in enumerate(widgets, 1):
        box.addWidget(widget, 1 if number == len(widgets) else 0)
    return part
