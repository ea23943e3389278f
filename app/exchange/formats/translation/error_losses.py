"""What formats of errors in translations can't hold of a mark."""

import msgspec

from app.core.annotation import Annotation
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import SEVERITY
from app.exchange.error_marks import ErrorMarks
from app.exchange.format import WriteOptions
from app.exchange.formats.translation.bitexts import OWN
from app.exchange.formats.translation.score_marks import is_score
from app.exchange.losses import Losses


class ErrorLosses(Losses):
    """Notes what is lost of errors. All of these formats have a place for metadata, the reference and the status."""

    def __init__(self, title: str, own: str, options: WriteOptions, *keeps: str) -> None:
        """`own` is the key in what is kept of a format's own files."""
        super().__init__(title, OWN, keeps=("reference", "meta", "status", "mark-extra", *keeps))
        self._scheme = options.scheme
        self._errors = ErrorMarks(options, self, own)

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
        return True
