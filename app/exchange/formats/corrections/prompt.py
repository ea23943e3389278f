"""The messages that lead to an answer: an instruction, the references, and the text."""

from collections.abc import Iterable
from typing import NamedTuple

from app.core.graphemes import extends_cluster
from app.core.record import DocumentRecord
from app.exchange.format import WriteOptions
from app.exchange.losses import Losses
from app.exchange.option import FormatOption, OptionKind

Message = dict[str, str]

INSTRUCTION = FormatOption(
    "instruction",
    "Instruction",
    OptionKind.TEXT,
    "",
    help="What the model is told to do, in the language of your choice; without it, an English sentence of Stet’s own.",
)
REFERENCE = FormatOption(
    "reference", "References in the prompt", default=True, help="Whether the texts of the references are in the prompt."
)
LONGEST = FormatOption(
    "longest",
    "Longest reference",
    OptionKind.NUMBER,
    20_000,
    help="How many characters of all references together are in the prompt at most; what is cut is reported.",
)
IDS = FormatOption(
    "ids", "Add ids", help="Adds `id`, `name` and `annotator` to each line; some services refuse further keys."
)
PROMPT_OPTIONS = (INSTRUCTION, REFERENCE, LONGEST, IDS)


class Prompt(NamedTuple):
    """Makes the messages of a prompt, as the options say."""

    instruction: str
    has_references: bool
    longest: int

    @classmethod
    def of(cls, options: WriteOptions, instruction: str) -> "Prompt":
        """Return the prompt that was chosen; `instruction` stands where no other was."""
        said = str(options.own.get(INSTRUCTION.name) or "").strip()
        wants = bool(options.own.get(REFERENCE.name, REFERENCE.default))
        return cls(said or instruction, wants, int(options.own.get(LONGEST.name, LONGEST.default)))

    def messages(
        self, record: DocumentRecord, options: WriteOptions, losses: Losses, *, text: str | None = None
    ) -> list[Message]:
        """Return the messages: the instruction by the system, then references and text by the user.

        Each stands between tags, so that a model can tell them apart. Without either, the user says the instruction.
        """
        parts = [f"<reference>\n{each}\n</reference>" for each in self._references(record, options, losses)]
        if text is not None:
            parts.append(f"<text>\n{text}\n</text>")
        if not parts:
            return [{"role": "user", "content": self.instruction}]
        system = {"role": "system", "content": self.instruction}
        return [system, {"role": "user", "content": "\n\n".join(parts)}]

    def _references(self, record: DocumentRecord, options: WriteOptions, losses: Losses) -> Iterable[str]:
        """Yield the texts of the references, as far as there is room for them."""
        if not self.has_references:
            return
        room, name = self.longest, record.document.name
        for uid in record.references:
            found = options.document(uid)
            if found is None:
                what = "references that the project doesn't have"
                losses.note("source", what, f"{name}: {uid}", is_whole=True)
                continue
            if found.length > room:
                what = f"references cut, as all of a document have {self.longest:,} characters in a prompt"
                losses.note("cut", what, f"{name}: {found.name}", is_whole=True)
            part = shortened(found.text, room)
            room -= len(part)
            if part:
                yield part


def shortened(text: str, room: int) -> str:
    """Return the beginning of a text of at most `room` code points, cut after a word where there is one."""
    if len(text) <= room:
        return text
    end = room
    while end > 0 and extends_cluster(text, end):
        end -= 1
    if not text[end].isspace():
        words = text[:end].rsplit(None, 1)
        end = end if len(words) < 2 else len(text[:end]) - len(words[1])  # noqa: PLR2004  a word behind a blank
    return text[:end].rstrip()


def ids_of(record: DocumentRecord, annotator: str, options: WriteOptions) -> dict[str, str]:
    """Return what tells which document and whose work a line is made of, if that was asked for."""
    if not options.own.get(IDS.name):
        return {}
    return {"id": record.document.uid, "name": record.document.name, "annotator": annotator}
