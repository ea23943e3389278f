"""What a project settles for everyone who works in it."""

from app.storage.project import Project

_PREFIX = "option:"


class ProjectOptions:
    """The options of a project by key. Methods that write must be called inside `project.atomic()`."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def all(self) -> dict[str, str]:
        """Return all options that are set, by key."""
        sql = "SELECT key, value FROM about WHERE key GLOB ? ORDER BY key"
        rows = self._project.connection.execute(sql, [f"{_PREFIX}*"])
        return {key.removeprefix(_PREFIX): value for key, value in rows}

    def get(self, key: str) -> str | None:
        """Return an option, None if it isn't set."""
        row = self._project.connection.execute("SELECT value FROM about WHERE key = ?", [_PREFIX + key]).fetchone()
        return row[0] if row else None

    def put(self, key: str, value: str | None) -> None:
        """Set an option, or unset it with None."""
        if value is None:
            self._project.connection.execute("DELETE FROM about WHERE key = ?", [_PREFIX + key])
        else:
            sql = "INSERT OR REPLACE INTO about (key, value) VALUES (?,?)"
            self._project.connection.execute(sql, [_PREFIX + key, value])
