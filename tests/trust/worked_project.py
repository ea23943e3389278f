"""A project in which several people have worked: rows in every table, and pages enough to be damaged one by one."""

import json
import random
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from app.cli.main import cli

PEOPLE = ("ana", "ben", "cara")
_WORDS = ["Kyiv", "Moscow", "senator", "minister", "talks", "two", "days", "grain", "corridor", "Puttin", "Putin"]
_WORDS += ["slave", "trade", "budget", "vote", "the", "and", "of", "30", "parliament", "€800", "😀", "naïve", "Straße"]
_LABELS = (("entity", "PERSON"), ("entity", "GPE"), ("entity", "DATE"), ("error", "TORTURED_TERM"))


class CommandFailed(Exception):
    """A command that makes the project didn't end well."""


def run(*arguments: object) -> tuple[int, str]:
    """Run a command in this process; return its exit code and all that it printed. A bug raises."""
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], prog_name="stet")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def _did(*arguments: object) -> None:
    code, output = run(*arguments)
    if code:
        raise CommandFailed(f"{arguments}: {code} {output}")


def make(folder: Path, *, documents: int = 12, words: int = 150) -> Path:
    """Make the project `work.stet` in an empty folder, and return its path."""
    path = folder / "work.stet"
    source = folder / "work.jsonl"
    rows = [_record(number, words, random.Random(number)) for number in range(documents)]
    source.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    _did("new", path, "--scheme", "news-errors")
    _did("import", path, source, "--as", "lead")
    source.unlink()
    _did("assign", path, "--to", ",".join(PEOPLE), "--as", "lead")
    _did("patterns", path, "add", "Puttin", "--label", "error.TORTURED_TERM", "--as", "ana")
    _did("suggest", path, "--with", "patterns", "--as", "ana")
    _did("edit-text", path, "d03.txt", "--replace", "Opening", "Beginning", "--reason", "a typo", "--as", "lead")
    _did("review", path, "--auto", "majority", "--as", "rina")
    _did("review", path, "--release", "--documents", "d01.txt", "--as", "rina")
    _did("document", path, "rename", "d05.txt", "--to", "renamed.txt", "--as", "lead")
    _did("document", path, "flag", "d06.txt", "--text", "Is this a quote?", "--as", "ana")
    _did("document", path, "set", "d07.txt", "--put", "source=web", "--as", "lead")
    _did("document", path, "remove", "d11.txt", "--force", "--as", "lead")
    _did("view", path, "Flagged", "--where", "flag=yes", "--as", "lead")
    _did("concordance", path, "grain", "--mark", "entity/ORG", "--as", "ana")
    return path


def _record(number: int, length: int, chance: random.Random) -> dict[str, Any]:
    text = f"Opening of text {number}. " + " ".join(chance.choice(_WORDS) for _ in range(length)) + ".\n"
    places = [chance.randrange(30, len(text) - 20) for _ in range(8)]
    sets = [_set(number, person, text, places, chance) for person in PEOPLE if number]
    record = {"stet": 1, "id": f"d{number:02}", "name": f"d{number:02}.txt", "text": text, "sets": sets}
    return record | ({"references": ["d00"]} if number else {})


def _set(number: int, person: str, text: str, places: list[int], chance: random.Random) -> dict[str, Any]:
    marks: list[dict[str, Any]] = []
    for at, place in enumerate(places):
        start = place if chance.random() < 0.7 else chance.randrange(30, len(text) - 20)
        end = start + chance.randrange(1, 15)
        layer, label = _LABELS[at % len(_LABELS)]
        mark: dict[str, Any] = {"id": f"{person}-{number:02}-{at}", "layer": layer, "label": label}
        mark |= {"start": start, "end": end, "quote": text[start:end], "comment": f"as {person} sees it"}
        if layer == "error":
            mark |= {"attributes": {"severity": "minor"}, "correction": f"better {at}"}
            proof = {"id": f"e-{person}-{number:02}-{at}", "document": "d00", "start": 0, "end": 7}
            mark["evidence"] = [proof | {"quote": "Opening", "stance": "refutes"}]
        marks.append(mark)
    relations = [{"id": f"r-{person}-{number}", "source": marks[0]["id"], "target": marks[1]["id"], "label": "same"}]
    return {"annotator": person, "status": "done", "annotations": marks, "relations": relations}
