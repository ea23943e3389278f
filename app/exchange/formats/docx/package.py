"""A Word file as python-docx reads it, which gets a copy that can do no harm: its XML only, checked and limited."""

import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from app.core.errors import FormatError
from app.exchange.archive import Archive
from app.exchange.extra_packages import extra_package
from app.exchange.extracted_document import Extractor
from app.exchange.source import Source

MOST_XML = 128 * 1024 * 1024
"""The most bytes of XML in a file; as a tree it takes several times as much memory."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_XML = (".xml", ".rels")
_TYPES = "[Content_Types].xml"
_DECLARATIONS = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OTHER_KINDS = (  # with macros, or templates: their texts are the same
    b"application/vnd.ms-word.document.macroEnabled.main+xml",
    b"application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
)
_HEAD = 4096
_STRICT = b"http://purl.oclc.org/ooxml/"
_RESAVE = "open it in Word or LibreOffice, and save it again as .docx"
# What python-docx raises for files that aren't whole: it takes their contents as they come. Bad XML is a SyntaxError.
BREAKS = (LookupError, ValueError, TypeError, AttributeError, SyntaxError, RecursionError, NotImplementedError)


def python_docx() -> Extractor:
    """Return the program that reads Word files."""
    return Extractor("python-docx", version("python-docx"))


def word_document(source: Source, data: bytes) -> Any:  # noqa: ANN401  the library has no types for its XML
    """Return the document of a Word file, from its bytes. Raises FormatError for what can't be read, is locked or does
    harm, or without the package.
    """
    library = extra_package("docx", extra="documents", needs="Word files need the package python-docx")
    if data.startswith(_OLE):
        if _LOCKED in data:
            hint = "open it with the password, and save it without one"
            raise FormatError("the Word file is locked with a password", hint=hint)
        what = "this is a Word file of the kind before 2007, whatever its name says"
        raise FormatError(what, hint="save it as .docx in Word or LibreOffice")
    copy = _safe_copy(source)
    extra: Any = extra_package("docx.opc.exceptions", extra="documents", needs="Word files need python-docx")
    try:
        return library.Document(copy)
    except (*BREAKS, extra.PackageNotFoundError) as error:
        raise damaged() from error


def damaged() -> FormatError:
    """Return the error for a file in which something isn't as it must be."""
    return FormatError("this isn't a Word file (.docx), or it is damaged", hint=_RESAVE)


def _safe_copy(source: Source) -> io.BytesIO:
    """Return a ZIP file with the XML of another one. What isn't XML, such as pictures and macros, is empty in it."""
    copy, size = io.BytesIO(), 0
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as made:
        for name, content in _contents(source):
            size += len(content)
            if size > MOST_XML:
                what = f"the Word file has more than {MOST_XML // 1024**2} MiB of text and layout"
                raise FormatError(what, hint="split it into several files")
            if any(word in content for word in _DECLARATIONS):
                raise FormatError("the XML in the Word file declares entities, as Word never does", hint=_RESAVE)
            if name == "word/document.xml" and _STRICT in content[:_HEAD]:
                what = "the Word file is saved as “Strict Open XML”, which isn't read"
                raise FormatError(what, hint="save it as an ordinary “Word document (.docx)”")
            made.writestr(name, _as_document(content) if name == _TYPES else content)
    copy.seek(0)
    return copy


def _contents(source: Source) -> Iterator[tuple[str, bytes]]:
    """Yield the files in a Word file, with not much more than may be in all."""
    try:
        with Archive(source.path, with_hidden=True) as archive:
            for name in archive.names:
                yield name, archive.head(name, MOST_XML + 1) if name.lower().endswith(_XML) else b""
    except FormatError as error:
        raise damaged() from error


def _as_document(types: bytes) -> bytes:
    for kind in _OTHER_KINDS:
        types = types.replace(kind, _MAIN)
    return types
