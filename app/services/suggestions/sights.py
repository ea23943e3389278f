"""What an annotator has seen of the suggestions: noted in memory, and written now and then, many at once."""

from app.core.clock import now
from app.core.suggestion import Sight
from app.session.executor import Executor
from app.session.session import Session


class Sights:
    """The suggestions that were shown and aren't written yet, by document and annotator.

    Seeing isn't an action: it can't be undone, and what was seen stays so when an answer is undone.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._new: dict[tuple[str, str], dict[str, str]] = {}
        self._written: set[tuple[str, str]] = set()  # annotator and suggestion (uid), of this sitting

    @property
    def count(self) -> int:
        """The number of suggestions to be written."""
        return sum(map(len, self._new.values()))

    @property
    def must_wait(self) -> bool:
        """Whether a job is writing to the project, so that nothing can be written now."""
        return self._session.project.turn.is_taken

    def note(self, document: str, suggestions: list[str]) -> None:
        """Note that suggestions (uids) of a document (uid) are before the annotator."""
        who = self._session.annotator
        if not who or not self._session.is_writable:
            return
        fresh = [uid for uid in suggestions if (who, uid) not in self._written]
        if fresh:
            self._written.update((who, uid) for uid in fresh)
            time = now()
            self._new.setdefault((document, who), {}).update(dict.fromkeys(fresh, time))

    def write(self) -> None:
        """Write what was noted, in one transaction. Raises ProjectError; then it is tried again the next time."""
        if not self._new or not self._session.is_writable:
            return
        noted, tag = self._new, self._session.scheme.tag

        def write(executor: Executor) -> None:
            table = executor.suggesting.suggestions
            for (document, who), seen in noted.items():
                key = executor.documents.key_of(document)
                if key is None:
                    continue
                person = executor.annotations.ensure_annotator(who)
                executor.annotations.ensure_set(key, person, scheme=tag)
                rows = [Sight(suggestion=uid, annotator=who, time=time) for uid, time in seen.items()]
                table.show_to(key, [(person, row) for row in rows])

        self._session.note(write)
        self._new = {}
