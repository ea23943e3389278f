"""Imports of what the window will soon need, a module at a time while a person begins to read."""

import pkgutil
from collections import deque
from collections.abc import Iterable
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

_SOON, SELDOM = 25, 200  # ms

FOR_SUGGESTIONS = (
    "ssl",
    "http.client",
    "rapidfuzz.distance",
    "app.nlp.entities",
    "app.nlp.parser",
    "app.suggesters.hints",
    "app.suggesters",
    "app.jobs.tasks.suggest",
    "app.ui.dialogs.progress",
    "app.ui.dialogs.suggest",
)
"""What “Suggest marks…” needs: a hundred modules, which take a tenth of a second if they are imported at once."""

FOR_FILES = (
    "app.services.documents",
    "app.exchange.formats",
    "app.exchange.registry",
    "app.jobs.tasks.import_files",
    "app.jobs.tasks.import_preview",
    "app.jobs.tasks.export_file",
    "app.jobs.tasks.export_preview",
    "app.ui.dialogs.format_fields",
    "app.ui.dialogs.import_preview",
    "app.ui.dialogs.export_dialog",
)
"""What importing and exporting need: all formats, which take a second if they are imported at once. That is less likely
to be wanted soon than a key to be pressed: they come `SELDOM`.
"""


FOR_ROOMS = (
    "app.review.agreement",
    "app.review.figures",
    "app.jobs.tasks.insights",
    "app.ui.insights",
    "app.ui.feedback",
)
"""What Insights and Feedback need."""

FOR_DIALOGS = ("app.ui.dialogs", "app.ui.panels.tour_card", "app.ui.window.export_counter")
"""What opens at a click. Last, since there are very many and each is seldom wanted."""

TOO_LARGE = (
    *("app.ui.dialogs.hub_entry", "app.ui.dialogs.hub_queue", "app.ui.dialogs.hub_status", "app.ui.insights.chart"),
    "app.ui.window.hub_link",
)
"""What brings so much of others along, psycopg and pyqtgraph, that one would notice it: imported once it is wanted."""


class IdleImports(QObject):
    """Imports modules on the main thread, one in each turn, so that none is noticed.

    A thread would be the obvious place, but PySide makes its types when they are first used, and two threads that do so
    at the same time end the program.
    """

    def __init__(self, packages: Iterable[str], parent: QObject, *, every: int = _SOON) -> None:
        """Import all modules of these packages, beginning with the next turn, one in so many milliseconds."""
        super().__init__(parent)
        self._waiting = deque(packages)
        self._timer = QTimer(self)
        self._timer.setInterval(every)
        self._timer.timeout.connect(self._next)
        self._timer.start()

    @property
    def is_busy(self) -> bool:
        """Whether modules are still to be imported."""
        return bool(self._waiting)

    def _next(self) -> None:
        if not self._waiting:
            self._timer.stop()
            return
        made = import_module(self._waiting.popleft())
        within = getattr(made, "__path__", None)
        if within is not None:
            # A format's own module puts together what is beside it.
            found = (each.name for each in pkgutil.iter_modules(within))
            names = sorted(found, key=lambda name: (name == "format", name))
            wanted = (f"{made.__name__}.{name}" for name in reversed(names))
            self._waiting.extendleft(name for name in wanted if name not in TOO_LARGE)  # before what needs them
