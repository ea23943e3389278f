"""What many tests begin with, such as a project of several people's work: made once in a process, and copied.

All copies are the same project. A test that needs two different ones makes them.
"""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Concatenate, ParamSpec

P = ParamSpec("P")
_Files = dict[Path, bytes]


def made_once(make: Callable[Concatenate[Path, P], Path]) -> Callable[Concatenate[Path, P], Path]:
    """Return a function that does what `make` does: it fills an empty folder, and returns a path in it.

    Of the arguments beside the folder each is told from others by how it is written.
    """
    known: dict[str, tuple[Path, _Files]] = {}

    @wraps(make)
    def copied(folder: Path, *arguments: P.args, **options: P.kwargs) -> Path:
        key = repr((arguments, sorted(options.items())))
        if key not in known:
            with TemporaryDirectory(prefix="stet-made-") as home:
                place = make(Path(home), *arguments, **options).relative_to(home)
                known[key] = place, _files(Path(home))
        place, files = known[key]
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder / place

    return copied


def _files(folder: Path) -> _Files:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
