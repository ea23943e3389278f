"""`stet view`"""

from pathlib import Path

import click

from app.cli.arguments import as_option, json_option, opened, project_argument
from app.cli.console import show, show_json, show_table
from app.core.document_conditions import IMPORTED, parse_conditions, parse_sorting
from app.services.documents.desk import drop_view, save_view


@click.command()
@project_argument
@click.argument("name", required=False)
@click.option(
    "--where", multiple=True, metavar="CONDITION", help="A condition of the view. Can be repeated; see: stet list."
)
@click.option("--sort", metavar="KEY", help="The order of the view; with a minus in front, the largest comes first.")
@click.option("--delete", is_flag=True, help="Delete the view; its documents stay.")
@json_option("each view")
@as_option("Who does it, and can undo it in the window.")
def command(
    project: Path,
    name: str | None,
    where: tuple[str, ...],
    sort: str | None,
    delete: bool,
    as_json: bool,
    annotator: str | None,
) -> None:
    """Show the saved views of the documents of PROJECT, save one under NAME, or delete it.

    A view is a filter and an order of the list of documents. A view of the same name is replaced.

    \b
    Example:
      stet view news.stet
      stet view news.stet "To answer" --where flag=yes --sort -words
      stet view news.stet "To answer" --delete
    """
    if name is None:
        if where or sort or delete:
            raise click.UsageError("give the view a NAME")
        with opened(project) as session:
            rows = [(v.name, list(map(str, v.conditions)), str(v.sorting)) for v in session.reader.saved_views()]
        if as_json:
            show_json({"name": name, "where": where, "sort": sort} for name, where, sort in rows)
        else:
            show_table(("NAME", "WHERE", "SORT"), ((name, ", ".join(where), sort) for name, where, sort in rows))
        return
    if delete and (where or sort):
        raise click.UsageError("--delete takes neither --where nor --sort")
    if not delete and not where and not sort:
        raise click.UsageError("a view needs --where or --sort; to delete it, use --delete")
    conditions = parse_conditions(where)
    sorting = parse_sorting(sort) if sort else IMPORTED
    with opened(project, write=True, annotator=annotator) as session:
        if delete:
            drop_view(session, name)
            show(f"deleted the view “{name}”")
        else:
            show(f"saved the view “{save_view(session, name, conditions, sorting).name}”")
