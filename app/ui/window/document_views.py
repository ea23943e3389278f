"""Commands about the list of documents: its filter, its order, and saved views of both."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.core.document_conditions import IMPORTED, Sorting, parse_sorting
from app.core.errors import BadChoice, StetError
from app.core.progress import CancelToken, Progress
from app.jobs.runner import JobOutcome
from app.session.session import Session
from app.ui.actions.registry import ActionRegistry, ActionScope
from app.ui.actions.row_menu import add_entry
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.models.document_orders import OrderChoice, order_choices, order_title
from app.ui.models.document_view import EVERYTHING, DocumentView
from app.ui.widgets.labels import unmarked
from app.ui.widgets.notifier import Notifier, Tone
from app.ui.widgets.window_state import WindowState
from app.ui.window.projects import Projects

if TYPE_CHECKING:
    from app.core.document_conditions import Condition

_COUNTED_AT_ONCE = 40  # sets or documents that are read without a progress dialog
_VIEW_COMMANDS = ("view.filter", "view.sort", "view.save-view", "view.drop-view")
# Orders that have to be counted first, so that no project opens in them.
_SLOW = ("rules", "conflicts", "finished", "uncertain", "disputed", "rare")


class DocumentViews(QObject):
    """Asks what the list of documents shows, and in which order."""

    def __init__(
        self,
        window: QWidget,
        projects: Projects,
        registry: ActionRegistry,
        actions: ActionScope,
        notifier: Notifier,
        workspace: Callable[[], AnnotateWorkspace | None],
        state: WindowState,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._projects = projects
        self._registry = registry
        self._notifier = notifier
        self._workspace = workspace
        self._state = state
        self._wanted = EVERYTHING
        self._offered: dict[str, DocumentView] = {}  # by the names of the entries in the menu of views
        for action, handler in (
            ("view.filter", self.ask_filter),
            ("view.sort", self.open_orders),
            ("view.reverse", self.reverse),
            ("view.views", self.open_views),
            ("view.save-view", self.ask_view_name),
            ("view.drop-view", self.drop_view),
            ("view.everything", self.show_everything),
        ):
            actions.bind(action, handler)

    def _tell(self, error: StetError) -> None:
        self._notifier.complain(error)

    @property
    def _view(self) -> DocumentView:
        workspace = self._workspace()
        return workspace.documents_model.view if workspace is not None else EVERYTHING

    def ask_filter(self) -> None:
        """Ask for conditions and an order of the list."""
        from app.ui.dialogs.filter_dialog import FilterDialog, FilterOffers

        session = self._projects.session
        if session is None:
            return
        reader = session.reader
        offers = FilterOffers(
            reader.workers(), reader.documents.meta_keys(), sorted(reader.assignments()), session.scheme
        )
        dialog = FilterDialog(self._view.conditions, self._view.sorting, offers, self._window)
        dialog.answered.connect(self._on_filter)
        dialog.open()

    def _on_filter(self, answer: "tuple[Sequence[Condition], Sorting]") -> None:
        conditions, sorting = answer
        self.show_view(DocumentView(tuple(conditions), sorting))

    # -- order ---------------------------------------------------------------------------------------------------------

    def open_orders(self) -> None:
        """Open the menu of orders, above the list: the present one, chosen again, is turned around."""
        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None:
            return
        menu = self._menu("orders-menu")
        submenus: dict[str, QMenu] = {}
        present = self._view.sorting
        for choice in self._choices(session):
            if choice.group and choice.group not in submenus:
                submenus[choice.group] = menu.addMenu(choice.group)
            into = submenus.get(choice.group, menu)
            is_present = choice.key == present.key
            title = order_title(present, [choice]).removeprefix(f"{choice.group}: ") if is_present else choice.title
            entry = into.addAction(unmarked(title))
            entry.setObjectName(f"order:{choice.key}")
            entry.setCheckable(True)
            entry.setChecked(is_present)
        menu.addSeparator()
        add_entry(menu, self._registry, "view.reverse")
        menu.triggered.connect(self._on_order_chosen)
        self._open(menu, workspace, workspace.documents.order)

    def _on_order_chosen(self, entry: QAction) -> None:
        name = entry.objectName()
        if not name.startswith("order:"):
            self._registry.run(name)
            return
        present = self._view.sorting
        key = name.removeprefix("order:")
        self._sort(Sorting(key, not present.falls if key == present.key else False))

    def reverse(self) -> None:
        """Turn the order around."""
        present = self._view.sorting
        self._sort(present._replace(falls=not present.falls))

    def _sort(self, sorting: Sorting) -> None:
        self.show_view(DocumentView(self._view.conditions, sorting))

    def _choices(self, session: Session) -> list[OrderChoice]:
        return order_choices(session.scheme, session.reader.documents.meta_keys())

    def restore(self) -> None:
        """Show the order in which the project's documents were sorted last."""
        session = self._projects.session
        kept = self._state.word(self._place(session)) if session is not None else ""
        try:
            sorting = parse_sorting(kept) if kept else IMPORTED
        except BadChoice:
            return
        if session is not None and sorting != IMPORTED and sorting.key not in _SLOW:
            self._sort(sorting)

    def _place(self, session: Session | None) -> str:
        return f"order-{session.path}" if session is not None else ""

    # -- views ---------------------------------------------------------------------------------------------------------

    def show_everything(self) -> None:
        """Show all documents in order of import."""
        self.show_view(EVERYTHING)

    def show_view(self, view: DocumentView) -> None:
        """Show a view, once what it asks for is counted."""
        from app.services.documents.counts import DocumentCounting, counts_wanted
        from app.services.documents.document_search import check_view

        session = self._projects.session
        if session is None:
            return
        self._wanted = view
        try:
            check_view(session, view.conditions, view.sorting)
        except BadChoice as error:
            self._tell(error)
            return
        wanted = counts_wanted(view.conditions, view.sorting)
        try:
            counting = DocumentCounting(session, session.annotator_key())
            due = counting.due(wanted)
            if due <= _COUNTED_AT_ONCE:
                counting.complete(wanted)
                self._show_wanted()
                return
        except StetError as error:
            self._tell(error)
            return

        def work(report: Progress, token: CancelToken) -> None:
            counting.complete(wanted, progress=lambda done, total: report(done, total, "Documents"), cancel=token)

        self._projects.run("count", "Counting", work, self._on_counted)

    def _on_counted(self, outcome: JobOutcome) -> None:
        if not self._projects.report_failure(outcome, "Nothing was counted"):
            self._show_wanted()

    def _show_wanted(self) -> None:
        workspace, session = self._workspace(), self._projects.session
        if workspace is None or session is None:
            return
        sorting = self._wanted.sorting
        workspace.show_view(self._wanted, order_title(sorting, self._choices(session)))
        self._state.keep_word(self._place(session), "" if sorting == IMPORTED else str(sorting))

    def open_views(self) -> None:
        """Open the menu of views, above the list."""
        session, workspace = self._projects.session, self._workspace()
        if session is None or workspace is None:
            return
        try:
            views = session.reader.saved_views()
        except StetError as error:
            self._tell(error)
            return
        menu = self._menu("views-menu")
        add_entry(menu, self._registry, "view.everything")
        present = self._view
        self._offered = {}
        for saved in views:
            view = DocumentView(saved.conditions, saved.sorting, saved.name)
            entry = menu.addAction(unmarked(saved.name))
            entry.setObjectName(f"view:{saved.name}")
            self._offered[entry.objectName()] = view
            entry.setCheckable(True)
            entry.setChecked(present == view)
        menu.addSeparator()
        for action in _VIEW_COMMANDS:
            add_entry(menu, self._registry, action)
        menu.triggered.connect(self._on_view_chosen)
        self._open(menu, workspace, workspace.documents.views)

    def _menu(self, name: str) -> QMenu:
        menu = QMenu(self._window)
        menu.setObjectName(name)
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def _open(self, menu: QMenu, workspace: AnnotateWorkspace, button: QPushButton) -> None:
        menu.setActiveAction(menu.actions()[0])
        workspace.desk.show_list()
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _on_view_chosen(self, entry: QAction) -> None:
        name = entry.objectName()
        if name in self._offered:
            self.show_view(self._offered[name])
        else:
            self._registry.run(name)

    def ask_view_name(self) -> None:
        """Ask under which name the list's view is saved."""
        from app.core.document_conditions import in_words
        from app.ui.dialogs.document_questions import ViewNameDialog

        session = self._projects.session
        if session is None:
            return
        view = self._view
        try:
            session.require_writable()
            known = [saved.name for saved in session.reader.saved_views()]
        except StetError as error:
            self._tell(error)
            return
        dialog = ViewNameDialog(in_words(view.conditions, view.sorting), view.name, known, self._window)
        dialog.answered.connect(self._on_view_name)
        dialog.open()

    def _on_view_name(self, name: str) -> None:
        from app.services.documents.desk import save_view

        session = self._projects.session
        if session is None:
            return
        try:
            saved = save_view(session, name, self._view.conditions, self._view.sorting)
        except StetError as error:
            self._tell(error)
            return
        self.show_view(DocumentView(saved.conditions, saved.sorting, saved.name))

    def drop_view(self) -> None:
        """Delete the saved view that is shown; the list stays as it is."""
        from app.services.documents.desk import drop_view

        session, view = self._projects.session, self._view
        if session is None:
            return
        if not view.name:
            self._notifier.notify("The list doesn’t show a saved view.", Tone.WARNING)
            return
        try:
            drop_view(session, view.name)
        except StetError as error:
            self._tell(error)
            return
        self.show_view(view._replace(name=""))
        self._notifier.notify(f"Deleted the view “{view.name}”. Ctrl+Z brings it back.", Tone.DONE)
