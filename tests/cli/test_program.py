"""The program as a whole: which face it shows, its exit codes, its manners, and that it starts fast."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import __main__, __version__, paths
from app.cli.catalogue import COMMANDS
from app.cli.main import cli
from app.core.record import DocumentRecord
from app.services.importing.document_import import import_documents
from app.session.session import Session
from app.storage import records
from tests.cli.conftest import Ran, Stet
from tests.unit.exchange.build import exported, plain, record, written
from tests.unprivileged import needs_permissions, write_protected

# -- help --------------------------------------------------------------------------------------------------------------


def _manual() -> str:
    return (paths.resources() / "help" / "command-line.md").read_text(encoding="utf-8")


def _section(name: str) -> str:
    return re.split(r"^## ", _manual(), flags=re.MULTILINE)[[*_headings()].index(f"stet {name}") + 1]


def _headings() -> list[str]:
    return re.findall(r"^## (.*)$", _manual(), re.MULTILINE)


def test_the_manual_has_every_command_in_order() -> None:
    assert [heading for heading in _headings() if heading.startswith("stet ")] == [f"stet {name}" for name in COMMANDS]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_from_the_manual(stet: Stet, name: str) -> None:
    ran = stet(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    examples = [line.strip() for line in ran.out.split("Example:")[1].split("Options:")[0].splitlines() if line.strip()]
    assert examples
    for example in examples:
        assert example.startswith("stet ")
        assert example in _section(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_in_the_manual(name: str) -> None:
    command = cli.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    commands = [command, *getattr(command, "commands", {}).values()]
    for parameter in [parameter for each in commands for parameter in each.params]:
        if parameter.param_type_name == "option":
            assert parameter.opts[0] in _section(name), parameter.opts
            assert parameter.help  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_the_manual_are_understood(name: str) -> None:
    """Every option of an example exists; what the commands do with them other tests show."""
    import shlex

    import click

    blocks = re.findall(r"```\n(.*?)```", _section(name), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert lines
    for line in lines:
        words = shlex.split(re.split(r" [|>] ", line)[0])
        assert words[:2] == ["stet", name]
        command = cli.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        command.make_context(name, words[2:], parent=click.Context(cli))


def test_the_group_lists_the_commands(stet: Stet) -> None:
    ran = stet("--help")
    assert ran.code == 0
    assert all(entry.summary in ran.out for entry in COMMANDS.values())


# -- which face --------------------------------------------------------------------------------------------------------


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Catch what the window would be opened with."""
    import app.bootstrap

    opened: list[tuple[object, ...]] = []

    def run_window(project: Path | None = None, annotator: str | None = None, *, sample: bool = False) -> int:
        opened.append((project, annotator, sample))
        return 0

    monkeypatch.setattr(app.bootstrap, "run_window", run_window)
    return opened


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], (None, None, False)),
        (["news.stet"], (Path("news.stet"), None, False)),
        (["news.stet", "--as", "ana"], (Path("news.stet"), "ana", False)),
        (["--as=ana", "news.stet"], (Path("news.stet"), "ana", False)),
        (["--as", "ana"], (None, "ana", False)),
        (["--sample"], (None, None, True)),
        (["--sample", "--as", "ana"], (None, "ana", True)),
        (["import.stet"], (Path("import.stet"), None, False)),
    ],
)
def test_the_window_opens_with_what_was_asked_for(windows, arguments: list[str], expected: tuple[object, ...]) -> None:
    assert __main__.main(arguments) == 0
    assert windows == [expected]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["imprt", "news.stet"], "“imprt” is neither a command nor a project; did you mean “import”?"),
        (["--nonsense"], "no such option: --nonsense"),
        (["--as"], "--as needs a name"),
        (["--as", " "], "--as needs a name"),
        (["--as", "a\nb"], "--as: a name can't contain line breaks"),
        (["--as", "x" * 201], "--as: a name of 201 characters is too long; the maximum is 200"),
        (["a.stet", "b.stet"], "only one project can be opened"),
        (["a.stet", "--sample"], "--sample opens the sample project"),
    ],
)
def test_wrong_use_opens_nothing(windows, capsys: pytest.CaptureFixture[str], arguments: list[str], what: str) -> None:
    assert __main__.main(arguments) == 2
    assert windows == []
    assert what in capsys.readouterr().err


def test_every_command_rejects_an_invalid_annotator_name(stet: Stet, sample: Path) -> None:
    stet.write("x.txt", "x")
    for name in ("", " ", "a\nb", "x" * 201):
        for command in (["new", "b.stet", "--sample"], ["import", sample, "x.txt"], ["scheme", sample, "apply", "ner"]):
            ran = stet(*command, "--as", name)
            assert (ran.code, ran.out) == (2, "")
            assert ran.err.startswith("stet: --as: a name ")
    assert [row["name"] for row in stet("list", sample, "annotators", "--json").rows()] == ["ana"]
    assert not Path("b.stet").exists()


def test_a_command_opens_no_window(windows, capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["--version"]) == 0
    assert capsys.readouterr().out == f"stet {__version__}\n"
    assert __main__.main(["formats"]) == 0
    assert windows == []


# -- exit codes and manners --------------------------------------------------------------------------------------------


def test_wrong_use_ends_with_2_and_says_where_help_is(stet: Stet) -> None:
    for arguments in (("import",), ("list", "a.stet", "cats"), ("export", "a.stet", "x", "--nonsense"), ("nonsense",)):
        ran = stet(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert re.fullmatch(r"stet: .*; try: stet.* --help\n", ran.err)


def test_what_can_not_be_done_ends_with_1_and_says_what_to_do(stet: Stet) -> None:
    ran = stet("list", "none.stet")
    assert (ran.code, ran.err) == (1, "stet: none.stet: no such project; create one with: stet new none.stet\n")
    stet.write("a.stet", "text")
    assert (
        stet("list", "a.stet").err == "stet: a.stet: this isn't a Stet project; open a .stet file; import text files\n"
    )


def test_a_real_process_behaves_the_same(stet: Stet) -> None:
    assert stet.real("new", "a b é.stet").code == 0
    stet.write("ü.txt", "Grüße 😀")
    assert stet.real("import", "a b é.stet", "ü.txt").out == "imported 1 new document\n"
    assert stet.real("list", "a b é.stet", "--json").rows()[0]["name"] == "ü.txt"
    assert stet.real("list", "none.stet").code == 1
    assert stet.real("list").code == 2
    assert stet.real("imprt").code == 2


def test_no_command_loads_qt_or_spacy(stet: Stet, sample: Path) -> None:
    script = (
        "import json, sys; from app.__main__ import main\n"
        "for arguments, unwanted in json.loads(sys.argv[1]):\n"
        "    code = main(arguments)\n"
        "    bad = set(unwanted) & {name.partition('.')[0] for name in sys.modules}\n"
        "    if code or bad: sys.exit(f'{arguments}: {code}, loaded {bad}')\n"
    )
    stet.write("x.txt", "x")
    environment = {**os.environ, "PYTHONPATH": str(paths.resources().parent)}
    reading = [
        ["--version"],
        ["list", "sample.stet"],
        ["search", "sample.stet", "the"],
        ["scheme", "sample.stet"],
        ["log", "sample.stet"],
        ["formats"],
    ]
    others = [
        ["new", "a.stet"],
        ["import", "a.stet", "x.txt"],
        ["export", "sample.stet", "a.jsonl"],
        ["export", "sample.stet", "t.jsonl", "--format", "training"],
        ["check", "sample.stet"],
        ["backup", "sample.stet"],
    ]
    never = ("PySide6", "shiboken6", "spacy")
    commands = [*((each, (*never, "filelock")) for each in reading), *((each, never) for each in others)]
    whole = [sys.executable, "-P", "-c", script, json.dumps(commands)]
    ran = subprocess.run(whole, capture_output=True, env=environment)
    assert ran.returncode == 0, ran.stderr.decode()


def test_the_version_is_shown_without_loading_any_command(stet: Stet) -> None:
    script = (
        "import sys; from app.__main__ import main; main(['--version']); "
        "print([name for name in sys.modules if name.startswith(('app.storage', 'app.session', 'sqlite', 'msgspec'))])"
    )
    environment = {**os.environ, "PYTHONPATH": str(paths.resources().parent)}
    ran = subprocess.run([sys.executable, "-P", "-c", script], capture_output=True, env=environment, check=True)
    assert ran.stdout.decode().splitlines() == [f"stet {__version__}", "[]"]


@pytest.mark.skipif(os.name == "nt", reason="pipes close otherwise there")
def test_a_reader_that_goes_away_is_no_error(stet: Stet) -> None:
    stet("new", "a.stet")
    stet.write("a.jsonl", written(record("x" * 1000, uid=f"d{n}", name=str(n)) for n in range(500)))
    stet("import", "a.stet", "a.jsonl")
    for command in (["export", "a.stet", "-"], ["list", "a.stet"], ["list", "a.stet", "--json"]):
        process = stet.process(*command)
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        error = process.stderr.read()
        process.stderr.close()
        assert (process.wait(timeout=30), error) == (0, b"")


def test_while_a_window_is_open_commands_read_but_cannot_write(stet: Stet, sample: Path) -> None:
    window = Session.open(sample, annotator="ana")
    try:
        stet.write("x.txt", "x")
        for command in (["list"], ["check"], ["log"], ["backup"], ["scheme"], ["search", "the"], ["export", "o.jsonl"]):
            assert stet.real(command[0], sample, *command[1:]).code == 0
        for command in (["import", "x.txt"], ["scheme", "apply", "ner"]):
            ran = stet.real(command[0], sample, *command[1:])
            assert ran.code == 1
            assert re.search(
                rf"is open for writing in process {os.getpid()} on .* since .*; close it there first", ran.err
            )
    finally:
        window.close()


def test_progress_is_shown_on_a_terminal_only(stet: Stet, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.cli.console import ProgressLine

    stet("new", "a.stet")
    stet.write("a.jsonl", b"".join(written([record(uid=f"d{n}", name=str(n))]) for n in range(300)))
    assert stet("import", "a.stet", "a.jsonl").err == ""
    shown: list[str] = []
    monkeypatch.setattr("click.echo", lambda text, **_: shown.append(text))
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with ProgressLine("importing") as progress:
        progress(50, 100, "1 document")
        progress(60, 100, "too soon to be shown")
    assert [text.strip("\r ") for text in shown] == ["importing  50 %  1 document", ""]


def test_an_export_during_the_first_import_is_empty_and_says_so(stet: Stet) -> None:
    stet("new", "a.stet")
    window = Session.open(Path("a.stet"), annotator="ana")
    ran: list[Ran] = []

    def records() -> Iterator[DocumentRecord]:
        for number in range(1200):
            if number == 1100:  # most of them are written, none is there for others
                ran.append(stet.real("export", "a.stet", "during.jsonl"))
            yield record("word " * 200, uid=f"d{number}", name=str(number))

    try:
        import_documents(window, records(), title="Import")
        ran.append(stet.real("export", "a.stet", "after.jsonl"))
    finally:
        window.close()
    during, after = ran
    assert during.err.startswith("stet: exported 0 documents to during.jsonl\n")
    assert "nothing exported, as the project has no documents until the running import is finished" in during.err
    assert Path("during.jsonl").read_bytes() == b""
    assert after.err == "stet: exported 1,200 documents to after.jsonl\n"
    assert len(Path("after.jsonl").read_bytes().splitlines()) == 1200


def test_an_export_of_nothing_says_why(stet: Stet, sample: Path) -> None:
    stet("new", "a.stet")
    assert "nothing exported, as the project has no documents" in stet("export", "a.stet", "-").err
    ran = stet("export", sample, "-", "--where", "name=nonsense")
    assert (ran.code, ran.out) == (0, "")
    assert "nothing exported, as no documents match the conditions" in ran.err


@needs_permissions
def test_reading_commands_work_on_a_write_protected_project(
    stet: Stet, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("shared")
    project = folder / "news.stet"
    stet("new", project, "--sample")
    (folder / ".news.stet.lock").unlink(missing_ok=True)
    stet.write("x.txt", "x")
    with write_protected(project, folder):
        for command in (["list"], ["export", "o.jsonl"], ["search", "the"], ["check"], ["log"], ["scheme"]):
            ran = stet(command[0], project, *command[1:])
            assert (ran.code, "Error" in ran.err) == (0, False), command
        assert stet("backup", project, "copy.stet").code == 0
        for command in (["import", project, "x.txt"], ["scheme", project, "apply", "ner"]):
            ran = stet(*command)
            assert (ran.code, ran.out) == (1, "")
            assert "write-protected; change its permissions, or copy it to a folder you can write to" in ran.err
        assert [path.name for path in folder.iterdir()] == ["news.stet"]


# -- killed at any moment ----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL there")
@pytest.mark.parametrize("stop", ["SIGKILL", "SIGINT"])
def test_an_import_that_is_killed_leaves_the_project_as_it_was(stet: Stet, sample: Path, stop: str) -> None:
    before = _content(sample)
    line = written([record("word " * 400)])
    with Path("big.jsonl").open("wb") as file:
        for number in range(30_000):
            file.write(line.replace(b'"d1"', b'"k%d"' % number, 1))
    kept = 0
    for delay_s in (0.2, 0.4, 0.7, 1.0, 1.3, 1.7, 2.2, 3.0):
        process = stet.process("import", sample, "big.jsonl")
        time.sleep(delay_s)
        process.send_signal(getattr(signal, stop))
        _, error = process.communicate(timeout=60)
        if stop == "SIGINT" and process.returncode != 0:
            # Before the command begins, while Python still loads it, Python itself answers, or nobody.
            assert error.strip() in (b"", b"stet: stopped") or b"KeyboardInterrupt" in error
        assert stet("check", sample).code == 0
        if _content(sample) != before:
            break  # it was whole before the signal came
        kept += 1
    else:
        assert stet("import", sample, "big.jsonl").code == 0
    assert kept
    assert stet("list", sample, "--json").out.count("\n") == 30_006


def _content(path: Path) -> bytes:
    session = Session.open(path)
    try:
        return exported(session)
    finally:
        session.close()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL there")
def test_an_export_that_is_killed_leaves_the_old_file(stet: Stet) -> None:
    stet("new", "a.stet")
    with Path("big.jsonl").open("wb") as file:
        line = written([record("word " * 400)])
        for number in range(30_000):
            file.write(line.replace(b'"d1"', b'"k%d"' % number, 1))
    stet("import", "a.stet", "big.jsonl")
    Path("out.jsonl").write_text("old")
    for delay_s in (0.3, 0.5, 0.7):
        process = stet.process("export", "a.stet", "out.jsonl")
        time.sleep(delay_s)
        process.kill()
        process.communicate(timeout=60)
        assert Path("out.jsonl").read_bytes() in (b"old", Path("big.jsonl").read_bytes())


def test_a_file_of_the_wrong_kind_is_never_run(stet: Stet) -> None:
    import pickle

    class Evil:
        def __reduce__(self):
            return (os.mkdir, ("evil",))

    stet("new", "a.stet")
    stet.write("m.jsonl", pickle.dumps(Evil()))
    assert stet("import", "a.stet", "m.jsonl").code == 1
    assert stet("import", "a.stet", "m.jsonl", "--format", "stet").code == 1
    assert not Path("evil").exists()


def test_markup_in_texts_and_names_is_only_text(stet: Stet) -> None:
    odd = '<b>a</b><img src="file:///etc/passwd"> a<b and c>d =cmd|x'
    stet("new", "a.stet")
    stet.write("a.jsonl", written([record(odd, name=odd)]))
    stet("import", "a.stet", "a.jsonl")
    (row,) = stet("list", "a.stet", "--json").rows()
    assert row["name"] == odd
    assert stet("export", "a.stet", "-").out.encode() == Path("a.jsonl").read_bytes()
    assert plain(odd)["text"] == odd


def test_too_little_memory_is_told_and_nothing_is_written(stet: Stet, monkeypatch: pytest.MonkeyPatch) -> None:
    assert stet("new", "p.stet", "--scheme", "ner").code == 0
    stet.write("a.txt", "Ana.\n")
    monkeypatch.setattr(records, "count_words", lambda _text: len(bytearray(2**60)))
    ran = stet("import", "p.stet", "a.txt")
    assert ran.code == 1
    assert "stet: there isn't enough memory for this; close other programs" in ran.err
    assert stet("list", "p.stet", "documents", "--json").rows() == []
