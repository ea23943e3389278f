"""Layers and labels with their keys, over the text."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QWidget

from app.core.scheme import Label, Layer, Scheme, short_title
from app.ui.actions.registry import ActionRegistry
from app.ui.guard import guarded
from app.ui.theme import Tones, px, readable, scale, ui_font
from app.ui.widgets.ground import Ground, ground_of
from app.ui.widgets.labels import literal, unmarked

_HEIGHT = 27
_GAP = 7
_ROWS = 2
_KEPT_PICTURES = 8


@guarded
class KeyButton(QAbstractButton):
    """A small button that shows its key: a layer or a label. Never takes the focus from the text."""

    picked = Signal(object)  # its id

    def __init__(
        self, title: str, key: str, tones: Tones, *, ident: str = "", color: str = "", layer: bool = False
    ) -> None:
        super().__init__()
        self.ident = ident
        self._key = key
        self._color = color
        self._layer = layer
        self._is_brush = False
        self._is_current = False
        self._pictures: dict[tuple[object, ...], QPixmap] = {}  # by all that it depends on: few, and each is met often
        self.tones = tones
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setText(title)
        self.setCheckable(layer)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{title}, key {key}" if key else title)
        self.clicked.connect(self._on_clicked)

    def _on_clicked(self) -> None:
        self.picked.emit(self.ident)

    @property
    def is_brush(self) -> bool:
        """Whether its label is the one that the brush annotates with."""
        return self._is_brush

    def set_brush(self, *, on: bool) -> None:
        """Show whether its label is the one that the brush annotates with."""
        if on is not self._is_brush:
            self._is_brush = on
            self._describe()

    @property
    def is_current(self) -> bool:
        """Whether its label is the one of the selected mark."""
        return self._is_current

    def set_current(self, *, on: bool) -> None:
        """Show whether its label is the one of the selected mark."""
        if on is not self._is_current:
            self._is_current = on
            self._describe()

    def _describe(self) -> None:
        said = [("used by the brush", self._is_brush), ("label of the selected mark", self._is_current)]
        self.setAccessibleDescription(", ".join(words for words, is_so in said if is_so))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(self.wide), px(_HEIGHT))

    @property
    def wide(self) -> int:
        """How wide it is in the usual window."""
        return _width(self.text(), self._key, colored=bool(self._color))

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio, size = self.devicePixelRatio(), self.size().toTuple()
        look = (self.tones, self.text(), self._key, self.isChecked() or self._is_brush, self._is_current)
        state = (*look, self.underMouse(), self.isEnabled(), self.isRightToLeft(), scale(), ratio, size)
        picture = self._pictures.get(state)
        if picture is None:
            if len(self._pictures) > _KEPT_PICTURES:
                self._pictures.clear()
            picture = self._pictures[state] = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(ground_of(self))
            self._draw(picture)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, picture)
        painter.end()

    def _draw(self, picture: QPixmap) -> None:
        tones = self.tones
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale(), scale())
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        rect = QRectF(0, 0, self.width() / scale(), self.height() / scale()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked() or self._is_brush
        calm = tones.chosen_annotation if self._is_current else tones.surface
        ground = QColor(tones.warn if on else tones.hover if self.underMouse() else calm)
        strong = on or self._is_current
        painter.setPen(QPen(QColor(tones.warn if strong else tones.line), 1.5 if self._is_current else 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 6, 6)
        left = rect.left() + 9
        if self._color:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(readable(self._color, tones.surface, 3.0))
            painter.drawRoundedRect(self._place(rect, QRectF(left, rect.center().y() - 1.5, 13, 3.5)), 1.5, 1.5)
            left += 20
        text = QColor(tones.surface if on else tones.text if self.isEnabled() else tones.faint)
        painter.setPen(text)
        painter.setFont(ui_font(13))
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self._place(rect, rect.adjusted(left - rect.left(), 0, 0, 0)), int(flags), self.text())
        if self._key:
            width = _key_width(self._key)
            box = self._place(rect, QRectF(rect.right() - width - 5, rect.top() + 5, width, rect.height() - 10))
            edge = QColor(tones.surface if on else tones.warn if self._is_current else tones.line)
            painter.setPen(QPen(edge, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(text if on else QColor(tones.soft))
            painter.setFont(ui_font(11))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._key)
        painter.end()

    def _place(self, rect: QRectF, part: QRectF) -> QRectF:
        """Return where a part is painted; `part` says where it is for who reads from the left."""
        if not self.isRightToLeft():
            return part
        return QRectF(rect.left() + rect.right() - part.right(), part.top(), part.width(), part.height())


def _shown_title(layer: Layer, label: Label) -> str:
    """Return what a label's button says; a sign stands for others under it."""
    title = short_title(label.title)
    return f"{title} ›" if layer.children(label.id) else title


def _at_hand_together(layer: Layer) -> Iterator[Sequence[Label]]:
    """Yield the labels that are at hand at the top of a layer's tree, and under each label that has others under it."""
    if not layer.is_tree:
        yield layer.labels
        return
    yield layer.children("")
    for label in layer.labels:
        if under := layer.children(label.id):
            yield under if label.group else [label, *under]


def _key_width(key: str) -> int:
    return QFontMetrics(ui_font(11)).horizontalAdvance(key) + 10


def _width(title: str, key: str, *, colored: bool) -> int:
    width = QFontMetrics(ui_font(13)).horizontalAdvance(title) + 18
    return width + (20 if colored else 0) + (_key_width(key) + 8 if key else 0)


@guarded
class LabelBar(Ground):
    """The layers of the scheme, and the labels of the active one; two rows at most, the rest in the menu of “more”.

    It is as high as the layer with the most labels needs, so that the text stands still when the layer changes.
    """

    layer_chosen = Signal(object)
    label_chosen = Signal(object)

    def __init__(self, actions: ActionRegistry, tones: Tones, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("label-bar")
        self.setAccessibleName("Labels")
        self._actions = actions
        self._tones = tones
        self._layers: dict[str, KeyButton] = {}
        self._made: dict[str, dict[str, KeyButton]] = {}  # by layer, once its labels were shown
        self._scheme: Scheme | None = None
        self._active = ""
        self._current = ""
        self._open = ""
        self._brush = ("", "")
        self._more = KeyButton("", "", tones)
        self._more.setObjectName("labels-more")
        self._more.setParent(self)
        self._more.clicked.connect(self._on_more_clicked)
        self.setFixedHeight(px(_HEIGHT + 16))

    def show_scheme(self, scheme: Scheme, active: str) -> None:
        """Show a scheme's layers, and the labels of one of them."""
        self._scheme = scheme
        for old in (*self._layers.values(), *(made for layer in self._made.values() for made in layer.values())):
            old.hide()
            old.deleteLater()
        self._layers, self._made = {}, {}
        for layer in scheme.layers:
            made = self._button(layer.id, layer.title, f"layer.{layer.id}", layer=True)
            made.picked.connect(self.layer_chosen)
            self._layers[layer.id] = made
        self.turn_to(active)

    def turn_to(self, layer: str) -> None:
        """Show the labels of another layer, from the top of their tree."""
        self._open = ""
        for name, made in self._layers.items():
            made.setChecked(name == layer)
        for made in self._labels.values():
            made.hide()
        self._active = layer
        found = self._scheme.layer(layer) if self._scheme is not None else None
        if found is not None and layer not in self._made:
            self._made[layer] = self._label_buttons(found)
        self._show_brush()
        self._arrange()
        self.show_current("")

    def open_label(self, label: str) -> None:
        """Show a label with those under it, or the top of the tree for ""."""
        self._open = label
        for made in self._labels.values():
            made.hide()
        self._arrange()

    def show_current(self, label: str) -> None:
        """Show which of the labels is that of the selected mark; none for "". One further down the tree is shown by
        that which leads to it.
        """
        self._current = label
        layer = self._scheme.layer(self._active) if self._scheme is not None else None
        lineage = layer.lineage(label) if layer is not None and label else ()
        at_hand = self._at_hand()
        nearest = next((name for name in reversed(lineage) if name in at_hand), "")
        for name, made in self._labels.items():
            made.set_current(on=name == nearest)
        hidden = nearest in self._labels and self._labels[nearest].isHidden()
        self._more.set_current(on=hidden)

    def _at_hand(self) -> dict[str, KeyButton]:
        """The buttons of the labels that keys give now: those under the label that is open, after itself."""
        layer = self._scheme.layer(self._active) if self._scheme is not None else None
        if layer is None or not layer.is_tree:
            return self._labels
        open_label = layer.label(self._open)
        itself = [open_label.id] if open_label is not None and not open_label.group else []
        names = [*itself, *(label.id for label in layer.children(self._open))]
        return {name: self._labels[name] for name in names if name in self._labels}

    @property
    def _labels(self) -> dict[str, KeyButton]:
        """The buttons of the active layer's labels."""
        return self._made.get(self._active, {})

    def show_brush(self, label: tuple[str, str] | None) -> None:
        """Show which label the brush annotates with, as (layer, label); none for None."""
        self._brush = label or ("", "")
        self._show_brush()

    def _show_brush(self) -> None:
        for name, made in self._labels.items():
            made.set_brush(on=(self._active, name) == self._brush)

    def _label_buttons(self, layer: Layer) -> dict[str, KeyButton]:
        buttons = {}
        for label in layer.labels:
            made = self._button(label.id, _shown_title(layer, label), f"label.{layer.id}.{label.id}", color=label.color)
            more = f"\nFor example: {label.example}" if label.example else ""
            made.setToolTip(literal(f"{label.title}\n{label.definition}{more}"))
            made.picked.connect(self.label_chosen)
            buttons[label.id] = made
        return buttons

    def _button(self, ident: str, title: str, action: str, *, color: str = "", layer: bool = False) -> KeyButton:
        key = self._key_of(action)
        shown = key if layer else key.lower()
        made = KeyButton(title, shown, self._tones, ident=ident, color=color, layer=layer)
        made.setParent(self)
        made.setObjectName(action)
        made.setToolTip(self._actions.tip_of(action))
        made.show()
        return made

    def _key_of(self, action: str) -> str:
        keys = self._actions.keys_of_action(action)
        return keys[0] if keys else ""

    def set_tones(self, tones: Tones) -> None:
        """Use other colours."""
        self._tones = tones
        labels = (made for layer in self._made.values() for made in layer.values())
        for made in (*self._layers.values(), *labels, self._more):
            made.tones = tones
            made.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LayoutDirectionChange):
            self._arrange()

    def _room(self) -> int:
        return max(200, round(self.width() / scale()) - 14)

    def _put(self, made: QWidget, x: int, y: int, width: int) -> None:
        """Put a button where it is in the usual window, for who reads from the left."""
        left = self.width() - px(x + width) if self.isRightToLeft() else px(x)
        made.setGeometry(left, px(y), px(width), px(_HEIGHT))

    def _arrange(self) -> None:
        x, y, lines = 14, 8, 0
        for made in self._layers.values():
            if x > 14 and x + made.wide > self._room():  # many layers, or large letters, go on below
                x, y, lines = 14, y + _HEIGHT + 6, lines + 1
            self._put(made, x, y, made.wide)
            x += made.wide + 1
        x += 10
        at_hand = self._at_hand()
        for name, made in self._labels.items():
            if name not in at_hand:
                made.hide()
        hidden = self._flow(list(at_hand.values()), QPoint(x, y))
        height = px((lines + self._rows(x)) * (_HEIGHT + 6) - 6 + 16)
        if self.height() != height:
            self.setFixedHeight(height)
        if hidden:
            self._more.setText(f"{hidden} more…")
            self._more.setAccessibleName(f"{hidden} more labels")
        self._more.setVisible(hidden > 0)
        self.show_current(self._current)

    def _flow(self, buttons: Sequence[KeyButton], at: QPoint) -> int:
        """Place buttons from left to right in at most two rows; return how many had no room."""
        x, y, row = at.x(), at.y(), 0
        room = self._room()
        hidden = 0
        for number, made in enumerate(buttons):
            width = made.wide
            left = len(buttons) - number
            more = 86 if row == _ROWS - 1 and left > 1 else 0
            if x + width + more > room and row < _ROWS - 1:
                x, row = 14, row + 1
                y += _HEIGHT + 6
            if hidden or x + width + more > room:
                hidden += 1
                made.hide()
                continue
            self._put(made, x, y, width)
            made.show()
            x += width + _GAP
        if hidden:
            self._put(self._more, x, y, 80)
        return hidden

    def _rows(self, x: int) -> int:
        """Return how many rows the most labels take that are at hand together, where the first one begins at an x: the
        text below mustn't move when another layer or label is opened.
        """
        room = self._room()
        for layer in self._scheme.layers if self._scheme else ():
            for labels in _at_hand_together(layer):
                at = x
                for label in labels:
                    key = self._key_of(f"label.{layer.id}.{label.id}")
                    title = _shown_title(layer, label)
                    width = _width(title, key.lower(), colored=bool(label.color))
                    if at + width > room:
                        return _ROWS
                    at += width + _GAP
        return 1

    def _on_more_clicked(self) -> None:
        """Open a menu of the labels that have no room."""
        menu = QMenu(self)
        menu.setObjectName("labels-more-menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, made in self._at_hand().items():
            if made.isHidden():
                key = self._key_of(made.objectName()).lower()
                entry = menu.addAction(unmarked(made.text()) + (f"\t{key}" if key else ""))
                entry.setObjectName(made.objectName())
                entry.setData(name)
                entry.setToolTip(made.toolTip())
        menu.setToolTipsVisible(True)
        menu.triggered.connect(self._on_more_chosen)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))

    def _on_more_chosen(self, entry: QAction) -> None:
        self.label_chosen.emit(entry.data())
