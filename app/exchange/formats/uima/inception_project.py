"""What an exported project of INCEpTION holds: its description, and the files of its documents."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.errors import FormatError
from app.exchange.format import LARGEST
from app.exchange.source import files_at_top, files_in, read_failed

DESCRIPTION = re.compile(r"(?:[^/]+/)?exportedproject[^/]*\.json")
_MEMBER = re.compile(
    r"(?P<kind>annotation|curation)/(?P<document>.+)/(?P<person>[^/]+)\.(?P<ending>tsv|xmi|json|zip|txt)"
)


class Work(NamedTuple):
    """A file with one person's work on a document: its name in the archive, and what its suffix says it is."""

    person: str
    name: str
    ending: str
    is_curation: bool


class ProjectFiles(Protocol):
    """The files of a project: those of an archive, or of a folder that one was unpacked to."""

    @property
    def names(self) -> list[str]:
        """The names of the files, sorted, with `/` between folders."""
        ...

    def __contains__(self, name: str) -> bool: ...

    def bytes_of(self, name: str) -> bytes:
        """Return the contents of a file. Raises FormatError."""
        ...


class ProjectFolder:
    """The files of a folder that a project's archive was unpacked to. Hidden files are passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.names = sorted(each.relative_to(path).as_posix() for each in files_in(path))

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def bytes_of(self, name: str) -> bytes:
        """Return the contents of a file. Raises FormatError if it can't be read, or is too large."""
        try:
            with (self._path / name).open("rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise read_failed(self._path / name, error) from error
        if len(data) > LARGEST:
            raise FormatError(f"larger than {LARGEST // 1024**2} MiB", hint="split it", path=self._path / name)
        return data


class InceptionProject:
    """The parts of an exported project. `description` is its JSON."""

    def __init__(self, archive: ProjectFiles) -> None:
        """Raise FormatError for files that aren't such a project's."""
        self.archive = archive
        name = description_in(archive.names)
        if name is None:
            hint = "export the project in INCEpTION: Settings, Export"
            raise FormatError("there is no exportedproject….json in it", hint=hint)
        self._folder = name.rpartition("/")[0]
        self.description = described(archive.bytes_of(name))
        self._work: dict[str, list[Work]] = {}
        for member in archive.names:
            inner = member.removeprefix(f"{self._folder}/") if self._folder else member
            found = _MEMBER.fullmatch(inner)
            if found is not None:
                work = Work(found["person"], member, found["ending"], found["kind"] == "curation")
                self._work.setdefault(found["document"], []).append(work)

    def documents(self) -> list[str]:
        """Return the names of the documents, in the project's order; those that only have files come last."""
        listed = [str(each["name"]) for each in tables(self.description, "source_documents") if "name" in each]
        return list(dict.fromkeys((*listed, *self._work)))

    def work(self, document: str) -> list[Work]:
        """Return the files with people's work on a document; of several by one person, that which says most."""
        best: dict[tuple[bool, str], Work] = {}
        order = ("json", "xmi", "zip", "tsv", "txt")
        for each in self._work.get(document, []):
            key = (each.is_curation, each.person)
            if key not in best or order.index(each.ending) < order.index(best[key].ending):
                best[key] = each
        return list(best.values())

    def state(self, document: str, person: str | None) -> str:
        """Return the state of a person's work on a document, or of the document itself; "" if it isn't told."""
        for each in tables(self.description, "annotation_documents" if person is not None else "source_documents"):
            if each.get("name") == document and (person is None or each.get("user") == person):
                return str(each.get("state") or "")
        return ""

    def source(self, document: str) -> bytes | None:
        """Return the file from which a document was imported into INCEpTION, None if it isn't there."""
        name = f"{self._folder}/source/{document}" if self._folder else f"source/{document}"
        return self.archive.bytes_of(name) if name in self.archive else None


def description_in(names: Sequence[str] | Any) -> str | None:  # noqa: ANN401  any iterable of names
    """Return the name of the description among an archive's names, None if there is none."""
    return next((name for name in names if DESCRIPTION.fullmatch(name)), None)


def is_project(folder: Path) -> bool:
    """Return whether a folder is one that a project's archive was unpacked to."""
    return description_in([path.name for path in files_at_top(folder)]) is not None


def described(data: bytes) -> dict[str, Any]:
    """Return what a description says. Raises FormatError."""
    try:
        found = msgspec.json.decode(data)
    except DECODE_FAULTS as error:
        raise FormatError(f"the project's description isn't JSON: {error}", hint="export it again") from error
    if not isinstance(found, dict):
        raise FormatError("the project's description isn't an object", hint="export it again")
    return cast("dict[str, Any]", found)


def tables(description: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects of a list in a description."""
    found = description.get(key)
    items = cast("list[object]", found) if isinstance(found, list) else []
    return [cast("dict[str, Any]", each) for each in items if isinstance(each, dict)]
