"""`stet export`"""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from app.cli.arguments import opened, project_argument
from app.cli.console import ProgressLine, say
from app.cli.streams import writing
from app.exchange.output import OutputFiles
from app.exchange.registry import Registry
from app.exchange.selection import parse_condition
from app.exchange.split import Split
from app.jobs.tasks.export_file import export_project


@click.command()
@project_argument
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--format", default="stet", show_default=True, metavar="NAME", help="See: stet formats.")
@click.option(
    "--as",
    "annotators",
    multiple=True,
    metavar="NAME",
    help="Only this annotator's work, without any decisions. Can be repeated.",
)
@click.option("--gold", is_flag=True, help="Only gold, the reviewed annotations, with the decisions on them.")
@click.option(
    "--all",
    "every_annotator",
    is_flag=True,
    help="In formats with one annotator per record: a record for each annotator, and one for gold.",
)
@click.option("--layer", "layers", multiple=True, metavar="ID", help="Only this layer. Can be repeated.")
@click.option(
    "--where",
    multiple=True,
    metavar="KEY=VALUE",
    help="Only documents with status=done (or open, done_empty, skipped; finished is both kinds of done), name=GLOB, "
    "label=ID or meta.KEY=VALUE. Can be repeated: values of one key are alternatives, different keys must all match.",
)
@click.option(
    "--split",
    metavar="N/N[/N]",
    help="Split into train/test or train/dev/test, such as 80/10/10, in files named after OUT. "
    "Documents that share a reference stay together.",
)
@click.option("--seed", type=int, help="Random seed for --split.  [default: 0]")
@click.option("--tokens", is_flag=True, help="Add tokens to each record (format training).")
@click.option(
    "--report",
    "report_file",
    type=click.Path(path_type=Path),
    metavar="FILE.json",
    help="Also write what was exported, and what the format couldn't represent, to a file.",
)
def command(
    project: Path,
    out: Path,
    format: str,
    annotators: tuple[str, ...],
    gold: bool,
    every_annotator: bool,
    layers: tuple[str, ...],
    where: tuple[str, ...],
    split: str | None,
    seed: int | None,
    tokens: bool,
    report_file: Path | None,
) -> None:
    """Write PROJECT to the file OUT, or to standard output if OUT is “-”. An existing file is replaced.

    What the format can't represent is reported on standard error.

    \b
    Example:
      stet export news.stet news.jsonl
      stet export news.stet train.jsonl --format training --as ana --where status=finished --split 80/10/10 --seed 7
      stet export news.stet gold.jsonl --format training --gold --where status=finished
    """
    if bool(annotators) + gold + every_annotator > 1:
        raise click.UsageError("--as, --gold and --all can't be combined")
    _refuse_idle(format, every_annotator=every_annotator, tokens=tokens)
    if seed is not None and split is None:
        raise click.UsageError("--seed needs --split; leave it out, or add --split 80/10/10")
    parts = Split.parse(split, seed=seed or 0) if split is not None else None
    conditions = [parse_condition(text) for text in where]
    target: Path | BinaryIO = sys.stdout.buffer if str(out) == "-" else out
    if parts is not None and not isinstance(target, Path):
        raise click.UsageError("--split needs an output file, not -")
    to_output = nullcontext() if isinstance(target, Path) else writing()
    with opened(project) as session, ProgressLine("exporting") as progress, to_output:
        report = export_project(
            session,
            target,
            format=format,
            annotators=annotators,
            gold=gold,
            every_annotator=every_annotator,
            layers=layers,
            split=parts,
            where=conditions,
            tokens=tokens,
            progress=progress,
        )
        if not isinstance(target, Path):
            target.flush()
    for line in report.lines():
        say(f"stet: {line}")
    if report_file is not None:
        with OutputFiles(keep_off=project) as files:
            files.open(report_file).write(msgspec.json.format(msgspec.json.encode(report.as_dict())) + b"\n")


def _refuse_idle(format: str, *, every_annotator: bool, tokens: bool) -> None:
    """Refuse options that would do nothing in a format. Raises UsageError, and BadChoice for an unknown format."""
    writer = Registry().get(format).writer
    if every_annotator and writer is not None and not writer.takes_one_annotator:
        raise click.UsageError(f"--all isn't needed: “{format}” includes everyone's work; leave it out")
    if tokens and format == "stet":
        raise click.UsageError("--tokens is for training data; leave it out, or add --format training")
