"""The format `chat`: conversations for supervised fine-tuning, as OpenAI's API and TRL read them.

Each line is `{"messages": [{"role", "content"}, …]}`: an instruction, a text with its references, and the answer. See
https://platform.openai.com/docs/guides/supervised-fine-tuning.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from app.core.annotation import Annotation
from app.core.record import DocumentRecord
from app.core.scheme import SEVERITY, Scheme
from app.exchange.format import ExportNotes, Format, WriteOptions, Writer
from app.exchange.formats.corrections.corrected_work import (
    KEEPS,
    PARTLY,
    UNCHANGED,
    CorrectedWork,
    corrected_work,
    note_marks,
    note_partial,
)
from app.exchange.formats.corrections.prompt import PROMPT_OPTIONS, Prompt, ids_of
from app.exchange.label_names import LabelNames
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.report import LossReport

CORRECTED, MARKS = "corrected text", "marks"
ANSWER = FormatOption(
    "answer",
    "What the model answers",
    OptionKind.CHOICE,
    CORRECTED,
    (CORRECTED, MARKS),
    help="The text with all corrections, or the marks as a list in JSON with quote, label, severity and correction.",
)
DEFINITIONS = FormatOption(
    "definitions", "Add definitions", help="Adds the labels and their definitions to the instruction."
)
_CORRECT = (
    "Correct the errors in the text. If there is a reference, the text must agree with it. "
    "Answer with the corrected text only; if there is no error, with the text as it is."
)
_MARK = (
    "Find what is to be marked in the text. If there is a reference, the text must agree with it. Answer with a list "
    "in JSON: for each place its words as “quote”, its “label”, and “severity” and “correction” where there is one. "
    "If there is nothing, answer with an empty list."
)


class ChatWriter(Writer):
    """Writes a conversation for each annotator's work on a document."""

    suffix = ".chat.jsonl"
    takes_one_annotator = True
    is_training_data = True
    options = (ANSWER, DEFINITIONS, *PROMPT_OPTIONS, UNCHANGED, PARTLY)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; documents without a set make no line."""
        says_marks = options.own.get(ANSWER.name) == MARKS
        losses = Losses("a chat", "", keeps=(*KEEPS, "reference"))
        prompt = Prompt.of(options, _MARK if says_marks else _CORRECT)
        if options.own.get(DEFINITIONS.name):
            said = definitions(options.scheme, options.layers)
            prompt = prompt._replace(instruction=f"{prompt.instruction}\n\n{said}")
        out = output.main()
        for record in records:
            if record.sets:
                losses.of_document(record)
            for item in record.sets:
                losses.of_set(record, item)
                work = corrected_work(record, item, options.scheme, losses)
                answer = _marks(work, options, losses) if says_marks else _corrected(work, options, losses)
                if answer is not None:
                    said = [{"role": "assistant", "content": answer}]
                    messages = prompt.messages(record, options, losses, text=record.document.text)
                    line: dict[str, Any] = {"messages": messages + said, **ids_of(record, item.annotator, options)}
                    out.write(msgspec.json.encode(line) + b"\n")
        return losses.report


def _corrected(work: CorrectedWork, options: WriteOptions, losses: Losses) -> str | None:
    """Return the corrected text as the answer; None if it isn't wanted."""
    where, made = f"{work.record.document.name} ({work.item.annotator})", work.whole()
    note_marks(work, losses)
    if made.is_partial:
        is_wanted = bool(options.own.get(PARTLY.name))
        note_partial(losses, where, is_written=is_wanted)
        if not is_wanted:
            return None
    if not made.is_changed and not options.own.get(UNCHANGED.name, UNCHANGED.default):
        losses.note("unchanged", "texts in which nothing is corrected, left out", where, is_whole=True)
        return None
    return made.target


def _marks(work: CorrectedWork, options: WriteOptions, losses: Losses) -> str | None:
    """Return the marks as the answer; None if there are none and that isn't wanted."""
    text, where = work.record.document.text, f"{work.record.document.name} ({work.item.annotator})"
    names = LabelNames(options.scheme, options.layers)
    for mark in work.marks:
        _note_mark(work, mark, losses)
    marks = [_answered(mark, names) for mark in work.marks]
    if not marks and not options.own.get(UNCHANGED.name, UNCHANGED.default):
        losses.note("unchanged", "texts in which nothing is marked, left out", where, is_whole=True)
        return None
    seen = Counter(mark["quote"] for mark in marks if mark["quote"])
    unclear = [quote for quote, times in seen.items() if text.count(quote) > times]
    if unclear:
        what = "marks whose words also stand elsewhere in the text, so that their place can't be told"
        losses.note("place", what, f"{where}: “{unclear[0][:40]}”", count=len(unclear), is_whole=True)
    return msgspec.json.encode(marks).decode()


def _note_mark(work: CorrectedWork, mark: Annotation, losses: Losses) -> None:
    where = f"{work.record.document.name} ({work.item.annotator}): “{(mark.quote or mark.label)[:40]}”"
    losses.note("attribute", "fields of marks", where, count=len(set(mark.attributes) - {SEVERITY}))
    losses.note("comment", "comments on marks", where, count=int(mark.comment != ""))
    losses.note("evidence", "evidence", where, count=len(mark.evidence))
    if mark.is_anchor:
        losses.note("anchor", "the places of anchors", where)


def _answered(mark: Annotation, names: LabelNames) -> dict[str, Any]:
    said: dict[str, Any] = {"quote": mark.quote, "label": names.of(mark.layer, mark.label)}
    if SEVERITY in mark.attributes:
        said["severity"] = mark.attributes[SEVERITY]
    if mark.correction is not None:
        said["correction"] = mark.correction
    return said


def definitions(scheme: Scheme, layers: Collection[str] = ()) -> str:
    """Return the labels of a scheme, or of these layers of it, with their definitions, a line each."""
    names = LabelNames(scheme, layers)
    lines: list[str] = []
    for layer in (each for each in scheme.layers if not layers or each.id in layers):
        for label in layer.givable:
            said = " ".join((label.definition or label.title).split())
            lines.append(f"- {names.of(layer.id, label.id)}: {said}")
    return "\n".join(["Labels:", *lines])


FORMAT = Format(
    "chat",
    "Chat for fine-tuning",
    None,
    ChatWriter(),
    summary="JSONL of messages: instruction, references and text, then the corrected text or the marks",
    help_page="fine-tuning.md",
    notes=ExportNotes(
        everyone="A conversation for each document and annotator: the text with its references, and the answer.",
        one="A conversation per document: the text with its references, and NAME’s corrected text or marks.",
    ),
)
