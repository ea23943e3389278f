"""Whose work each file of a folder is, where several annotators' files of one document lie in it.

Two layouts are in use: each annotator has a folder of documents, or each document a folder of annotators' files. Texts
tell which one it is: the same text under one name in two folders, or in all files of one folder. Where both could be
meant, a person is asked by an error.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from app.core.errors import FormatError
from app.exchange.format import ReadOptions
from app.exchange.option import FormatOption, OptionKind
from app.exchange.source import Source

AUTO, NONE, FILES, FOLDERS = "auto", "none", "files", "folders"
PEOPLE = FormatOption(
    "people",
    "Annotators",
    OptionKind.CHOICE,
    AUTO,
    (AUTO, NONE, FILES, FOLDERS),
    "Whose work a file is: files are named after annotators, in a folder for each document (files), annotators have"
    " folders (folders), or names don’t say it (none). Otherwise texts that are equal tell (auto).",
)
"""The option of a reader of folders."""

ROOTS = ("annotation", "curation")
"""The folders of INCEpTION's exported projects, in each of which a document has a folder."""
TOOL_NAMES = ("CURATION_USER", "INITIAL_CAS")
"""What INCEpTION names files after that are no annotator's."""

_SPLITS = {"train", "training", "dev", "devel", "development", "valid", "validation", "val", "test", "testing", "eval"}
_DOCUMENT_SUFFIXES = (".txt", ".text", ".tsv", ".xmi", ".json", ".xml", ".html", ".htm", ".pdf", ".docx", ".conllu")

TextOf = Callable[[str], bytes | None]
"""Returns what stands for the text of a file, by the file's name: equal for equal texts; None if there is no text."""


class Owner(NamedTuple):
    """Whose work a file is, None if its name doesn't say, and the name of its document."""

    annotator: str | None
    document: str


class AnnotatorFiles:
    """How names of files are read: `people` is the layout, `depth` how many folders come before those that count."""

    def __init__(self, people: str = NONE, *, depth: int = 0, folder: str = "") -> None:
        """`folder` is the name of the folder that is read, the document of files that lie in no other."""
        self._people = people
        self._depth = depth
        self._folder = folder

    def owner(self, name: str) -> Owner:
        """Return whose work a file is. `name` has no suffix, and `/` between folders. Raises FormatError for a file
        that isn't in a folder where it should be.
        """
        if self._people == NONE:
            return Owner(None, name)
        parts = name.split("/")
        before, inner = parts[: self._depth], parts[self._depth :]
        if self._people == FILES:
            if len(inner) < 2 and self._folder:
                return Owner(inner[-1], self._folder)
            document = "/".join((*(before if before[:1] not in _ROOT_PARTS else before[1:]), *inner[:-1]))
            return Owner(inner[-1], document)
        if len(inner) < 2:
            hint = "leave out the option “people”, or put the files into folders"
            in_window = "choose “none” for the annotators, or put the files into folders"
            raise FormatError(f"“{name}” isn't in an annotator's folder", hint=hint, in_window=in_window)
        return Owner(inner[0], "/".join((*before, *inner[1:])))


_ROOT_PARTS = tuple([root] for root in ROOTS)


class OwnedFile(NamedTuple):
    """A file, whose work it has, and on which document."""

    file: Source
    owner: Owner


def owned_files(
    source: Source,
    files: Callable[[], Iterable[Source]],
    stem: Callable[[str], str],
    text_of: Callable[[Path], bytes | None],
    options: ReadOptions,
) -> Iterator[OwnedFile]:
    """Yield a file, or the `files` of a folder, with whose they are. `stem` is a file's name without its suffix,
    `text_of` what stands for its text. What isn't clear, or in its place, goes to `options.refuse`.
    """
    try:
        found = list(files()) if source.is_folder else [source]
        paths = {stem(file.name): file.path for file in found}
        owners = AnnotatorFiles()
        if source.is_folder:
            folder = source.path.resolve().name
            owners = annotator_files(list(paths), lambda name: text_of(paths[name]), options, folder=folder)
    except FormatError as error:
        error.path = error.path or source.path
        options.refuse(error)
        return
    for file in found:
        options.at(1, 0)
        try:
            owner = owners.owner(stem(file.name))
        except FormatError as error:
            error.path = error.path or file.path
            options.refuse(error)
        else:
            yield OwnedFile(file, owner)


def annotator_files(names: Sequence[str], text_of: TextOf, options: ReadOptions, *, folder: str) -> AnnotatorFiles:
    """Return how the names of a folder's files with annotations are read: as the option `people` says, else as their
    texts do, which is noted in the report. `folder` is the folder's own name.

    Raises FormatError, before anything is read, where two readings are possible.
    """
    given = options.own.get(PEOPLE.name, AUTO)
    if given in (NONE, FILES, FOLDERS):
        return AnnotatorFiles(str(given), folder=folder)
    if _is_inceptions(names, folder):
        said = "files are named after annotators, in a folder for each document, as INCEpTION exports them"
        _note(options, said, (name.rpartition("/")[2] for name in names))
        return AnnotatorFiles(FILES, depth=names[0].count("/") - 1)
    depth = _common(names)
    inner = {name: tuple(name.split("/")[depth:]) for name in names}
    texts = _Texts(inner, text_of)
    if len(names) > 1 and not any("/" in name for name in names):
        return _flat(texts, options, folder)
    folders, files = _Folders(texts), _Files(texts)
    if folders.is_possible and files.is_possible:
        raise _unclear(f"“{folders.example}” may be a text that several worked on, or what one did on several")
    for reading in (folders, files):
        if reading.doubt:
            raise _unclear(reading.doubt)
    if folders.is_possible:
        said = f"folders are annotators, because “{folders.example}” has the same text in them"
        _note(options, said, folders.people())
        return AnnotatorFiles(FOLDERS, depth=depth)
    if files.is_possible:
        said = f"files are named after annotators, because all in “{files.example}” have the same text"
        _note(options, said, files.people())
        return AnnotatorFiles(FILES, depth=depth, folder=folder)
    return AnnotatorFiles(NONE)


def _flat(texts: "_Texts", options: ReadOptions, folder: str) -> AnnotatorFiles:
    """Return how files without folders are read: they may all be of one document, whose folder was chosen."""
    if not texts.are_all_equal():
        return AnnotatorFiles(NONE)
    if not any(name in TOOL_NAMES for name in texts.inner):
        raise _unclear("all have the same text, and may be of one document or of several")
    _note(options, f"files are named after annotators, because all in “{folder}” have the same text", texts.inner)
    return AnnotatorFiles(FILES, folder=folder)


def _note(options: ReadOptions, said: str, people: Iterable[str]) -> None:
    for name in dict.fromkeys(people):
        options.report.note("annotators", f"{said} (the option “people” says it otherwise)", name)


def _unclear(why: str) -> FormatError:
    what = f"whose work the files are isn't clear: {why}"
    hint = "say it with --option people=folders (each is an annotator), people=files (named after them) or people=none"
    return FormatError(what, hint=hint, in_window="choose how annotators are told apart")


def _is_inceptions(names: Sequence[str], folder: str) -> bool:
    """Return whether names are as in INCEpTION's exports: DOCUMENT/ANNOTATOR in a folder that says what it is, or in
    folders that are named like a document's file.
    """
    parts = [name.split("/") for name in names]
    if parts and all(len(each) == 3 and each[0] in ROOTS for each in parts):
        return True
    is_flat = bool(parts) and all(len(each) == 2 for each in parts)
    return is_flat and (folder in ROOTS or all(each[0].lower().endswith(_DOCUMENT_SUFFIXES) for each in parts))


def _common(names: Sequence[str]) -> int:
    """Return how many folders all names have in common, such that there is one more below them."""
    folders = [name.split("/")[:-1] for name in names]
    depth = 0
    while folders and all(len(each) > depth + 1 and each[depth] == folders[0][depth] for each in folders):
        depth += 1
    return depth


class _Texts:
    """The texts of files, each looked at once, and only if it is asked for."""

    def __init__(self, inner: Mapping[str, tuple[str, ...]], text_of: TextOf) -> None:
        self._text_of = text_of
        self._seen: dict[str, bytes | None] = {}
        self.inner = inner

    def of(self, names: Iterable[str]) -> list[bytes]:
        """Return the texts of files that have one."""
        return [text for name in names if (text := self._of(name)) is not None]

    def _of(self, name: str) -> bytes | None:
        if name not in self._seen:
            self._seen[name] = self._text_of(name)
        return self._seen[name]

    def are_all_equal(self) -> bool:
        """Return whether all files have the same text; the first that has another ends the reading."""
        first, *others = self.inner
        text = self._of(first)
        return text is not None and all(self._of(name) == text for name in others)

    def groups(self, key: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
        """Yield the files that have a key in common, if they are several that lie in folders."""
        pairs = sorted((key(parts), name) for name, parts in self.inner.items() if len(parts) > 1)
        for shared, group in groupby(pairs, key=lambda pair: pair[0]):
            found = [name for _, name in group]
            if len(found) > 1:
                yield shared, found


class _Folders:
    """Whether annotators have folders: files of one name in several of them have the same text."""

    def __init__(self, texts: _Texts) -> None:
        self._inner = texts.inner
        equal, other = list[str](), list[str]()
        for rest, names in texts.groups(lambda parts: parts[1:]):
            found = texts.of(names)
            if len(found) > 1:
                (equal if len(set(found)) == 1 else other).append("/".join(rest))
        self.is_possible = bool(equal)
        self.example = next(iter(equal), "")
        self.doubt = self._doubt(other) if equal else ""

    def people(self) -> list[str]:
        return list(dict.fromkeys(parts[0] for parts in self._inner.values()))

    def _doubt(self, other: Sequence[str]) -> str:
        outside = next((name for name, parts in self._inner.items() if len(parts) < 2), None)
        if outside is not None:
            return f"“{self.example}” has the same text in several folders, but “{outside}” isn’t in one"
        if other:
            return f"“{self.example}” has the same text in several folders, but “{other[0]}” has not"
        people = self.people()
        if all(name.lower() in _SPLITS for name in people):
            parts = " and ".join(people)
            return f"“{self.example}” has the same text in {parts}, which are usually parts of one data set"
        return ""


class _Files:
    """Whether files are named after annotators: those of each folder have the same text."""

    def __init__(self, texts: _Texts) -> None:
        self._inner = texts.inner
        equal, other = list[str](), list[str]()
        for folder, names in texts.groups(lambda parts: parts[:-1]):
            found = texts.of(names)
            if len(found) > 1:
                (equal if len(set(found)) == 1 else other).append("/".join(folder))
        self.is_possible = bool(equal) and not other
        self.example = next(iter(equal), "")
        self.doubt = self._doubt() if self.is_possible else ""

    def people(self) -> list[str]:
        return list(dict.fromkeys(parts[-1] for parts in self._inner.values()))

    def _doubt(self) -> str:
        outside = next((name for name, parts in self._inner.items() if len(parts) < 2), None)
        if outside is not None:
            return f"the files in “{self.example}” have the same text, but “{outside}” isn’t in a folder"
        names = [parts[-1] for parts in self._inner.values()]
        folders = {parts[:-1] for parts in self._inner.values()}
        recurs = len(set(names)) < len(names)
        is_document = all(folder[-1].lower().endswith(_DOCUMENT_SUFFIXES) for folder in folders)
        if not recurs and not is_document and not any(name in TOOL_NAMES for name in names):
            return f"the files in “{self.example}” have the same text, but their names come only once"
        return ""
