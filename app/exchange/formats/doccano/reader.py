"""Reads doccano's JSONL, of all generations."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from app.core.annotation import Status
from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.core.remark import LONGEST_REMARK, Remark
from app.exchange.archive import SIGNATURE, Archive, unpacked
from app.exchange.foreign_document import ForeignDocument, ForeignWork
from app.exchange.format import HEAD, Claim, Reader, ReadOptions
from app.exchange.formats.doccano.number_lists import NumberLists
from app.exchange.formats.doccano.wire import (
    Category,
    DoccanoRecord,
    GivenSpan,
    Keys,
    comment_text,
    guessed_keys,
    parsed,
    shape,
)
from app.exchange.json_lines import JsonLine
from app.exchange.json_records import first_objects, object_of, objects_in, records
from app.exchange.offset_units import GivenRange, Ruler, Unit, unit_of
from app.exchange.option import FormatOption, OptionKind
from app.exchange.record_names import DistinctNames, name_from_text
from app.exchange.source import Source

OWN = "doccano"
MERGED = "all"
_JSON = (".jsonl", ".json", ".ndjson")
_LOOKED_AT = 20  # files of a ZIP file
_OTHERS = ("stet", "_task_hash", "tokenized_text")  # keys that records of other tools have beside marks like doccano's
UNITS = (Unit.UTF16, Unit.GRAPHEMES, Unit.CODE_POINTS)
CATEGORY = "category"
PEOPLE = FormatOption(
    "people",
    "Each file is an annotator’s",
    help="ana.jsonl has ana’s work, as doccano exports it; all.jsonl has everyone’s.",
)
LABEL_LIST = FormatOption(
    "labels",
    "File of labels",
    OptionKind.TEXT,
    "",
    help="The labels that doccano exports for a project, where records have only their numbers.",
)


class DoccanoReader(Reader):
    """Reads records with marks, labels of the text, relations and comments; further keys are metadata."""

    suffixes = (*_JSON, ".zip")
    options = (PEOPLE, LABEL_LIST)
    columns = ("text", "label", "id")

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take what has marks as doccano writes them, or comments beside labels; and a ZIP file of such files."""
        if not head.startswith(SIGNATURE):
            return _claim(first_objects(path, head))
        try:
            with Archive(path) as archive:
                names = archive.names
                if not names or not all(PurePosixPath(name).suffix.lower() in _JSON for name in names):
                    return None
                claims = (_claim(objects_in(archive.head(name, HEAD))) for name in names[:_LOOKED_AT])
                found = next((claim for claim in claims if claim is not None and not claim.weak), None)
        except FormatError:
            return None  # other formats are ZIP files too
        return Claim(f"it is a ZIP file of JSONL, in which {found.why}") if found is not None else None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Invalid records go to `options.refuse`."""
        lists = NumberLists.beside(source, str(options.own.get(LABEL_LIST.name) or ""))
        with source.open() as file:
            is_zip = file.read(len(SIGNATURE)) == SIGNATURE
        if not is_zip:
            person = _person(source) if options.own.get(PEOPLE.name) else None
            yield from _File(source, source.path, person, lists, options).records()
            return
        with unpacked(source.path, *_JSON) as members:
            for member in members:
                # In doccano's own ZIP file, only the names of its files say who annotated.
                yield from _File(member, source.path / member.name, _person(member), lists, options).records()


def _claim(objects: Sequence[Mapping[str, Any]]) -> Claim | None:
    weak: Claim | None = None
    for each in objects:
        if any(key in each for key in _OTHERS):
            return None
        key = shape(each)
        if key and any(isinstance(value, str) for value in each.values()):
            return Claim(f"“{key}” has marks with start, end and label")
        listed = [label for label in ("label", "labels", "cats") if isinstance(each.get(label), list)]
        if listed and isinstance(each.get("Comments"), list):
            return Claim(f"its records have “{listed[0]}” and “Comments”")
        if any(key in each for key in ("text", "data")) and listed and "id" in each:
            weak = weak or Claim(f"its records have a text and a list “{listed[0]}”", weak=True)
    return weak


class _File:
    """Reads one file; `shown` is the path that errors name."""

    def __init__(
        self, source: Source, shown: Path, person: str | None, lists: NumberLists, options: ReadOptions
    ) -> None:
        self._path = source.path
        self._shown = shown
        self._person = person
        self._lists = lists
        self._options = options

    def records(self) -> Iterator[DocumentRecord]:
        with Source(self._path).open() as file:
            head = first_objects(self._path, file.read(HEAD))
        options, names = self._options, DistinctNames()
        keys = guessed_keys(head, options.columns)
        unit = _unit(self._path, keys, options)
        seen_any = False
        for line in records(self._path):
            seen_any = True
            options.at(line.number, line.byte)
            try:
                found = parsed(object_of(line, self._path), keys)
                name = names.of(name_from_text(found.text, found.id), found.text)
                made = _Document(found, name, self._person, self._lists, unit, options).record()
            except FormatError as error:
                options.refuse(self._placed(error, line))
            else:
                yield made
        if not seen_any:
            options.report.note("empty", "files without documents", str(self._shown))

    def _placed(self, error: FormatError, line: JsonLine) -> FormatError:
        error.path, error.line = self._shown, error.line or line.number
        if b"\n" in line.data or self._shown != self._path:  # it can't be found again as a line
            error.record = line.data.decode("utf-8", "replace").replace("\n", " ")
        return error


def _person(source: Source) -> str | None:
    stem = PurePosixPath(source.name).stem
    return None if stem == MERGED else stem


def _unit(path: Path, keys: Keys, options: ReadOptions) -> Unit:
    """Return the unit of the offsets. doccano's own are UTF-16 units, visible characters or, in 2019, code points, and
    nothing in the file says which."""

    def claims() -> Iterator[GivenRange]:
        for line in records(path):
            if line.data.isascii() and b"\\" not in line.data:
                continue
            try:
                found = parsed(object_of(line, path), keys)
            except FormatError:
                continue  # it is refused when the records are read
            for span in found.spans:
                yield GivenRange(found.text, span.start, span.end)

    return unit_of(claims(), among=UNITS, usual=Unit.UTF16, given=options.offsets)


class _Document:
    """Builds the record of one text."""

    def __init__(
        self,
        given: DoccanoRecord,
        name: str,
        person: str | None,
        lists: NumberLists,
        unit: Unit,
        options: ReadOptions,
    ) -> None:
        own = dict(given.own)
        if given.said:
            own["label"] = given.said
            what = "texts where labels are expected, kept beside the document"
            options.report.note("said", what, f"{name}: “{given.said[0][:40]}”")
        self._own = own
        self._made = ForeignDocument(given.text, name=name, options=options, meta=given.meta, extra={OWN: own})
        self._given = given
        self._person = given.annotator or person
        self._lists = lists
        self._ruler = Ruler(given.text, unit)
        self._options = options
        self._has_work = False

    def record(self) -> DocumentRecord:
        given = self._given
        keys: dict[int | str, str] = {}
        for key, span in self._keyed():
            self._mark(self._work(span.user), key, span)
            if span.id is not None:
                keys[span.id] = key
        for category in dict.fromkeys(given.categories):
            self._categorise(category)
        for number, tie in enumerate(given.relations):
            ends = [keys.get(end, str(end)) for end in (tie.source, tie.target)]
            self._work(None).relate(str(number if tie.id is None else tie.id), tie.label, *ends)
        if given.comments:
            self._comment()
        if (given.is_approved or self._options.finished) and not self._has_work:
            self._work(None).status = Status.DONE
        if not self._own:
            self._made.extra.clear()
        return self._made.record()

    def _work(self, user: str | None) -> ForeignWork:
        self._has_work = True
        name = self._person
        if user is not None:
            name = self._lists.users.get(user) or (f"user {user}" if user.isdigit() else user)
        work = self._made.work(name)
        if self._given.is_approved:
            work.status = Status.DONE
        return work

    def _keyed(self) -> Iterator[tuple[str, GivenSpan]]:
        """Yield the marks with their keys, which are the same in any order of the marks."""
        seen: Counter[tuple[object, ...]] = Counter()
        for span in self._given.spans:
            if span.id is not None:
                yield str(span.id), span
                continue
            same = (span.start, span.end, span.label, span.user)
            seen[same] += 1
            yield f"{span.start}-{span.end} {span.label} {seen[same]}", span

    def _mark(self, work: ForeignWork, key: str, span: GivenSpan) -> None:
        try:
            pair = self._ruler.range(span.start, span.end)
        except ValueError as error:
            raise FormatError(f"{span.label[:40]}: {error}", hint="fix the offsets") from error
        own = {**span.rest, **({"id": span.id} if span.id is not None else {})}
        label = self._label(span.label)
        work.mark(key, label, [pair], created=span.created, extra={OWN: own} if own else {})

    def _label(self, given: str) -> str:
        name = self._lists.labels.get(given)
        if name is None and given.isdigit():
            what = "labels that are only numbers; name them with --option labels=FILE, or --map-label"
            self._options.report.note("number", what, given)
        return name or given

    def _categorise(self, category: Category) -> None:
        label = self._label(category.label)
        self._work(category.user).about_document(f"category {label}", label, layer=CATEGORY)
        self._own.setdefault("categories", []).append(label)

    def _comment(self) -> None:
        note = "\n".join(comment_text(each) for each in self._given.comments).strip()
        if len(note) > LONGEST_REMARK:
            what = "comments longer than a note can be, kept beside the document"
            self._options.report.note("comment", what, self._made.document.name)
        else:
            work = self._work(None)
            work.remark = Remark(work.remark.flag, note)
        self._own["comments"] = self._given.comments
