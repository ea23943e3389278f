"""`stet patterns`"""

import json
from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import show, show_json, show_table
from app.core.errors import EditRejected
from app.core.suggestion_pattern import PatternMatch, SuggestionPattern
from app.core.token_pattern import Tokens, read_tokens, spacy_tokens
from app.core.wording import counted
from app.services.suggestions.pattern_edits import add_pattern, remove_pattern
from app.session.session import Session


@click.command()
@project_argument
@click.argument("what", type=click.Choice(["list", "add", "remove", "import", "export"]), default="list")
@click.argument("words", required=False, metavar="[WORDS|FILE]")
@click.option(
    "--label",
    metavar="LAYER.LABEL",
    help="With add: what to suggest; with remove: only of this label; with import: of patterns whose own isn't known.",
)
@click.option(
    "--match",
    type=click.Choice([match.value for match in PatternMatch if match is not PatternMatch.TOKENS]),
    default=PatternMatch.ANY_CASE.value,
    show_default=True,
    help="With add: which occurrences count; lemma means the words in any form.",
)
@click.option(
    "--tokens",
    metavar="JSON",
    help="With add: a rule for each token, as spaCy's Matcher takes them, in place of --match.",
)
@click.option("--correction", metavar="TEXT", help="With add: a correction to suggest too.")
@click.option("--severity", metavar="ID", help="With add: a severity to suggest too.")
@click.option("--note", metavar="TEXT", help="With add: why; people see it as the reason.")
@as_option("Who does it, and can undo it in the window.")
@json_option("each pattern")
def command(
    project: Path,
    what: str,
    words: str | None,
    label: str | None,
    match: str,
    tokens: str | None,
    correction: str | None,
    severity: str | None,
    note: str | None,
    annotator: str | None,
    as_json: bool,
) -> None:
    """List, add or remove the patterns of PROJECT: what is always suggested.

    The suggester “patterns” looks for them. A pattern is removed by its words; what it has suggested stays. FILE is
    JSONL with the keys label, pattern (text, or a list of tokens) and id, as spaCy's entity ruler and Prodigy have it.

    \b
    Example:
      stet patterns news.stet add "restricted slave trade" --label error.TORTURED_TERM --match lemma
      stet patterns news.stet add --label error.QUANTITY --tokens '[{"LIKE_NUM": true}, {"LEMMA": "captive"}]'
      stet patterns news.stet list
      stet patterns news.stet remove "restricted slave trade"
      stet patterns news.stet import people.jsonl --label entity.PERSON
      stet patterns news.stet export patterns.jsonl
    """
    if what == "list":
        with opened(project) as session:
            _show(session.reader.patterns(), as_json=as_json)
    elif what in ("import", "export"):
        _transfer(project, what, Path(_needed(words, "the FILE", what)), label, annotator)
    elif what == "add":
        layer, name = _label(label)
        pattern = SuggestionPattern(
            uid="",
            words=words or "" if tokens else _needed(words, "the WORDS", what),
            match=PatternMatch.TOKENS if tokens else PatternMatch(match),
            tokens=_tokens(tokens) if tokens else (),
            layer=layer,
            label=name,
            correction=correction,
            severity=severity,
            note=note or "",
        )
        with opened(project, write=True, annotator=annotator) as session:
            _show([add_pattern(session, pattern)], as_json=as_json)
    else:
        with opened(project, write=True, annotator=annotator) as session:
            for pattern in _named(session, _needed(words, "the WORDS", what), label):
                remove_pattern(session, pattern)
                show(f"removed “{pattern.words}” ({pattern.layer}.{pattern.label})")


def _needed(words: str | None, kind: str, what: str) -> str:
    if not words:
        raise click.UsageError(f"name {kind} to {what}")
    return words


def _label(label: str | None) -> tuple[str, str]:
    layer, _, name = (label or "").partition(".")
    if not name:
        raise click.UsageError("name the label as LAYER.LABEL: --label error.TORTURED_TERM")
    return layer, name


def _tokens(raw: str) -> Tokens:
    try:
        return read_tokens(json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"--tokens isn't JSON: {error}") from error


def _transfer(project: Path, what: str, path: Path, label: str | None, annotator: str | None) -> None:
    from app.jobs.tasks.pattern_file import export_patterns, import_patterns

    if what == "export":
        with opened(project) as session:
            show(f"wrote {counted(export_patterns(session, path), 'pattern')} to {path}")
        return
    with opened(project, write=True, annotator=annotator) as session:
        done = import_patterns(session, path, _label(label) if label else None)
        known = f", {done.known:,} were there already" if done.known else ""
        show(f"added {counted(done.new, 'pattern')}{known}")


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
    if as_json:
        show_json(_as_json(each) for each in patterns)
        return
    rows = [
        (p.words, p.match.value, f"{p.layer}.{p.label}", p.correction or "", p.severity or "", p.note) for p in patterns
    ]
    show_table(("WORDS", "MATCH", "LABEL", "CORRECTION", "SEVERITY", "NOTE"), rows)


def _as_json(pattern: SuggestionPattern) -> dict[str, object]:
    return {
        "words": pattern.words,
        "match": pattern.match.value,
        "label": f"{pattern.layer}.{pattern.label}",
        "correction": pattern.correction,
        "severity": pattern.severity,
        "note": pattern.note,
        "tokens": spacy_tokens(pattern.tokens) or None,
    }
