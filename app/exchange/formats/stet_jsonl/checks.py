"""Validation of the ids, names and words in our own JSONL."""

LONGEST_WORD = 200
FIX_LINE = "fix the line"


class InvalidRecord(Exception):
    """What is wrong with a record, before file and line are added to it."""

    def __init__(self, what: str, hint: str = FIX_LINE) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def check_uid(uid: str, what: str) -> None:
    """Raise InvalidRecord unless this can be an id: printable, 1 to 200 characters."""
    if not uid or len(uid) > LONGEST_WORD or not uid.isprintable():
        raise InvalidRecord(f"{what} is empty, too long or not printable: “{uid[:40]}”", "use a UUID")


def check_word(word: str, what: str) -> None:
    """Raise InvalidRecord unless this can be a label or the like: printable, 1 to 200 characters."""
    if not word or len(word) > LONGEST_WORD or not word.isprintable():
        raise InvalidRecord(f"{what} is empty, too long or not printable: “{word[:40]}”", "use letters, 200 at most")


def check_person(name: str, what: str) -> None:
    """Raise InvalidRecord unless this can be a person's name; `what` says whose, such as “an annotator”."""
    if not name.strip() or len(name) > LONGEST_WORD or not name.isprintable():
        raise InvalidRecord(f"“{name[:40]}” can't be {what}'s name", "use letters, 200 at most")
