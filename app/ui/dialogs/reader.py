"""A window to read in beside the work: pages with headings, searched as one types."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QImage,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QTextBrowser,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.wording import counted
from app.ui.dialogs.base import Dialog
from app.ui.guard import guarded
from app.ui.widgets.fields import LineEdit
from app.ui.widgets.labels import literal, plain

_PAUSE_MS = 120
_PAGE = int(Qt.ItemDataRole.UserRole)
_PLACE = _PAGE + 1
_DEEPEST = 3  # levels of headings in the contents
_MARGIN = 18.0
_ABOVE_HEADING, _BELOW_HEADING = 16.0, 5.0
_LEAST_PICTURE = 200
_HALF = 128  # of the lightness of a colour


class Page(NamedTuple):
    """A page: `name` is what links call it, `html` its content, which the caller has escaped, or what makes it once it
    is needed. `pictures` are the files of those that it names; one whose name ends with `-light` has a sister for dark
    themes, `-dark`.
    """

    name: str
    title: str
    html: str | Callable[[], str]
    pictures: Mapping[str, Path] = {}


class _Look(NamedTuple):
    """What pictures are made for: room in pixels, the kind of theme, and pixels of the screen for each of these."""

    room: int
    is_dark: bool
    ratio: float


def _space_headings(document: QTextDocument) -> None:
    """Set headings apart from what is above them: in a page made of Markdown they have no margins."""
    block = document.begin().next()
    while block.isValid():
        form = block.blockFormat()
        if form.headingLevel():
            form.setTopMargin(_ABOVE_HEADING)
            form.setBottomMargin(_BELOW_HEADING)
            QTextCursor(block).setBlockFormat(form)
        block = block.next()


@guarded
class _Browser(QTextBrowser):
    """Shows a page, and nothing from outside of it: no image and no file is loaded that isn't a picture of the page."""

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        return None


@guarded
class ReaderWindow(Dialog):
    """Contents on the left, the page on the right, a search over all pages above them. Not modal.

    It begins with `page`, the first one if there is none of that name. The others are laid out one by one while one
    reads; a search waits for them.
    """

    shown = Signal(object)  # name of the page

    def __init__(
        self, name: str, title: str, pages: Sequence[Page], parent: QWidget | None = None, *, page: str = ""
    ) -> None:
        super().__init__(name, title, parent)
        self.setModal(False)
        self.resize(980, 680)
        self._search = LineEdit()
        self._search.setObjectName(f"{name}-search")
        self._search.setAccessibleName(f"Search: {title}")
        self._search.setPlaceholderText("Search… (Enter: next hit)")
        self._search.setClearButtonEnabled(True)
        self._says = plain("", tone="faint", name=f"{name}-says")
        self._contents = QTreeWidget()
        self._contents.setObjectName(f"{name}-contents")
        self._contents.setAccessibleName("Contents")
        self._contents.setHeaderHidden(True)
        self._browser = _Browser()
        self._browser.setObjectName(f"{name}-page")
        self._browser.setAccessibleName("Page")
        self._browser.setOpenLinks(False)
        self.splitter = QSplitter()
        self.splitter.setObjectName(f"{name}-panes")
        self.splitter.addWidget(self._contents)
        self.splitter.addWidget(self._browser)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([270, 710])
        self.splitter.setChildrenCollapsible(False)
        row = QHBoxLayout()
        row.addWidget(self._search, 1)
        row.addWidget(self._says)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 14)
        column.addLayout(row)
        column.addWidget(self.splitter, 1)
        self._pause = self._timer("pause")
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pages: dict[str, Page] = {}
        self._documents: dict[str, QTextDocument] = {}  # of pages that are laid out
        self._tops: dict[str, QTreeWidgetItem] = {}  # the lines of pages, while nothing is searched
        self._pictured: dict[str, _Look] = {}  # the pages whose pictures are loaded, and for which look
        self._between = self._timer("between")
        self._between.timeout.connect(self._lay_out_next)
        self._page = page
        self.show_pages(pages)
        self._pause.timeout.connect(self._find)
        self._search.textChanged.connect(self._on_typed)
        self._search.installEventFilter(self)
        self._contents.currentItemChanged.connect(self._on_item)
        self._contents.clicked.connect(self._on_clicked)
        self._browser.anchorClicked.connect(self._on_link)
        self._search.setFocus()

    def _timer(self, name: str) -> QTimer:
        made = QTimer(self)
        made.setObjectName(f"{self.objectName()}-{name}")
        return made

    # -- pages ---------------------------------------------------------------------------------------------------------

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        return self._page

    @property
    def text(self) -> str:
        """What the page says."""
        return self._browser.toPlainText()

    def show_pages(self, pages: Sequence[Page]) -> None:
        """Show other pages, staying where one is if that page is among them."""
        self._pages = {page.name: page for page in pages}
        self._documents = {}
        self._pictured = {}
        self._between.start()
        self._find()
        self.open_page(self._page if self._page in self._pages else next(iter(self._pages), ""))

    def open_page(self, name: str, place: int = 0) -> None:
        """Show a page, from a position in it (UTF-16 units)."""
        if name not in self._pages:
            return
        document = self._laid_out(name)
        if name != self._page or self._browser.document() is not document:
            self._page = name
            if self.isVisible():  # else its width isn't known yet
                self._load_pictures(name)
            self._browser.setDocument(document)
            self._mark_hits()
            self.shown.emit(name)
        cursor = self._browser.textCursor()
        cursor.setPosition(min(place, document.characterCount() - 1))
        self._browser.setTextCursor(cursor)
        bar = self._browser.verticalScrollBar()
        if place == 0:
            bar.setValue(0)
        else:
            rect: QRect = self._browser.cursorRect(cursor)
            bar.setValue(bar.value() + rect.top() - round(_MARGIN))

    def _laid_out(self, name: str) -> QTextDocument:
        """Return the document of a page, made when it is first wanted; its headings are then in the contents."""
        document = self._documents.get(name)
        if document is None:
            page = self._pages[name]
            document = self._documents[name] = QTextDocument(self)
            document.setDocumentMargin(_MARGIN)
            document.setDefaultFont(self._browser.font())
            document.setHtml(page.html if isinstance(page.html, str) else page.html())
            _space_headings(document)
            top = self._tops.get(name)
            if top is not None:
                self._list_headings(top, name)
        return document

    @property
    def _waiting(self) -> list[str]:
        """The pages that aren't laid out yet."""
        return [name for name in self._pages if name not in self._documents]

    def _lay_out_next(self) -> None:
        """Lay out one page more, and look for what is searched once all are."""
        waiting = self._waiting
        if waiting:
            self._laid_out(waiting[0])
        if len(waiting) <= 1:
            self._between.stop()
            if self._search.text().strip():
                self._find()

    def _load_pictures(self, name: str) -> None:
        """Give a page its pictures, no wider than the page; most pages are never opened, so it is done only then."""
        room = max(_LEAST_PICTURE, self._browser.viewport().width() - round(3 * _MARGIN))
        is_dark = self.palette().window().color().lightness() < _HALF
        look = _Look(room, is_dark, self.devicePixelRatioF())
        if self._pictured.get(name) == look:
            return
        self._pictured[name] = look
        document, ratio = self._laid_out(name), look.ratio
        for title, file in self._pages[name].pictures.items():
            dark = file.with_name(file.name.replace("-light.", "-dark."))
            picture = QImage(str(dark if is_dark and dark.exists() else file))
            if picture.width() > room * ratio:
                picture = picture.scaledToWidth(round(room * ratio), Qt.TransformationMode.SmoothTransformation)
            picture.setDevicePixelRatio(ratio)
            document.addResource(QTextDocument.ResourceType.ImageResource, QUrl(title), picture)
        if self._pages[name].pictures:
            document.markContentsDirty(0, document.characterCount())

    def _load_other_pictures(self) -> None:
        """Load the pictures of the page again, for another theme or another width."""
        if self._page and self.isVisible():
            self._load_pictures(self._page)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._load_other_pictures()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._load_other_pictures()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._load_other_pictures()

    def _on_link(self, link: QUrl) -> None:
        """Go to a page of ours, or open a web address in the browser."""
        if link.scheme() == "https":
            QDesktopServices.openUrl(link)
        elif not link.scheme():
            self.open_page(link.path().removesuffix(".md"))

    # -- contents and search -------------------------------------------------------------------------------------------

    def _find(self) -> None:
        """List the contents, or where the searched words are, once all pages are laid out."""
        wanted = " ".join(self._search.text().split())
        if wanted and self._waiting:
            self._says.setText("Searching…")
            return
        self._contents.blockSignals(True)
        self._contents.clear()
        self._tops = {}
        hits = 0
        for page in self._pages.values():
            if not wanted:
                self._list(page)
                continue
            places = self._places(page.name, wanted)
            if places:
                hits += len(places)
                top = self._row(None, f"{page.title} · {len(places):,}", page.name, 0)
                for title, place in self._near(page.name, places):
                    self._row(top, title, page.name, place)
                top.setExpanded(True)
        self._contents.blockSignals(False)
        self._says.setText((f"{counted(hits, 'hit')}" if hits else "Nothing found") if wanted else "")
        self._mark_hits()
        first = self._contents.topLevelItem(0)
        if wanted and first is not None:
            self._contents.setCurrentItem(first.child(0) or first)

    def _list(self, page: Page) -> None:
        """List a page with its headings; if it isn't laid out, they come when it is."""
        top = self._tops[page.name] = self._row(None, page.title, page.name, 0)
        top.setExpanded(len(self._pages) == 1)
        if page.name in self._documents:
            self._list_headings(top, page.name)

    def _list_headings(self, top: QTreeWidgetItem, name: str) -> None:
        for title, place in self._headings(name):
            self._row(top, title, name, place)

    def _row(self, top: QTreeWidgetItem | None, title: str, page: str, place: int) -> QTreeWidgetItem:
        item = QTreeWidgetItem([title])
        item.setData(0, _PAGE, page)
        item.setData(0, _PLACE, place)
        item.setToolTip(0, literal(title))
        if top is None:
            self._contents.addTopLevelItem(item)
        else:
            top.addChild(item)
        return item

    def _headings(self, page: str) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        block = self._documents[page].begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            if 1 < level <= _DEEPEST:
                found.append(("   " * (level - 2) + block.text(), block.position()))
            block = block.next()
        return found

    def _places(self, page: str, wanted: str) -> list[int]:
        """Return where the words begin in a page, in UTF-16 units."""
        found: list[int] = []
        cursor = QTextCursor(self._documents[page])
        while wanted:
            cursor = self._documents[page].find(wanted, cursor)
            if cursor.isNull():
                break
            found.append(cursor.selectionStart())
        return found

    def _near(self, page: str, places: Sequence[int]) -> list[tuple[str, int]]:
        """Return a line of text for each place, one for several in the same paragraph."""
        lines: dict[int, tuple[str, int]] = {}
        for place in places:
            block = self._documents[page].findBlock(place)
            at = place - block.position()
            begin = max(0, block.text().rfind(" ", 0, max(0, at - 24)))
            words = block.text()[begin : begin + 70].strip()
            lines.setdefault(block.position(), (f"…{words}…" if begin else words, place))
        return list(lines.values())

    def _mark_hits(self) -> None:
        wanted = " ".join(self._search.text().split())
        marks: list[QTextEdit.ExtraSelection] = []
        for place in self._places(self._page, wanted) if wanted and self._page in self._documents else []:
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self._documents[self._page])
            cursor.setPosition(place)
            cursor.setPosition(place + len(wanted.encode("utf-16-le")) // 2, QTextCursor.MoveMode.KeepAnchor)
            look = QTextCharFormat()
            look.setBackground(self.palette().highlight())
            look.setForeground(self.palette().highlightedText())
            mark.cursor, mark.format = cursor, look  # pyright: ignore[reportAttributeAccessIssue]  Qt's fields
            marks.append(mark)
        self._browser.setExtraSelections(marks)

    def _on_typed(self, _text: str) -> None:
        self._pause.start()

    def _on_item(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.open_page(str(item.data(0, _PAGE)), int(item.data(0, _PLACE)))

    def _on_clicked(self, _index: QModelIndex) -> None:
        self._on_item(self._contents.currentItem(), None)

    # -- keys ----------------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if key == Qt.Key.Key_Down else -1)
                return True
        return super().eventFilter(watched, event)

    def _step(self, by: int) -> None:
        """Go to the next or previous line of the contents, wrapping around."""
        if self._pause.isActive():
            self._pause.stop()
            for name in self._waiting:
                self._laid_out(name)
            self._find()
            return
        rows = self._rows()
        if rows:
            now = self._contents.currentItem()
            at = rows.index(now) + by if now in rows else 0
            self._contents.setCurrentItem(rows[at % len(rows)])

    def _rows(self) -> list[QTreeWidgetItem]:
        """Return the lines that lead somewhere: those under a page, or the page itself if there are none."""
        rows: list[QTreeWidgetItem] = []
        for at in range(self._contents.topLevelItemCount()):
            top = self._contents.topLevelItem(at)
            if top is not None:
                below = [found for row in range(top.childCount()) if (found := top.child(row)) is not None]
                rows.extend(below or [top])
        return rows
