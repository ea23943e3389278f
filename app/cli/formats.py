"""`stet formats`"""

from collections.abc import Iterable
from typing import Any

import click

from app.cli.arguments import json_option
from app.cli.console import say, show, show_json, show_table
from app.exchange.format import Format, Reader, Writer
from app.exchange.option import FormatOption
from app.exchange.registry import Registry


@click.command()
@json_option("each format")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a table in Markdown, as in the README.")
def command(as_json: bool, as_markdown: bool) -> int:
    """Show the file formats that can be read and written, including those of other packages, and their options.

    \b
    Example:
      stet formats
    """
    registry = Registry()
    if as_json:
        show_json(map(_as_dict, registry.all()))
    elif as_markdown:
        for line in markdown(registry.all()).split("\n"):
            show(line)
    else:
        show_table(("NAME", "READ", "WRITE", "FILES", "OPTIONS", "FROM", "WHAT"), map(_as_row, registry.all()))
    for broken in registry.broken():
        say(f"stet: the format “{broken.name}” of {broken.origin} can't be loaded: {broken.reason}")
    return 1 if registry.broken() else 0


def markdown(formats: Iterable[Format]) -> str:
    """Return the formats as a table in Markdown, each with its page of the manual."""
    rows = ["| format | read | written | files | |", "|---|---|---|---|---|"]
    for item in formats:
        name = f"[{item.title}](resources/help/{item.help_page})" if item.help_page else item.title
        read, written = ("yes" if side is not None else "" for side in (item.reader, item.writer))
        is_folder = any(side is not None and side.is_folder for side in (item.reader, item.writer))
        files = ", ".join((*(f"`{suffix}`" for suffix in item.suffixes), *(("a folder",) if is_folder else ())))
        rows.append(f"| {name} | {read} | {written} | {files} | {item.summary} |")
    return "\n".join(rows)


def _as_dict(item: Format) -> dict[str, Any]:
    return {
        "name": item.name,
        "title": item.title,
        "summary": item.summary,
        "reads": item.reader is not None,
        "writes": item.writer is not None,
        "suffixes": list(item.suffixes),
        "reads_folders": item.reader is not None and item.reader.is_folder,
        "writes_folders": item.writer is not None and item.writer.is_folder,
        "read_options": _options(item.reader),
        "write_options": _options(item.writer),
        "help": item.help_page,
        "origin": item.origin,
    }


def _options(side: Reader | Writer | None) -> list[dict[str, Any]]:
    return [option._asdict() for option in side.options] if side is not None else []


def _as_row(item: Format) -> tuple[str, ...]:
    sides = [side for side in (item.reader, item.writer) if side is not None]
    options = dict.fromkeys(_shown(option) for side in sides for option in side.options)
    is_folder = any(side.is_folder for side in sides)
    return (
        item.name,
        "yes" if item.reader is not None else "",
        "yes" if item.writer is not None else "",
        " ".join((*item.suffixes, *(("folder",) if is_folder else ()))),
        " ".join(options),
        item.origin,
        f"{item.title}: {item.summary}" if item.summary else item.title,
    )


def _shown(option: FormatOption) -> str:
    return f"{option.name}={'|'.join(option.choices) or option.kind.upper()}"
