"""Validation of ids, names and words in our own JSONL."""

LONGEST_WORD = 200
FIX_LINE = "fix the line"


class InvalidRecord(Exception):
    """An error in a record, before file and line are added."""

    def __init__(self, what: str, hint: str = FIX_LINE) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def check_uid(uid: str, what: str) -> None:
    """Raise Wrong unless this is a valid id."""
    if not uid or len(uid) > LONGEST_WORD or not uid.isprintable():
        raise InvalidRecord(f"{what} is empty, too long or not printable: “{uid[:40]}”", "use a UUID")


def check_word(word: str, what: str) -> None:
    """Raise Wrong unless this is a valid label or similar word."""
    if not word or len(word) > LONGEST_WORD or not word.isprintable():
        raise InvalidRecord(f"{what} is empty, too long or not printable: “{word[:40]}”", "use letters, 200 at most")


def check_person(name: str, what: str) -> None:
    """Raise Wrong unless this is a valid annotator name; `what` is the role, such as “an annotator”."""
    if not name.strip() or len(name) > LONGEST_WORD or not name.isprintable():
        raise InvalidRecord(f"“{name[:40]}” can't be {what}'s name", "use letters, 200 at most")
