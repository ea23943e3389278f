"""Inputs 27 to 30 and 46: archives, Word files and pickles that do harm, through the command line."""

import io
import os
import pickle
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Stet
from tests.unit.exchange import test_inception
from tests.unit.exchange.word_file import p, r, word

_MIB = 1 << 20
_LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">{}]>'.format(
    "".join(f'<!ENTITY {chr(99 + at)} "{f"&{chr(98 + at)};" * 9}">' for at in range(8))
)
_OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
_LINK = zipfile.ZipInfo("source/link.txt")
_LINK.external_attr = (stat.S_IFLNK | 0o777) << 16


def packed(members: dict[str | zipfile.ZipInfo, bytes]) -> bytes:
    """Return a ZIP file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return made.getvalue()


def project_with(**more: bytes) -> dict[str | zipfile.ZipInfo, bytes]:
    """Return the members of a project of INCEpTION, with more of them."""
    plain = {name: data.encode() if isinstance(data, str) else data for name, data in test_inception.MEMBERS.items()}
    return {**plain, **more}


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
@pytest.mark.parametrize("largest", [8, pytest.param(512, marks=pytest.mark.slow)])
def test_input_27_bombs_are_stopped(largest: int, tmp_path: Path) -> None:
    """Try with a smaller bound for a text than that of 512 MiB, for which everything takes a minute."""
    zeros = b" " * ((largest + 1) * _MIB)
    bomb = packed({"word/document.xml": zeros})
    (tmp_path / "bomb.zip").write_bytes(packed({**project_with(), "annotation/two.txt/ana.json": zeros}))
    (tmp_path / "nested.zip").write_bytes(packed({"annotation/a/b.zip": bomb, **project_with()}))
    (tmp_path / "bomb.xlsx").write_bytes(bomb)
    code = (
        "import pathlib, re, sys; from app.cli.main import run; from app.exchange import archive\n"
        f"archive.LARGEST = {largest} << 20\n"
        "codes = [run(['new', 'p.stet'])] + [run(['import', 'p.stet', name]) for name in sys.argv[1:]]\n"
        # ru_maxrss begins with what the process had that started this one.
        "peak = re.search(r'VmHWM:\\s*(\\d+)', pathlib.Path('/proc/self/status').read_text())[1]\n"
        "print(codes, int(peak) // 1024)"
    )
    command = [sys.executable, "-c", code, "bomb.zip", "nested.zip", "bomb.xlsx"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=variables, check=False)
    assert "Traceback" not in done.stderr
    codes, _, peak = done.stdout.strip().splitlines()[-1].rpartition(" ")
    assert codes == "[0, 1, 1, 1]", done.stderr
    assert f"unpacks to more than {largest} MiB" in done.stderr
    assert int(peak) < 400 + 2 * largest, f"{peak} MiB"
    assert {path.name for path in tmp_path.iterdir()} >= {"p.stet", "bomb.zip"}
    assert not list(tmp_path.glob(".*part"))


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/stet-out.txt", "C:\\out.txt", "..\\out.txt"])
def test_input_28_names_that_lead_out(name: str, stet: Stet) -> None:
    Path("a.zip").write_bytes(packed({**project_with(), f"source/{name}" if name[0] == "." else name: b"x"}))
    ran = stet("import", "p.stet", "a.zip", "--format", "inception")
    assert (ran.code, "leads out of it" in ran.err) == (1, True), ran.err
    assert not [path for path in stet.folder.parent.glob("out.txt")]


def test_input_28_links_and_odd_names_are_only_bytes(stet: Stet) -> None:
    members = {**project_with(), _LINK: b"/etc/passwd", "source/CON": b"x", "source/ONE.txt": b"y"}
    Path("a.zip").write_bytes(packed(members))
    ran = stet("import", "p.stet", "a.zip")
    assert "Traceback" not in ran.err
    assert "root:" not in Path("p.stet").read_bytes().decode("latin-1")


@pytest.mark.parametrize("trick", [_LAUGHS, _OUTSIDE])
def test_input_29_entities_in_a_word_file(trick: str, stet: Stet) -> None:
    plain = zipfile.ZipFile(io.BytesIO(word(p("One &amp; two"))))
    members = {each: plain.read(each) for each in plain.namelist()}
    head = b'<?xml version="1.0" encoding="UTF-8"?>'
    body = members["word/document.xml"].replace(head, head + trick.encode()).replace(b"&amp;", b"&x;&h;")
    Path("a.docx").write_bytes(packed({**members, "word/document.xml": body}))
    ran = stet("import", "p.stet", "a.docx")
    assert (ran.code, "entities" in ran.err) == (1, True), ran.err


def test_input_30_what_is_taken_of_a_word_file(stet: Stet) -> None:
    added = '<w:ins w:author="x"><w:r><w:t> added</w:t></w:r></w:ins>'
    body = p("Kept", added, "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>")
    Path("a.docx").write_bytes(word(body + p(r("two"))))
    assert stet("import", "p.stet", "a.docx").code == 0
    assert stet("search", "p.stet", "added").code == 0
    assert not stet("search", "p.stet", "gone", "--json").rows()


def test_input_46_pickles_and_yaml_with_code_are_not_run(stet: Stet) -> None:
    class Bad:
        def __reduce__(self) -> tuple[object, ...]:
            return (open, ("was-run", "w"))

    Path("a.jsonl").write_bytes(pickle.dumps(Bad()))
    Path("a.yml").write_text("edits: !!python/object/apply:builtins.open [was-run, w]\n", encoding="utf-8")
    assert stet("import", "p.stet", "a.jsonl").code == 1
    assert stet("scheme", "p.stet", "check", "a.yml").code == 1
    Path("model").mkdir()
    Path("model/meta.json").write_bytes(pickle.dumps(Bad()))
    assert stet("suggest", "p.stet", "--with", f"spacy:{stet.folder}/model").code != 0
    assert not Path("was-run").exists()
