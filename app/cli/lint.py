"""`stet lint`"""

from pathlib import Path
from typing import Any

import click

from app.cli.arguments import json_option, opened, project_argument
from app.cli.console import ProgressLine, show, show_json
from app.core.errors import BadChoice
from app.core.wording import counted
from app.jobs.tasks.mark_lint import TOKENIZERS, OddMark, mend_marks, odd_marks

_QUOTE = 60


@click.command()
@project_argument
@click.option("--as", "annotators", multiple=True, metavar="NAME", help="Only NAME's marks. Can be repeated.")
@click.option(
    "--tokenizer",
    type=click.Choice(TOKENIZERS),
    default=TOKENIZERS[0],
    help="What cuts a text into tokens: the rules of its language (default), or white space alone.",
)
@click.option("--mend", is_flag=True, help="Put the ends of NAME's marks right, in one step.")
@json_option("each mark, or what was mended,")
def command(project: Path, annotators: tuple[str, ...], tokenizer: str, mend: bool, as_json: bool) -> int:
    """List the marks of PROJECT that a tokenizer will not reproduce: with white space at an end, of half words or
    tokens, or made twice. The exit code is 1 if there are any.

    \b
    Example:
      stet lint news.stet
      stet lint news.stet --tokenizer whitespace
      stet lint news.stet --as ana --mend
    """
    if mend:
        return _mend(project, annotators, tokenizer, as_json)
    count = 0
    with opened(project, write=False) as session, ProgressLine("looking") as progress:
        found = odd_marks(session, annotators=annotators, tokenizer=tokenizer, progress=progress)
        if as_json:
            rows = [_row(each) for each in found]
            count = len(rows)
            show_json(rows)
        else:
            for each in found:
                count += 1
                show(_line(each))
    if not as_json:
        show(f"{counted(count, 'odd mark')}")
    return 1 if count else 0


def _mend(project: Path, annotators: tuple[str, ...], tokenizer: str, as_json: bool) -> int:
    if len(annotators) != 1:
        raise BadChoice("marks are mended for one annotator at a time", hint="name them with --as NAME")
    with opened(project, write=True, annotator=annotators[0]) as session, ProgressLine("mending") as progress:
        done = mend_marks(session, annotators[0], tokenizer=tokenizer, progress=progress)
    if as_json:
        show_json([done._asdict()])
    else:
        left = f", {done.left:,} left as they are" if done.left else ""
        show(f"{counted(done.moved, 'mark')} moved, {done.removed:,} made twice removed{left}")
    return 0


def _line(found: OddMark) -> str:
    annotation = found.annotation
    where = f"{found.document.name}:{annotation.start}-{annotation.end} ({found.annotator})"
    better = f"; “{found.better[:_QUOTE]}” would do" if found.better is not None else ""
    return f"{where}: “{annotation.quote[:_QUOTE]}”: {found.oddity.of_one}{better}"


def _row(found: OddMark) -> dict[str, Any]:
    return {
        "document": found.document.uid,
        "name": found.document.name,
        "annotator": found.annotator,
        "annotation": found.annotation.uid,
        "layer": found.annotation.layer,
        "label": found.annotation.label,
        "start": found.annotation.start,
        "end": found.annotation.end,
        "quote": found.annotation.quote,
        "kind": found.oddity.value,
        "better": found.better,
    }
