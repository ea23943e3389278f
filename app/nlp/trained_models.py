"""The models that Stet trained on this machine: where they are, and the digest by which each is known again.

A folder with a model can come from anyone, and loading one may run what is in it. Only a folder whose every byte is as
Stet wrote it is loaded without asking.
"""

import hashlib
import os
from pathlib import Path

import msgspec

from app import paths
from app.core.decode_faults import DECODE_FAULTS

_MOST_KEPT = 100
_LARGEST_LIST = 4 << 20  # bytes
_LARGEST_MODEL = 2 << 30  # bytes
_MOST_FILES = 1000


class LearningPoint(msgspec.Struct, frozen=True, array_like=True):
    """The F1 (0 to 1) of a model that learned from a share of the texts, this many."""

    share: float
    texts: int
    f: float


class TrainedModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was trained here: the folder of its package, its name and version, what it was trained for, its
    score, and the digest of its model folder; the project (uid) that it learned from, and its learning curve, which
    ends with the model itself.
    """

    path: str
    name: str
    version: str
    layer: str
    kind: str
    f: float
    digest: str
    project: str = ""
    curve: tuple[LearningPoint, ...] = ()


_decode = msgspec.json.Decoder(list[TrainedModel]).decode


def _list_path() -> Path:
    return paths.state_dir() / "models.json"


def trained_models() -> list[TrainedModel]:
    """Return the models that were trained here and are still in their place, newest first; none if the list is
    damaged.
    """
    return [model for model in _listed() if model_folder(Path(model.path)) is not None]


def _listed() -> list[TrainedModel]:
    path = _list_path()
    try:
        return _decode(path.read_bytes()) if path.stat().st_size <= _LARGEST_LIST else []
    except (OSError, *DECODE_FAULTS):
        return []


def remember(model: TrainedModel) -> None:
    """Add a model to the list, in the place of an earlier one in the same folder. Raises OSError."""
    kept = [model, *(other for other in _listed() if other.path != model.path)][:_MOST_KEPT]
    path = _list_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(msgspec.json.format(msgspec.json.encode(kept)))
    os.replace(part, path)


def is_own(folder: Path) -> bool:
    """Whether a model folder is just as Stet wrote it on this machine. Raises OSError."""
    known = {model.digest for model in _listed()}
    return bool(known) and digest_of(folder) in known


def model_folder(path: Path) -> Path | None:
    """Return the folder with the model itself, for it or for a package around it; None if there is none."""
    if (path / "config.cfg").is_file():
        return path
    try:
        found = [*path.glob("*/config.cfg"), *path.glob("*/*/config.cfg")]
    except OSError:
        return None
    return found[0].parent if len(found) == 1 else None


def digest_of(folder: Path) -> str:
    """Return the SHA-256 of a folder: of the names of its files and of what is in them; “” for one that is too large
    or has a link in it. Raises OSError.
    """
    whole = hashlib.sha256()
    size = 0
    files = sorted(path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())
    if len(files) > _MOST_FILES:
        return ""
    for path in files:
        if path.is_symlink():
            return ""
        size += path.stat().st_size
        if size > _LARGEST_MODEL:
            return ""
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        whole.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()
