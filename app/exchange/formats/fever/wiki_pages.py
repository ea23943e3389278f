"""FEVER's Wikipedia pages: JSON Lines with `id`, `text` and `lines`, in which sentences are numbered.

`id` is the title with `_` for blanks and `-LRB-` for brackets, canonically decomposed (NFD) in some files and composed
in others; titles are compared composed and kept as they are. Each line of `lines` has the number of a sentence, the
sentence, and the words and titles of its links, divided by tabs. See https://fever.ai/dataset/fever.html.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.core.document import Document, title_of
from app.core.document_names import canonical
from app.core.errors import FormatError
from app.exchange.claim_marks import split_fields
from app.exchange.foreign_document import ForeignDocument
from app.exchange.format import ReadOptions
from app.exchange.json_records import object_of
from app.exchange.keyed_lines import KeyedLines
from app.exchange.sentence_lines import SENTENCE_LINES, NumberedSentences, joined
from app.exchange.source import Source, files_in

OWN = "fever"
PAGE = "page"
"""The key of metadata that has the title of a page as FEVER writes it."""
PAGES = "wiki-pages"
SUFFIX = f".{PAGES}.jsonl"
_KEYS = ("id", "text", "lines")
_LINE = re.compile(r"(\d{1,5})(?:\t(.*))?", re.DOTALL)
_LONGEST = 1000  # characters of a title
_KEPT = 64  # pages
_BRACKETS = {"-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]", "-LCB-": "{", "-RCB-": "}", "-COLON-": ":"}
_ESCAPED = re.compile("|".join(_BRACKETS))


class _Titled(msgspec.Struct):
    id: str = ""


_titled = msgspec.json.Decoder(_Titled)


class WikiPage(NamedTuple):
    """A page as a document, and its sentences by number."""

    document: ForeignDocument
    sentences: NumberedSentences


def is_page(value: Mapping[str, Any]) -> bool:
    """Whether an object is a page."""
    lines = value.get("lines")
    return isinstance(value.get("id"), str) and isinstance(lines, str) and (lines == "" or lines.startswith("0"))


def readable(title: str) -> str:
    """Return a title as people read it."""
    return _ESCAPED.sub(lambda found: _BRACKETS[found[0]], title).replace("_", " ").strip()


def escaped(title: str) -> str:
    """Return a title as FEVER writes it."""
    for code, sign in _BRACKETS.items():
        title = title.replace(sign, code)
    return re.sub(r"\s", "_", title.strip())


def page_of(document: Document) -> str | None:
    """Return the title of the page that a document was read from, None if it wasn't read from one."""
    found = document.meta.get(PAGE)
    return found if isinstance(found, str) and found and document.meta.get(SENTENCE_LINES) is True else None


def title_for(document: Document) -> str:
    """Return the title that a document's page gets in a file."""
    return page_of(document) or escaped(title_of(document.name, document.meta)) or "page"


def page_record(value: Mapping[str, Any], options: ReadOptions) -> WikiPage:
    """Return a page as a document with a sentence on each line. Raises FormatError for one that isn't valid."""
    fields = dict(value)
    title, text, lines = (fields.pop(key, "") for key in _KEYS)
    if not isinstance(title, str) or not title.strip() or len(title) > _LONGEST:
        raise FormatError("a page has no title under “id”", hint="write its title there")
    if not isinstance(lines, str):
        raise FormatError(f"“lines” of the page {title[:60]} must be text", hint="write a sentence on each line of it")
    sentences, links = parsed_lines(lines)
    meta, own = split_fields(fields)
    made = ForeignDocument(
        joined(sentences),
        name=title,
        options=options,
        meta={**meta, "title": readable(title), PAGE: title, SENTENCE_LINES: True},
    )
    if links:
        own["links"] = links
    if lines != page_lines(sentences, links):
        own["lines"] = lines
    if text != plain_text(sentences):
        own["text"] = text
    if own:
        made.extra[OWN] = own
    return WikiPage(made, NumberedSentences(made.document))


def plain_text(sentences: Sequence[str]) -> str:
    """Return what pages have as `text`: the sentences, each with a blank behind it."""
    return "".join(f"{each} " for each in sentences if each)


def page_lines(sentences: Sequence[str], links: Mapping[str, Sequence[str]]) -> str:
    """Return what pages have as `lines`."""
    return "\n".join("\t".join((str(at), each, *links.get(str(at), ()))) for at, each in enumerate(sentences))


def parsed_lines(lines: str) -> tuple[list[str], dict[str, list[str]]]:
    """Return the sentences of a page's `lines` by number, and the links of those that have some.

    A line without a number goes on where the one before ended, as some do. Raises FormatError for a number that was
    there before, and if the first line has none.
    """
    sentences: list[str] = []
    links: dict[str, list[str]] = {}
    for line in lines.split("\n") if lines else ():
        found = _LINE.fullmatch(line)
        sentence, *rest = (line if found is None else found[2] or "").split("\t")
        if found is None:
            if not sentences:
                raise FormatError("the first sentence has no number", hint="fix the page")
            sentences[-1] = f"{sentences[-1]} {sentence}".strip()
        else:
            number = int(found[1])
            if number < len(sentences):
                raise FormatError(f"sentence {number} is there twice", hint="fix the page")
            sentences.extend([""] * (number - len(sentences)))
            sentences.append(sentence)
        if rest:
            links.setdefault(str(len(sentences) - 1), []).extend(rest)
    return sentences, links


class WikiPages:
    """The pages of the files beside claims, of which those with wanted titles are found.

    `given` is the file or folder that a person named, else one called `wiki-pages` or after the claims' file is looked
    for.
    """

    def __init__(self, source: Source, wanted: Collection[str], options: ReadOptions, given: str = "") -> None:
        """Raise FormatError if what was named isn't there, or a file can't be read."""
        self._options = options
        self.files = pages_beside(source, given)
        self._lines = KeyedLines(self.files, _key, {canonical(title) for title in wanted} if self.files else ())
        self._broken: set[str] = set()
        self.get = lru_cache(maxsize=_KEPT)(self._get)

    def _get(self, title: str) -> WikiPage | None:
        """Return the page with a title, None if there is none. Pages that aren't valid are noted."""
        key = canonical(title)
        line = self._lines.get(key)
        if line is None or key in self._broken:
            return None
        path = self._lines.path_of(key)
        try:
            return page_record(object_of(line, path), self._options)
        except FormatError as error:
            self._broken.add(key)
            what = "pages that can't be read; evidence in them is kept as a pointer"
            self._options.report.note("broken-page", what, f"{path.name}, line {line.number}: {error.what}")
            return None


def _key(data: bytes) -> str | None:
    try:
        return canonical(_titled.decode(data).id) or None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def pages_beside(source: Source, given: str = "") -> list[Path]:
    """Return the files of pages that belong to a file or folder of claims. Raises FormatError if what was named isn't
    there.
    """
    if given:
        path = source.folder / given
        if not path.exists():
            raise FormatError("there are no pages here", hint="name the file or folder of the pages", path=path)
        return _jsonl_in(path)
    for name in (f"{source.path.stem}{SUFFIX}", f"{PAGES}.jsonl", PAGES):
        path = source.folder / name
        if path.exists() and path != source.path:
            return _jsonl_in(path)
    return sorted(source.folder.glob(f"*{SUFFIX}")) if source.is_folder else []


def _jsonl_in(path: Path) -> list[Path]:
    return [each for each in files_in(path) if each.suffix.lower() == ".jsonl"] if path.is_dir() else [path]
