"""What is installed is what was published, complete, and has no known weakness."""

import re
import tomllib

import audit
import locks
import pytest

LISTS = (locks.RUN, locks.TEST, locks.BUILD)


def _required(*extras):
    project = tomllib.loads((locks.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        for each in project["optional-dependencies"][extra]:
            inner = re.match(rf"{project['name']}\[([^]]+)\]", each)
            wanted += _required(*inner[1].split(",")) if inner else [each]
    return [locks.normal(re.match(r"[A-Za-z0-9._-]+", each).group()) for each in wanted]


@pytest.mark.parametrize("name", LISTS)
def test_every_release_has_the_hashes_of_its_files(name):
    releases = list(locks.locked(name))
    assert releases
    assert all(each.hashes for each in releases)
    text = (locks.FOLDER / name).read_text(encoding="utf-8")
    assert "://" not in text, "where packages come from is for each machine to say"
    # Every line is a release, a hash of it, or a comment.
    assert all(re.match(r"#|    --hash=sha256:|[\w.-]+(\[[\w,-]+\])?==", line) for line in text.splitlines())


@pytest.mark.parametrize("name", LISTS)
def test_the_versions_are_those_of_the_constraints(name):
    pins = dict(
        (locks.normal(line.split("==")[0]), line.split("==")[1])
        for line in locks.CONSTRAINTS.read_text(encoding="utf-8").splitlines()
        if "==" in line and not line.startswith("#")
    )
    assert not [each for each in locks.locked(name) if each.version != pins.get(each.name, each.version)]


@pytest.mark.parametrize("name", locks.EXTRAS)
def test_a_list_has_all_that_its_extras_need(name):
    listed = {each.name for each in locks.locked(name)}
    assert set(_required(*locks.EXTRAS[name])) <= listed, "run: python packaging/locks.py"


def test_the_two_commands_ask_for_what_the_lists_have():
    import checks
    import launch

    assert (locks.lock_for(launch._EXTRAS), locks.lock_for(checks._EXTRAS)) == (locks.RUN, locks.TEST)


def test_files_of_other_systems_are_covered():
    text = (locks.FOLDER / locks.RUN).read_text(encoding="utf-8")
    assert "colorama==" in text or "pywin32-ctypes==" in text  # Windows alone needs these
    assert {each.name: each.hashes for each in locks.locked(locks.RUN)}["numpy"] > 20


def test_no_release_has_a_known_weakness():
    assert not list(audit.weak(audit.known(), audit.pinned()))


def test_a_listed_release_is_told():
    listed = {"jinja2": [{"id": "X-1", "below": "3.1.6", "what": "a way out"}, {"id": "X-2", "versions": ["3.2.0"]}]}
    assert len(list(audit.weak(listed, {("jinja2", "3.1.5")}))) == 1
    assert not list(audit.weak(listed, {("jinja2", "3.1.6"), ("jinja2", "3.10"), ("click", "1.0")}))
    listed["jinja2"][1]["what"] = "another"
    (line,) = audit.weak(listed, {("jinja2", "3.2.0")})
    assert line.startswith("jinja2 3.2.0: X-2, another;")


def test_news_are_added_to_the_list():
    answered = [
        {"name": "Jinja2", "version": "3.1.4", "vulns": [{"id": "X-1", "description": "a\nway", "fix_versions": []}]},
        {"name": "click", "version": "8.5.1", "vulns": []},
        {"name": "private", "skip_reason": "unknown"},
    ]
    listed = audit.merged({"jinja2": [{"id": "X-1", "below": "3.1.6", "what": "known"}]}, answered)
    assert listed == {"jinja2": [{"id": "X-1", "below": "3.1.6", "what": "known", "versions": ["3.1.4"]}]}
    assert audit.merged({}, answered) == {"jinja2": [{"id": "X-1", "what": "a way", "versions": ["3.1.4"]}]}
