"""Writes files that hold a CAS: XMI with its type system, and JSON."""

import re
import warnings
from abc import abstractmethod
from collections.abc import Iterable
from typing import Any

from app.core.record import DocumentRecord
from app.exchange.file_names import FileNames
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.uima.annotations import CasTypes, content_of, kept_of, note_rest
from app.exchange.formats.uima.cas_files import TYPE_SYSTEM
from app.exchange.formats.uima.cas_system import CasSystem
from app.exchange.formats.uima.cas_writing import KNOWN_META, CasWriting
from app.exchange.formats.uima.content import CasContent
from app.exchange.formats.uima.file_names import file_of
from app.exchange.formats.uima.library import cassis
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport

# What XML 1.0 can't have, not even escaped; https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class CasFileWriter(Writer):
    """Writes a folder of files, one for each document; with several annotators a folder for each document, with their
    files in it. What has no place there is reported.
    """

    is_folder = True
    origin_place = OriginPlace.FIELDS
    has_file_each = True
    ending = ""

    @abstractmethod
    def text_of(self, cas: Any) -> str:  # noqa: ANN401  the library's
        """Return the text of a CAS's file."""
        ...

    def prepared(self, content: CasContent, name: str, losses: LossReport) -> None:
        """Make a document's contents such that the file can have them."""

    def finish(self, system: CasSystem, output: Output) -> None:
        """Write what belongs to all documents."""

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come. Raises FormatError if the library isn't installed."""
        losses = LossReport()
        types, system = CasTypes(options.scheme), CasSystem()
        several = len(options.annotators) != 1
        names = FileNames(self.ending)
        for record in records:
            name = record.document.name
            for item in record.sets or (None,):

                def lose(kind: str, what: str, example: str, name: str = name) -> None:
                    losses.note(kind, f"{what}, which UIMA has no place for", f"{name}: “{example[:40]}”")

                content = content_of(record, item, types, options, losses)
                self.prepared(content, name, losses)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # names that Python has too get a “_” inside the library
                    cas = CasWriting(content, kept_of(record).types, system, lose).cas
                    text = self.text_of(cas)
                person = file_of(item) if several else None
                with output.open(names.of(record.document, person)) as file:
                    file.write(text.encode())
            note_rest(record, losses, known_meta=KNOWN_META)
        self.finish(system, output)
        return losses


class XmiWriter(CasFileWriter):
    """Writes XMI, and the type system of all documents as `TypeSystem.xml`."""

    ending = ".xmi"
    companions = (TYPE_SYSTEM,)

    def text_of(self, cas: Any) -> str:  # noqa: ANN401
        """Return a CAS as XMI."""
        return cas.to_xmi()

    def prepared(self, content: CasContent, name: str, losses: LossReport) -> None:
        """Replace the characters that XML can't have by blanks, as INCEpTION does."""
        found = _NOT_IN_XML.findall(content.text)
        if found:
            what = "control characters, which XML can’t have, written as blanks"
            losses.note("control", what, f"{name}: U+{ord(found[0]):04X}", count=len(found))
            content.text = _NOT_IN_XML.sub(" ", content.text)
        items = (*content.spans, *content.relations, *content.about)
        features = [*(each.features for each in items), *(link.features for s in content.spans for link in s.links)]
        for values in features:
            for key, value in values.items():
                if isinstance(value, str) and _NOT_IN_XML.search(value):
                    what = "control characters in fields, which XML can’t have, written as blanks"
                    losses.note("field-control", what, f"{name}: {key}")
                    values[key] = _NOT_IN_XML.sub(" ", value)

    def finish(self, system: CasSystem, output: Output) -> None:
        """Write the type system."""
        with output.open(TYPE_SYSTEM) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file.write(str(system.built().to_xml()).encode())


class CasJsonWriter(CasFileWriter):
    """Writes JSON CAS 0.4, with the types that a document needs."""

    ending = ".json"

    def text_of(self, cas: Any) -> str:  # noqa: ANN401
        """Return a CAS as JSON."""
        return cas.to_json(type_system_mode=cassis("typesystem").TypeSystemMode.MINIMAL)
