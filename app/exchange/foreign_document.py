"""A document of another tool's file with the work on it, as it is read, and as the record that is imported.

Other tools identify by numbers that mean nothing elsewhere. Ids here are derived: that of a document from its name and
text, that of a mark from its document, its annotator and its key in the file. So a file that is imported again adds
nothing, and annotators' files of one document meet in it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.core.annotation import Annotation, Evidence, Fragment, Relation, Stance, Status, normal_fragments, quote_of
from app.core.document import Document, check_storable, sha256
from app.core.errors import FormatError, TextRefused
from app.core.ids import DerivedUids, derived_uid
from app.core.record import DocumentRecord, SetRecord
from app.core.remark import NO_REMARK, Remark
from app.core.suggestion import Judgement, Suggested, Suggestion, SuggestionOutcome, reading_order
from app.exchange.format import ReadOptions
from app.exchange.label_map import LabelPlace
from app.exchange.offset_units import found_near
from app.exchange.provenance import ANSWER, SUGGESTED_BY, origin_in

LONGEST = 200
"""The most characters of a label, a layer or a name of a person."""

MOST_SECONDS = 1e9
"""The longest time, in seconds, that somebody may have worked on a document; a file's longer one is none."""

_ABOUT_DOCUMENT = (Fragment(0, 0),)


class UnknownAnnotator(FormatError):
    """A file that doesn't say who made its annotations, where nobody was named for them."""

    def __init__(self) -> None:
        hint = "say whose they are with --annotator NAME"
        in_window = "choose whose annotations they become"
        super().__init__("the file doesn't say who made its annotations", hint=hint, in_window=in_window)


class ForeignDocument:
    """Collects what a file says about a document. `options` map its labels and take notes; `extra` can still be changed
    until the record is made."""

    def __init__(
        self,
        text: str,
        *,
        name: str,
        options: ReadOptions,
        meta: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Raise FormatError for a text or name that can't be stored."""
        try:
            check_storable(text)
            check_storable(name)
        except TextRefused as error:
            raise FormatError(error.what, hint=error.hint) from error
        digest = sha256(text)
        self.document = Document(
            uid=derived_uid("document", name, digest), name=name, text=text, sha256=digest, meta=dict(meta or {})
        )
        self.options = options
        self.extra = dict(extra or {})
        self.file_keys: tuple[str, ...] = ()  # as a record has them
        self._references: list[str] = []
        self._work: dict[tuple[str, str], ForeignWork] = {}
        self._suggested: dict[tuple[str, str], ForeignWork] = {}  # by maker and version
        self._judgements: dict[str, dict[str, Judgement]] = {}  # by suggestion and annotator

    @property
    def text(self) -> str:
        """Its text."""
        return self.document.text

    @property
    def uid(self) -> str:
        """Its derived id, by which other documents of the file refer to it."""
        return self.document.uid

    def refer_to(self, reference: "ForeignDocument") -> None:
        """Make another document a reference of this one. It must be yielded before."""
        if reference.uid not in self._references:
            self._references.append(reference.uid)

    def work(self, annotator: str | None = None, *, kind: str = "person") -> "ForeignWork":
        """Return an annotator's work on it, which is empty at first. Without a name it is the person's who was named
        for the import; `kind` is person or model. Raises FormatError if nobody was named, or for an unusable name.
        """
        name = (annotator or "").strip() or self.options.annotator
        if not name:
            raise UnknownAnnotator()
        if len(name) > LONGEST or not name.isprintable():
            raise FormatError(f"“{name[:40]}” can't be an annotator's name", hint="use letters, 200 at most")
        key = (name, kind)
        if key not in self._work:
            self._work[key] = ForeignWork(self, name, kind)
        return self._work[key]

    def suggested(self, maker: str, version: str = "") -> "ForeignWork":
        """Return what a program suggests for it, which is empty at first. Marks become suggestions with the comments as
        reasons; suggestions have no relations.
        """
        key = (maker, version)
        if key not in self._suggested:
            self._suggested[key] = ForeignWork(self, f"{maker} {version}".rstrip(), "suggestions")
        return self._suggested[key]

    def _suggestions(self) -> tuple[Suggested, ...]:
        found = [
            each for (maker, version), work in self._suggested.items() for each in work.suggestions(maker, version)
        ]
        found.sort(key=reading_order)
        return tuple(Suggested(each, tuple(self._judgements.get(each.uid, {}).values())) for each in found)

    def judge(
        self, suggestion: str, annotator: str, outcome: SuggestionOutcome, *, time: str, annotation: str | None = None
    ) -> None:
        """Note what an annotator, who has work on the document, answered to a suggestion (uid). `annotation` is the uid
        of the mark that accepting it made. Of several answers the last one counts.
        """
        self._judgements.setdefault(suggestion, {})[annotator] = Judgement(
            suggestion=suggestion, annotator=annotator, outcome=outcome, time=time, annotation=annotation
        )

    def record(self) -> DocumentRecord:
        """Return the record to import."""
        sets = tuple(work.record() for work in self._work.values())
        return DocumentRecord(
            self.document,
            tuple(self._references),
            sets,
            self.extra,
            suggestions=self._suggestions() if self._suggested else (),
            is_derived=True,
            file_keys=self.file_keys,
        )


class ForeignWork:
    """One annotator's work on a document. `status` is what the file says of it; at first what work counts
    as of which it says nothing."""

    def __init__(self, document: ForeignDocument, annotator: str, kind: str) -> None:
        self._document = document
        self._annotator = annotator
        self._kind = kind
        self._marks: dict[str, Annotation] = {}  # by key in the file
        self._left_out: set[str] = set()
        self._relations: dict[str, Relation] = {}
        self._about: dict[str, str] = {}  # the label that the document has, by layer about it
        self.status = Status.DONE if document.options.finished else Status.OPEN
        self.seconds = 0.0
        self.remark: Remark = NO_REMARK
        self.scores: dict[str, float] = {}  # of suggestions, from 0 to 1, by the marks' uids
        self._mark_uids = DerivedUids("annotation", document.uid, annotator, kind)

    @property
    def annotator(self) -> str:
        """Whose it is."""
        return self._annotator

    def mark(
        self,
        key: str,
        label: str,
        ranges: Iterable[tuple[int, int]],
        *,
        layer: str = "",
        words: str | None = None,
        attributes: Mapping[str, Any] | None = None,
        correction: str | None = None,
        comment: str = "",
        evidence: Sequence[Evidence] = (),
        created: str = "",
        updated: str = "",
        extra: Mapping[str, Any] | None = None,
        uid: str | None = None,
    ) -> Annotation | None:
        """Add a mark on half-open ranges in code points; return it, or None if its label is left out.

        `key` tells it from the annotator's other marks in the document, and is the same whenever the file is read.
        `words` are those that the file says are marked, those of several ranges with a blank between. If they aren't
        there but at one place near by, the mark goes there; else it is kept with them, as one that doesn't match. Both
        are noted. `uid` is its own id, if the file has that. Raises FormatError for ranges outside the text or that
        overlap, and for an unusable label.
        """
        fragments = _normal(label, ranges, len(self._document.text))
        fragments, quote = self._at_words(fragments, words)
        place = self._placed(key, layer, label, quote, about_document=False)
        if place is None:
            return None
        made = Annotation(
            uid=uid or self._mark_uids.of(key),
            layer=place.layer,
            label=place.label,
            fragments=fragments,
            quote=quote,
            attributes=self._attributes(place, attributes or {}),
            correction=correction,
            comment=comment,
            evidence=tuple(evidence),
            origin=origin_in(attributes or {}) or "import",
            created=created,
            updated=updated,
            extra=dict(extra or {}),
        )
        return self._keep(key, made)

    def plain_mark(
        self,
        key: str,
        label: str,
        start: int,
        end: int,
        *,
        layer: str,
        words: str | None,
        created: str,
        updated: str,
        uid: str | None = None,
    ) -> Annotation | None:
        """Do what `mark` does for a range with a label and nothing else: the shortest way, as files have many."""
        text, labels = self._document.text, self._document.options.labels
        quote = text[start:end]
        is_usual = 0 <= start <= end <= len(text) and (words is None or words == quote) and key not in self._marks
        if not is_usual or labels is None or not labels.is_known(layer, label):
            pair = (start, end)
            return self.mark(key, label, (pair,), layer=layer, words=words, created=created, updated=updated, uid=uid)
        place = labels.place(layer, label, words=quote)
        if place is None:
            self._left_out.add(key)
            return None
        made = self._marks[key] = Annotation(
            uid=uid or self._mark_uids.of(key),
            layer=place.layer,
            label=place.label,
            fragments=(Fragment(start, end),),
            quote=quote,
            attributes={},
            origin="import",
            created=created,
            updated=updated,
            extra={},
        )
        return made

    def about_document(
        self,
        key: str,
        label: str,
        *,
        layer: str = "",
        attributes: Mapping[str, Any] | None = None,
        comment: str = "",
        created: str = "",
        updated: str = "",
        extra: Mapping[str, Any] | None = None,
        uid: str | None = None,
    ) -> Annotation | None:
        """Add a label of the document as a whole; return it, or None if it is left out.

        A layer has room for one: a second is noted in the report.
        """
        place = self._placed(key, layer, label, "", about_document=True)
        if place is None:
            return None
        if place.layer in self._about:
            what = "further labels of a document, of which a layer has room for one, left out"
            self._note("document-label", what, f"{place.layer}.{label}")
            self._left_out.add(key)
            return None
        self._about[place.layer] = place.label
        made = Annotation(
            uid=uid or self._mark_uids.of(key),
            layer=place.layer,
            label=place.label,
            fragments=_ABOUT_DOCUMENT,
            quote="",
            attributes=self._attributes(place, attributes or {}),
            comment=comment,
            origin=origin_in(attributes or {}) or "import",
            created=created,
            updated=updated,
            extra=dict(extra or {}),
        )
        return self._keep(key, made)

    def relate(
        self,
        key: str,
        label: str,
        source: str,
        target: str,
        *,
        attributes: Mapping[str, Any] | None = None,
        comment: str = "",
        uid: str | None = None,
    ) -> Relation | None:
        """Add a relation between two marks, given by their keys; return it, or None if it or an end is left out.

        Raises FormatError if an end doesn't exist, or both are the same mark.
        """
        for end in (source, target):
            if end not in self._marks and end not in self._left_out:
                raise FormatError(f"the relation “{label[:40]}” ends at {end[:40]}, which isn't there", hint="fix it")
        if source == target:
            raise FormatError(f"the relation “{label[:40]}” links {source[:40]} to itself", hint="remove it")
        type_ = self._mapped_relation(label)
        if type_ is None or source in self._left_out or target in self._left_out:
            self._note("relation", "relations that are left out, or one of whose ends is", label)
            return None
        fields = dict(attributes or {})
        labels = self._document.options.labels
        if labels is not None:
            fields = labels.relation_attributes(type_, fields, self._document.options.report, self.document_name)
        made = Relation(
            uid=uid or self._uid("relation", key),
            source=self._marks[source].uid,
            target=self._marks[target].uid,
            label=type_,
            attributes=fields,
            comment=comment,
        )
        self._relations[key] = made
        return made

    def evidence(
        self,
        key: str,
        reference: ForeignDocument,
        ranges: Iterable[tuple[int, int]],
        *,
        stance: Stance = Stance.REFUTES,
        alternative: int = 1,
    ) -> Evidence:
        """Return a piece of evidence in a reference, for `mark`. Raises FormatError for ranges outside of it."""
        try:
            fragments = normal_fragments(ranges, length=len(reference.text))
        except ValueError as error:
            raise FormatError(f"evidence in “{reference.document.name[:40]}”: {error}", hint="fix it") from error
        return Evidence(
            uid=self._uid("evidence", key),
            document=reference.uid,
            fragments=fragments,
            quote=quote_of(reference.text, fragments),
            stance=stance,
            alternative=alternative,
        )

    def get(self, key: str) -> Annotation:
        """Return the mark with this key. Raises KeyError."""
        return self._marks[key]

    def has_mark(self, key: str) -> bool:
        """Whether there is a mark with this key."""
        return key in self._marks

    def find(self, key: str) -> Annotation | None:
        """Return the mark with this key; None if there is none, or it was left out."""
        return self._marks.get(key)

    @property
    def document_name(self) -> str:
        """The name of the document that it is on, for reports."""
        return self._document.document.name

    def tie(self, key: str) -> Relation | None:
        """Return the relation with this key, None if it was left out."""
        return self._relations.get(key)

    def has(self, key: str) -> bool:
        """Whether there is a mark with this key, or one was left out."""
        return key in self._marks or key in self._left_out

    def record(self) -> SetRecord:
        """Return the work to import."""
        status = self.status
        if status in (Status.DONE, Status.DONE_EMPTY):
            status = Status.DONE if self._marks else Status.DONE_EMPTY
        return SetRecord(
            annotator=self._annotator,
            kind=self._kind,
            status=status,
            scheme="",
            seconds=self.seconds if 0 <= self.seconds <= MOST_SECONDS else 0.0,
            annotations=tuple(sorted(self._marks.values(), key=lambda each: (each.start, each.end, each.uid))),
            relations=tuple(self._relations.values()),
            remark=self.remark,
        )

    def suggestions(self, maker: str, version: str) -> Iterator[Suggestion]:
        """Yield the marks as suggestions by a maker; relations are noted as left out."""
        for tie in self._relations.values():
            self._note("suggested-relation", "relations between suggestions, left out", tie.label)
        for mark in self._marks.values():
            score = self.scores.get(mark.uid)
            yield Suggestion(
                uid=mark.uid,
                maker=maker,
                version=version,
                layer=mark.layer,
                label=mark.label,
                fragments=mark.fragments,
                quote=mark.quote,
                attributes=mark.attributes,
                correction=mark.correction,
                evidence=mark.evidence,
                reason=mark.comment,
                score=score if score is not None and 0 <= score <= 1 else None,
                created=mark.created,
            )

    def _note(self, kind: str, what: str, example: str) -> None:
        self._document.options.report.note(kind, what, f"{self.document_name}: {example}")

    def _uid(self, kind: str, key: str) -> str:
        return derived_uid(kind, self._document.uid, self._annotator, self._kind, key)

    def _placed(self, key: str, layer: str, label: str, words: str, *, about_document: bool) -> LabelPlace | None:
        if not label or len(label) > LONGEST or not label.isprintable():
            what = f"the label is empty, too long or not printable: “{label[:40]}”"
            raise FormatError(what, hint="use letters, 200 at most")
        if key in self._marks:
            raise FormatError(f"the id {key[:40]} is used for two annotations", hint="give each its own")
        labels = self._document.options.labels
        if labels is None:
            return LabelPlace(layer or "imported", label)
        place = labels.place(layer, label, about_document=about_document, words=words)
        if place is None:
            self._left_out.add(key)
        return place

    def _at_words(self, fragments: tuple[Fragment, ...], words: str | None) -> tuple[tuple[Fragment, ...], str]:
        """Return where the words of a mark are, and its quote."""
        text = self._document.text
        quote = quote_of(text, fragments)
        if (
            words is None
            or words == quote
            or _spaced(words) == _spaced(" ".join(text[f.start : f.end] for f in fragments))
        ):
            return fragments, quote
        near = found_near(text, fragments[0].start, words) if len(fragments) == 1 else None
        if near is not None:
            self._note("re-anchored", "marks that weren't at their words, moved to them", f"“{words[:40]}”")
            return (Fragment(*near),), words
        self._note("quote", "marks whose words don't match the text, kept unchanged", f"“{words[:40]}”")
        return fragments, words

    def _attributes(self, place: LabelPlace, values: Mapping[str, Any]) -> dict[str, Any]:
        options = self._document.options
        if origin_in(values) is not None:  # the mark's origin says it
            values = {name: value for name, value in values.items() if name not in (SUGGESTED_BY, ANSWER)}
        if options.labels is None or not values:
            return dict(values)
        return options.labels.attributes(place, values, options.report, self.document_name)

    def _mapped_relation(self, label: str) -> str | None:
        labels = self._document.options.labels
        return label if labels is None else labels.relation(label)

    def _keep(self, key: str, made: Annotation) -> Annotation:
        self._marks[key] = made
        return made


def _normal(label: str, ranges: Iterable[tuple[int, int]], length: int) -> tuple[Fragment, ...]:
    """Return ranges as fragments, by the shortest way if there is only one. Raises FormatError for invalid ones."""
    pairs = tuple(ranges)
    if len(pairs) == 1:
        start, end = pairs[0]
        if type(start) is int and type(end) is int and 0 <= start <= end <= length:
            return (Fragment(start, end),)
    try:
        return normal_fragments(pairs, length=length)
    except ValueError as error:
        raise FormatError(f"{label[:40]}: {error}", hint="fix the offsets") from error


def _spaced(words: str) -> str:
    """Return words with line breaks and tabs as blanks, as files with one mark a line write them."""
    return words.replace("\r\n", " ").translate({10: " ", 13: " ", 9: " "}).strip()
