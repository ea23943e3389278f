"""Writes what is done to documents as such: names and metadata, removal, and saved views of their list."""

from typing import NamedTuple

from app.core.document_conditions import parse_conditions, parse_sorting
from app.core.document_description import check_description
from app.core.errors import EditRejected
from app.core.saved_view import SavedView, checked_name
from app.session.actions import Action, ChangeView, DescribeDocument, RemoveDocuments, RestoreDocuments
from app.session.events import Event, Topic
from app.storage.documents import Documents
from app.storage.edit_log import EditLog
from app.storage.project import Project
from app.storage.saved_views import SavedViews

DocumentAction = DescribeDocument | ChangeView | RemoveDocuments | RestoreDocuments


class DeskDone(NamedTuple):
    """The action as carried out, its inverse, and the events to publish."""

    action: Action
    inverse: Action
    events: tuple[Event, ...]


class DocumentExecutor:
    """Writes actions on documents. `perform` must be called inside `project.atomic()`."""

    def __init__(self, project: Project, documents: Documents, log: EditLog) -> None:
        self._project = project
        self._documents = documents
        self._log = log
        self.views = SavedViews(project)

    def perform(self, action: DocumentAction) -> DeskDone:
        """Write one action. Raises EditRejected, and DamagedRow for a document that can't be read."""
        match action:
            case DescribeDocument():
                return self._describe(action)
            case ChangeView():
                return self._change_view(action)
            case RemoveDocuments():
                return self._remove(action)
            case RestoreDocuments():
                return self._restore(action)

    def _describe(self, action: DescribeDocument) -> DeskDone:
        present = self._documents.get(action.document)
        if present is None or self._documents.key_of(action.document) is None:
            raise EditRejected("the document is no longer in the project", hint="undo what removed it first")
        name = present.name if action.name is None else action.name
        meta = present.meta if action.meta is None else action.meta
        check_description(name, meta)
        self._documents.describe(action.document, name=name, meta=meta)
        inverse = DescribeDocument(
            action.document,
            None if action.name is None else present.name,
            None if action.meta is None else present.meta,
        )
        return DeskDone(action, inverse, (Event(Topic.DESCRIPTION, action.document),))

    def _change_view(self, action: ChangeView) -> DeskDone:
        old = self.views.find(action.name)
        if action.is_gone:
            if old is None:
                raise EditRejected(f"there is no view “{action.name}”")
            self.views.drop(action.name)
        else:
            conditions, sorting = parse_conditions(action.conditions), parse_sorting(action.sorting)
            self.views.put(SavedView(checked_name(action.name), conditions, sorting))
        inverse = (
            ChangeView(action.name, is_gone=True)
            if old is None
            else ChangeView(action.name, tuple(map(str, old.conditions)), str(old.sorting))
        )
        return DeskDone(action, inverse, (Event(Topic.VIEWS),))

    def _remove(self, action: RemoveDocuments) -> DeskDone:
        removed = tuple(self._documents.hide(action.documents, sequence=self._log.next_sequence()))
        if not removed:
            raise EditRejected("the documents are no longer in the project")
        return DeskDone(RemoveDocuments(removed), RestoreDocuments(removed), (Event(Topic.DOCUMENTS),))

    def _restore(self, action: RestoreDocuments) -> DeskDone:
        shown = tuple(self._documents.unhide(action.documents))
        if not shown:
            raise EditRejected("the documents were restored already")
        return DeskDone(RestoreDocuments(shown), RemoveDocuments(shown), (Event(Topic.DOCUMENTS),))
