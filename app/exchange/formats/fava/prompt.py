"""The prompt of FAVA's training data: references, an instruction and the text in which errors are to be found."""

import re
from collections import deque
from collections.abc import Sequence

import msgspec

_HEAD = re.compile(r"\s*Read the following references:[ \t]*\n")
_QUESTION = re.compile(r"\n(Please identify all the errors in the following [^\n]*\n(?:\[Text\] ?|Text: ?))")
_TAILS = ("\n[Edited]", "\nEdited:")
_REFERENCE = re.compile(r"^Reference ?\[\d+\]: ?", re.MULTILINE)


class PromptFrame(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The words around references and text. `number` is what stands before a reference, with `{}` for its number."""

    head: str = "Read the following references:\n"
    number: str = "Reference [{}]: "
    question: str = (
        "Please identify all the errors in the following text using the information in the references provided and "
        "suggest edits:\n[Text] "
    )
    tail: str = "\n[Edited] "

    def prompt(self, references: Sequence[str], text: str) -> str:
        """Return the prompt for a text with its references."""
        listed = (f"{self.number.replace('{}', str(at))}{each}\n" for at, each in enumerate(references, 1))
        return f"{self.head}{''.join(listed)}{self.question}{text}{self.tail}"


def parts_of(prompt: str) -> tuple[PromptFrame, list[str], str] | None:
    """Return the frame of a prompt, its references and its text; None for one that isn't FAVA's, or that the three
    don't make again.
    """
    head = _HEAD.match(prompt)
    question = deque(_QUESTION.finditer(prompt), maxlen=1)  # references may have such words, too
    if head is None or not question:
        return None
    listed, text = prompt[head.end() : question[0].start() + 1], prompt[question[0].end() :]
    starts = list(_REFERENCE.finditer(listed))
    if not starts or starts[0].start() != 0:
        return None
    ends = [each.start() for each in starts[1:]] + [len(listed)]
    references = [listed[each.end() : end].removesuffix("\n") for each, end in zip(starts, ends, strict=True)]
    text, tail = _without_tail(text)
    number = re.sub(r"\d+", "{}", starts[0][0], count=1)
    frame = PromptFrame(head=head[0], number=number, question=question[0][1], tail=tail)
    return (frame, references, text) if frame.prompt(references, text) == prompt else None


def _without_tail(text: str) -> tuple[str, str]:
    at = max(text.rfind(tail) for tail in _TAILS)
    if at < 0 or text[at:].strip() not in [tail.strip() for tail in _TAILS]:
        return text, ""
    return text[:at], text[at:]
