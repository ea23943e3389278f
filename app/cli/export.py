"""`stet export`"""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from app.cli.arguments import opened, project_argument
from app.cli.console import ProgressLine, say
from app.cli.format_argument import format_argument, own_options_argument
from app.cli.streams import writing
from app.core.document_conditions import parse_condition
from app.exchange.option import OptionValue, option_values, parse_options
from app.exchange.output import OutputFiles
from app.exchange.registry import Registry
from app.exchange.selection import LeftOut
from app.exchange.split import Split
from app.jobs.tasks.export_file import export_project
from app.jobs.tasks.export_report import ExportReport


@click.command()
@project_argument
@click.argument("out", type=click.Path(path_type=Path))
@format_argument(
    "One of: FORMATS. By default the first whose files are named like OUT, such as marks.csv; for .jsonl, and any "
    "other name, it is stet. See: stet formats."
)
@click.option(
    "--as",
    "annotators",
    multiple=True,
    metavar="NAME",
    help="Only this annotator's work, without any decisions. Can be repeated.",
)
@click.option("--gold", is_flag=True, help="Only gold, the reviewed annotations, with the decisions on them.")
@click.option(
    "--majority",
    "pooling",
    flag_value="majority",
    help="Only the marks that more than half of those who finished a document made; with --as, of those named.",
)
@click.option(
    "--soft",
    "pooling",
    flag_value="soft",
    help="Every mark that anyone made, with the share of those who did (formats training and token-classification).",
)
@click.option(
    "--all",
    "every_annotator",
    is_flag=True,
    help="In formats with one annotator per record: a record for each annotator, and one for gold.",
)
@click.option(
    "--unfinished",
    is_flag=True,
    help="In formats with one annotator per record: also documents with marks that aren't set to done.",
)
@click.option("--layer", "layers", multiple=True, metavar="ID", help="Only this layer. Can be repeated.")
@click.option(
    "--where",
    multiple=True,
    metavar="CONDITION",
    help="Only documents that meet it: status=done (or open, done_empty, skipped; finished is both kinds of done), "
    "name=GLOB, label=ID, meta.KEY=VALUE, flag=yes, words>=200, LAYER.FIELD=VALUE, … Can be repeated: values of one "
    "key are alternatives, everything else must hold together. See: stet list.",
)
@click.option(
    "--split",
    metavar="N/N[/N]",
    help="Split into train/test or train/dev/test, such as 80/10/10, in files named after OUT. "
    "Documents that share a reference, or have the same or nearly the same text, stay together.",
)
@click.option(
    "--group-by",
    metavar="KEY",
    help="With --split: documents with the same value of KEY in their metadata stay together too.",
)
@click.option("--seed", type=int, help="Random seed for --split.  [default: 0]")
@own_options_argument("to write")
@click.option(
    "--tokens", is_flag=True, help="Add tokens to each record (format training): short for --option tokens=yes."
)
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
    format: str | None,
    annotators: tuple[str, ...],
    gold: bool,
    pooling: str | None,
    every_annotator: bool,
    unfinished: bool,
    layers: tuple[str, ...],
    where: tuple[str, ...],
    split: str | None,
    group_by: str | None,
    seed: int | None,
    options: tuple[str, ...],
    tokens: bool,
    report_file: Path | None,
) -> None:
    """Write PROJECT to the file OUT, or to standard output if OUT is “-”. An existing file is replaced.

    In formats that are a folder of files, OUT is a new or an empty folder.

    Formats with one annotator per record, such as training data, get finished documents only. What is left out, and
    what the format can't represent, is reported on standard error.

    \b
    Example:
      stet export news.stet news.jsonl
      stet export news.stet marks.xlsx
      stet export news.stet train.jsonl --format training --as ana --split 80/10/10 --seed 7
      stet export news.stet gold.jsonl --format training --gold
    """
    _require_one_source(annotators, gold=gold, every_annotator=every_annotator, pooling=pooling)
    format = format or _format_of(out)
    own = _own_options(format, options, tokens=tokens)
    _require_one_annotator(format, every_annotator=every_annotator, unfinished=unfinished)
    parts = _parts(split, seed, group_by, to_stream=str(out) == "-")
    target: Path | BinaryIO = sys.stdout.buffer if str(out) == "-" else out
    to_output = nullcontext() if isinstance(target, Path) else writing()
    with opened(project, checks_itself=True) as session, ProgressLine("exporting") as progress, to_output:
        report = export_project(
            session,
            target,
            format=format,
            annotators=annotators,
            gold=gold,
            pooling=pooling,
            every_annotator=every_annotator,
            layers=layers,
            split=parts,
            where=[parse_condition(text) for text in where],
            unfinished=unfinished,
            options=own,
            progress=progress,
        )
        if not isinstance(target, Path):
            target.flush()
    _tell(report)
    if report_file is not None:
        _write_report(report, report_file, keep_off=project)


def _require_one_source(annotators: tuple[str, ...], *, gold: bool, every_annotator: bool, pooling: str | None) -> None:
    """Raise UsageError if several options say whose work it is to be; --as says whose majority."""
    if bool(annotators) + gold + every_annotator > 1:
        raise click.UsageError("--as, --gold and --all can't be combined")
    if pooling is not None and (gold or every_annotator):
        raise click.UsageError(f"--{pooling} can't be combined with --gold or --all")


def _write_report(report: ExportReport, path: Path, *, keep_off: Path) -> None:
    with OutputFiles(keep_off=keep_off) as files:
        files.open(path).write(msgspec.json.format(msgspec.json.encode(report.as_dict())) + b"\n")


def _format_of(out: Path) -> str:
    """Return the name of the format to write if none is given."""
    found = Registry().for_output(out)
    return found.name if found is not None else "stet"


def _require_one_annotator(format: str, *, every_annotator: bool, unfinished: bool) -> None:
    """Raise UsageError for options that only formats with one annotator per record have."""
    if Registry().writer(format).takes_one_annotator:
        return
    if every_annotator:
        raise click.UsageError(f"--all isn't needed: “{format}” includes everyone's work; leave it out")
    if unfinished:
        raise click.UsageError(f"--unfinished isn't needed: “{format}” includes unfinished work; leave it out")


def _tell(report: ExportReport) -> None:
    for line in report.lines():
        say(f"stet: {line}")
    if report.losses.count(LeftOut.UNFINISHED):
        say("stet: to include unfinished work, add --unfinished")


def _parts(split: str | None, seed: int | None, group_by: str | None, *, to_stream: bool) -> Split | None:
    """Return the parsed split. Raises BadChoice, and UsageError if it is combined with a stream, or a seed or a key
    given without it.
    """
    if split is None:
        alone = "--seed" if seed is not None else "--group-by" if group_by is not None else ""
        if alone:
            raise click.UsageError(f"{alone} needs --split; leave it out, or add --split 80/10/10")
        return None
    found = Split.parse(split, seed=seed or 0, group_by=group_by or "")
    if to_stream:
        raise click.UsageError("--split needs an output file, not -")
    return found


def _own_options(format: str, texts: tuple[str, ...], *, tokens: bool) -> dict[str, OptionValue]:
    """Return the values of the format's own options. Raises BadChoice, and UsageError if --tokens doesn't apply."""
    writer = Registry().writer(format)
    given = parse_options(texts)
    if tokens:
        if all(option.name != "tokens" for option in writer.options):
            raise click.UsageError(f"the format “{format}” has no tokens; leave out --tokens, or add --format training")
        given["tokens"] = True
    return option_values(writer.options, given, format=format)
