"""Reads files that hold a CAS, one each: XMI with its type system beside it, and JSON."""

import hashlib
import io
import re
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from app.core.errors import FormatError
from app.core.record import DocumentRecord
from app.exchange.annotator_files import PEOPLE, owned_files
from app.exchange.format import LARGEST, Claim, Reader, ReadOptions
from app.exchange.formats.uima.cas_reading import CasReading
from app.exchange.formats.uima.file_names import person_of
from app.exchange.formats.uima.inception_project import is_project
from app.exchange.formats.uima.library import cassis, dkpro_core, known_types, reading
from app.exchange.formats.uima.marks import document_of, put
from app.exchange.formats.uima.safe_names import safe_json, safe_type_system, safe_xmi
from app.exchange.formats.uima.type_inference import XmiElements, add
from app.exchange.source import Source, files_in, read_failed

TYPE_SYSTEM = "TypeSystem.xml"
_XMI_ROOT = re.compile(rb"<xmi:XMI[\s>]|xmlns:cas=[\"']http:///uima/cas\.ecore[\"']")
_JSON_KEYS = (b'"%FEATURE_STRUCTURES"', b'"%TYPES"', b'"%VIEWS"')
_OLD_JSON = re.compile(rb'\s*\{\s*"_context"\s*:\s*\{\s*"_types"')
_PRINTED_TEXT = re.compile(
    rb'sofaString\s*=\s*(?:"([^"]*)"|\'([^\']*)\')|"sofaString"\s*:\s*"((?:[^"\\]|\\.)*)"', re.DOTALL
)
_LOOKED_AT = 200  # files in which one of UIMA's is looked for
_DECLARED = re.compile(rb"<!(DOCTYPE|ENTITY)")


class CasFileReader(Reader):
    """Reads files that hold a CAS, or a folder of them."""

    is_folder = True
    options = (PEOPLE,)
    suffix = ""
    title = ""

    @abstractmethod
    def is_ours(self, head: bytes) -> bool:
        """Whether a file's first bytes are those of a CAS."""
        ...

    @abstractmethod
    def parsed(self, data: bytes, source: Source, path: Path | str) -> Any:  # noqa: ANN401  the library's
        """Return the CAS of a file's bytes, which is at a path in the source. Raises FormatError."""
        ...

    def claims(self, path: Path, head: bytes) -> Claim | None:
        """Take a file that holds a CAS, and a folder that has one."""
        if not path.is_dir():
            return Claim(f"it is {self.title}") if self.is_ours(head) else None
        if is_project(path):
            return None  # all of it is INCEpTION's
        for count, file in enumerate(files_in(path)):
            if file.suffix.lower() == self.suffix and self.is_ours(_bytes_of(file, 4096)):
                return Claim(f"{file.relative_to(path).as_posix()} is {self.title}")
            if count > _LOOKED_AT:
                break
        return None

    def read(self, source: Source, options: ReadOptions) -> Iterator[DocumentRecord]:
        """Yield the documents. Files that can't be read go to `options.refuse`, as do annotations that can't be."""
        for file, owner in owned_files(
            source, lambda: self._files(source, options), self._stem, _printed_text, options
        ):
            try:
                data = _bytes_of(file.path, LARGEST + 1)
                if len(data) > LARGEST:
                    raise FormatError(f"larger than {LARGEST // 1024**2} MiB", hint="split it")
                cas = self.parsed(data, source, file.path)
                yield record_of(cas, owner.document, person_of(owner.annotator), file.path, options)
            except FormatError as error:
                error.path = error.path or file.path
                options.refuse(error)

    def _files(self, source: Source, options: ReadOptions) -> Iterator[Source]:
        for file in source.files(self.suffix):
            if self.is_ours(_bytes_of(file.path, 4096)):
                yield file
            else:
                options.report.note("other-file", f"files that aren't {self.title}, left out", file.name)

    def _stem(self, name: str) -> str:
        return str(PurePosixPath(name).with_suffix("")) if name.lower().endswith(self.suffix) else name


def _printed_text(path: Path) -> bytes | None:
    """Return what stands for the text of a CAS: as it is printed in the file, which one program does always alike."""
    found = _PRINTED_TEXT.findall(_bytes_of(path, LARGEST))
    return hashlib.sha256(b"\0".join(b"".join(each) for each in found)).digest() if found else None


def record_of(
    cas: Any,  # noqa: ANN401  the library's
    name: str,
    annotator: str | None,
    path: Path | str,
    options: ReadOptions,
) -> DocumentRecord:
    """Return the document of a CAS, with the work of an annotator. Raises FormatError."""
    with reading("a CAS"):
        found = CasReading(cas, options, name)
    document = document_of(found.content, name, options, found.types)
    put(found.content, document, annotator, options, path=path)
    return document.record()


class XmiReader(CasFileReader):
    """Reads XMI. The type system is `TypeSystem.xml` beside the file or in a folder above, in the one that is read;
    what it doesn't describe is inferred.
    """

    suffixes = (".xmi",)
    suffix = ".xmi"
    title = "a UIMA CAS in XMI"

    def __init__(self) -> None:
        self._types: tuple[object, XmiTypes] | None = None

    def is_ours(self, head: bytes) -> bool:
        """Whether bytes are the beginning of XMI with a CAS."""
        return _XMI_ROOT.search(head) is not None and b"http:///uima/cas.ecore" in head

    def parsed(self, data: bytes, source: Source, path: Path | str) -> Any:  # noqa: ANN401
        """Return the CAS of XMI."""
        found = next(_beside(source, Path(path)), None)
        key = (found, found.stat().st_mtime_ns) if found is not None else source.path
        if self._types is None or self._types[0] != key:
            # Files of a folder have one type system: it is read once.
            made = XmiTypes(None if found is None else _bytes_of(found, LARGEST), found or path)
            self._types = (key, made)
        return self._types[1].cas(data)


def _beside(source: Source, path: Path) -> Iterator[Path]:
    folder = path.parent
    while True:
        try:
            files = sorted(each for each in folder.iterdir() if each.suffix.lower() == ".xml")
        except OSError:
            return
        yield from (each for each in files if each.name.lower() == TYPE_SYSTEM.lower() and each.is_file())
        if not source.is_folder or folder == source.path or not folder.is_relative_to(source.path):
            return
        folder = folder.parent


class XmiTypes:
    """The types of files in XMI: those of a type system, or of DKPro Core without one, and what a file has more."""

    def __init__(self, data: bytes | None, path: Path | str) -> None:
        """Raise FormatError, with the path, for what isn't a type system."""
        self._data = data
        try:
            if data is not None:
                _refuse_entities(data)
                with reading("a type system of UIMA"):
                    self._data = safe_type_system(data)
            self._system = known_types() if data is None else self._built()
        except FormatError as error:
            error.path = error.path or path
            raise

    def _built(self) -> Any:  # noqa: ANN401  the library's
        with reading("a type system of UIMA"):
            return dkpro_core() if self._data is None else cassis().load_typesystem(io.BytesIO(self._data))

    def cas(self, data: bytes) -> Any:  # noqa: ANN401
        """Return the CAS of XMI. Raises FormatError."""
        _refuse_entities(data)
        system = self._system
        with reading("a UIMA CAS in XMI"):
            elements = XmiElements(data)
            lacks = elements.lacking(system)
            if lacks:
                # Each file tells its own types: the same name may be used otherwise in another.
                system = self._built()
                add(system, lacks)
            whole = safe_xmi(data, elements.features)
            return cassis().load_cas_from_xmi(io.BytesIO(whole), typesystem=system, trusted=True)


def _refuse_entities(data: bytes) -> None:
    """Refuse a document type: UIMA writes none, and its entities may grow without bounds or name other files."""
    plain = data.replace(b"\x00", b"")  # as UTF-16 has it
    if _DECLARED.search(plain):
        raise FormatError("it has a document type or entities of its own", hint="remove <!DOCTYPE …> from it")


class CasJsonReader(CasFileReader):
    """Reads JSON CAS 0.4, which holds its types itself."""

    suffixes = (".json",)
    suffix = ".json"
    title = "a UIMA CAS in JSON"

    def is_ours(self, head: bytes) -> bool:
        """Whether bytes are the beginning of a CAS in JSON."""
        if _OLD_JSON.match(head):
            return True  # to say what it is
        return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and any(key in head for key in _JSON_KEYS)

    def parsed(self, data: bytes, source: Source, path: Path | str) -> Any:  # noqa: ANN401
        """Return the CAS of JSON."""
        return json_cas(data)


def json_cas(data: bytes) -> Any:  # noqa: ANN401
    """Return the CAS of JSON. Raises FormatError."""
    if _OLD_JSON.match(data):
        what = "this is the JSON of UIMA 2, which programs can write and not read"
        raise FormatError(what, hint="save the document as UIMA CAS XMI or JSON 0.4")
    with reading("a UIMA CAS in JSON 0.4"):
        return cassis().load_cas_from_json(safe_json(data.decode("utf-8-sig")))


def _bytes_of(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise read_failed(path, error) from error
