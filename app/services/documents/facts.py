"""Facts about a document, as its properties show them."""

from app.core.annotation import Status
from app.core.decision import GOLD
from app.core.remark import NO_REMARK
from app.core.wording import STATUS_WORDS, counted
from app.session.session import Session


def facts_of(session: Session, uid: str) -> list[tuple[str, str]]:
    """Return facts about a document (uid) as pairs of a caption and a text: its size, hash, links, flags, and the
    work that the present annotator may know of.

    Others' work is told to whoever can't be swayed by it any more, or isn't to work on the document (`may_see_work`).
    Raises EditRejected if there is no such document.
    """
    reader = session.reader
    document = reader.document(uid)
    words = reader.documents.words_of(uid)
    rows = [
        ("Size", f"{counted(document.length, 'character')}, {counted(words, 'word')}"),
        ("SHA-256", document.sha256),
        ("Id", uid),
    ]
    pages = reader.pages_of(document)
    if pages is not None:
        rows.append(("Pages", f"{len(pages.starts):,}"))
    for caption, uids in (
        ("References", reader.documents.references(uid)),
        ("Reference of", reader.documents.referring(uid)),
    ):
        if uids:
            rows.append((caption, ", ".join(reader.documents.title_of(other) or other for other in uids)))
    for name, reason in reader.flags_of(uid):
        rows.append((f"Flagged by {name}", reason or "no reason given"))
    assigned = sorted(name for name, uids in reader.assignments().items() if uid in uids)
    if assigned:
        rows.append(("Assigned to", ", ".join(assigned)))
    sees_all = may_see_work(session, uid)
    for item in reader.heads_of(uid):
        is_own = item.annotator == session.annotator
        if not (is_own or sees_all) or (item.kind == GOLD and not item.annotations and item.status is Status.OPEN):
            continue
        whose = "Gold" if item.kind == GOLD else item.annotator
        rows.append((whose, f"{STATUS_WORDS[item.status]}, {counted(item.annotations, 'mark')}"))
        if item.remark.note:
            rows.append((f"Note by {whose}", item.remark.note))
    return rows


def may_see_work(session: Session, uid: str) -> bool:
    """Whether the present annotator may know how far others are with a document (uid), and what they note of it.

    Annotators work without knowing of each other until they have finished a document, or its gold is released. Whoever
    isn't to work on it, in a project where documents are assigned, knows it from the beginning.
    """
    if uid in session.reader.release_reviewers():
        return True
    assignments = session.reader.assignments()
    if assignments and uid not in assignments.get(session.annotator or "", ()):
        return True
    status = session.reader.head_of(uid, session.annotator or "").status
    return status.is_finished or status is Status.SKIPPED


def flags_and_notes(session: Session, uid: str) -> list[dict[str, str | None]]:
    """Return what annotators say of a document (uid): rows of annotator, flag and note, by name."""
    return [
        {"annotator": item.annotator, "flag": item.remark.flag, "note": item.remark.note}
        for item in session.reader.heads_of(uid)
        if item.remark != NO_REMARK
    ]
