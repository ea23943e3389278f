"""Schemes from files: those shipped with Stet, and the user's own; and the effect of applying one."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from app import paths
from app.core.byte_order_mark import decode_marked
from app.core.errors import EditRejected, SchemeError, UnknownScheme
from app.core.record import DocumentRecord
from app.core.scheme import Scheme
from app.core.scheme_file import parse_scheme
from app.exchange.format import ReadOptions
from app.exchange.registry import Registry
from app.jobs.tasks.file_list import input_files
from app.jobs.tasks.input_readers import InputReaders
from app.services.importing.foreign_database import open_tables
from app.services.migration.migration import unchanged
from app.services.schemes.foreign_files import DATA, DEFINITIONS, PROJECT, companions, foreign_scheme
from app.services.schemes.inception_layers import from_inception
from app.services.schemes.observed_scheme import observed_scheme
from app.services.schemes.rule_effects import have_other_rules, rule_effects
from app.services.schemes.scheme_text import with_value
from app.session.actions import ApplyScheme
from app.session.session import Session


class SchemeSource(NamedTuple):
    """A scheme's TOML text and its file; with `is_foreign` the text was made from another program's file, and `notes`
    say what isn't in it as it was there.
    """

    path: Path
    source: str
    is_foreign: bool = False
    notes: tuple[str, ...] = ()


class Orphans(NamedTuple):
    """Annotations whose label a scheme doesn't have."""

    layer: str
    label: str
    annotator: str
    annotations: int


class ShippedScheme(NamedTuple):
    """A scheme shipped with Stet, with title and summary for people."""

    title: str
    definition: str
    path: Path


def shipped_schemes() -> list[ShippedScheme]:
    """Return the schemes that ship with Stet, the one for news errors first."""
    found: list[ShippedScheme] = []
    for path in _shipped_files().values():
        scheme = parse_scheme(path.read_text(encoding="utf-8"), path=str(path))
        found.append(ShippedScheme(f"{scheme.title} ({scheme.name})", scheme.definition, path))
    return sorted(found, key=_news_first)


def _news_first(scheme: ShippedScheme) -> tuple[bool, str]:
    return (scheme.path.stem != "news-errors", scheme.title)


def _shipped_files() -> dict[str, Path]:
    return {path.stem: path for path in sorted((paths.resources() / "schemes").glob("*.toml"))}


def read_scheme(name_or_file: str) -> SchemeSource:
    """Return a shipped scheme by name, or any other by its file, in UTF-8 or as its byte order mark tells: a TOML file,
    a label configuration of Label Studio, annotation.conf of brat, a CSV of labels, a typology of thresh.tools,
    a project exported from INCEpTION, or annotations in another tool's file or folder.

    Raises SchemeError, and FormatError for a CSV that is none.
    """
    shipped = _shipped_files()
    path = shipped.get(name_or_file, Path(name_or_file))
    if path.is_dir() or path.suffix.lower() in DATA:
        return scheme_of_data([path])
    if path.suffix.lower() == PROJECT and path.is_file():
        found = from_inception(path)
        return SchemeSource(path, found.toml, True, found.notes)
    try:
        text = decode_marked(path.read_bytes())
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        what = f"not {error.encoding.upper().removesuffix('-SIG')}"
        raise SchemeError(what, hint="save the scheme as UTF-8", path=path, line=line) from error
    except FileNotFoundError as error:
        hint = f"name a TOML file, or one of: {', '.join(shipped)}"
        if path.name == name_or_file and not path.suffix:
            raise UnknownScheme("no such scheme", hint=hint, path=path) from error
        raise SchemeError("no such scheme", hint=hint, path=path) from error
    except OSError as error:
        raise SchemeError(f"can't be read: {error.strerror}", hint="name a TOML file", path=path) from error
    beside = {name: read for name in companions(path) if (read := _beside(path.with_name(name))) is not None}
    found = foreign_scheme(path, text, beside)
    return SchemeSource(path, text) if found is None else SchemeSource(path, found.toml, True, found.notes)


def scheme_of_data(paths: Sequence[Path], *, format: str | None = None) -> SchemeSource:
    """Return a scheme with the labels, relations, fields and values of annotations in other tools' files, or of a file
    that defines them.

    Raises FormatError for files that can't be read, and SchemeError if there are no annotations.
    """
    if len(paths) == 1 and paths[0].suffix.lower() in DEFINITIONS and not paths[0].is_dir():
        return read_scheme(str(paths[0]))
    readers = InputReaders(Registry(), format, {})
    # Whose annotations they are and in what they count doesn't matter here.
    options = ReadOptions(annotator="anybody", offsets="cp", tables=open_tables)

    def records() -> Iterator[DocumentRecord]:
        for file in input_files(paths, readers.is_whole):
            reader = readers.reader(file)
            if reader is not None:
                yield from reader.read(file.source, readers.options(reader, options))

    found = observed_scheme(records(), paths[0].stem)
    return SchemeSource(paths[0], found.toml, True, found.notes)


def _beside(path: Path) -> str | None:
    """Return the text of a file beside a scheme, None if there is none that can be read."""
    try:
        return decode_marked(path.read_bytes())
    except (OSError, UnicodeDecodeError):
        return None


def parsed(source: SchemeSource) -> Scheme:
    """Return the parsed scheme. Raises SchemeError with file and line, which is that of the TOML text."""
    if source.is_foreign:
        return parse_scheme(source.source, path=f"{source.path} as a scheme")
    return parse_scheme(source.source, path=str(source.path))


def orphans(session: Session, scheme: Scheme) -> list[Orphans]:
    """Return the project's annotations whose labels the scheme doesn't have, counted by label and annotator."""
    counts = session.reader.label_counts()
    return [Orphans(*row) for row in counts if scheme.label(row[0], row[1]) is None]


def unmet(session: Session, scheme: Scheme) -> list[str]:
    """Return, in words, what work would no longer meet the rules of a scheme, or has what it doesn't know."""
    if not have_other_rules(session.scheme, scheme):
        return []
    return rule_effects(session, unchanged(session.scheme, scheme)).lines()


def apply_scheme(session: Session, source: SchemeSource, *, force: bool = False) -> list[Orphans]:
    """Apply a scheme, in one undoable step; return what it orphans. No annotation is changed.

    Idempotent. Raises SchemeError, and EditRejected for a different text under the same name without a higher version,
    unless `force` is set.
    """
    scheme = parsed(source)
    now = session.scheme
    if source.is_foreign and scheme.name == now.name:  # such files have no version
        same = with_value(source.source, (), "version", now.version)
        text = same if same == now.source else with_value(source.source, (), "version", now.version + 1)
        source = source._replace(source=text)
        scheme = parsed(source)
    if scheme.source == now.source:
        return orphans(session, scheme)
    if not force and scheme.name == now.name and scheme.version <= now.version:
        what = f"the project already has {now.tag}, and {scheme.tag} is not a newer version of it"
        hint = f"raise version to {now.version + 1} or rename the scheme"
        raise EditRejected(what, hint=f"{hint}, or use --force", in_window=hint)
    left = orphans(session, scheme)
    session.perform(ApplyScheme(source.source), title=f"Apply scheme {scheme.tag}")
    return left
