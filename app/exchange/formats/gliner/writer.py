"""Writes training data of GLiNER, as one array, or of GLiNER2, as JSON Lines."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec

from app.core.annotation import Annotation, Fragment, Status
from app.core.record import DocumentRecord, SetRecord
from app.core.scheme import Scheme
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.gliner.mentions import places
from app.exchange.formats.gliner.reader import KEYS, LABEL, LENGTHS, OWN, REST, TASKS, TYPES
from app.exchange.formats.gliner.wire import (
    CLASSES,
    ENTITIES,
    HEAD,
    LABEL_KEYS,
    NER,
    RELATIONS,
    TAIL,
    TASK,
    TOKENS,
    TRUE,
)
from app.exchange.kept_fields import kept_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.record_names import is_name_from_text
from app.exchange.report import LossReport
from app.exchange.token_text import TokenRanges, cut_again

_TOKENS, _MENTIONS = "gliner", "gliner2"
FORM = FormatOption(
    "form",
    "For",
    OptionKind.CHOICE,
    _TOKENS,
    (_TOKENS, _MENTIONS),
    help="gliner: tokens with entities by number, one array; gliner2: texts with what is mentioned, one a line.",
)
ALL_LABELS = FormatOption(
    "labels",
    "Name all labels",
    default=True,
    help="Each record names all labels of the scheme, so that a model learns from those that it doesn’t have, too. "
    "Imported records keep the labels that they name.",
)
_TITLES, _IDS = "title", "id"
NAMES = FormatOption(
    "names",
    "Labels are called",
    OptionKind.CHOICE,
    _IDS,
    (_IDS, _TITLES),
    help="By their id or by their title: GLiNER reads the words of a label. Imported “kitchen utensil” stays that.",
)
_encoder = msgspec.json.Encoder()


class GlinerWriter(Writer):
    """Writes a record for each annotator's work on a document."""

    suffix = ".json"
    takes_one_annotator = True
    is_training_data = True
    options = (FORM, NAMES, ALL_LABELS)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; documents without a set aren't written."""
        out = output.main()
        is_array = options.own.get(FORM.name, _TOKENS) == _TOKENS
        losses = Losses("GLiNER" if is_array else "GLiNER2", OWN, keeps=("meta",))
        has_titles = options.own.get(NAMES.name) == _TITLES
        are_wanted = bool(options.own.get(ALL_LABELS.name, True))
        names = _Names(options.scheme, has_titles=has_titles, are_wanted=are_wanted)
        separator = b"[\n" if is_array else b""
        for record in records:
            if record.sets:
                losses.of_document(record)
            for item in record.sets:
                kind = _TokenRecord if is_array else _MentionRecord
                value = kind(record, item, options, names, losses).value()
                out.write(separator + _encoder.encode(value) + (b"" if is_array else b"\n"))
                separator = b",\n" if is_array else b""
        if is_array:
            out.write(b"\n]\n" if separator == b",\n" else b"[]\n")
        return losses.report


class _Names:
    """What labels and relations are called; with `are_wanted`, each record names all of them."""

    def __init__(self, scheme: Scheme, *, has_titles: bool, are_wanted: bool) -> None:
        self._scheme = scheme
        self._ids = LabelNames(scheme)
        labels = [(layer.id, label) for layer in scheme.text_layers for label in layer.givable]
        count = Counter(label.title for _, label in labels)
        self._titles = {
            (layer, label.id): label.title for layer, label in labels if has_titles and count[label.title] == 1
        }
        self.labels = [self.of(layer, label.id) for layer, label in labels] if are_wanted else []
        self.relations = [each.id for each in scheme.relations] if are_wanted else []

    def of(self, layer: str, label: str) -> str:
        """Return the name of a label: its title, unless several have that."""
        return self._titles.get((layer, label)) or self._ids.of(layer, label)

    def of_mark(self, mark: Annotation) -> str:
        """Return the name of a mark's label: as the file had it that it is from, if it still is that label."""
        kept = kept_of(mark.extra, OWN).get(LABEL)
        if isinstance(kept, str):
            known = self._scheme.label(mark.layer, mark.label)
            if _letters(kept) in (_letters(mark.label), _letters(known.title if known is not None else mark.label)):
                return kept
        return self.of(mark.layer, mark.label)


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


class _Work:
    """One annotator's work on a document, as far as both forms have it alike."""

    def __init__(
        self, record: DocumentRecord, item: SetRecord, options: WriteOptions, names: _Names, losses: Losses
    ) -> None:
        self._record = record
        self._item = item
        self._options = options
        self._names = names
        self._losses = losses
        self._text = record.document.text
        self._own = kept_of(record.extra, OWN)
        losses.of_set(record, item._replace(status=Status.OPEN) if self._own else item)
        id = record.document.meta.get("id")
        if not is_name_from_text(record.document.name, self._text, str(id) if isinstance(id, str | int) else ""):
            losses.note("name", "names of documents", record.document.name)

    def _marks(self) -> list[Annotation]:
        """Return the marks that have words; note what of all others is lost."""
        found: list[Annotation] = []
        for mark in self._item.annotations:
            self._losses.of_mark(self._record, self._item, mark)
            if self._options.scheme.is_about_document(mark.layer) or kept_of(mark.extra, OWN).get(TASK) is not None:
                self._about_document(mark)
            elif mark.is_anchor:
                self._losses.note("anchor", "anchors", f"{self._record.document.name}: {mark.label}")
            else:
                found.append(mark)
        for mark in found:
            if len(mark.fragments) > 1:
                what = "marks in several pieces, each written by itself"
                self._losses.note("fragments", what, self._where(mark), is_whole=True)
        return found

    def _about_document(self, mark: Annotation) -> None:
        where = f"{self._record.document.name}: {mark.label}"
        self._losses.note("about-document", "labels of documents as a whole", where)

    def _where(self, mark: Annotation) -> str:
        return f"{self._record.document.name}: “{mark.quote[:40]}”"

    def _with_meta(self, found: dict[str, Any]) -> dict[str, Any]:
        for key, value in self._record.document.meta.items():
            if key in found:
                where = f"{self._record.document.name}: {key}"
                self._losses.note("meta-name", "metadata with a name that is taken", where)
            else:
                found[key] = value
        return found


class _TokenRecord(_Work):
    """Builds a record of GLiNER."""

    def value(self) -> dict[str, Any]:
        tokens = cut_again(self._text, self._own.get(LENGTHS)) if self._own.get("tokens") else None
        if tokens is None:
            cut = self._options.tokens(self._record.document)
            tokens = [pair for pair in cut if self._text[slice(*pair)].strip()]
        self._losses.of_tokens(self._record, " ".join(self._text[slice(*pair)] for pair in tokens))
        ranges = TokenRanges(tokens)
        entities: list[list[Any]] = []
        at: dict[str, int] = {}  # the place in that list, by the mark's uid
        for mark in self._marks():
            label = self._names.of_mark(mark)
            for fragment in mark.fragments:
                pair = ranges.touched(fragment.start, fragment.end)
                if pair is None:
                    self._losses.note("no-token", "marks without a token, left out", self._where(mark), is_whole=True)
                    continue
                if not ranges.are_whole(fragment.start, fragment.end):
                    what = "marks that aren't whole tokens, widened to them"
                    self._losses.note("widened", what, self._where(mark), is_whole=True)
                at.setdefault(mark.uid, len(entities))
                entities.append([pair[0], pair[1] - 1, label])
        found: dict[str, Any] = {TOKENS: [self._text[slice(*pair)] for pair in tokens], NER: entities}
        self._add_relations(found, at)
        self._add_labels(found)
        return self._with_meta(found)

    def _add_relations(self, found: dict[str, Any], at: Mapping[str, int]) -> None:
        ties: list[list[Any]] = []
        for tie in self._item.relations:
            self._losses.of_relation(self._record, self._item, tie)
            where = f"{self._record.document.name}: {tie.label}"
            if tie.source in at and tie.target in at:
                ends = [at[tie.source], at[tie.target]]
                if found[NER][ends[0]] == found[NER][ends[1]]:
                    what = "relations of two marks that are the same in whole tokens, left out"
                    self._losses.note("relation", what, where, is_whole=True)
                else:
                    ties.append([*ends, tie.label])
            else:
                self._losses.note("relation", "relations of anchors and of labels of the document", where)
        if ties or self._own.get(RELATIONS):
            found[RELATIONS] = ties

    def _add_labels(self, found: dict[str, Any]) -> None:
        if self._own.get("tokens"):
            found |= {key: self._own[key] for key in LABEL_KEYS if key in self._own}
            return
        for key, names, used in (
            (LABEL_KEYS[0], self._names.labels, found[NER]),
            (LABEL_KEYS[2], self._names.relations, found.get(RELATIONS, [])),
        ):
            if names:
                found[key] = list(dict.fromkeys([*names, *(each[2] for each in used)]))


class _MentionRecord(_Work):
    """Builds a record of GLiNER2."""

    def __init__(
        self, record: DocumentRecord, item: SetRecord, options: WriteOptions, names: _Names, losses: Losses
    ) -> None:
        super().__init__(record, item, options, names, losses)
        self._classes: dict[str, dict[str, Any]] = {}  # by task
        self._kept_classes = {
            str(each.get(TASK)): each for each in cast("list[dict[str, Any]]", self._own.get(CLASSES) or [])
        }

    def value(self) -> dict[str, Any]:
        own, names = self._own, self._names
        is_theirs = KEYS in own
        types = cast("list[str]", own.get(TYPES) or []) if is_theirs else names.labels
        spans: dict[str, list[Fragment]] = {label: [] for label in types}
        mentions: dict[str, str] = {}  # the first words of marks, by uid
        for mark in self._marks():
            mentions[mark.uid] = self._text[mark.fragments[0].start : mark.fragments[0].end]
            spans.setdefault(names.of_mark(mark), []).extend(mark.fragments)
        entities = {label: self._mentioned(found) for label, found in spans.items()}
        for label, words in cast("dict[str, list[str]]", own.get(ENTITIES) or {}).items():
            entities.setdefault(label, []).extend(words)
        relations = [*self._relations(mentions), *cast("list[dict[str, Any]]", own.get(RELATIONS) or [])]
        tasks = cast("list[str]", own.get(TASKS) or []) if is_theirs else [ENTITIES]
        said: dict[str, Any] = {}
        for key, values in ((ENTITIES, entities), (RELATIONS, relations), (CLASSES, self._all_classes())):
            if values or key in tasks:
                said[key] = values
        if not any(said.values()):
            what = "documents of which nothing is said, which GLiNER2 doesn't learn from"
            self._losses.note("empty", what, self._record.document.name, is_whole=True)
        rest = own.get(REST)
        said |= cast("dict[str, Any]", rest) if isinstance(rest, dict) else {}
        keys = cast("list[str]", own.get(KEYS) or ["input", "output"])
        return self._with_meta({keys[0]: self._text, keys[1]: said})

    def _mentioned(self, spans: Sequence[Fragment]) -> list[str]:
        """Return the words at ranges; those that won't be found there again are counted."""
        at: dict[str, set[tuple[int, int]]] = {}
        for each in spans:
            at.setdefault(self._text[each.start : each.end], set()).add((each.start, each.end))
        for words, pairs in at.items():
            if set(places(self._text, words)) != pairs:
                what = "mentions that also stand elsewhere in the text: which place is meant is lost"
                where = f"{self._record.document.name}: “{words[:40]}”"
                self._losses.note("mention", what, where, count=len(pairs), is_whole=True)
        return [words for words, pairs in at.items() for _ in pairs]

    def _relations(self, mentions: Mapping[str, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for tie in self._item.relations:
            if tie.source in mentions and tie.target in mentions:
                if tie.comment:
                    self._losses.note("relation-comment", "comments on relations", self._record.document.name)
                ends = {HEAD: mentions[tie.source], TAIL: mentions[tie.target]}
                found.append({tie.label: {**ends, **{k: v for k, v in tie.attributes.items() if k not in ends}}})
            else:
                where = f"{self._record.document.name}: {tie.label}"
                self._losses.note("relation", "relations of anchors and of labels of the document", where)
        return found

    def _about_document(self, mark: Annotation) -> None:
        layer = self._options.scheme.layer(mark.layer)
        task = str(kept_of(mark.extra, OWN).get(TASK) or mark.layer)
        known = self._classes.setdefault(task, {TASK: task})
        if task in self._kept_classes:
            kept = self._kept_classes[task]
            true = kept.get(TRUE)
            first = true if isinstance(true, str) else next(iter(cast("list[str]", true or [])), None)
            known.update({**kept, TRUE: true if first == mark.label else [mark.label]})
            return
        labels = [each.id for each in layer.givable] if layer is not None else []
        known["labels"] = list(dict.fromkeys([*labels, mark.label]))
        known[TRUE] = [mark.label]

    def _all_classes(self) -> list[dict[str, Any]]:
        """Return what is said of the whole text, in the order of the file that it is from."""
        unanswered = {task: each for task, each in self._kept_classes.items() if not each.get(TRUE)}
        order = dict.fromkeys([*self._kept_classes, *self._classes])
        return [{**unanswered, **self._classes}[task] for task in order if task in unanswered or task in self._classes]
