"""What is tried with spoilt files: each target does what the program does with such a file, and raises what is wrong.

A refusal (StetError) is right; anything else that is raised is a finding.
"""

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from zlib import crc32

import msgspec

from app.core.decode_faults import DECODE_FAULTS
from app.core.document import Document, sha256
from app.core.document_conditions import parse_conditions, parse_sorting
from app.core.entity_list import read_entries
from app.core.errors import StetError
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern, checked_pattern
from app.core.text_search import Wanted, finder
from app.core.word_query import WordQuery
from app.exchange.label_map import LabelMap, parsed_map
from app.exchange.registry import Registry
from app.hub.address import parsed_hub_address
from app.hub.invitation import Invitation, read_invitation
from app.jobs.tasks.import_choices import ImportChoices
from app.jobs.tasks.import_files import import_files
from app.jobs.tasks.import_preview import preview_import
from app.jobs.tasks.merge import merge_files
from app.jobs.tasks.scheme_file import parsed, read_scheme
from app.jobs.wire import Asked, Failed, Read, Segment, Segmented, WorkerAnswer
from app.session.session import Session
from app.settings import Settings
from app.suggesters.language_model.answer import checked
from app.suggesters.language_model.question import questions
from tests.conftest import scheme_source
from tests.trust.fuzz import seed_files
from tests.trust.fuzz.mutation import Mutator
from tests.trust.fuzz.seed_files import Files

_LABELS = frozenset(("TIME", "QUANTITY", "NAME_FORM"))
_TEXT = "Donald Trump, the US senator, spoke for two days. 😀 Kyiv had said yes."
_ANSWER = b'{"errors": [{"quote": "two days", "label": "TIME", "correction": "two hours", "evidence": "two hours", '
_ANSWER += b'"reason": "the reference says so"}]}'
_SAID = {
    "map": (b"PER=error.TIME\nORG=", b"a/b=TIME"),
    "where": (b"meta.source=web", b"status=open", b"marks>3", b"error.severity!=major", b"added>=2026-01-02"),
    "words": (b'"two days" -slave kyi', b"a b-c"),
    "address": (b"postgresql://ana:secret@hub.example:5432/work?schema=stet&sslmode=verify-full", b"hub.example/work"),
    "expression": (rb"(\w+)\s+\1", rb"[A-Z]\w{2,9}", rb"(?i)trump|kyiv", rb"(?<=two )days", rb"\bsen.tor\b"),
}
_ADDRESS = "postgresql://ana@hub.example:5432/work?schema=stet"
_INVITED = Invitation(stet_hub=1, address=_ADDRESS, hub="u1", project="News", name="Ana", role="annotator")
_MESSAGES = (
    Asked(1, Segment("Ana met Ben.", "en", 0)),
    Asked(2, Read("en_core_web_sm", ["Ana", "Ben"])),
    WorkerAnswer(1, Segmented(12, (b"\0\0\0\0", b"\3\0\0\0", b"", b""))),
    WorkerAnswer(2, Failed("no", "do", False)),
)


class Workbench:
    """Where targets work: a folder, and a project in it that is never changed for good."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.input = folder / "input"
        self.session = Session.create(folder / "home.stet", scheme=scheme_source("news-errors"), annotator="ana")
        self._registry = Registry()
        self._reference = _document("reference", "US President Donald Trump spoke for two hours. Kyiv agreed.")
        self._spun = _document("spun", _TEXT)

    def close(self) -> None:
        """Close the project."""
        self.session.close()

    def lay_out(self, files: Files) -> list[Path]:
        """Put files where they are read from, in place of earlier ones; return their paths."""
        shutil.rmtree(self.input, ignore_errors=True)
        paths = [self.input / name for name in files]
        for path, data in zip(paths, files.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return paths

    # -- targets -------------------------------------------------------------------------------------------------------

    def import_as(self, format: str, files: Files) -> None:
        """Import files as a format; then as what they look like, or look at them as the window does before."""
        paths = self.lay_out(files)
        given = [self.input] if self._registry.reader(format).is_folder else paths
        digest = crc32(b"".join(files.values()))
        grows = {"add_labels": digest % 4 == 0, "dry_run": True, "annotator": "ana", "registry": self._registry}
        with suppress(StetError):
            import_files(self.session, given, format=format, offsets="cp", skip_bad=True, **grows)
        with suppress(StetError):
            if digest % 2:
                import_files(self.session, given, skip_bad=digest % 3 == 0, **grows)
            else:
                preview_import(self.session.scheme, given, ImportChoices(), registry=self._registry)

    def read_as_scheme(self, files: Files) -> None:
        """Read a scheme, ours or another tool's."""
        for path in self.lay_out(files):
            parsed(read_scheme(str(path)))

    def merge(self, files: Files) -> None:
        """Merge projects."""
        merge_files(self.session, self.lay_out(files), dry_run=True)

    def take_settings(self, files: Files) -> None:
        """Read a file of settings, and write over it."""
        for path in self.lay_out(files):
            settings = Settings(path)
            settings.change({"text_size": 20})

    def hear_model(self, files: Files) -> None:
        """Believe of a model's answer what holds."""
        for data in files.values():
            for question in questions(self._spun, [self._reference]):
                checked(data.decode("utf-8", "replace"), question, self._spun, [self._reference], _LABELS)

    def hear_worker(self, files: Files) -> None:
        """Decode the messages of the worker process, in both directions."""
        for data in files.values():
            for kind in (Asked, WorkerAnswer):
                with suppress(*DECODE_FAULTS):
                    msgspec.msgpack.decode(data, type=kind)

    def take_words(self, files: Files) -> None:
        """Take what people type: label maps, conditions, sortings, queries, expressions, patterns."""
        for name, data in files.items():
            typed = data.decode("utf-8", "replace")[:2000]
            for take in _TYPED[name]:
                with suppress(StetError):
                    take(self.session, typed)

    def read_invitation(self, files: Files) -> None:
        """Read an invitation to a hub, from a file and as a line."""
        for path in self.lay_out(files):
            with suppress(StetError):
                read_invitation(str(path))
            read_invitation("stet-hub:" + path.read_bytes().decode("utf-8", "replace").removeprefix("stet-hub:"))

    def read_entities(self, files: Files) -> None:
        """Read a list of entities."""
        for name, data in files.items():
            read_entries(data, path=Path(name))


def _document(uid: str, text: str) -> Document:
    return Document(uid=uid, name=f"{uid}.txt", text=text, sha256=sha256(text))


def _map_labels(session: Session, typed: str) -> None:
    mapping = LabelMap(session.scheme, parsed_map(typed.split("\n")))
    mapping.place("error", typed)
    mapping.place(typed, typed)


def _search(_session: Session, typed: str) -> None:
    for is_expression in (True, False):
        wanted = Wanted(typed, regex=is_expression)
        found: Any = finder(wanted)
        list(found(_TEXT + " aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", 1.0))


def _query(_session: Session, typed: str) -> None:
    query = WordQuery(typed)
    query.is_met_by(_TEXT)
    query.places(_TEXT)


def _pattern(_session: Session, typed: str) -> None:
    checked_pattern(
        SuggestionPattern(uid="p", words=typed, match=PatternMatch.LEMMA, layer="a", label="b", correction=typed)
    )


_TYPED: Mapping[str, Sequence[Callable[[Session, str], object]]] = {
    "map": (_map_labels,),
    "where": (lambda _session, typed: parse_conditions([typed]), lambda _session, typed: parse_sorting(typed)),
    "words": (_query, _pattern),
    "expression": (_search,),
    "address": (lambda _session, typed: parsed_hub_address(typed),),
}


class Target(NamedTuple):
    """A kind of input: what it begins with, and what is done with it."""

    seeds: Sequence[Files]
    run: Callable[[Workbench, Files], None]


_ROWS = "merge-rows"
_OWN: Mapping[str, Callable[[Workbench, Files], None]] = {
    "scheme": Workbench.read_as_scheme,
    "settings": Workbench.take_settings,
    "model-answer": Workbench.hear_model,
    "worker-message": Workbench.hear_worker,
    "typed": Workbench.take_words,
    "entity-list": Workbench.read_entities,
    "invitation": Workbench.read_invitation,
    "merge-file": Workbench.merge,
    _ROWS: Workbench.merge,
}
NAMES = (*_OWN, *(each.name for each in Registry().readers()))
"""All targets; those of formats are named for them."""


def runner(name: str) -> Callable[[Workbench, Files], None]:
    """Return what a target does with files."""
    return _OWN.get(name) or partial(_import_as, name)


def _import_as(format: str, bench: Workbench, files: Files) -> None:
    bench.import_as(format, files)


def seeds(names: Collection[str], folder: Path, shared: Path | None) -> dict[str, Sequence[Files]]:
    """Return what targets begin with, made in a folder."""
    found: dict[str, Sequence[Files]] = {}
    formats = [name for name in names if name not in _OWN]
    if formats:
        found.update(seed_files.format_seeds(folder, formats, shared))
    if "merge-file" in names or _ROWS in names:
        projects = seed_files.project_seeds(folder)
        found |= {name: projects for name in ("merge-file", _ROWS) if name in names}
    by_hand: dict[str, Sequence[Files]] = {
        "scheme": seed_files.scheme_seeds(),
        "settings": [{"settings.json": b'{"theme": "dark", "text_size": 22, "keys": {"edit.undo": "Ctrl+Z"}}'}],
        "model-answer": [{"answer": _ANSWER}, {"answer": b"```json\n" + _ANSWER + b"\n```"}],
        "worker-message": [{"message": msgspec.msgpack.encode(each)} for each in _MESSAGES],
        "typed": [{name: each} for name, said in _SAID.items() for each in said],
        "invitation": [{"a.stethub": _INVITED.text().encode()}, {"line": _INVITED.line().encode()}],
        "entity-list": [{"people.csv": "id,title,description,aliases\nQ1,Ana,who,Anne|Änni\nQ2,Ben,,\n".encode()}],
    }
    return found | {name: by_hand[name] for name in names if name in by_hand}


def spoilt(name: str, files: Files, others: Sequence[Files], by: Mutator) -> Files:
    """Return files of a target, one of them spoilt."""
    which = by.choice(sorted(files))
    beside = by.choice(others)
    if name == _ROWS:
        return {**files, which: _with_odd_rows(files[which], by)}
    return {**files, which: by.spoilt(files[which], beside[by.choice(sorted(beside))])}


def _with_odd_rows(project: bytes, by: Mutator) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "rows.stet")
        path.write_bytes(project)
        for _ in range(by.choice((1, 1, 2))):
            seed_files.spoil_row(path, by.choice)
        return path.read_bytes()
