"""Names of the files of an export that is a folder."""

import re

from app.core.document import Document

_UNSAFE = re.compile(r'[\\:<>"|?*\x00-\x1f\x7f]')


def safe(name: str) -> str:
    """Return a name as part of a file's name."""
    return _UNSAFE.sub("_", name.replace("/", "_")).strip(" .") or "_"


class FileNames:
    """Names the files of documents in a folder. Two documents of one name get a number behind it.

    `suffix` is that of the files. A document whose name ends in `without` is named without that.
    """

    def __init__(self, suffix: str = "", *, without: str = "") -> None:
        self._suffix = suffix
        self._without = without
        self._stems: dict[str, str] = {}  # by the document's uid
        self._taken: set[str] = set()

    def of(self, document: Document, annotator: str | None) -> str:
        """Return the name of a document's file; with an annotator, whose work it has, in a folder of the document."""
        stem = self.stem(document)
        return f"{stem}{self._suffix}" if annotator is None else f"{stem}/{safe(annotator)}{self._suffix}"

    def stem(self, document: Document) -> str:
        """Return the name of a document's files without a suffix, with `/` between folders."""
        known = self._stems.get(document.uid)
        if known is None:
            parts = [safe(part) for part in document.name.split("/") if part.strip(" .")]
            plain = known = "/".join(parts).removesuffix(self._without) or "document"
            number = 1
            while known.casefold() in self._taken:  # some file systems don't tell capitals from small letters
                number += 1
                known = f"{plain} ({number})"
            self._taken.add(known.casefold())
            self._stems[document.uid] = known
        return known
