"""Which kinds of rows of a hub are new to somebody: what isn't new needn't be asked for."""

from typing import NamedTuple


class HubNews(NamedTuple):
    """Whether there are new rows of each kind that one may read; all of them as long as nobody has looked."""

    documents: bool = True
    links: bool = True
    work: bool = True
    decisions: bool = True
    releases: bool = True
    seats: bool = True
    suggestions: bool = True
    patterns: bool = True
    schemes: bool = True

    @property
    def changes_documents(self) -> bool:
        """Whether documents, or the work on them, have changed."""
        return self.documents or self.work or self.decisions or self.releases or self.suggestions


# In the order of the fields.
_TABLES = ("document", "reference", "work", "decision", "release", "seat", "suggested", "pattern")
_OF_ONE = ("work", "seat")


def news_sql(since: int, event: str, scheme: int, only: str | None) -> tuple[str, list[str]]:
    """Return the columns of a query that tells of news, in the order of the fields, and its values.

    New is what a transaction from `since` on has written, and a scheme with a higher number: it may have had to wait.
    With `only`, an annotator's key, work and seats are theirs. A set written with this `event` of the log is known.
    """
    columns: list[str] = []
    values: list[str] = []
    for table in _TABLES:
        if table == "suggested":  # some of others' are told
            columns.append("EXISTS (SELECT 1 FROM changed_suggested(%s::text::xid8))")
            values.append(str(since))
            continue
        conditions = {"at >= %s::text::xid8": str(since)}
        if only is not None and table in _OF_ONE:
            conditions["annotator = %s"] = only
        if table == "work":
            conditions["event <> %s"] = event
        columns.append(f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(conditions)})")
        values.extend(conditions.values())
    columns.append("EXISTS (SELECT 1 FROM scheme WHERE number > %s::integer)")
    return ", ".join(columns), [*values, str(scheme)]
