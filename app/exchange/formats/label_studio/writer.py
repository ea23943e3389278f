"""Writes tasks as Label Studio imports them, and the label configuration to go with them."""

from collections.abc import Iterable
from typing import Any

import msgspec

from app.core.annotation import Status
from app.core.decision import GOLD
from app.core.document import Document
from app.core.record import DocumentRecord, SetRecord
from app.core.suggestion import Suggested
from app.exchange.format import WriteOptions, Writer
from app.exchange.formats.label_studio.config import Controls, Used, label_config
from app.exchange.formats.label_studio.reader import NAMES, USERS, document_name, parsed_users
from app.exchange.formats.label_studio.result_writer import ResultWriter
from app.exchange.formats.label_studio.task_text import TaskText, text_of
from app.exchange.formats.label_studio.wire import OWN, STET, Json, as_list, as_object
from app.exchange.output import Output
from app.exchange.provenance import OriginPlace
from app.exchange.report import LossReport

CONFIG = "config.xml"
_COUNTS = ("total_annotations", "cancelled_annotations", "total_predictions")
_encoder = msgspec.json.Encoder()


class LabelStudioWriter(Writer):
    """Writes one array of tasks, a line each. The work of models and suggestions are predictions."""

    suffix = ".json"
    origin_place = OriginPlace.FIELDS
    companions = (CONFIG,)
    options = (USERS,)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the tasks as they come; the configuration, which shows what they use, comes last."""
        tasks = _Tasks(options)
        file = output.main()
        file.write(b"[")
        between = b"\n"
        for record in records:
            file.write(between)
            file.write(_encoder.encode(tasks.task(record)))
            between = b",\n"
        file.write(b"\n]\n")
        if output.path is None:
            what = "the label configuration, which is written beside a file only"
            tasks.losses.note("config", what, count=0)
        else:
            config = output.open(CONFIG)
            config.write(label_config(tasks.controls, tasks.used, tasks.key or "text").encode())
        return tasks.losses


class _Tasks:
    """Makes the tasks of a file. All have their texts under the same key, that of the first."""

    def __init__(self, options: WriteOptions) -> None:
        self.losses = LossReport()
        self.controls = Controls(options.scheme)
        self.used = Used()
        self.key = ""
        self._numbers = {name: number for number, name in parsed_users(str(options.own.get(USERS.name, ""))).items()}

    def task(self, record: DocumentRecord) -> Json:
        document = record.document
        kept = as_object(record.extra.get(OWN)) or {}
        self.key = self.key or str(kept.get("key") or "text")
        text = _text_of(document, kept)
        self.used.tags["Text" if text.raw is None else "Paragraphs" if text.turns else "HyperText"] = None
        data: Json = {self.key: document.text if text.raw is None else text.raw, **document.meta}
        data |= as_object(kept.get("data")) or {}
        task = dict(as_object(kept.get("task")) or {})
        if document_name(data, task, document.text, None) != document.name or "id" not in task:
            data[NAMES[0]] = document.name
        if data[self.key] is not text.raw and data[self.key] != document.text:
            self._lose("meta", "metadata under the key of the text, left out", document, self.key)
            data[self.key] = document.text
        results = ResultWriter(record, text, self.controls, self.used, self.losses)
        annotations = [self._annotation(item, results, kept) for item in record.sets if item.kind != "model"]
        predictions = [self._prediction(item, results, kept) for item in record.sets if item.kind == "model"]
        predictions += self._suggestions(record.suggestions, results)
        made: Json = {**({"id": task.pop("id")} if "id" in task else {}), "data": data, "annotations": annotations}
        made["predictions"] = predictions
        if as_list(kept.get("drafts")):
            made["drafts"] = kept["drafts"]
        counts = (len(annotations), sum(each.get("was_cancelled") is True for each in annotations), len(predictions))
        task |= {name: count for name, count in zip(_COUNTS, counts, strict=True) if name in task}
        self._note_rest(record)
        return {**made, **task}

    def _annotation(self, item: SetRecord, results: ResultWriter, kept: Json) -> Json:
        made = dict(as_object((as_object(kept.get("annotations")) or {}).get(item.annotator)) or {})
        others = as_list(made.pop("result", None))
        if item.kind == GOLD:
            made["ground_truth"] = True  # nobody's: Label Studio takes it for that of who imports it
        else:
            made.setdefault("completed_by", self._person(item.annotator))
        created = [each.created or each.updated for each in item.annotations if each.created or each.updated]
        if created and "created_at" not in made:
            made["created_at"] = min(created)
            made["updated_at"] = max(each.updated or each.created for each in item.annotations)
        if item.status is not Status.OPEN:
            made["was_cancelled"] = item.status is Status.SKIPPED
        said = _said(item)
        if item.seconds:
            made["lead_time"] = item.seconds
            said |= {"status": "open"} if item.status is Status.OPEN else {}
        if said:
            made[STET] = said
        return {**made, "result": [*results.of(item), *others]}

    def _person(self, name: str) -> Any:  # noqa: ANN401  a number, or an object with an e-mail
        number = self._numbers.get(name, name)
        if number.isascii() and number.isdigit() and number == str(int(number)):
            return int(number)
        return {"email": name}

    def _prediction(self, item: SetRecord, results: ResultWriter, kept: Json) -> Json:
        made = dict(as_object((as_object(kept.get("predictions")) or {}).get(item.annotator)) or {})
        others = as_list(made.pop("result", None))
        said = _said(item)
        said |= {} if item.status.is_finished else {"status": item.status.value}
        if item.seconds:
            made["lead_time"] = item.seconds
        if said:
            made[STET] = said
        return {"model_version": item.annotator, **made, "result": [*results.of(item), *others]}

    def _suggestions(self, given: Iterable[Suggested], results: ResultWriter) -> list[Json]:
        by_maker: dict[tuple[str, str], list[Suggested]] = {}
        for item in given:
            by_maker.setdefault((item.suggestion.maker, item.suggestion.version), []).append(item)
        return [
            {
                "model_version": maker,
                STET: {"suggestions": version},
                "result": results.of_suggestions([each.suggestion for each in items]),
            }
            for (maker, version), items in by_maker.items()
        ]

    def _note_rest(self, record: DocumentRecord) -> None:
        document = record.document
        answers = sum(len(item.judgements) for item in record.suggestions)
        for kind, what, count in (
            ("reference", "links to references", len(record.references)),
            ("decision", "decisions of reviewers", len(record.decisions)),
            ("answer", "answers to suggestions", answers),
            ("earlier-text", "earlier texts of documents", len(record.versions)),
            ("extra", "further fields of documents", len(set(record.extra) - {OWN})),
        ):
            if count:
                self._lose(kind, f"{what}, which Label Studio has no place for", document, count=count)

    def _lose(self, kind: str, what: str, document: Document, example: str = "", *, count: int = 1) -> None:
        where = f"{document.name}: {example}" if example else document.name
        self.losses.note(kind, what, where, count=count)


def _said(item: SetRecord) -> Json:
    """Return what of an annotator's work Label Studio has no words for."""
    said: Json = {"kind": GOLD} if item.kind == GOLD else {}
    said |= {"flag": item.remark.flag} if item.remark.flag is not None else {}
    return said | ({"note": item.remark.note} if item.remark.note else {})


def _text_of(document: Document, kept: Json) -> TaskText:
    """Return how the text was given: as it was, if it is still the same."""
    raw = kept.get("raw")
    if raw is not None:
        found = text_of({"text": raw}, "text", is_html=True)
        if found.text == document.text:
            return found
    return TaskText("text", document.text)
