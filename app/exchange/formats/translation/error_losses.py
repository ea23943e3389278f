"""What formats of errors in translations can't hold of a document, an annotator's work and a mark."""

import msgspec

from app.core.annotation import Annotation, Stance
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY
from app.exchange.error_marks import ErrorMarks, IdleDocuments
from app.exchange.format import WriteOptions
from app.exchange.formats.translation.bitexts import DOCUMENT, OWN, SYSTEM
from app.exchange.formats.translation.placed_marks import WrittenTranslation
from app.exchange.formats.translation.score_marks import is_score
from app.exchange.losses import Losses
from app.exchange.report import LossReport

_LANGUAGE = "language"


class ErrorLosses(Losses):
    """Notes what is lost of errors. All of these formats have a place for the source, the system, and finished work."""

    def __init__(self, title: str, own: str, options: WriteOptions, *keeps: str) -> None:
        """`own` is the key in what is kept of a format's own files; `keeps` may have `evidence`, that in the
        source, and `language`.
        """
        super().__init__(title, OWN, keeps=("status", "mark-extra", *(each for each in keeps if each != "seconds")))
        self._scheme = options.scheme
        self._errors = ErrorMarks(options, self, own)
        self._idle = IdleDocuments(self, OWN)
        self._has_source = "evidence" in keeps
        self._has_seconds = "seconds" in keeps
        self._known_meta = {DOCUMENT, SYSTEM, *({_LANGUAGE} if _LANGUAGE in keeps else ())}

    def takes_document(self, record: DocumentRecord) -> bool:
        """Return whether there is anybody's work on a document to write; what can't be written of it is noted."""
        self._idle.note_references(record)
        if not record.sets:
            self._idle.add(record)
            return False
        document = record.document
        meta = {key: value for key, value in document.meta.items() if key not in self._known_meta}
        shown = msgspec.structs.replace(document, meta=meta)
        self.of_document(record._replace(document=shown, references=()))
        what = "references but the first, which is the source"
        self.note("more-references", what, document.name, count=max(0, len(record.references) - 1))
        for item in record.sets:
            self._of_work(record, item)
        return True

    def of_name(self, record: DocumentRecord, translation: WrittenTranslation) -> None:
        """Note that a document will have another name, which is made of those of the document and the system."""
        made = f"{translation.name}/{translation.system}"
        if OWN not in record.extra and record.document.name != made:
            what = "names of documents, which are those of a document and a system"
            self.note("name", what, f"{record.document.name}: {made}", is_whole=True)

    def finished(self) -> LossReport:
        """Return the report, when all documents were seen."""
        self._idle.note()
        return self.report

    def takes(self, record: DocumentRecord, item: SetRecord, mark: Annotation) -> bool:
        """Note what is lost of a mark; return whether it is an error, rather than a score, about the document, or of
        another layer.
        """
        where = f"{record.document.name} ({item.annotator}): “{(mark.quote or mark.label)[:40]}”"
        if is_score(mark):
            return False
        if self._scheme.is_about_document(mark.layer):
            self.note("about-document", "labels of documents as a whole", where)
            return False
        if not self._errors.takes(mark, where):
            return False
        others = {key: value for key, value in mark.attributes.items() if key != SEVERITY}
        self.of_mark(record, item, msgspec.structs.replace(mark, attributes=others))
        if self._has_source:
            self._of_evidence(record, mark, where)
        return True

    def _of_work(self, record: DocumentRecord, item: SetRecord) -> None:
        # Times are those that a file had: each of them is of a row.
        is_timed = self._has_seconds and OWN in record.extra
        self.of_set(record, item._replace(seconds=0.0) if is_timed else item)
        self.note("relation", "relations", f"{record.document.name} ({item.annotator})", count=len(item.relations))

    def _of_evidence(self, record: DocumentRecord, mark: Annotation, where: str) -> None:
        here = [piece for piece in mark.evidence if piece.document in record.references[:1]]
        count = len(mark.evidence) - min(1, len(here))
        self.note("more-evidence", "evidence but one piece in the source", where, count=count)
        is_said = any(piece.stance is not Stance.REFUTES or piece.alternative > 1 for piece in here)
        self.note("stance", "what evidence does, and in which set it is", where, count=int(is_said))
