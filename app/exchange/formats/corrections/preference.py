"""The format `preference`: pairs of a text that is preferred, the corrected one, and one that isn't.

There are three ways to write them: that of OpenAI (https://platform.openai.com/docs/guides/direct-preference-optimization),
that of TRL (https://huggingface.co/docs/trl/dataset_formats), and messages with a `rejected_response` (ms-swift).
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from app.core.record import DocumentRecord
from app.exchange.format import ExportNotes, Format, WriteOptions, Writer
from app.exchange.formats.corrections.corrected_work import KEEPS, PARTLY, corrected_work, note_marks, note_partial
from app.exchange.formats.corrections.prompt import PROMPT_OPTIONS, Message, Prompt, ids_of
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind
from app.exchange.output import Output
from app.exchange.report import LossReport

OPENAI, TRL, REJECTED_RESPONSE = "openai", "trl", "messages+rejected_response"
WIRE = FormatOption(
    "wire",
    "Written for",
    OptionKind.CHOICE,
    TRL,
    (OPENAI, TRL, REJECTED_RESPONSE),
    help="How a pair is written: as OpenAI takes it, as TRL does, or as messages with the rejected answer beside them.",
)
_WRITE = "Write a text. If there is a reference, the text must agree with it in everything it says."


class PreferenceWriter(Writer):
    """Writes a pair for each annotator's work on a document in which something was corrected."""

    suffix = ".preference.jsonl"
    takes_one_annotator = True
    is_training_data = True
    options = (WIRE, *PROMPT_OPTIONS, PARTLY)

    def write(self, records: Iterable[DocumentRecord], output: Output, options: WriteOptions) -> LossReport:
        """Write the records as they come; those in which nothing was corrected make no pair."""
        losses = Losses("a pair", "", keeps=(*KEEPS, "reference"))
        prompt = Prompt.of(options, _WRITE)
        wire, takes_partly = str(options.own.get(WIRE.name, TRL)), bool(options.own.get(PARTLY.name))
        out = output.main()
        for record in records:
            if record.sets:
                losses.of_document(record)
            for item in record.sets:
                where = f"{record.document.name} ({item.annotator})"
                losses.of_set(record, item)
                work = corrected_work(record, item, options.scheme, losses)
                note_marks(work, losses)
                made = work.whole()
                if made.is_partial:
                    note_partial(losses, where, is_written=takes_partly)
                if made.is_partial and not takes_partly:
                    continue
                if not made.is_changed:
                    losses.note("unchanged", "texts in which nothing is corrected; no pair", where, is_whole=True)
                    continue
                messages = prompt.messages(record, options, losses)
                if messages[-1]["content"] == prompt.instruction:
                    what = "pairs without a reference; their prompt is the instruction alone"
                    losses.note("no-reference", what, where, is_whole=True)
                line = _pair(wire, messages, made.target, made.source) | ids_of(record, item.annotator, options)
                out.write(msgspec.json.encode(line) + b"\n")
        return losses.report


def _pair(wire: str, prompt: list[Message], chosen: str, rejected: str) -> dict[str, Any]:
    preferred = [{"role": "assistant", "content": chosen}]
    other = [{"role": "assistant", "content": rejected}]
    if wire == OPENAI:
        asked = {"messages": prompt, "tools": [], "parallel_tool_calls": True}
        return {"input": asked, "preferred_output": preferred, "non_preferred_output": other}
    if wire == REJECTED_RESPONSE:
        return {"messages": prompt + preferred, "rejected_response": rejected}
    return {"prompt": prompt, "chosen": preferred, "rejected": other}


FORMAT = Format(
    "preference",
    "Preference pairs",
    None,
    PreferenceWriter(),
    summary="JSONL for DPO: the text with errors rejected, the corrected one chosen",
    help_page="fine-tuning.md",
    notes=ExportNotes(
        everyone="A pair for each document and annotator who corrected something: the text, and the corrected text.",
        one="A pair per document with corrections: the text is rejected, NAME’s corrected text is chosen.",
    ),
)
