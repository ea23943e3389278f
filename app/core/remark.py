"""What an annotator says of a document beside their annotations: a flag, which asks the lead, and a note."""

import msgspec

from app.core.errors import EditRejected

LONGEST_REMARK = 10_000
"""The most characters that the reason of a flag, or a note, may have."""


class Remark(msgspec.Struct, frozen=True, gc=False):
    """A flag with its reason, "" if none was given, or None if there is no flag; and a note, "" if there is none."""

    flag: str | None = None
    note: str = ""

    @property
    def is_flagged(self) -> bool:
        """Whether the document is flagged."""
        return self.flag is not None


NO_REMARK = Remark()


def checked_remark(remark: Remark) -> Remark:
    """Return a remark without blanks around its texts. Raises EditRejected for one that can't be stored."""
    flag = None if remark.flag is None else _checked(remark.flag, "the reason")
    return Remark(flag, _checked(remark.note, "the note"))


def _checked(text: str, what: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_REMARK:
        raise EditRejected(
            f"{what} has {len(text):,} characters, but the most is {LONGEST_REMARK:,}", hint="shorten it"
        )
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise EditRejected(f"{what} contains a character that can't be stored", hint="type it anew")
    return text
