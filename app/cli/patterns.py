"""`stet patterns`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import show, show_json, show_table
from app.core.errors import EditRejected
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern
from app.services.suggestions.pattern_edits import add_pattern, remove_pattern
from app.session.session import Session


@click.command()
@project_argument
@click.argument("what", type=click.Choice(["list", "add", "remove"]), default="list")
@click.argument("words", required=False)
@click.option("--label", metavar="LAYER.LABEL", help="With add: what to suggest; with remove: only of this label.")
@click.option(
    "--match",
    type=click.Choice([match.value for match in PatternMatch]),
    default=PatternMatch.ANY_CASE.value,
    show_default=True,
    help="With add: which occurrences count; lemma means the words in any form.",
)
@click.option("--correction", metavar="TEXT", help="With add: a correction to suggest too.")
@as_option("Who does it, and can undo it in the window.")
@json_option("each pattern")
def command(
    project: Path,
    what: str,
    words: str | None,
    label: str | None,
    match: str,
    correction: str | None,
    annotator: str | None,
    as_json: bool,
) -> None:
    """List, add or remove the patterns of PROJECT: words that are always suggested.

    The suggester “patterns” looks for them. A pattern is removed by its words; what it has suggested stays.

    \b
    Example:
      stet patterns news.stet add "restricted slave trade" --label error.TORTURED_TERM --match lemma
      stet patterns news.stet list
      stet patterns news.stet remove "restricted slave trade"
    """
    if what == "list":
        with opened(project) as session:
            _show(session.reader.patterns(), as_json=as_json)
        return
    if not words:
        raise click.UsageError(f"name the WORDS to {what}")
    layer, _, name = (label or "").partition(".")
    if what == "add" and not name:
        raise click.UsageError("name the label as LAYER.LABEL: --label error.TORTURED_TERM")
    with opened(project, write=True, annotator=annotator) as session:
        if what == "add":
            made = add_pattern(
                session, words, match=PatternMatch(match), layer=layer, label=name, correction=correction
            )
            _show([made], as_json=as_json)
            return
        for pattern in _named(session, words, label):
            remove_pattern(session, pattern)
            show(f"removed “{pattern.words}” ({pattern.layer}.{pattern.label})")


def _named(session: Session, words: str, label: str | None) -> list[SuggestionPattern]:
    wanted = " ".join(words.split())
    found = [
        pattern
        for pattern in session.reader.patterns()
        if pattern.words == wanted and label in (None, f"{pattern.layer}.{pattern.label}")
    ]
    if not found:
        raise EditRejected(f"there is no pattern “{wanted}”", hint="see: stet patterns PROJECT list")
    return found


def _show(patterns: list[SuggestionPattern], *, as_json: bool) -> None:
    rows = [(p.words, p.match.value, f"{p.layer}.{p.label}", p.correction) for p in patterns]
    if as_json:
        keys = ("words", "match", "label", "correction")
        show_json(dict(zip(keys, row, strict=True)) for row in rows)
    else:
        show_table(("WORDS", "MATCH", "LABEL", "CORRECTION"), [(*row[:3], row[3] or "") for row in rows])
