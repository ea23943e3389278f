"""What every id, name and word in our own JSONL must be like."""

LONGEST_WORD = 200
MEND = "fix the line"


class Wrong(Exception):
    """What is wrong with a record, before file and line are put to it."""

    def __init__(self, what: str, hint: str = MEND) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


def check_uid(uid: str, what: str) -> None:
    """Raise Wrong unless this can be what something is known by."""
    if not uid or len(uid) > LONGEST_WORD or not uid.isprintable():
        raise Wrong(f"{what} is empty, too long or not printable: “{uid[:40]}”", "use a UUID")


def check_word(word: str, what: str) -> None:
    """Raise Wrong unless this can be a label or the like."""
    if not word or len(word) > LONGEST_WORD or not word.isprintable():
        raise Wrong(f"{what} is empty, too long or not printable: “{word[:40]}”", "use letters, 200 at most")


def check_person(name: str, what: str) -> None:
    """Raise Wrong unless somebody can be called so; `what` says who that is, such as “an annotator”."""
    if not name.strip() or len(name) > LONGEST_WORD or not name.isprintable():
        raise Wrong(f"“{name[:40]}” isn't a valid name for {what}", "use letters, 200 at most")
