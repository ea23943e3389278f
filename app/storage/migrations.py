"""The schema of the project file as migrations. A released one is never changed; new ones are added after it."""

import sqlite3

from sqlite_utils import Database, Migrations

from app.core.ids import new_uid
from app.storage import word_index
from app.storage.document_meta import fill_meta, fill_titles
from app.storage.open_mark import CREATE_SITTING
from app.storage.seals import CREATE_SEAL, fill_seals

MIGRATIONS = Migrations("stet")


def schema_of(version: int) -> sqlite3.Connection:
    """Return an empty project of a schema version, in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, version)
    return connection


def migrate(connection: sqlite3.Connection, to: int) -> None:
    """Apply the migrations up to a schema version, but for those that were applied before."""
    every = [migration.name for migration in MIGRATIONS.pending(Database(memory=True))]
    db = database_of(connection)
    pending = {migration.name for migration in MIGRATIONS.pending(db)}
    MIGRATIONS.apply(db, stop_before=pending.intersection(every[to:]))


def database_of(connection: sqlite3.Connection) -> Database:
    """Return sqlite-utils over a connection, as migrations and sessions use it."""
    return Database(connection, execute_plugins=False, strict=True)


@MIGRATIONS()
def m001_documents_and_annotations(db: Database) -> None:
    """Create the tables that one annotator needs."""
    # `removed` and `batch` are log sequences: an import is undone by hiding its documents, so that nothing is lost.
    db.table("document").create(
        {
            "id": int,
            "uid": str,
            "name": str,
            "sha256": str,
            "length": int,
            "words": int,
            "meta": str,
            "batch": int,
            "removed": int,
            "text": str,  # last, so that lists of documents don't read it
        },
        pk="id",
        not_null={"uid", "name", "text", "sha256", "length", "words", "meta"},
    )
    db.table("document").create_index(["uid"], unique=True)
    db.table("document").create_index(["name"])
    db.table("document").create_index(["sha256"])
    db.table("scheme").create(
        {"id": int, "name": str, "version": int, "toml": str, "created": str},
        pk="id",
        not_null={"name", "version", "toml", "created"},
    )
    db.table("annotator").create(
        {"id": int, "uid": str, "name": str, "kind": str, "key": str},
        pk="id",
        not_null={"uid", "name", "kind", "key"},
    )
    db.table("annotator").create_index(["uid"], unique=True)
    db.table("annotator").create_index(["key"], unique=True)
    # sqlite-utils can't create clustered tables (WITHOUT ROWID), which make an export 1.8 times faster.
    for statement in _CLUSTERED.split(";\n"):
        db.execute(statement)  # executescript() would commit the migration's transaction first
    db.table("document").enable_fts(
        ["name", "text"], fts_version="FTS5", tokenize="unicode61 remove_diacritics 2", create_triggers=False
    )


_CLUSTERED = """
CREATE TABLE reference (
    document INTEGER NOT NULL REFERENCES document(id),
    reference INTEGER NOT NULL REFERENCES document(id),
    ordinal INTEGER NOT NULL,
    PRIMARY KEY (document, reference)
) WITHOUT ROWID, STRICT;
CREATE INDEX idx_reference_reference ON reference(reference);
CREATE TABLE annotation_set (
    id INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document(id),
    annotator INTEGER NOT NULL REFERENCES annotator(id),
    status TEXT NOT NULL,
    seconds REAL NOT NULL,
    scheme TEXT NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    UNIQUE (document, annotator)
) STRICT;
CREATE INDEX idx_annotation_set_annotator ON annotation_set(annotator, document);
CREATE TABLE annotation (
    document INTEGER NOT NULL REFERENCES document(id),
    start INTEGER NOT NULL,
    uid TEXT NOT NULL,
    set_id INTEGER NOT NULL REFERENCES annotation_set(id),
    layer TEXT NOT NULL,
    label TEXT NOT NULL,
    "end" INTEGER NOT NULL,
    fragments TEXT,
    quote TEXT NOT NULL,
    attributes TEXT NOT NULL,
    correction TEXT,
    comment TEXT NOT NULL,
    origin TEXT NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    extra TEXT NOT NULL,
    PRIMARY KEY (document, start, uid)
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX idx_annotation_uid ON annotation(uid);
CREATE INDEX idx_annotation_set ON annotation(set_id);
CREATE TABLE evidence (
    owner INTEGER NOT NULL REFERENCES document(id),
    annotation TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    uid TEXT NOT NULL,
    document TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    fragments TEXT,
    quote TEXT NOT NULL,
    stance TEXT NOT NULL,
    PRIMARY KEY (owner, annotation, ordinal)
) WITHOUT ROWID, STRICT;
CREATE TABLE relation (
    set_id INTEGER NOT NULL REFERENCES annotation_set(id),
    uid TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (set_id, uid)
) WITHOUT ROWID, STRICT;
CREATE TABLE edit_log (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    time TEXT NOT NULL,
    annotator INTEGER REFERENCES annotator(id),
    document INTEGER REFERENCES document(id),
    kind TEXT NOT NULL CHECK (kind IN ('do', 'undo', 'redo')),
    title TEXT NOT NULL,
    edit TEXT NOT NULL,
    inverse TEXT NOT NULL,
    undoes INTEGER REFERENCES edit_log(sequence),
    undone_by INTEGER REFERENCES edit_log(sequence)
) STRICT;
CREATE INDEX idx_edit_log_open ON edit_log(annotator, sequence) WHERE undone_by IS NULL
"""


@MIGRATIONS()
def m002_several_annotators(db: Database) -> None:
    """Add assignments, exchanges, decisions, snapshots and releases."""
    for statement in _SEVERAL.split(";\n"):
        db.execute(statement)
    db.execute("INSERT INTO about (key, value) VALUES ('uid', ?)", [new_uid()])


@MIGRATIONS()
def m003_hidden_documents(db: Database) -> None:
    """Add an index to count hidden documents without reading texts."""
    db.table("document").create_index(["removed"])


@MIGRATIONS()
def m004_suggestions(db: Database) -> None:
    """Add suggestions and annotators' judgements of them."""
    for statement in _SUGGESTIONS.split(";\n"):
        db.execute(statement)


@MIGRATIONS()
def m005_tallies(db: Database) -> None:
    """Add what the votes on a decision said; of decisions made before, it isn't known."""
    db.execute("ALTER TABLE decision ADD COLUMN tally TEXT")


@MIGRATIONS()
def m006_word_index(db: Database) -> None:
    """Replace the index of words as they are written by one of words after folding."""
    db.execute("DROP TABLE document_fts")
    db.execute(word_index.CREATE)
    word_index.fill(db.conn)


@MIGRATIONS()
def m007_evidence_sets(db: Database) -> None:
    """Number the alternative sets of evidence, and give relations fields and a comment."""
    db.execute("ALTER TABLE evidence ADD COLUMN alternative INTEGER NOT NULL DEFAULT 1")
    db.execute("ALTER TABLE relation ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}'")
    db.execute("ALTER TABLE relation ADD COLUMN comment TEXT NOT NULL DEFAULT ''")


@MIGRATIONS()
def m008_text_versions(db: Database) -> None:
    """Add the earlier texts of documents."""
    for statement in _TEXT_VERSIONS.split(";\n"):
        db.execute(statement)


# A row for each text that was replaced, in order: why and when, and the splices that made the next one. Undo adds rows
# too. `log` is the sequence of the action that replaced it, NULL if that was done in another project; `text` is NULL
# where only the hash is known, as in a bundle.
_TEXT_VERSIONS = """
CREATE TABLE text_version (
    sequence INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document(id),
    sha256 TEXT NOT NULL,
    time TEXT NOT NULL,
    reason TEXT NOT NULL,
    splices TEXT NOT NULL,
    log INTEGER,
    text TEXT
) STRICT;
CREATE INDEX idx_text_version_document ON text_version(document, sequence);
CREATE INDEX idx_text_version_sha256 ON text_version(sha256)
"""


@MIGRATIONS()
def m009_desk_of_documents(db: Database) -> None:
    """Add flags and notes, saved views, and what lists of documents are filtered and sorted by."""
    for statement in _DESK.split(";\n"):
        db.execute(statement)
    fill_meta(db.conn)


# `flag` is the reason of a flag, NULL without a flag. `document_meta` has the single values of each document's `meta`,
# and `set_count` and `document_count` have what was counted: rules that a set leaves unmet under a scheme (row number),
# and groups of a document that are in conflict. They hold nothing that isn't elsewhere: a count is dropped when what it
# counts changes, and made again when it is asked for.
_DESK = """
ALTER TABLE annotation_set ADD COLUMN flag TEXT;
ALTER TABLE annotation_set ADD COLUMN note TEXT NOT NULL DEFAULT '';
CREATE INDEX idx_annotation_set_flag ON annotation_set(document) WHERE flag IS NOT NULL;
CREATE INDEX idx_annotation_set_status ON annotation_set(annotator, status, document);
CREATE INDEX idx_document_words ON document(words);
CREATE INDEX idx_document_length ON document(length);
CREATE TABLE document_meta (
    key TEXT NOT NULL,
    value ANY NOT NULL,
    document INTEGER NOT NULL REFERENCES document(id),
    PRIMARY KEY (key, value, document)
) WITHOUT ROWID, STRICT;
CREATE TABLE set_count (
    set_id INTEGER PRIMARY KEY REFERENCES annotation_set(id),
    scheme INTEGER NOT NULL,
    unmet INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE document_count (
    document INTEGER PRIMARY KEY REFERENCES document(id),
    conflicts INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE saved_view (
    name TEXT PRIMARY KEY,
    conditions TEXT NOT NULL,
    sorting TEXT NOT NULL
) WITHOUT ROWID, STRICT
"""


@MIGRATIONS()
def m010_orders_of_documents(db: Database) -> None:
    """Add what lists of documents are sorted by, and indexes for their conditions."""
    for statement in _ORDERS.split(";\n"):
        db.execute(statement)
    fill_titles(db.conn)
    db.execute("DELETE FROM document_meta")
    fill_meta(db.conn)


# `document_title` has what titles are compared by. A count of unmet rules has the set's annotator and document beside
# it, so that an index has the documents of one annotator in order; those counted before are counted again.
_ORDERS = """
CREATE TABLE document_title (
    document INTEGER PRIMARY KEY REFERENCES document(id),
    title TEXT NOT NULL
) STRICT;
CREATE INDEX idx_document_title ON document_title(title, document);
CREATE INDEX idx_document_meta_document ON document_meta(document, key);
CREATE INDEX idx_document_batch ON document(batch);
CREATE INDEX idx_document_count_conflicts ON document_count(conflicts, document);
CREATE INDEX idx_annotation_label ON annotation(layer, label, document, set_id);
DROP INDEX idx_annotation_set;
CREATE INDEX idx_annotation_set ON annotation(set_id, layer, label);
CREATE INDEX idx_annotation_set_note ON annotation_set(document) WHERE note <> '';
CREATE INDEX idx_annotation_set_scheme ON annotation_set(scheme, document);
DROP TABLE set_count;
CREATE TABLE set_count (
    set_id INTEGER PRIMARY KEY REFERENCES annotation_set(id),
    scheme INTEGER NOT NULL,
    unmet INTEGER NOT NULL,
    annotator INTEGER NOT NULL REFERENCES annotator(id),
    document INTEGER NOT NULL REFERENCES document(id)
) WITHOUT ROWID, STRICT;
CREATE INDEX idx_set_count_unmet ON set_count(annotator, unmet, document)
"""


@MIGRATIONS()
def m011_showing(db: Database) -> None:
    """Add what was shown of suggestions, and to whom, and patterns."""
    for statement in _SHOWING.split(";\n"):
        db.execute(statement)


# `shown` has the first time at which an annotator saw a suggestion; `pattern` the words that are always suggested.
_SHOWING = """
CREATE TABLE shown (
    document INTEGER NOT NULL REFERENCES document(id),
    suggestion TEXT NOT NULL,
    annotator INTEGER NOT NULL REFERENCES annotator(id),
    time TEXT NOT NULL,
    PRIMARY KEY (document, suggestion, annotator)
) WITHOUT ROWID, STRICT;
CREATE TABLE pattern (
    uid TEXT PRIMARY KEY,
    words TEXT NOT NULL,
    match TEXT NOT NULL CHECK (match IN ('exact', 'any-case', 'lemma')),
    layer TEXT NOT NULL,
    label TEXT NOT NULL,
    correction TEXT,
    created TEXT NOT NULL
) WITHOUT ROWID, STRICT
"""


@MIGRATIONS()
def m012_token_patterns(db: Database) -> None:
    """Let patterns say something of each token, and carry a severity and a note."""
    for statement in _TOKEN_PATTERNS.split(";\n"):
        db.execute(statement)


# `tokens` is a JSON array, empty for patterns of words. SQLite can't change a CHECK: the table is made anew.
_TOKEN_PATTERNS = """
ALTER TABLE pattern RENAME TO word_pattern;
CREATE TABLE pattern (
    uid TEXT PRIMARY KEY,
    words TEXT NOT NULL,
    match TEXT NOT NULL CHECK (match IN ('exact', 'any-case', 'lemma', 'tokens')),
    layer TEXT NOT NULL,
    label TEXT NOT NULL,
    correction TEXT,
    created TEXT NOT NULL,
    severity TEXT,
    note TEXT NOT NULL DEFAULT '',
    tokens TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID, STRICT;
INSERT INTO pattern (uid, words, match, layer, label, correction, created)
    SELECT uid, words, match, layer, label, correction, created FROM word_pattern;
DROP TABLE word_pattern
"""


@MIGRATIONS()
def m013_packed_log(db: Database) -> None:
    """Add what the log's rows are packed into, and indexes for what an annotator can undo and redo."""
    for statement in _PACKED.split(";\n"):
        db.execute(statement)


# `packed` has a row's `edit` and `inverse`, which are then null in JSON. Each index has one kind of the rows among
# which undo and redo look for the newest, so that they find it at once, however long the log is.
_PACKED = """
ALTER TABLE edit_log ADD COLUMN packed BLOB;
DROP INDEX idx_edit_log_open;
CREATE INDEX idx_edit_log_done ON edit_log(annotator, sequence) WHERE kind = 'do';
CREATE INDEX idx_edit_log_undoable ON edit_log(annotator, sequence) WHERE undone_by IS NULL AND kind <> 'undo';
CREATE INDEX idx_edit_log_redoable ON edit_log(annotator, sequence) WHERE undone_by IS NULL AND kind = 'undo'
"""


@MIGRATIONS()
def m014_seals(db: Database) -> None:
    """Add sums of rows by which a change below Stet shows, and the mark of a file that is being written."""
    for statement in (CREATE_SEAL, CREATE_SITTING):
        db.execute(statement)
    fill_seals(db.conn)


# `batch` is the log sequence of the action that added a suggestion; `removed` is set when that was undone and the
# suggestion is hidden. Those imported with their document have no batch and are hidden with it. Evidence is JSON here,
# since it is never queried without its suggestion.
_SUGGESTIONS = """
CREATE TABLE suggestion (
    document INTEGER NOT NULL REFERENCES document(id),
    start INTEGER NOT NULL,
    uid TEXT NOT NULL,
    "end" INTEGER NOT NULL,
    fragments TEXT,
    quote TEXT NOT NULL,
    layer TEXT NOT NULL,
    label TEXT NOT NULL,
    attributes TEXT NOT NULL,
    correction TEXT,
    evidence TEXT NOT NULL,
    maker TEXT NOT NULL,
    version TEXT NOT NULL,
    reason TEXT NOT NULL,
    score REAL,
    created TEXT NOT NULL,
    batch INTEGER,
    removed INTEGER,
    PRIMARY KEY (document, start, uid)
) WITHOUT ROWID, STRICT;
CREATE UNIQUE INDEX idx_suggestion_uid ON suggestion(uid);
CREATE INDEX idx_suggestion_batch ON suggestion(batch) WHERE batch IS NOT NULL;
CREATE TABLE judgement (
    document INTEGER NOT NULL REFERENCES document(id),
    suggestion TEXT NOT NULL,
    annotator INTEGER NOT NULL REFERENCES annotator(id),
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'rejected')),
    time TEXT NOT NULL,
    annotation TEXT,
    PRIMARY KEY (document, suggestion, annotator)
) WITHOUT ROWID, STRICT
"""


# A clustered table's key must be its first columns in their order, or quick_check of SQLite 3.40 reports it as damaged.
# `decision` is append-only: withdrawing one adds a row with the act “withdraw”, undoing that another “decide”.
# `handed` has a row for each time that an annotator's set was exported to a file (its uid) or merged from it: the set's
# digest, the time spent, and the newest action in that file's log, which distinguishes the file from a copy of it.
# `frozen` has snapshots of the sets from when review of their document began: agreement is measured on them.
_SEVERAL = """
CREATE TABLE about (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE assignment (
    annotator INTEGER NOT NULL REFERENCES annotator(id),
    document INTEGER NOT NULL REFERENCES document(id),
    PRIMARY KEY (annotator, document)
) WITHOUT ROWID, STRICT;
CREATE INDEX idx_assignment_document ON assignment(document);
CREATE TABLE handed (
    sequence INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document(id),
    annotator INTEGER NOT NULL REFERENCES annotator(id),
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    head TEXT NOT NULL,
    seconds REAL NOT NULL,
    time TEXT NOT NULL
) STRICT;
CREATE INDEX idx_handed_document ON handed(document, annotator);
CREATE TABLE frozen (
    document INTEGER NOT NULL REFERENCES document(id),
    annotator INTEGER NOT NULL REFERENCES annotator(id),
    time TEXT NOT NULL,
    scheme TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (document, annotator)
) WITHOUT ROWID, STRICT;
CREATE TABLE decision (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('decide', 'withdraw')),
    document INTEGER NOT NULL REFERENCES document(id),
    reviewer INTEGER NOT NULL REFERENCES annotator(id),
    time TEXT NOT NULL,
    layer TEXT NOT NULL,
    group_key TEXT NOT NULL,
    outcome TEXT NOT NULL,
    kinds TEXT NOT NULL,
    labels TEXT NOT NULL,
    sources TEXT NOT NULL,
    gold TEXT,
    fields TEXT NOT NULL,
    votes TEXT NOT NULL,
    reason TEXT,
    note TEXT NOT NULL,
    unclear INTEGER NOT NULL,
    rule TEXT NOT NULL
) STRICT;
CREATE INDEX idx_decision_document ON decision(document, sequence);
CREATE INDEX idx_decision_uid ON decision(uid, sequence);
CREATE TABLE release (
    document INTEGER PRIMARY KEY REFERENCES document(id),
    reviewer INTEGER NOT NULL REFERENCES annotator(id),
    time TEXT NOT NULL
) WITHOUT ROWID, STRICT;
CREATE TABLE reveal (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL,
    reviewer INTEGER NOT NULL REFERENCES annotator(id),
    document INTEGER NOT NULL REFERENCES document(id)
) STRICT
"""
