"""The window controller: binds the window-wide actions and creates the workspaces of each project."""

import getpass
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon

from app import paths
from app.core.document import title_of
from app.core.errors import StetError
from app.core.wording import undirected
from app.jobs.runner import JobRunner
from app.jobs.worker import Worker
from app.services.team.assigned_work import bundle_for, is_meant
from app.session.actions import Action, Compound, LinkReference, UnlinkReference
from app.session.session import Session
from app.ui.actions.registry import native
from app.ui.annotate.workspace import AnnotateWorkspace
from app.ui.widgets.notifier import Tone
from app.ui.window.appearance import Appearance
from app.ui.window.backup_desk import BackupDesk
from app.ui.window.bulk_commands import BulkCommands
from app.ui.window.corrected_view import CorrectedView
from app.ui.window.damage_care import DamageCare
from app.ui.window.document_desk import DocumentDesk
from app.ui.window.document_views import DocumentViews
from app.ui.window.file_care import FileCare
from app.ui.window.idle_imports import FOR_DIALOGS, FOR_FILES, FOR_ROOMS, FOR_SUGGESTIONS, SELDOM, IdleImports
from app.ui.window.last_copies import LastCopies
from app.ui.window.live_reading import LiveReading
from app.ui.window.main_window import MainWindow
from app.ui.window.manual import Manual
from app.ui.window.model_training import ModelTraining
from app.ui.window.pattern_commands import PatternCommands
from app.ui.window.projects import NOT_OPENED, Projects
from app.ui.window.scheme_commands import SchemeCommands
from app.ui.window.suggestion_requests import SuggestionRequests
from app.ui.window.team import Team
from app.ui.window.text_commands import TextCommands
from app.ui.window.tour_guide import TourGuide
from app.ui.window.workspaces import Workspaces

if TYPE_CHECKING:
    from app.ui.dialogs.palette import PaletteEntry

_BACKUP_EVERY_MS = 60 * 60 * 1000
_MOST_FOUND = 40


class WindowController(QObject):
    """One window's controller. Created after the window is shown."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._settings = window.settings
        self._runner = JobRunner(self)
        self.projects = Projects(window, self._runner, window.notifier)
        self.team = Team(window, self.projects, window.scope, window.notifier)
        self.many = BulkCommands(
            window, self.projects, window.scope, window.notifier, self._present_workspace, window.state
        )
        self.texts = TextCommands(window, self.projects, window.scope, window.notifier, self._present_workspace)
        self.corrected = CorrectedView(window, self.projects, window.scope, self._commit, self._reviewed_document)
        self.documents = DocumentDesk(
            window, self.projects, self.team, window.scope, window.notifier, self._present_workspace
        )
        self.views = DocumentViews(
            window,
            self.projects,
            window.registry,
            window.scope,
            window.notifier,
            self._present_workspace,
            window.state,
        )
        self.manual = Manual(window, self.projects, window.scope, window.state, self._topic)
        self.worker = Worker()
        self.suggesting = SuggestionRequests(
            window,
            self.projects,
            window.scope,
            window.notifier,
            self._present_workspace,
            self.worker,
            window.settings,
        )
        self.training = ModelTraining(window, self.projects, window.scope, window.notifier)
        self.patterns = PatternCommands(
            window, self.projects, window.scope, window.notifier, self._present_workspace, self.worker
        )
        self.patterns.made.connect(self.suggesting.find_patterns)
        self.look = Appearance(window, window.settings, window.registry, window.scope, window.notifier)
        self.schemes = SchemeCommands(
            window, self.projects, window.scope, window.notifier, self.look, self._present_workspace
        )
        self.schemes.document_wanted.connect(self.many.show_document)
        self.tour = TourGuide(self.look, self)
        self.damage = DamageCare(window, self.projects)
        self.workspace: AnnotateWorkspace | None = None
        self.spaces: Workspaces | None = None
        self._after_name: Callable[[], None] | None = None
        self.care = FileCare(window, self.projects)
        self.reading = LiveReading(window, self.projects, self._present_workspace)
        self.backups = BackupDesk(window, self.projects, window.scope, window.notifier)
        self.ending = LastCopies(window, self.projects.copies)
        self._hourly = QTimer(self)
        self._hourly.setObjectName("hourly-backup")
        self._hourly.setInterval(_BACKUP_EVERY_MS)
        self._hourly.timeout.connect(self._on_backup_due)
        window.setWindowIcon(QIcon(str(paths.resources() / "icons" / "stet.svg")))
        self._connect()

    def _connect(self) -> None:
        projects = self.projects
        handlers: dict[str, Callable[[], None]] = {
            "project.new": projects.ask_new,
            "project.open": self._ask_open,
            "project.sample": self.open_sample,
            "project.close": projects.close,
            "project.import": self._ask_import,
            "project.import-folder": self.projects.ask_import_folder,
            "project.import-reference": self._ask_import_reference,
            "project.link": self._ask_references,
            "project.export": self._ask_export,
            "project.backup": projects.back_up,
            "view.palette": self.open_palette,
            "view.annotator": self.ask_name,
            "help.tour": self.show_tour,
            "help.doctor": self._show_diagnostics,
            "help.about": self._show_about,
        }
        self._window.scope.bind_all(handlers)
        projects.opened.connect(self._on_opened)
        projects.closing.connect(self._on_closing)
        projects.closed.connect(self._on_closed)
        self.team.open_wanted.connect(self.open_project)
        self.care.open_wanted.connect(self.open_project)
        self.backups.open_wanted.connect(self.open_project)
        self.damage.open_wanted.connect(self.open_project)
        projects.imports.imported.connect(self._on_imported)
        projects.exported.connect(self.tour.on_exported)
        self.tour.sample_wanted.connect(self._on_fresh_sample)
        self.look.changed.connect(self._on_settings_changed)
        self.look.keys_changed.connect(self._on_keys_changed)

    def _topic(self) -> str:
        """Return the manual's page about what the window shows."""
        return self.spaces.current if self.spaces is not None else "annotate"

    def _present_workspace(self) -> AnnotateWorkspace | None:
        return self.workspace

    def _commit(self) -> None:
        """Hand over what is being typed."""
        if self.workspace is not None:
            self.workspace.chosen.commit()

    def _reviewed_document(self) -> str:
        """Return the document (uid) that is under review, "" outside of Review."""
        return self.spaces.reviewed_document if self.spaces is not None else ""

    # -- projects ------------------------------------------------------------------------------------------------------

    def open_project(self, path: Path) -> None:
        """Open a project, asking for the annotator's name first if none is set."""
        if not self._settings["annotator"]:
            self._after_name = partial(self.open_project, path)
            self.ask_name(self.team.meant_for(path))
            return
        self.projects.open(path, self._settings["annotator"])

    def open_sample(self) -> None:
        """Open the sample project, asking for the annotator's name first if none is set."""
        if not self._settings["annotator"]:
            self._after_name = self.open_sample
            self.ask_name()
            return
        self.projects.open_sample(self._settings["annotator"])

    def _ask_export(self) -> None:
        """Ask what to export; in Review that is gold, if there is any."""
        self.projects.ask_export(gold=self.spaces is not None and self.spaces.current == "review")

    def _ask_open(self) -> None:
        self.projects.ask_open(self.open_project)

    def take_files(self, files: list[Path]) -> None:
        """Handle dropped files: open a project, merge a bundle, import anything else."""
        found = [path for path in files if path.suffix == ".stet" and os.path.isfile(path)]
        if found and not self.team.ask_about(found):
            self.open_project(found[0])
        elif found:
            return
        elif files:
            self.projects.imports.take(files)

    def _on_opened(self, session: Session) -> None:
        try:
            self._show_project(session)
        except StetError as error:
            # Half a workspace is none: the file can be read no further.
            if self.spaces is None and self.workspace is not None:
                self._window.drop_workspace(self.workspace)
            self.projects.close()
            self.projects.complain(NOT_OPENED, error)

    def _show_project(self, session: Session) -> None:
        window = self._window
        if not session.annotator:
            session.become(self._settings["annotator"] or None)
        window.registry.rebuild(session.scheme)
        look, around = self.look, (window.status, window.notifier)
        workspace = AnnotateWorkspace(
            session, window.registry, self._settings, *around, look.tones, look.style(), window.stack
        )
        workspace.action_wanted.connect(window.registry.run)
        workspace.annotated.connect(self.tour.on_annotated)
        workspace.language.worker = self.worker
        self.workspace = workspace
        workspace.bridge.changed.connect(self.manual.on_session_changed)
        workspace.suggestions.kind_wanted.connect(self.suggesting.ask_kind)
        self.spaces = Workspaces(window, self.look, session, workspace)
        meant = bundle_for(session)
        kind = f"  (for {meant})" if meant else ""
        window.top.show_project(session.path.name + kind + ("" if session.is_writable else "  (read-only)"))
        window.top.show_annotator(session.annotator or "")
        window.setWindowTitle(f"{undirected(session.path.stem)} – Stet")
        self.care.begin(session)
        self.spaces.show("annotate")
        window.state.add_recent(session.path)
        window.state.save()
        self.views.restore()
        workspace.open_first()
        self.reading.begin(session)
        self.team.hub.begin(session)
        self.projects.copies.begin(session)
        self._hourly.start()
        window.when_painted(self._warm_up)
        window.when_painted(self.damage.check)
        if meant and not is_meant(session, meant):
            words = f"This bundle is for {meant}. Choose “Switch annotator…” to work under that name."
            window.notifier.notify(words, Tone.WARNING)
        if self.projects.is_sample and not self._settings["tour_seen"]:
            self.show_tour()

    def _on_backup_due(self) -> None:
        self.projects.copies.back_up_if_due()

    def _on_closing(self) -> None:
        self._hourly.stop()
        self.damage.end()
        self.care.end()
        self.reading.end()
        self.team.hub.end()
        self._window.notifier.clear()  # before what closing itself may have to tell
        self.workspace = None
        spaces, self.spaces = self.spaces, None
        if spaces is not None:
            spaces.close()
        self.tour.forget()

    def _on_closed(self) -> None:
        window = self._window
        window.registry.rebuild(None)
        window.top.show_project("")
        window.top.show_annotator(self._settings["annotator"])
        window.setWindowTitle("Stet")
        window.status.clear_facts()
        window.status.mode.clear()
        window.show_workspace(None)

    def what_is_safe(self) -> list[str]:
        """Return what of the person's work is saved, in sentences."""
        return self.care.what_is_saved()

    def shut_down(self) -> str:
        """Stop background work and close the project; return why the window should stay, "" if it may go."""
        if not self.projects.may_leave():
            return "Not everything is saved yet."
        self.worker.close()
        self.training.shut_down()
        self.patterns.shut_down()
        self._runner.shut_down()
        if self.ending.is_running:
            return self.ending.reason
        self.projects.close()
        return self.ending.wait_for_copies()

    # -- documents -----------------------------------------------------------------------------------------------------

    def _on_imported(self, first: str | None) -> None:
        session = self.projects.session
        if self.workspace is not None and session is not None and session.state is None and first is not None:
            self.workspace.open_document(first)

    def _ask_import(self) -> None:
        self.projects.ask_import()

    def _ask_import_reference(self) -> None:
        state = self.projects.session.state if self.projects.session else None
        if state is not None:
            self.projects.ask_import(reference_for=state.document.uid)

    def _ask_references(self) -> None:
        from app.ui.dialogs.references import ReferencesDialog

        session = self.projects.session
        state = session.state if session else None
        if session is None or state is None:
            return
        current = [
            (uid, session.reader.documents.title_of(uid) or uid)
            for uid in session.reader.documents.references(state.document.uid)
        ]
        dialog = ReferencesDialog(state.document.title, current, self._other_documents, self._window)
        dialog.answered.connect(self._set_references)
        dialog.open()

    def _other_documents(self, wanted: str) -> list[tuple[str, str]]:
        session = self.projects.session
        if session is None:
            return []
        present = session.state.document.uid if session.state else ""
        rows = session.reader.documents.rows(session.reader.documents.keys(query=wanted, limit=200), annotator=None)
        return [(row.uid, title_of(row.name, row.meta)) for row in rows if row.uid != present]

    def _set_references(self, wanted: list[str]) -> None:
        session = self.projects.session
        state = session.state if session else None
        if session is None or state is None:
            return
        uid = state.document.uid
        current = session.reader.documents.references(uid)
        edits: list[Action] = [UnlinkReference(uid, other) for other in current if other not in wanted]
        edits.extend(LinkReference(uid, other) for other in wanted if other not in current)
        if edits:
            try:
                session.perform(Compound(tuple(edits)), title=f"Set references of {state.document.title}")
            except StetError as error:
                self._window.notifier.complain(error)

    # -- palette -------------------------------------------------------------------------------------------------------

    def open_palette(self) -> None:
        """Open the list of all actions and documents."""
        from app.ui.dialogs.palette import PaletteDialog, PaletteEntry

        registry = self._window.registry
        entries: list[PaletteEntry] = []
        for spec in registry.specs():
            if registry.is_enabled(spec.id) and not spec.extends:
                key = native(spec.keys[0]) if spec.keys else ""
                shown = key.lower() if spec.scope or spec.id.startswith("relation.") else key
                entries.append(PaletteEntry("action", spec.id, spec.title, shown, registry.why_not(spec.id)))
        dialog = PaletteDialog(entries, self._find_documents, parent=self._window)
        dialog.chosen.connect(self._on_palette_chosen)
        dialog.open()

    def _find_documents(self, wanted: str) -> "list[PaletteEntry]":
        from app.ui.dialogs.palette import PaletteEntry

        session = self.projects.session
        if session is None:
            return []
        keys = session.reader.documents.keys(query=wanted, limit=_MOST_FOUND)
        rows = session.reader.documents.rows(keys, annotator=None)
        return [PaletteEntry("document", row.uid, title_of(row.name, row.meta), "document") for row in rows]

    def _on_palette_chosen(self, entry: "PaletteEntry") -> None:
        if entry.kind == "action":
            if entry.id.startswith("label.") and self.workspace is not None:
                self.workspace.set_layer(entry.id.split(".")[1])
            self._window.registry.run(entry.id)
        elif self.spaces is not None:
            self.spaces.go_to(entry.id)

    # -- annotator and help -------------------------------------------------------------------------------------------

    def _on_settings_changed(self, names: set[str]) -> None:
        if "annotator" in names:
            self._become(self._settings["annotator"])
        if self.workspace is not None:
            shown = bool(self._settings["show_corrections"])
            if "show_corrections" in names and self.workspace.drawn.corrections is not shown:
                self.workspace.drawn.toggle_corrections()
        if self.spaces is not None:
            self.spaces.apply_appearance()

    def _on_keys_changed(self) -> None:
        if self.workspace is not None:
            self.workspace.layer.show_scheme()

    def ask_name(self, suggested: str = "") -> None:
        """Ask for the annotator's name, by default the one the bundle is for."""
        from app.ui.dialogs.who import WhoDialog

        session = self.projects.session
        known = [name for _, name, kind in session.reader.annotators() if kind == "person"] if session else []
        meant = suggested or (bundle_for(session) if session else None)
        present = meant or (session.annotator if session else "") or self._settings["annotator"] or _system_name()
        dialog = WhoDialog(present, known, self._window)
        dialog.answered.connect(self._on_name)
        dialog.open()

    def _on_name(self, name: str) -> None:
        self.look.change({"annotator": name})
        waiting, self._after_name = self._after_name, None
        if waiting is not None:
            waiting()

    def _become(self, name: str) -> None:
        if self.projects.session is not None and name:
            self.projects.session.become(name)
        self._window.top.show_annotator(name)

    def show_tour(self) -> None:
        """Show the five-step tour."""
        if self.workspace is not None and self.projects.session is not None:
            self.tour.show(self.workspace, self.projects.session, is_sample=self.projects.is_sample)

    def _on_fresh_sample(self) -> None:
        self.projects.open_sample(self._settings["annotator"], fresh=True)
        self.show_tour()

    def _warm_up(self) -> None:
        """Import what the first write and Review need while the person starts reading; earlier, it would delay the
        first paint.
        """
        # Nothing of Qt is imported in a thread; see IdleImports.
        threading.Thread(target=_import_more, name="stet-warm-up", daemon=True).start()
        IdleImports(["app.ui.review", *FOR_SUGGESTIONS], self)
        IdleImports([*FOR_ROOMS, *FOR_FILES, *FOR_DIALOGS], self, every=SELDOM)

    def _show_diagnostics(self) -> None:
        from app.ui.dialogs.diagnostics import DiagnosticsDialog

        session = self.projects.session
        DiagnosticsDialog(session.path if session is not None else None, self._window).open()

    def _show_about(self) -> None:
        from app.ui.dialogs.about import show_about

        show_about(self._window)


def _import_more() -> None:
    Session.warm_up()
    from app.jobs.tasks import questions, review_sheets, rule_preview  # noqa: F401


def _system_name() -> str:
    """Return the login name, as a suggestion."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
