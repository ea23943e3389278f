"""What to do about a project file that is damaged: which backup there is, or how what can be read is saved."""

from pathlib import Path

from app.core.errors import ProjectDamaged, ProjectError
from app.storage.backups import how_to_restore, newest_good
from app.storage.errors import StorageFault
from app.storage.own_schema import ForeignSchema
from app.storage.preflight import NotAProject


def advise(error: ProjectError, path: Path) -> None:
    """Name the newest good backup in an error that a project can't be opened for, if one can help."""
    if isinstance(error, ProjectDamaged) or (isinstance(error, StorageFault) and error.is_damage):
        error.hint = how_to_restore(path)
    elif isinstance(error, ForeignSchema | NotAProject):
        good = newest_good(path)
        if good is not None:
            was = "is your own" if isinstance(error, ForeignSchema) else "was one"
            error.hint += f"; if it {was}, its newest intact backup is {good.parent.name}/{good.name}"
