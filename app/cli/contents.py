"""`stet list`"""

from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import show_json, show_table
from app.core.document_conditions import parse_conditions, parse_sorting
from app.core.errors import DamagedRow
from app.core.wording import counted
from app.jobs.tasks import contents
from app.jobs.tasks.document_choice import DocumentChoice
from app.jobs.tasks.export_scope import check_layers
from app.jobs.tasks.questions import question_rows, questions_of
from app.jobs.tasks.review import CONFLICT_KINDS, conflicts


@click.command("list")
@project_argument
@click.argument(
    "what",
    type=click.Choice(
        [
            *("documents", "annotators", "annotations", "relations", "suggestions", "labels"),
            *("conflicts", "decisions", "questions", "texts"),
        ]
    ),
    default="documents",
)
@click.option(
    "--as", "annotators", multiple=True, metavar="NAME", help="Only what this annotator marked. Can be repeated."
)
@click.option(
    "--layer",
    "layers",
    multiple=True,
    metavar="ID",
    help="Only marks of this layer, or relations with an end in it. Can be repeated.",
)
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(CONFLICT_KINDS),
    help="Only conflicts of this kind. Can be repeated.",
)
@click.option("--all", "agreed_too", is_flag=True, help="With conflicts: also list groups without one.")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="With documents: only those that meet it, such as status=done, flag=yes or words>=200. Can be repeated: "
    "values of one key are alternatives, everything else must hold together.",
)
@click.option(
    "--sort", metavar="KEY", help="With documents: the order; with a minus in front, the largest comes first."
)
@click.option("--view", metavar="NAME", help="With documents: those of a saved view.")
@json_option("each row")
def command(
    project: Path,
    what: str,
    annotators: tuple[str, ...],
    layers: tuple[str, ...],
    kinds: tuple[str, ...],
    agreed_too: bool,
    where: tuple[str, ...],
    sort: str | None,
    view: str | None,
    as_json: bool,
) -> None:
    """Show the documents of PROJECT, its annotators, their annotations and relations, what programs suggest, how often
    each label was given, conflicts, what reviewers decided, where they found the guideline unclear, or the texts that
    documents had before they were edited.

    A conflict is a place where annotators who finished a document disagree.

    \b
    Example:
      stet list news.stet
      stet list news.stet annotations --as ana --layer error --json
      stet list news.stet relations --as ana
      stet list news.stet conflicts --kind boundary
      stet list news.stet --where flag=yes --sort -words
    """
    _check(what, annotators, layers, narrows_conflicts=bool(kinds or agreed_too), narrows=bool(where or sort or view))
    choice = DocumentChoice((), parse_conditions(where), parse_sorting(sort) if sort else None, view)
    damaged: list[DamagedRow] = []
    with opened(project) as session:
        check_layers(session, layers)
        if what == "questions":
            rows = question_rows(questions_of(session))
        elif what == "conflicts":
            rows = conflicts(session, kinds=kinds, agreed_too=agreed_too, layers=layers)
        elif what in _MARKED:
            rows = _MARKED[what](session, annotators=annotators, layers=layers)
        elif what == "documents":
            whose = session.reader.known_annotator(annotators[0]) if annotators else None
            rows = contents.documents(session, damaged, choice, annotator=whose)
        else:
            rows = _LISTS[what](session)
        if as_json:
            show_json(rows)
        else:
            titles, columns = _TABLES[what]
            show_table(titles, ([_shown(row.get(column), column) for column in columns] for row in rows))
        if damaged:
            # The list is complete, but no one may take it for whole.
            first = damaged[0]
            first.what += f" ({counted(len(damaged) - 1, 'other row')} too)" if len(damaged) > 1 else ""
            raise first


def _check(
    what: str, annotators: tuple[str, ...], layers: tuple[str, ...], *, narrows_conflicts: bool, narrows: bool
) -> None:
    """Raise UsageError for options that aren't for what is listed."""
    if what not in ("annotations", "relations", "documents") and annotators:
        raise click.UsageError("--as is for annotations, relations and documents")
    if what == "documents" and len(annotators) > 1:
        raise click.UsageError("with documents, --as names one annotator: whose status, labels, rules and notes count")
    if what not in ("annotations", "relations", "conflicts") and layers:
        raise click.UsageError("--layer is for annotations, relations and conflicts")
    if what != "conflicts" and narrows_conflicts:
        raise click.UsageError("--kind and --all are for conflicts")
    if what != "documents" and narrows:
        raise click.UsageError("--where, --sort and --view are for documents")


def _shown(value: object, column: str) -> object:
    if isinstance(value, dict):
        answers: dict[str, object] = value  # pyright: ignore[reportUnknownVariableType]
        return ", ".join(f"{name}: {answer}" for name, answer in answers.items())
    if isinstance(value, list):
        items: list[object] = value  # pyright: ignore[reportUnknownVariableType]
        if column == "labels":
            return " / ".join(str(item or "nothing") for item in items)
        return ", ".join(map(str, items)) if column in ("kinds", "flags") else len(items)
    return "" if value is None else value


_MARKED = {"annotations": contents.annotations, "relations": contents.relations}
_LISTS = {
    "annotators": contents.annotators,
    "labels": contents.labels,
    "suggestions": contents.suggestions,
    "decisions": contents.decisions,
    "texts": contents.texts,
}
_TABLES = {
    "texts": (
        ("DOCUMENT", "REPLACED", "CHANGES", "REASON", "SHA256"),
        ("document_name", "replaced", "changes", "reason", "sha256"),
    ),
    "questions": (
        ("LABELS", "COUNT", "DOCUMENT", "QUOTE", "GOLD", "OUTCOME", "REASON", "NOTE"),
        ("labels", "count", "document_name", "quote", "took", "outcome", "reason", "note"),
    ),
    "decisions": (
        ("DOCUMENT", "LAYER", "OUTCOME", "REVIEWER", "RULE", "REASON", "SOURCES", "GOLD", "NOTE"),
        ("document_name", "layer", "outcome", "reviewer", "rule", "reason", "sources", "gold", "note"),
    ),
    "documents": (
        ("NAME", "TITLE", "CHARACTERS", "WORDS", "REFERENCES", "FLAGGED BY", "ID"),
        ("name", "title", "length", "words", "references", "flags", "id"),
    ),
    "annotators": (("NAME", "KIND", "DOCUMENTS", "ANNOTATIONS"), ("name", "kind", "documents", "annotations")),
    "labels": (("LAYER", "LABEL", "ANNOTATOR", "COUNT"), ("layer", "label", "annotator", "count")),
    "annotations": (
        ("DOCUMENT", "ANNOTATOR", "LAYER", "LABEL", "START", "END", "QUOTE", "CORRECTION"),
        ("document_name", "annotator", "layer", "label", "start", "end", "quote", "correction"),
    ),
    "relations": (
        ("DOCUMENT", "ANNOTATOR", "RELATION", "SOURCE", "QUOTE", "TARGET", "QUOTE", "FIELDS", "COMMENT"),
        (
            *("document_name", "annotator", "label", "source_label", "source_quote"),
            *("target_label", "target_quote", "attributes", "comment"),
        ),
    ),
    "suggestions": (
        ("DOCUMENT", "SUGGESTER", "LAYER", "LABEL", "START", "END", "QUOTE", "CORRECTION", "SCORE", "ANSWERS", "NOTE"),
        ("document_name", "maker", "layer", "label", "start", "end", "quote", "correction", "score", "answers", "note"),
    ),
    "conflicts": (
        ("DOCUMENT", "LAYER", "START", "END", "VERSIONS", "READERS", "KINDS", "STANDING", "QUOTE"),
        ("document_name", "layer", "start", "end", "versions", "readers", "kinds", "standing", "quote"),
    ),
}
