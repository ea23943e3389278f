"""`stet list`"""

from pathlib import Path

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import show_json, show_table
from app.jobs.tasks import listing


@click.command("list")
@project_argument
@click.argument(
    "what",
    type=click.Choice(["documents", "annotators", "annotations", "labels", "decisions"]),
    default="documents",
)
@click.option(
    "--as", "annotators", multiple=True, metavar="NAME", help="Only this annotator's annotations. Can be repeated."
)
@click.option("--layer", "layers", multiple=True, metavar="ID", help="Only annotations of this layer. Can be repeated.")
@json_option("each row")
def command(project: Path, what: str, annotators: tuple[str, ...], layers: tuple[str, ...], as_json: bool) -> None:
    """Show the documents of PROJECT, its annotators, their annotations, how often each label was given, or what
    reviewers decided.

    \b
    Example:
      stet list news.stet
      stet list news.stet annotations --as ana --layer error --json
    """
    if what != "annotations" and (annotators or layers):
        raise click.UsageError("--as and --layer are for annotations")
    with opened(project) as session:
        if what == "annotations":
            rows = listing.annotations(session, annotators=annotators, layers=layers)
        else:
            rows = _LISTS[what](session)
        if as_json:
            show_json(rows)
        else:
            titles, columns = _TABLES[what]
            show_table(titles, ([_shown(row.get(column)) for column in columns] for row in rows))


def _shown(value: object) -> object:
    if isinstance(value, list):
        return len(value)  # pyright: ignore[reportUnknownArgumentType]
    return "" if value is None else value


_LISTS = {
    "documents": listing.documents,
    "annotators": listing.annotators,
    "labels": listing.labels,
    "decisions": listing.decisions,
}
_TABLES = {
    "decisions": (
        ("DOCUMENT", "LAYER", "OUTCOME", "REVIEWER", "RULE", "REASON", "SOURCES", "GOLD", "NOTE"),
        ("document_name", "layer", "outcome", "reviewer", "rule", "reason", "sources", "gold", "note"),
    ),
    "documents": (("NAME", "CHARACTERS", "REFERENCES", "ID"), ("name", "length", "references", "id")),
    "annotators": (("NAME", "KIND", "DOCUMENTS", "ANNOTATIONS"), ("name", "kind", "documents", "annotations")),
    "labels": (("LAYER", "LABEL", "ANNOTATOR", "COUNT"), ("layer", "label", "annotator", "count")),
    "annotations": (
        ("DOCUMENT", "ANNOTATOR", "LAYER", "LABEL", "START", "END", "QUOTE", "CORRECTION"),
        ("document_name", "annotator", "layer", "label", "start", "end", "quote", "correction"),
    ),
}
