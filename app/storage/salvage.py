"""Rows out of a damaged project into a fresh file: what can be read of each table, and a report of what can't.

The damaged file is only read, page by page (`btree_pages`), so that neither an unreadable page nor a hurt header, a
missing table or an index that disagrees costs more than itself. What the rows need of each other is then settled
(`salvaged_links`), and what can be made of the rest is made again. The new file must stand the full check.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from app.core.errors import ProjectDamaged, ProjectError
from app.core.os_faults import describe
from app.core.progress import current_token
from app.core.salvage_report import SalvageReport
from app.staging_folder import StagingFolder, is_taken, move_new, sync_file
from app.storage.access import left_unclean, why_not_writable
from app.storage.btree_pages import BtreePages, PageRow
from app.storage.damaged_rows import damaged_rows
from app.storage.derived_rows import make_again
from app.storage.lock import ProjectLock
from app.storage.log_origin import require_own_log
from app.storage.migrations import database_of, migrate
from app.storage.project import Project
from app.storage.salvaged_cells import KEYS, LostRow, SavedTable, fits, named, saved_row, saved_tables
from app.storage.salvaged_links import Links, let_go, settle
from app.storage.salvaged_numbers import renumber
from app.storage.seals import broken_seals, fill_seals
from app.storage.soundness import faults_of
from app.storage.version import APPLICATION_ID, SCHEMA_VERSION

Tell = Callable[[int, int, str], None]
_ROOT = 1  # of the table of tables
_LAST = 2**62  # the row numbers and sequences of a project are far below
# Tables with rows that no other table's rows or index entries look like.
_KNOWN_BY_LOOKS = frozenset(
    (
        "document",
        "scheme",
        "annotator",
        "annotation_set",
        "annotation",
        "evidence",
        "relation",
        "edit_log",
        "decision",
        "suggestion",
        "judgement",
        "frozen",
        "text_version",
    )
)


def salvage(path: Path, out: Path, *, tell: Tell = lambda _done, _total, _what: None) -> SalvageReport:
    """Save what can be read of a damaged project into a new one. The damaged file isn't changed.

    `tell` is called with the number of pages read, of how many, and the table. Raises ProjectLocked if somebody writes
    to it, ProjectError if `out` exists or can't be written, ProjectDamaged if nothing can be saved, and Cancelled.
    """
    if is_taken(out):
        raise ProjectError("a file with that name already exists", hint="choose another name", path=out)
    try:
        with StagingFolder(out) as staging, _kept_from_writers(path):
            unfinished = staging.path / "new.stet"
            report = _Salvage(path, unfinished, tell).run()
            faults = faults_of(unfinished)
            if faults:
                raise ProjectDamaged("what is left of it doesn't make a project", path=path, details=faults)
            sync_file(unfinished)
            move_new(unfinished, out)
    except OSError as error:
        what, hint = describe(error)
        raise ProjectError(f"the repaired project can't be written: {what}", hint=hint, path=out) from error
    return report._replace(out=out)


class _Salvage:
    """Fills a fresh file from a damaged one."""

    def __init__(self, path: Path, out: Path, tell: Tell) -> None:
        self._path = path
        self._out = out
        self._tell = tell
        self._kept: dict[str, int] = {}
        self._lost: list[str] = []
        self._mended: list[str] = []

    def run(self) -> SalvageReport:
        with BtreePages(self._path, with_log=_has_own_log(self._path)) as pages, closing(_fresh(self._out)) as made:
            version = _version_of(pages, self._path)
            _migrate(made, version)
            made.execute("PRAGMA foreign_keys=OFF")
            with database_of(made).atomic():
                made.execute("DELETE FROM about")  # a fresh id
                self._fill(made, pages, version)
                if version == SCHEMA_VERSION and not (self._lost or self._mended or pages.lost):
                    self._mended += self._changed(made, pages)
            _migrate(made, SCHEMA_VERSION)
            if not self._kept.keys() & {"document", "annotation", "edit_log"}:
                raise ProjectDamaged("nothing of a project was found in it", path=self._path)
            with database_of(made).atomic():
                links = settle(made, self._path)
                self._mended += renumber(made)
                fill_seals(made)  # from here on, what is kept is what is vouched for
            unread = pages.lost
        with closing(Project(self._out)) as project, project.atomic():
            _drop_undecodable(project, links)
            make_again(project)
        for table, count in links.lost_by_table.items():
            self._kept[table] = self._kept.get(table, 0) - count
        return SalvageReport(
            out=self._out,
            kept={table: count for table, count in self._kept.items() if count > 0},
            lost=(*self._lost, *links.lost),
            mended=(*self._mended, *links.mended),
            from_backups=tuple(links.from_backups),
            unread=unread,
        )

    def _fill(self, made: sqlite3.Connection, pages: BtreePages, version: int) -> None:
        tables = saved_tables(version)
        roots = _roots(pages)
        hurt: list[SavedTable] = []
        for table in tables.values():
            before = pages.lost
            root = roots.pop(table.name, None)
            for row in self._watched(pages.rows(root), table.name, pages) if root is not None else ():
                self._take(made, table, row)
            if root is None or pages.lost > before:
                hurt.append(table)
        counters = [tuple(row.values) for row in pages.rows(roots.pop("sqlite_sequence", 0))] if roots else []
        if any(table.name in _KNOWN_BY_LOOKS for table in hurt):
            for root in roots.values():  # so that their pages don't count as stray ones
                for _ in pages.rows(root):
                    pass
            self._take_strays(made, pages, [table for table in hurt if table.name in _KNOWN_BY_LOOKS])
        _keep_counters(made, counters)

    def _changed(self, made: sqlite3.Connection, pages: BtreePages) -> Iterator[str]:
        """Yield which rows aren't as Stet wrote them, though all of them can be read."""
        pages.begin_again()
        root = _roots(pages).get("seal")
        sums = [row.values for row in pages.rows(root)] if root is not None else []
        made.execute("DELETE FROM seal")
        for row in sums:
            if len(row) == 3 and isinstance(row[0], int) and isinstance(row[1], str) and isinstance(row[2], int):
                made.execute("INSERT OR IGNORE INTO seal (scope, part, sum) VALUES (?,?,?)", row)
        yield from (f"{seal}; they were taken as they are" for seal in broken_seals(made))

    def _watched(self, rows: Iterator[PageRow], table: str, pages: BtreePages) -> Iterator[PageRow]:
        for number, row in enumerate(rows):
            if number % 1000 == 0:
                token = current_token()
                if token is not None:
                    token.raise_if_cancelled()
                self._tell(pages.read, pages.count, table.replace("_", " "))
            yield row

    def _take(self, made: sqlite3.Connection, table: SavedTable, row: PageRow, *, is_stray: bool = False) -> None:
        try:
            saved = saved_row(table, row)
            columns = ", ".join(f'"{name}"' for name in saved.cells)
            marks = ", ".join("?" * len(saved.cells))
            made.execute(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", list(saved.cells.values()))
        except (LostRow, sqlite3.IntegrityError, OverflowError) as error:
            if not is_stray:  # which may be an older version of a row, or never have been one
                cells = dict(zip((column.name for column in table.columns), row.values, strict=False))
                self._lost.append(f"{named(table.name, cells)}: {error}")
            return
        self._kept[table.name] = self._kept.get(table.name, 0) + 1
        self._mended += [f"{named(table.name, saved.cells)}: {what}" for what in saved.mended]

    def _take_strays(self, made: sqlite3.Connection, pages: BtreePages, hurt: list[SavedTable]) -> None:
        """Take the rows of leaves that their trees don't lead to any more, by their looks."""
        for number in pages.stray_pages():
            for row in pages.stray_rows(number):
                fitting = [table for table in hurt if fits(table, row)]
                if len(fitting) == 1:
                    self._take(made, fitting[0], row, is_stray=True)


@contextmanager
def _kept_from_writers(path: Path) -> Iterator[None]:
    """Let nobody write to a project during the block, where anybody could."""
    if why_not_writable(path) is not None:
        yield
        return
    lock = ProjectLock(path, is_announced=False)
    try:
        yield
    finally:
        lock.discard()


def _version_of(pages: BtreePages, path: Path) -> int:
    """Return the schema version of a damaged file: the number of its migrations, or what the header says.

    Raises ProjectError for a file that isn't a project, or that a newer Stet has made.
    """
    roots = _roots(pages)
    applied = sum(1 for _ in pages.rows(roots["_sqlite_migrations"])) if "_sqlite_migrations" in roots else 0
    version = applied or pages.version
    if version > SCHEMA_VERSION and applied:
        raise ProjectError("this project was created by a newer Stet", hint="update Stet", path=path)
    if roots and not _KNOWN_BY_LOOKS.intersection(roots):
        raise ProjectError("this isn't a Stet project", hint="open a .stet file", path=path)
    pages.begin_again()
    return version if 1 <= version <= SCHEMA_VERSION else SCHEMA_VERSION


def _fresh(out: Path) -> sqlite3.Connection:
    return sqlite3.connect(out, isolation_level=None)


def _migrate(made: sqlite3.Connection, version: int) -> None:
    with database_of(made).atomic():
        migrate(made, version)
        made.execute(f"PRAGMA application_id={APPLICATION_ID}")
        made.execute(f"PRAGMA user_version={version}")


def _drop_undecodable(project: Project, links: Links) -> None:
    """Delete the rows whose cells are right one by one, but not together, and what belongs to them."""
    for damage in list(damaged_rows(project.connection, everywhere=True)):
        column = KEYS.get(damage.table)
        if column is None:
            continue
        sql = f"DELETE FROM {damage.table} WHERE CAST({column} AS TEXT) = ?"
        project.connection.execute("PRAGMA defer_foreign_keys=ON")
        project.connection.execute(sql, [damage.row])
        links.lost.append(damage.what)
        links.lost_by_table[damage.table] = links.lost_by_table.get(damage.table, 0) + 1
    let_go(project.connection, links)


def _has_own_log(path: Path) -> bool:
    """Whether the log beside a file is to be read with it: unless it is known to belong to another one."""
    if not left_unclean(path):
        return False
    try:
        require_own_log(path)
    except ProjectError:
        return False
    return True


def _roots(pages: BtreePages) -> dict[str, int]:
    """Return the root pages of tables and indexes, by name, as far as the file still says them."""
    found: dict[str, int] = {}
    for row in pages.rows(_ROOT):
        if len(row.values) != 5:
            continue
        kind, name, _, root, _ = row.values
        if kind in ("table", "index") and isinstance(name, str) and isinstance(root, int) and 1 < root <= pages.count:
            found.setdefault(name, root)
    return found


def _keep_counters(made: sqlite3.Connection, counters: Sequence[tuple[object, ...]]) -> None:
    """Let no sequence be given twice that the damaged file had already given."""
    for row in counters:
        if len(row) == 2 and isinstance(row[0], str) and isinstance(row[1], int) and 0 <= row[1] < _LAST:
            made.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", [row[1], row[0]])
