"""What the campaigns begin with: files that are right, of every format and kind, small, and made in a moment."""

import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from app.core.errors import StetError
from app.exchange.registry import Registry
from app.jobs.tasks.export_file import export_project
from app.session.session import Session
from tests.conftest import SHIPPED, scheme_source
from tests.team import ANA, BEN, spun, work
from tests.unit.exchange import (
    test_argilla,
    test_checkthat,
    test_epub,
    test_frank,
    test_gate,
    test_hypothesis,
    test_inception,
    test_label_studio,
    test_summedits,
    test_taguette,
)
from tests.unit.exchange.pdf_file import Page, annotated, annotation, page, pdf
from tests.unit.exchange.word_file import p, r, word

Files = Mapping[str, bytes]
"""Files that belong together, by name."""

LARGEST = 60_000  # bytes; spoiling and reading larger ones takes long

_HTML = "<html><head><title>T</title></head><body><h1>One</h1><p>Ana &amp; <b>Ben</b> 😀</p><ul><li>x<li>y</ul></body>"
_SCHEMES = {
    "label_config.xml": b'<View><Text name="t" value="$text"/><Labels name="l" toName="t"><Label value="PER" '
    b'background="red" hotkey="p"/><Label value="ORG"/></Labels><Choices name="c" toName="t"><Choice value="A"/>'
    b"</Choices></View>",
    "annotation.conf": b"[entities]\nPerson\n!Place\n\tCity\n[relations]\nLoc Arg1:Person, Arg2:City\n[events]\nMeet "
    b"Who:Person\n[attributes]\nSure Arg:<ENTITY>, Value:yes|no\n",
    "labels.csv": b"layer,id,title,definition,color,key,parent\nerror,TIME,Time,When,#ff0000,t,\nerror,A,A,,,,TIME\n",
    "typology.yml": b"template_name: t\ntemplate_label: T\nedits:\n  - name: a\n    label: A\n    type: primitive\n"
    b"    annotation:\n      - name: s\n        question: q\n        options: likert-3\n",
}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def team_project(path: Path) -> Session:
    """Return a project, open, in which two people have marked a text with evidence, corrections and severities."""
    from tests.newsroom import newsroom

    session = newsroom(path)
    document = spun(session)
    work(session, "ana", document, ANA)
    work(session, "ben", document, BEN)
    return session


def _written(folder: Path, names: Collection[str]) -> dict[str, list[Files]]:
    """Return what writers make of a project, by format."""
    made: dict[str, list[Files]] = {}
    session = team_project(folder / "seed.stet")
    with closing(session):
        for format in Registry().writers():
            if format.reader is None or format.writer is None or format.name not in names:
                continue
            out = folder / f"{format.name}{format.writer.suffix}"
            try:
                export_project(session, out, format=format.name)
            except StetError:
                # What can't hold several people's work is written of one person.
                export_project(session, out, format=format.name, annotators=("ana",))
            made[format.name] = [_files_of(out)]
    return made


def _files_of(path: Path) -> Files:
    if path.is_file():
        return {path.name: path.read_bytes()}
    found = (each for each in sorted(path.rglob("*")) if each.is_file())
    return {each.relative_to(path).as_posix(): each.read_bytes() for each in found}


def _by_hand(folder: Path) -> dict[str, list[Files]]:
    """Return files of the formats that are only read."""
    taguette = test_taguette.database(folder / "a.sqlite3", (*test_taguette.at("Ben 😀"), [2, 3]))
    debate = "".join("\t".join(row) + "\r\n" for row in test_checkthat.DEBATE).encode()
    marked = page(
        "One and two words.", "More words here.", more=annotated(annotation("Highlight", (72, 715, 120, 730)))
    )
    said = test_hypothesis.annotation("a1", *test_hypothesis.at("Donald Trump"), tags=["x"], text="said")
    bidi = "Ana \u202etold\u202c us.\r\nNext\u2028line\x0c."
    least = test_label_studio.least(label=[{"start": 0, "end": 3, "text": "Ana", "labels": ["PER"]}], tone="Good")
    body = p("One", r("two", "<w:b/>")) + p('<w:ins w:author="x"><w:r><w:t>new</w:t></w:r></w:ins>')
    body += "<w:tbl><w:tr><w:tc>" + p("cell") + "</w:tc></w:tr></w:tbl>"
    return {
        "text": [{"a.txt": b"One two.\n\nThree.\n"}, {"b.md": bidi.encode()}, {"c.txt": "Grüße".encode("utf-16")}],
        "html": [
            {"a.html": _HTML.encode()},
            {
                "b.mht": b"MIME-Version: 1.0\nContent-Type: multipart/related; "
                b'boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: '
                b"quoted-printable\n\n" + _HTML.encode() + b"\n--b--\n"
            },
        ],
        "docx": [{"a.docx": word(body, footnotes='<w:footnote w:id="1">' + p("note") + "</w:footnote>")}],
        "pdf": [{"a.pdf": pdf(marked, Page(b"BT /F1 9 Tf (x) Tj ET"))}],
        "epub": [{"a.epub": test_epub.epub("<h1>One</h1><p>First</p>", "<p>Second</p>")}],
        "label-studio-min": [{"a.json": _json([least])}],
        "taguette": [{"a.sqlite3": taguette.read_bytes()}],
        "argilla": [{"a.jsonl": _json(test_argilla.HUB) + b"\n"}, {"b.json": _json([test_argilla.NESTED])}],
        "inception": [{"project.zip": test_inception.packed(test_inception.MEMBERS)}],
        "gate-xml": [{"a.xml": test_gate.XML.encode()}],
        "hypothesis": [{"a.json": _json({"total": 1, "rows": [said]})}],
        "summedits": [{"a.jsonl": _json(test_summedits.ROW) + b"\n" + _json(test_summedits.CONSISTENT) + b"\n"}],
        "frank": [{"a.json": _json([test_frank.SENTENCES])}],
        "checkthat": [{"a.tsv": debate}, {"b.tsv": test_checkthat.TWEETS.encode()}],
    }


def format_seeds(folder: Path, names: Collection[str], shared: Path | None) -> dict[str, list[Files]]:
    """Return files of formats that are read, by name; real ones too, if there is a folder of them."""
    seeds = _written(folder, names)
    for found in (_by_hand(folder), _real(shared) if shared is not None else {}):
        for name, files in found.items():
            seeds.setdefault(name, []).extend(files)
    return {name: [_small(each) for each in files] for name, files in seeds.items() if name in names}


def _small(files: Files) -> Files:
    """Return the files without the end of large ones: of tables and lines there are as good ones before it."""
    binary = (b"PK", b"SQLite", b"PAR1", b"%PDF", b"x\x9c")
    return {name: data if data.startswith(binary) else data[:LARGEST] for name, data in files.items()}


def _real(shared: Path) -> dict[str, list[Files]]:
    registry, found = Registry(), dict[str, list[Files]]()
    for path in sorted(each for each in (shared / "data").rglob("*") if each.is_file()):
        if path.stat().st_size > LARGEST or path.suffix == ".md":
            continue
        try:
            detected = registry.for_file(path)
        except StetError:
            continue
        if detected is not None and len(found.setdefault(detected.format.name, [])) < 12:
            companion = path.with_suffix(".txt")
            beside = {companion.name: companion.read_bytes()} if companion.is_file() and companion != path else {}
            found[detected.format.name].append({path.name: path.read_bytes(), **beside})
    return found


def scheme_seeds() -> list[Files]:
    """Return schemes in our own words and in those of other tools."""
    own: list[Files] = [{f"{name}.toml": scheme_source(name).encode()[:20_000]} for name in SHIPPED]
    return own + [{name: data} for name, data in _SCHEMES.items()]


def project_seeds(folder: Path) -> list[Files]:
    """Return project files with work of two people, as sources of a merge."""
    session = team_project(folder / "guest.stet")
    session.close()
    return [_files_of(folder / "guest.stet")]


_ODD = (
    None,
    "",
    "x",
    "\0",
    "{",
    "[]",
    "{}",
    "null",
    '[["a"]]',
    "[[5, 2]]",
    "-1",
    -1,
    2**62,
    1.5,
    b"",
    b"\xff\xfe",
    "x" * 100_000,
)


def spoil_row(path: Path, choose: Callable[[Sequence[Any]], Any]) -> None:
    """Put an odd value into a cell of a project's tables, as its own triggers and checks would never let it in."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints=ON")
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
        table = choose([each for each in tables if not each.startswith("sqlite_")])
        column = choose([row[1] for row in connection.execute(f"PRAGMA table_info({table})")])
        (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        if rows:
            one = f"(SELECT {column} FROM {table} LIMIT 1 OFFSET {choose(range(rows))})"
            # Another row may have the value, or it isn't of the table's kind.
            with suppress(sqlite3.Error):
                connection.execute(f"UPDATE {table} SET {column}=? WHERE {column} IS {one}", (choose(_ODD),))
        connection.commit()
