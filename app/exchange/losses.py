"""What a writer says of a record's parts that its format has no place for."""

from collections.abc import Collection

from app.core.annotation import Annotation, Relation, Status
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import NO_REMARK
from app.exchange.report import LossReport


class Losses:
    """Notes what is lost of documents and marks, in sentences that name the format by its `title`.

    `keeps` has the kinds of what the format does have a place for: `meta`, `name`, `reference`, `decision`,
    `suggestion`, `extra`, `status`, `remark`, `seconds`, `attribute`, `correction`, `comment`, `evidence`,
    `mark-extra`, `relation-field`. With `finished`, work is done because it is there. `own` is the format's key in what
    is kept of foreign files.
    """

    def __init__(self, title: str, own: str, *, keeps: Collection[str] = ()) -> None:
        self.report = LossReport()
        self._title = title
        self._own = own
        self._keeps = frozenset(keeps)

    def note(self, kind: str, what: str, example: str, *, count: int = 1, is_whole: bool = False) -> None:
        """Note something; with `is_whole` the words stand as they are, else it is said that there is no place."""
        if kind not in self._keeps:
            self._note(kind, what, example, count, is_whole=is_whole)

    def _note(self, kind: str, what: str, example: str, count: int, *, is_whole: bool = False) -> None:
        if count > 0:
            said = what if is_whole else f"{what}, which {self._title} has no place for"
            self.report.note(kind, said, example, count=count)

    def of_document(self, record: DocumentRecord) -> None:
        """Note what of a document, apart from its sets, isn't kept."""
        name = record.document.name
        self.note("meta", "metadata of documents", name, count=len(record.document.meta))
        self.note("reference", "links to references", name, count=len(record.references))
        self.note("decision", "decisions of reviewers", name, count=len(record.decisions))
        self.note("suggestion", "suggestions", name, count=len(record.suggestions))
        self.note("version", "earlier texts of documents", name, count=len(record.versions))
        self.note("extra", "further fields of documents", name, count=len(set(record.extra) - {self._own}))

    def of_tokens(self, record: DocumentRecord, tokens: str) -> None:
        """Note that a text isn't the one that is read again from its `tokens`, joined as a reader joins them."""
        if tokens != record.document.text:
            what = "texts whose white space isn’t told by their tokens"
            self.note("spacing", what, record.document.name, is_whole=True)

    def of_set(self, record: DocumentRecord, item: SetRecord) -> None:
        """Note what of an annotator's work, apart from its marks, isn't kept."""
        where = f"{record.document.name} ({item.annotator})"
        self._of_status(where, item.status)
        self.note("remark", "flags and notes of documents", where, count=int(item.remark != NO_REMARK))
        self.note("model", "that an annotator is a model", where, count=int(item.kind == "model"))
        self.note("seconds", "working times", where, count=int(item.seconds > 0))

    def _of_status(self, where: str, status: Status) -> None:
        if "finished" not in self._keeps:
            self.note("status", "whether work is done", where, count=int(status is not Status.OPEN))
            return
        what = f"work that isn’t finished, which counts as finished in {self._title}"
        self.note("unfinished-work", what, where, count=int(not status.is_finished), is_whole=True)

    def of_mark(
        self, record: DocumentRecord, item: SetRecord, mark: Annotation, *, has_fields: bool | None = None
    ) -> None:
        """Note what of a mark, apart from its place and label, isn't kept. With `has_fields` fields, correction and
        comment are, without it they aren't; None is as the format does.
        """
        where = f"{record.document.name} ({item.annotator}): “{(mark.quote or mark.label)[:40]}”"
        said = (
            ("attribute", "fields of marks", len(mark.attributes)),
            ("correction", "corrections", int(mark.correction is not None)),
            ("comment", "comments on marks", int(mark.comment != "")),
        )
        for kind, what, count in said:
            if has_fields is False or (has_fields is None and kind not in self._keeps):
                self._note(kind, what, where, count)
        self.note("evidence", "evidence", where, count=len(mark.evidence))
        self.note("mark-extra", "further fields of marks", where, count=len(set(mark.extra) - {self._own}))

    def of_relation(self, record: DocumentRecord, item: SetRecord, tie: Relation) -> None:
        """Note what of a relation, apart from its ends and label, isn't kept."""
        where = f"{record.document.name} ({item.annotator}): {tie.label}"
        said = len(tie.attributes) + int(tie.comment != "")
        self.note("relation-field", "fields of and comments on relations", where, count=said)
