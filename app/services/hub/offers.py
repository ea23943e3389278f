"""Sets that were sent to a hub of which it isn't known yet whether they arrived."""

from collections.abc import Sequence

from app.core.decision import GOLD
from app.core.three_way_merge import SetExchange
from app.hub.hub_rows import HubState, HubWork
from app.session.executor import Executor
from app.session.session import Session


class Offers:
    """What is offered to a hub is written down first, with the entry that it will have in the hub's log.

    A server that is cut off after it has committed, or a program that is killed before it has heard so, would otherwise
    find its own earlier version in the hub and take it for somebody else's: what was deleted since would come back.
    """

    def __init__(self, session: Session, state: HubState) -> None:
        self._session = session
        self._hub = state.uid
        self._file = f"offered to {state.uid}"
        self._mine = (state.key, GOLD)

    def make(self, offered: Sequence[tuple[int, int, SetExchange]]) -> None:
        """Write down what will be sent: row numbers of document and annotator, and the exchange that this will be.

        Raises ProjectError.
        """
        with self._session.unlogged() as executor:
            for document, annotator, sent in offered:
                offer = sent._replace(file=self._file)
                executor.review.assignments.remember(document, annotator, offer)

    def settle(self, executor: Executor, document: int, annotator: int, sent: SetExchange) -> None:
        """Record that a set has arrived; what was offered of it before can't arrive any more."""
        executor.review.assignments.remember(document, annotator, sent)
        executor.review.assignments.forget_file(document, annotator, self._file)

    def recognise(self, work: Sequence[HubWork]) -> None:
        """Record of sets in the hub that they are what was offered from here. Raises ProjectError."""
        found: list[tuple[int, int, SetExchange]] = []
        executor = self._session.executor
        for item in work:
            if item.annotator not in self._mine:
                continue
            document = executor.documents.key_of(item.document)
            annotator = executor.annotations.find_annotator(item.annotator)
            if document is None or annotator is None:
                continue
            for offer in executor.review.assignments.exchanges(document, annotator):
                if offer.file == self._file and offer.head == item.event:
                    found.append((document, annotator, offer._replace(file=self._hub)))
        if found:
            with self._session.unlogged() as executor:
                for document, annotator, sent in found:
                    self.settle(executor, document, annotator, sent)
