"""Saved views of the list of documents: conditions and an order that a person named."""

from app.core.document_conditions import parse_conditions, parse_sorting
from app.core.errors import BadChoice
from app.core.saved_view import SavedView
from app.storage.project import Project
from app.storage.row_cells import ViewCells, reads_row
from app.storage.rows import to_json, words_from_json

VIEWS = "SELECT name, conditions, sorting FROM saved_view"


@reads_row(ViewCells)
def to_view(cells: ViewCells) -> SavedView:
    """Return the view of a row `name, conditions, sorting`. Raises DamagedRow."""
    try:
        conditions, sorting = parse_conditions(words_from_json(cells.conditions)), parse_sorting(cells.sorting)
    except BadChoice as error:
        raise ValueError(str(error)) from None
    return SavedView(cells.name, conditions, sorting)


class SavedViews:
    """The saved views of a project. Methods that write must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def all(self) -> list[SavedView]:
        """Return all views by name. Raises DamagedRow."""
        return [to_view(row) for row in self._project.connection.cells(f"{VIEWS} ORDER BY name")]

    def find(self, name: str) -> SavedView | None:
        """Return a view, None if there is none of that name."""
        row = self._project.connection.cells(f"{VIEWS} WHERE name=?", [name]).fetchone()
        return to_view(row) if row else None

    def put(self, view: SavedView) -> None:
        """Save a view; one of the same name is replaced."""
        conditions = to_json([str(condition) for condition in view.conditions])
        sql = "INSERT OR REPLACE INTO saved_view (name, conditions, sorting) VALUES (?,?,?)"
        self._project.connection.execute(sql, [view.name, conditions, str(view.sorting)])

    def drop(self, name: str) -> None:
        """Delete a view, if there is one of that name."""
        self._project.connection.execute("DELETE FROM saved_view WHERE name=?", [name])
