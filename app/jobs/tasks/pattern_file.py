"""Patterns from a file of spaCy or Prodigy, and into one."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

from app.exchange.output import OutputFiles
from app.exchange.pattern_file import pattern_lines, read_patterns
from app.nlp.word_kinds import WordKind, word_kinds
from app.services.suggestions.pattern_edits import add_patterns
from app.session.session import Session


class PatternsRead(NamedTuple):
    """How many patterns of a file are new, and how many the project had already."""

    new: int
    known: int


def import_patterns(session: Session, path: Path, label: tuple[str, str] | None = None) -> PatternsRead:
    """Add the patterns of a file as one undoable step; `label` is for those whose own the scheme lacks.

    Raises FormatError, EditRejected and ProjectError; then none is added.
    """
    return PatternsRead(*add_patterns(session, read_patterns(path, session.scheme, label)))


def export_patterns(session: Session, path: Path) -> int:
    """Write the project's patterns to a file; return how many. Words in any case or any form are written as tokens,
    which takes a second or two. Raises FormatError and ProjectError.
    """
    patterns = session.reader.patterns()
    with OutputFiles(keep_off=session.path) as files:
        file = files.open(path)
        for line in pattern_lines(patterns, partial(_kinds, session.scheme.language)):
            file.write(line)
    return len(patterns)


def _kinds(language: str, words: str) -> list[WordKind]:
    return word_kinds(words, 0, len(words), language)
