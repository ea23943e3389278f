"""Which files an export makes, before it is made."""

from pathlib import Path

from app.exchange.format import Writer
from app.exchange.split import Split
from app.jobs.tasks.data_beside import CARD, MANIFEST

_MOST = 5
A_FILE_EACH = "a file for each document"


def export_names(path: Path, writer: Writer, split: Split | None) -> tuple[str, ...]:
    """Return the names of the files that an export to a path makes, as far as they are known before: the data, or the
    parts of a split, what the format writes beside it, and manifest and data card. Those of a folder lie in it.
    """
    beside = (MANIFEST, CARD) if writer.is_training_data else ()
    if writer.is_folder:
        folders = [f"{name}/" for name in split.names] if split is not None else [""]
        data = [f"{folder}{name}" for folder in folders for name in writer.companions]
        if writer.has_file_each:
            data += [f"{folder}{A_FILE_EACH}" if folder else A_FILE_EACH for folder in folders]
        return (*data, *beside)
    parts = [f"{path.stem}.{name}{path.suffix}" for name in split.names] if split is not None else [path.name]
    companions = [f"{Path(part).stem}.{name}" for part in parts for name in writer.companions]
    return (*parts, *companions, *(f"{path.stem}.{name}" for name in beside))


def names_in_words(names: tuple[str, ...], folder: str = "") -> str:
    """Return the names as a person reads them; `folder` is that in which they lie, if there is one."""
    shown = [name for name in names[:_MOST] if name]
    more = [f"{len(names) - _MOST} more"] if len(names) > _MOST else []
    said = ", ".join((*shown, *more))
    return f"{folder}/: {said}" if folder else said
