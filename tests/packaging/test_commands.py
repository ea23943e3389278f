"""The two commands of the README: what they start, and that what ships with them fits together."""

import ast
import configparser
import re
import runpy
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import checks
import environment
import launch
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
SCRIPTS = ("run.py", "test.py")

# Old Pythons


@pytest.mark.parametrize("script", SCRIPTS)
def test_an_old_python_gets_one_clear_line(script, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(PACKAGING / script), run_name="__main__")
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "Python 3.11 or newer is needed, this is 3.10" in said


@pytest.mark.parametrize("script", SCRIPTS)
def test_any_python_can_parse_the_scripts_to_the_version_check(script):
    source = (PACKAGING / script).read_bytes()
    # Syntax that an older Python refuses would stop it before the check, with a traceback.
    newer = (ast.JoinedStr, ast.FunctionDef, ast.AnnAssign, ast.NamedExpr, ast.Match)
    assert source.isascii()
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, newer)]


# What the commands start


@pytest.mark.parametrize(
    ("arguments", "window"),
    [
        (["--sample"], True),
        (["work.stet"], True),
        (["--as", "ana", "work.stet"], True),
        (["list", "work.stet"], False),
        (["--help"], False),
        (["--version"], False),
    ],
)
def test_qt_is_looked_after_only_when_a_window_is_wanted(arguments, window):
    assert launch.opens_window(arguments) is window


def test_other_arguments_go_to_pytest_in_their_order():
    options, for_pytest = checks.parse(["tests/unit", "--slow", "-k", "undo or redo", "-x"])
    assert options.slow
    assert not options.only_tests
    assert for_pytest == ["tests/unit", "-k", "undo or redo", "-x"]


def test_the_checks_run_in_order_and_the_tests_come_last(tmp_path):
    options, for_pytest = checks.parse(["-x"])
    plan = checks.plan(environment.Environment(tmp_path), options, for_pytest)
    assert [check.title.split()[0] for check in plan] == ["style", "format", "floors", "types", "tests"]
    assert plan[-1].command[-3:] == ("-m", "not slow", "-x")


def test_a_check_beside_the_others_is_told_of_and_counts(tmp_path, capfd):

    def check(title: str, code: str, *, is_beside: bool = False) -> checks.Check:
        return checks.Check(title, (sys.executable, "-c", code), is_beside=is_beside)

    wrong = "import sys; print('one error'); sys.exit(1)"
    planned = [check("types", wrong, is_beside=True), check("tests", "print('three tests')")]
    failed = checks._failed(planned, environment.Environment(tmp_path), environment.child_environment())
    assert failed == ["types"]
    said = capfd.readouterr().out
    assert said.index("three tests") < said.index("one error") < said.index("failed with exit code 1")


def test_a_check_that_is_beside_ends_with_the_others(tmp_path):
    endless = checks.Check("types", (sys.executable, "-c", "import time; time.sleep(600)"), is_beside=True)
    broken = checks.Check("tests", ("/no/such/program",))
    with pytest.raises(OSError):
        checks._failed([endless, broken], environment.Environment(tmp_path), environment.child_environment())


def test_a_check_that_hangs_is_ended_and_fails(tmp_path, capfd):
    hang = "import faulthandler, time; faulthandler.enable(); print('begun', flush=True); time.sleep(600)"
    hung = checks.Check("tests", (sys.executable, "-c", hang), seconds=1)
    assert checks._failed([hung], environment.Environment(tmp_path), environment.child_environment()) == ["tests"]
    said = capfd.readouterr()
    assert "not done after 1 s: ended" in said.out
    assert 'File "<string>", line 1' in said.err


def test_a_test_that_hangs_is_named_and_the_run_ends(tmp_path):
    (tmp_path / "test_sample.py").write_text("import time\ndef test_hangs():\n    time.sleep(600)\n", encoding="utf-8")
    options, _ = checks.parse(["--only-tests"])
    (tests,) = checks.plan(environment.Environment(tmp_path), options, [])
    command = (
        sys.executable,
        *tests.command[1:],
        "-n",
        "1",
        "-o",
        "faulthandler_timeout=1",
        "--max-worker-restart",
        "0",
    )
    said = subprocess.run(
        (*command, "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path), str(tmp_path)),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert "crashed while running 'test_sample.py::test_hangs'" in said.stdout
    assert "in test_hangs" in said.stderr


def test_slow_tests_run_on_request_and_checks_can_be_skipped(tmp_path):
    options, for_pytest = checks.parse(["--slow", "--only-tests"])
    (tests,) = checks.plan(environment.Environment(tmp_path), options, for_pytest)
    assert tests.command[-2:] == ("-m", "")


# What ships


def test_the_constraints_pin_every_direct_dependency_exactly():
    lines = (PACKAGING / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", pin) for pin in pins)
    versions = {_normal(pin.split("==")[0]): pin.split("==")[1] for pin in pins}
    assert len(versions) == len(pins)
    assert not {"pip", "setuptools", "stet-workbench"} & set(versions)
    assert versions["pyside6-essentials"] == versions["shiboken6"]

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for requirement in (*project["dependencies"], *(each for extra in extras.values() for each in extra)):
        name = _normal(re.match(r"[A-Za-z0-9._-]+", requirement).group())
        assert name in versions or name == _normal(project["name"])


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_desktop_entry_and_the_file_type_agree():
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(PACKAGING / "stet.desktop", encoding="utf-8")
    kind = ElementTree.parse(PACKAGING / "stet-mime.xml").getroot()[0]
    assert entry["Desktop Entry"]["MimeType"] == f"{kind.get('type')};"
    assert any(child.get("pattern") == "*.stet" for child in kind)


def test_the_readmes_quick_start_is_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    fenced = [
        line.strip() for block in re.findall(r"```[^\n]*\n(.*?)```", readme, re.DOTALL) for line in block.split("\n")
    ]
    for script in SCRIPTS:
        # A comment may follow the command.
        assert any(re.fullmatch(rf"python packaging/{script}(\s+#.*)?", line) for line in fenced)
        assert (PACKAGING / script).is_file()


@pytest.mark.skipif(
    not environment.Environment().is_ready(("en",)),
    reason=".venv is not of packaging/test.py's making, and a test must not install anything",
)
def test_the_run_command_answers_without_installing_anything():
    result = subprocess.run(
        [sys.executable, "packaging/run.py", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert "stet" in result.stdout.lower()
