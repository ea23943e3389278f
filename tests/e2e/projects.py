"""Projects for sittings, made without the window."""

from collections.abc import Mapping
from pathlib import Path

from app.session.session import Session
from tests.conftest import REFERENCE, SPUN, add_documents, scheme_source

SECOND = "The budget was voted down by 412 members. It was voted down by 214 members, the speaker said.\n"
THIRD = "Nothing is wrong in this text. It is short.\n"
WORK = {"first.txt": SPUN, "second.txt": SECOND, "third.txt": THIRD}
LAST = "report.txt"


def make(
    folder: Path,
    texts: Mapping[str, str] | None = None,
    *,
    reference: str = REFERENCE,
    scheme: str = "news-errors",
    name: str = "news.stet",
) -> Path:
    """Make a project of some texts, each with the same reference, which comes last."""
    path = folder / name
    session = Session.create(path, scheme=scheme_source(scheme))
    uids = add_documents(session, {**(texts or WORK), LAST: reference})
    with session.project.atomic():
        for uid in uids[:-1]:
            session.reader.documents.link(uid, uids[-1])
    session.close()
    return path
