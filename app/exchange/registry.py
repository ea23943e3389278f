"""The registry of formats: built-in ones, and those of other packages."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, NamedTuple, cast

from app.core.errors import BadChoice, FormatError
from app.exchange.format import HEAD, Claim, Format, Reader, Writer
from app.exchange.json_records import forget_first_objects
from app.exchange.option import FormatOption
from app.exchange.source import Source

GROUP = "stet.formats"

# Modules are imported on first use: most commands need only one. Also the order of detection and of lists.
BUILT_IN = tuple(
    EntryPoint(name, f"app.exchange.formats.{module}:FORMAT", GROUP)
    for name, module in (
        ("stet", "stet_jsonl.format"),
        ("text", "text"),
        ("html", "html.format"),
        ("docx", "docx.format"),
        ("pdf", "pdf.format"),
        ("epub", "epub.format"),
        ("json", "json_texts.format"),
        ("csv", "tables.csv_format"),
        ("xlsx", "tables.xlsx_format"),
        ("training", "training.format"),
        ("chat", "corrections.chat"),
        ("preference", "corrections.preference"),
        ("seq2seq", "corrections.seq2seq"),
        ("token-classification", "conll.token_classification"),
        ("corrected", "corrected_texts"),
        ("brat", "brat.format"),
        ("doccano", "doccano.format"),
        ("prodigy", "prodigy.format"),
        ("label-studio", "label_studio.format"),
        ("label-studio-min", "label_studio.min_format"),
        ("webanno", "webanno.format"),
        ("conll", "conll.format"),
        ("spacy", "docbin.format"),
        ("gliner", "gliner.format"),
        ("qdpx", "qdpx.format"),
        ("taguette", "taguette.format"),
        ("huggingface", "huggingface.format"),
        ("argilla", "argilla.format"),
        ("uima-xmi", "uima.xmi_format"),
        ("uima-json", "uima.json_format"),
        ("inception", "inception.format"),
        ("gate", "gate.format"),
        ("gate-xml", "gate.xml_format"),
        ("w3c", "w3c.format"),
        ("hypothesis", "hypothesis.format"),
        ("bioc", "bioc.format"),
        ("bioc-json", "bioc.json_format"),
        ("pubtator", "pubtator.format"),
        ("mqm", "translation.mqm_format"),
        ("esa", "translation.esa_format"),
        ("pearmut", "translation.pearmut_format"),
        ("mt-metrics-eval", "translation.ratings_format"),
        ("thresh", "translation.thresh_format"),
        ("m2", "m2.format"),
        ("fever", "fever.format"),
        ("scifact", "scifact.format"),
        ("summedits", "summedits.format"),
        ("frank", "frank.format"),
        ("checkthat", "checkthat.format"),
        ("faithbench", "faithbench.format"),
        ("ragtruth", "ragtruth.format"),
        ("mu-shroom", "mu_shroom.format"),
        ("fava", "fava.format"),
    )
)

# Suffixes of files that may hold anything; formats come and go that are written to them.
_NOT_TELLING = frozenset((".json", ".jsonl", ".ndjson", ".txt", ".xml", ".zip"))

# The errors to expect from loading third-party code; none of them may keep Stet from working.
_LOAD_ERRORS = (ImportError, SyntaxError, AttributeError, TypeError, ValueError, LookupError, OSError, RuntimeError)
_BREAKS = (*_LOAD_ERRORS, NameError, ArithmeticError, AssertionError)


class BrokenFormat(NamedTuple):
    """A format that couldn't be loaded, and why."""

    name: str
    origin: str
    reason: str


class Detected(NamedTuple):
    """The format of a file, and why it was taken for it."""

    format: Format
    why: str


class AmbiguousFormat(FormatError):
    """A file that may be of several formats: nobody should guess."""

    def __init__(self, path: Path, found: Sequence[Detected]) -> None:
        what = "; or ".join(f"{each.format.title}, because {each.why}" for each in found)
        names = " or ".join(f"--format {each.format.name}" for each in found)
        super().__init__(f"this may be {what}", hint=f"say which: {names}", in_window="choose its format", path=path)
        self.found = tuple(found)


class Registry:
    """Formats by name. Those of other packages are loaded on first use."""

    def __init__(self) -> None:
        self._formats: dict[str, Format | EntryPoint] = {entry.name: entry for entry in BUILT_IN}
        self._broken: list[BrokenFormat] = []
        self._is_complete = False

    def add(self, added: Format) -> None:
        """Add a format. Raises ValueError if it is incomplete, or its name is taken."""
        reason = self._reason_against(added)
        if reason:
            raise ValueError(reason)
        self._formats[added.name] = added

    def all(self) -> list[Format]:
        """Return all working formats, built-in ones first."""
        self._complete()
        return [self._loaded(name) for name in self._formats]

    def readers(self) -> list[Format]:
        """Return the formats that can be imported."""
        return [found for found in self.all() if found.reader is not None]

    def writers(self) -> list[Format]:
        """Return the formats that can be exported."""
        return [found for found in self.all() if found.writer is not None]

    def broken(self) -> list[BrokenFormat]:
        """Return the formats of other packages that don't work."""
        self._complete()
        return self._broken

    def get(self, name: str) -> Format:
        """Return a format by name. Raises FormatError if it is broken, and BadChoice, listing the known ones, if
        unknown.
        """
        if name not in self._formats:
            self._complete()
        if name in self._formats:
            return self._loaded(name)
        hint = f"use one of: {', '.join(sorted(self._formats))}"
        broken = next((item for item in self._broken if item.name == name), None)
        if broken:
            raise FormatError(f"the format “{name}” of {broken.origin} can't be loaded: {broken.reason}", hint=hint)
        raise BadChoice(f"unknown format “{name}”", hint=hint)

    def reader(self, name: str) -> Reader:
        """Return the reader of a format. Raises as `get` does, and BadChoice for an export-only format."""
        reader = self.get(name).reader
        if reader is None:
            raise BadChoice(f"the format “{name}” is export-only", hint="leave out --format, or name another")
        return reader

    def writer(self, name: str) -> Writer:
        """Return the writer of a format. Raises as `get` does, and BadChoice for an import-only format."""
        writer = self.get(name).writer
        if writer is None:
            raise BadChoice(f"the format “{name}” is import-only", hint="name another")
        return writer

    def for_file(self, path: Path) -> Detected | None:
        """Return the format of a file, or None. Raises FormatError if it can't be read or is claimed by two."""
        with Source(path).open() as file:
            head = file.read(HEAD)
        try:
            return _detected(path, ((each, each.reader.claims(path, head)) for each in self.readers() if each.reader))
        finally:
            forget_first_objects()

    def for_output(self, path: Path) -> Format | None:
        """Return the format that is written to files with a name like this, the first if there are several; None if
        there is none, or the name says no more than that it is JSON and the like.
        """
        name = path.name.lower()
        if _NOT_TELLING.issuperset(Path(name).suffixes):
            return None  # without loading all formats
        fitting = [
            (max(map(len, fits)), each)
            for each in self.writers()
            if each.writer and (fits := [end for end in _telling(each.writer) if name.endswith(end)])
        ]
        return max(fitting, key=lambda item: item[0], default=(0, None))[1]

    def for_folder(self, path: Path) -> Detected | None:
        """Return the format whose reader claims the folder as a whole, or None. Raises FormatError if two do."""
        whole = ((each, each.reader) for each in self.readers() if each.reader and each.reader.is_folder)
        return _detected(path, ((each, reader.claims(path, b"")) for each, reader in whole))

    def _loaded(self, name: str) -> Format:
        found = self._formats[name]
        if isinstance(found, EntryPoint):
            found = self._formats[name] = found.load()
        return found

    def _complete(self) -> None:
        if not self._is_complete:
            self._is_complete = True
            for entry in entry_points(group=GROUP):
                self._load(entry)

    def _load(self, entry: EntryPoint) -> None:
        origin = entry.dist.name if entry.dist else entry.value
        try:
            loaded = entry.load()
            reason = self._reason_against(loaded)
        except _BREAKS as error:
            reason, loaded = f"{type(error).__name__}: {error}", None
        if reason or loaded is None:
            self._broken.append(BrokenFormat(entry.name, origin, reason))
        else:
            self._formats[loaded.name] = replace(loaded, origin=origin)

    def _reason_against(self, found: object) -> str:
        """Return why this object can't be registered as a format; empty if it can."""
        if not isinstance(found, Format) or not (found.reader or found.writer):
            return "the entry point doesn't name a Format with a reader or a writer"
        if found.name in self._formats:
            return f"a format “{found.name}” already exists"
        return _problem(found)


def _detected(path: Path, claims: Iterable[tuple[Format, Claim | None]]) -> Detected | None:
    made = [(each, claim) for each, claim in claims if claim is not None]
    first = min((_rank(claim) for _, claim in made), default=0)
    found = [Detected(each, claim.why) for each, claim in made if _rank(claim) == first]
    if len(found) > 1:
        raise AmbiguousFormat(path, found)
    return found[0] if found else None


def _telling(writer: Writer) -> list[str]:
    """Return the suffixes of a writer's files that tell what is in them."""
    return [end for end in (writer.suffix, *writer.other_suffixes) if end and end not in _NOT_TELLING]


def _rank(claim: Claim) -> int:
    return 2 if claim.last else int(claim.weak)


def _problem(found: Format) -> str:
    """Return what is incomplete about a format, which may be any third-party object."""
    for what in ("name", "title"):
        if not _is_word(getattr(found, what)):
            return f"its {what} isn't printable text"
    if found.reader is not None:
        reason = _reader_problem(found.reader)
        if reason:
            return f"its reader {reason}"
    if found.writer is not None:
        reason = _writer_problem(found.writer)
        if reason:
            return f"its writer {reason}"
    return ""


def _reader_problem(reader: Any) -> str:  # noqa: ANN401  foreign
    missing = next((name for name in ("claims", "read") if not callable(getattr(reader, name, None))), None)
    if missing is not None:
        return f"has no {missing}()"
    suffixes = _items(reader.suffixes)
    if suffixes is None or not all(map(_is_suffix, suffixes)):
        return "has suffixes that aren't a tuple of lower-case texts with a point"
    return _fact_problem(reader, ("is_folder",))


def _writer_problem(writer: Any) -> str:  # noqa: ANN401  foreign
    if not callable(getattr(writer, "write", None)):
        return "has no write()"
    if writer.suffix != "" and not _is_suffix(writer.suffix):
        return "has a suffix that isn't lower-case text with a point"
    others = _items(writer.other_suffixes)
    if others is None or not all(map(_is_suffix, others)):
        return "has other suffixes that aren't a tuple of lower-case texts with a point"
    return _fact_problem(writer, ("is_folder", "takes_one_annotator", "is_training_data", "takes_soft"))


def _fact_problem(side: Any, flags: tuple[str, ...]) -> str:  # noqa: ANN401  foreign
    for flag in flags:
        if not isinstance(getattr(side, flag), bool):
            return f"has a value of {flag} that isn't true or false"
    options = _items(side.options)
    if options is None:
        return "has options that aren't a tuple of FormatOption"
    names: set[str] = set()
    for option in options:
        if not isinstance(option, FormatOption):
            return "has options that aren't a tuple of FormatOption"
        if not _is_word(option.name) or "=" in option.name or not option.accepts(option.default):
            return f"has an option “{option.name}” whose name or default is invalid"
        if option.name in names:
            return f"has two options “{option.name}”"
        names.add(option.name)
    return ""


def _items(value: Any) -> tuple[object, ...] | None:  # noqa: ANN401  foreign
    """Return the value if it is a tuple, else None."""
    return cast(tuple[object, ...], value) if isinstance(value, tuple) else None


def _is_word(text: object) -> bool:
    return isinstance(text, str) and text.strip() != "" and text.isprintable()


def _is_suffix(text: object) -> bool:
    return _is_word(text) and isinstance(text, str) and text.startswith(".") and text == text.lower()
