"""Pages and bytes that change, and files that are cut off, through every command and the window.

Whatever is damaged: no command crashes, hangs, or writes into it; and what it says and writes is either what it says
and writes of the whole file, or it ends with an error in words.
"""

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from pytestqt.qtbot import QtBot

from app.cli.main import cli
from app.core.errors import StetError
from app.storage.preflight import broken_links, require_project, run_check
from app.storage.soundness import is_sound
from tests.driver import Driver
from tests.trust.figures import record
from tests.trust.worked_project import make

PAGE = 4096
SLOWEST_S = 10.0
SAMPLE, WHOLE = 10, 1000
SEED = 14
P = "p.stet"
_ALONE = "mode=ro&immutable=1"

# What only shows, or writes elsewhere: its result is compared with that of the whole file.
READERS: dict[str, tuple[str, ...]] = {
    "list documents": ("list", P, "--json"),
    "list annotations": ("list", P, "annotations", "--json"),
    "list conflicts": ("list", P, "conflicts", "--json"),
    "search": ("search", P, "senator"),
    "concordance": ("concordance", P, "senator", "--json"),
    "agreement": ("agreement", P, "--json"),
    "insights": ("insights", P, "labels", "--json"),
    "log": ("log", P),
    "scheme": ("scheme", P, "show"),
    "jsonl": ("export", P, "out.jsonl"),
    "training": ("export", P, "out.jsonl", "--format", "training", "--all"),
    "conll": ("export", P, "out.conll", "--format", "conll", "--as", "ana", "--layer", "entity"),
    "csv": ("export", P, "out.csv", "--format", "csv"),
    "bundle": ("bundle", P, "out.stet", "--for", "ana", "--json"),
    "merge source": ("merge", "home.stet", P, "--dry-run", "--json"),
    "suggest": ("suggest", P, "--with", "patterns", "--as", "ben", "--dry-run"),
    "substitutions": ("substitutions", P),
    "feedback": ("feedback", P, "--as", "ana", "--json"),
    "lint": ("lint", P, "--json"),
}
# What writes into the project: it may only do so where the check finds nothing wrong.
WRITERS: dict[str, tuple[str, ...]] = {
    "import": ("import", P, "new.txt"),
    "assign": ("assign", P, "--to", "zoe"),
    "merge target": ("merge", P, "guest.stet"),
    "review": ("review", P, "--auto", "unanimous", "--as", "rina"),
    "migrate": ("scheme", P, "migrate", "--rename", "entity.GPE=PLACE", "--as", "lead"),
    "rename": ("document", P, "rename", "d04.txt", "--to", "other.txt", "--as", "lead"),
    "mark all": ("concordance", P, "parliament", "--mark", "entity/ORG", "--as", "cara"),
    "edit text": ("edit-text", P, "d02.txt", "--replace", "Opening", "Start", "--as", "lead"),
    "backup": ("backup", P),
}
CHECKS: dict[str, tuple[str, ...]] = {"check": ("check", P), "repair": ("check", P, "--repair")}
EVERY = (*READERS, *WRITERS, *CHECKS)


class Said(NamedTuple):
    """How a command ended: its exit code, what it printed, and the files that it wrote beside the project."""

    code: int
    out: str
    err: str
    files: dict[str, bytes]


class Damage(NamedTuple):
    """A kind of damage, where it is, and the damaged content."""

    kind: str
    where: str
    content: bytes


def flipped_byte(whole: bytes, chance: random.Random) -> Damage:
    at = chance.randrange(len(whole))
    content = bytearray(whole)
    content[at] ^= 1 << chance.randrange(8) if chance.random() < 0.5 else chance.randrange(1, 256)
    return Damage("byte", f"byte {at}", bytes(content))


def flipped_page(whole: bytes, chance: random.Random) -> Damage:
    pages = len(whole) // PAGE
    one, other = chance.randrange(pages), chance.randrange(pages)
    content = bytearray(whole)
    here, there = slice(one * PAGE, (one + 1) * PAGE), slice(other * PAGE, (other + 1) * PAGE)
    how = chance.choice(["zeros", "ones", "noise", "copy", "swap"])
    if how in ("copy", "swap"):
        content[here] = whole[there]
        if how == "swap":
            content[there] = whole[here]
    else:
        filling = {"zeros": b"\x00" * PAGE, "ones": b"\xff" * PAGE, "noise": chance.randbytes(PAGE)}
        content[here] = filling[how]
    return Damage("page", f"{how} in page {one + 1} ({other + 1})", bytes(content))


def truncated(whole: bytes, chance: random.Random) -> Damage:
    length = chance.randrange(len(whole)) if chance.random() < 0.7 else chance.randrange(len(whole) // PAGE) * PAGE
    return Damage("cut", f"at {length}", whole[:length])


KINDS: tuple[Callable[[bytes, random.Random], Damage], ...] = (flipped_byte, flipped_page, truncated)


class Ground:
    """The folder of the campaign: the whole project, a home and a guest for merges, and the damaged copy `p.stet`."""

    def __init__(self, folder: Path) -> None:
        os.chdir(folder)
        made = make(folder)
        self.whole = made.read_bytes()
        made.unlink()
        shutil.rmtree("work.backups", ignore_errors=True)
        Path("new.txt").write_text("A new text.\n")
        Path(P).write_bytes(self.whole)
        _ran("new", "home.stet", "--scheme", "news-errors")
        _ran("bundle", P, "guest.stet", "--for", "ben")
        _ran("concordance", "guest.stet", "budget", "--mark", "entity/ORG", "--as", "ben")
        shutil.rmtree("guest.backups", ignore_errors=True)
        self._keeps = {entry.name for entry in folder.iterdir()}
        self.folder = folder
        self.home = Path("home.stet").read_bytes()
        self._expected: dict[str, Said] = {}

    def expected(self, name: str) -> Said:
        """Return what a reader says of the whole project."""
        if name not in self._expected:
            self._expected[name] = self.said(name, self.whole)
        return self._expected[name]

    def said(self, name: str, content: bytes) -> Said:
        """Run a command on a project with this content; nothing else of an earlier one is there."""
        for entry in self.folder.iterdir():
            if entry.name not in self._keeps:
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        Path(P).write_bytes(content)
        return _ran(*{**READERS, **WRITERS, **CHECKS}[name])


def _ran(*arguments: str) -> Said:
    result = CliRunner().invoke(cli, list(arguments), prog_name="stet")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    files = {name: Path(name).read_bytes() for name in ("out.jsonl", "out.conll", "out.csv") if Path(name).exists()}
    return Said(result.exit_code, result.stdout, result.stderr, files)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Give the folder of the campaign, in which commands run."""
    before = Path.cwd()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STET_HOME", str(tmp_path_factory.mktemp("home")))
        yield Ground(tmp_path_factory.mktemp("damage"))
        os.chdir(before)


def fault(ground: Ground, name: str, damage: Damage) -> str:
    """Run a command on a damaged project; return what it did wrong, "" if nothing."""
    whole = ground.expected(name) if name in READERS else None
    began = time.process_time()  # of this process: the machine may be busy with others
    try:
        said = ground.said(name, damage.content)
    except BaseException as error:  # noqa: BLE001  whatever comes is what is looked for
        return f"ended with {error!r}"
    if time.process_time() - began > SLOWEST_S:
        return "took too long"
    if "Traceback" in said.err:
        return "showed a traceback"
    if said.code and "stet: " not in said.err and name in WRITERS:
        return f"ended with {said.code} without a word"
    if whole is not None:
        same = (said.code, said.out, said.files) == (whole.code, whole.out, whole.files)
        if not same and "stet: " not in said.err:
            return "said or wrote something else without a word"
    if Path("home.stet").read_bytes() != ground.home:
        return "changed another project"
    log = Path(f"{P}-wal")
    is_written = Path(P).read_bytes() != damage.content or (log.exists() and log.stat().st_size > 0)
    if is_written and is_hurt(ground, damage):
        return "wrote into a damaged project"
    if name == "repair" and said.code == 0 and is_damaged(ground, damage):
        return "" if is_sound(Path("p.repaired.stet")) else "repaired into something that isn't sound"
    return ""


def is_damaged(ground: Ground, damage: Damage) -> bool:
    """Whether the full check finds anything wrong with the damaged content."""
    path = ground.folder / "judged.stet"
    path.write_bytes(damage.content)
    try:
        return not is_sound(path)
    finally:
        path.unlink()


def is_hurt(ground: Ground, damage: Damage) -> bool:
    """Whether the file itself is damaged, beyond single texts and rows: those are left alone, and others worked on."""
    path = ground.folder / "judged.stet"
    path.write_bytes(damage.content)
    try:
        require_project(path)
        return bool(run_check(path, check="integrity_check", mode=_ALONE) or broken_links(path))
    except StetError:
        return True
    finally:
        path.unlink()


def campaign(ground: Ground, times: int, commands: int) -> tuple[Counter[str], list[str]]:
    """Damage the project this often in each way, and run some commands on each copy; return counts and faults."""
    chance = random.Random(SEED)
    counts: Counter[str] = Counter()
    faults: list[str] = []
    turn = 0
    for number in range(times):
        for kind in KINDS:
            damage = kind(ground.whole, chance)
            counts[damage.kind] += 1
            for _ in range(commands):
                name = EVERY[turn % len(EVERY)]
                turn += 1
                counts["runs"] += 1
                wrong = fault(ground, name, damage)
                if wrong:
                    faults.append(f"{name}, {damage.kind} number {number}, {damage.where}: {wrong}")
    return counts, faults


def test_no_damage_is_believed(ground: Ground) -> None:
    counts, faults = campaign(ground, SAMPLE, 1)
    assert faults == []
    assert counts["runs"] == 3 * SAMPLE == len(EVERY)


@pytest.mark.slow
def test_no_damage_of_a_thousand_is_believed(ground: Ground) -> None:
    counts, faults = campaign(ground, WHOLE, 3)
    assert faults == []
    record(
        "damage", page_flips=counts["page"], byte_flips=counts["byte"], truncations=counts["cut"], runs=counts["runs"]
    )


def sit(stet: Driver, path: Path) -> None:
    """Open a project in the window, walk its documents and mark something, as far as it lets one."""
    assert stet.window is not None
    stet.window.desk.open_project(path)
    stet.settle()
    for _ in range(40):
        stet.settle()
        dialog = stet.find_dialog("report-dialog")
        if dialog is not None:
            dialog.reject()
    if stet.window.desk.workspace is None:
        return
    for keys in (("Alt+Down",), ("Alt+Down",), ("F4", "T")):
        stet.press(*keys)
        stet.settle()


@pytest.fixture
def stet(qtbot: QtBot) -> Iterator[Driver]:
    """The program with no project open."""
    driver = Driver(qtbot)
    driver.start(annotator="ana")
    yield driver
    driver.quit()


@pytest.mark.parametrize("kind", KINDS)
def test_the_window_lives_on(stet: Driver, ground: Ground, tmp_path: Path, kind: Callable[..., Damage]) -> None:
    chance = random.Random(SEED)
    for number in range(2):
        damage = kind(ground.whole, chance)
        path = tmp_path / f"{number}.stet"
        path.write_bytes(damage.content)
        sit(stet, path)
        assert stet.window is not None
        stet.window.desk.projects.close()
        if not is_sound(path):
            assert path.read_bytes() == damage.content, damage.where
