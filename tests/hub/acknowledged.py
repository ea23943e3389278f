"""What each workbench has acknowledged, as its journal tells, and what of that must be there in the end."""

from collections import Counter
from pathlib import Path

from tests.hub.journal import Marks, read_journal


class Machine:
    """What one workbench said. `marks` is what its file had of its own person's marks at last, by document.

    `versions` are those of marks (uid, digest) that this machine itself made, and `replaced` those in whose place it
    put another; `deleted` are the marks that it deleted, `undone` those that undo put back to an earlier version.
    `faults` says what was not as it must be, such as marks that an exchange has changed of somebody who works at one
    machine only; `troubles` are the errors of exchanges. `counts` says how often what was done, and in the middle of
    what it was killed.
    """

    def __init__(self, name: str, journal: Path, *, is_only_one: bool) -> None:
        self._name = name
        self._is_only_one = is_only_one
        self.marks: dict[str, Marks] = {}
        self.versions: set[tuple[str, str]] = set()
        self.replaced: set[tuple[str, str]] = set()
        self.deleted: set[str] = set()
        self.undone: set[str] = set()
        self.decisions: list[str] | None = None
        self.added: list[str] = []
        self.faults: list[str] = []
        self.troubles: Counter[str] = Counter()
        self.longest = 0.0
        self.counts: Counter[str] = Counter()
        self._begun: str | None = None
        for line in read_journal(journal):
            self._read(line)
        if self._begun is not None:
            self.counts["killed in the middle of " + self._begun] += 1

    def _read(self, line: dict) -> None:
        if "go" in line:
            self._begun = line["go"]
        elif "ack" in line:
            self._acknowledge(line)
            self._begun = None if line["ack"] != "sync" else "found"
        elif "found" in line:
            self._find(line["found"])
        elif line["end"] == "bug":
            self.faults.append(f"{self._name}: {line['trace']}")

    def _acknowledge(self, line: dict) -> None:
        kind = line["ack"]
        self.counts[kind] += 1
        if kind == "sync":
            self.longest = max(self.longest, line["seconds"])
            if "error" in line:
                self.troubles[f"{line['error']}: {line['words']}"] += 1
            self.faults.extend(f"{self._name}: {note}" for note in line.get("notes", ()))
        elif kind == "review":
            self.decisions = line["decisions"]
        elif kind == "add":
            self.added.append(line["document"])
        elif kind == "undo":
            self._did(line["all"], is_undo=True)
        else:
            self._did({**self.marks, line["doc"]: line["marks"]})

    def _find(self, found: dict[str, Marks]) -> None:
        """Compare with what was acknowledged: after a kill what was being done may or may not be there."""
        begun, self._begun = self._begun, None
        if begun is not None and begun != "found":
            self.counts["killed in the middle of " + begun] += 1
        is_exchange = begun in ("sync", "found")
        if begun is None or (is_exchange and self._is_only_one):
            if found != self.marks:
                after = " after an exchange" if is_exchange else ""
                self.faults.append(f"{self._name}{after}: {_difference(self.marks, found)}")
        elif not is_exchange:
            self._did(found, is_undo=begun == "undo")
        self.marks = found

    def _did(self, after: dict[str, Marks], *, is_undo: bool = False) -> None:
        """Note what this machine did, given all marks after it."""
        old = {(uid, said) for marks in self.marks.values() for uid, said in marks.items()}
        new = {(uid, said) for marks in after.values() for uid, said in marks.items()}
        still = {uid for uid, _ in new}
        changed = {uid for uid, _ in new - old} & {uid for uid, _ in old}
        self.versions |= new - old
        self.deleted |= {uid for uid, _ in old} - still
        if is_undo:
            self.undone |= changed
        else:
            self.replaced |= {version for version in old - new if version[0] in changed}
        self.marks = {uid: marks for uid, marks in after.items() if marks}


def _difference(one: dict[str, Marks], other: dict[str, Marks]) -> str:
    before = {(uid, mark, said) for uid, marks in one.items() for mark, said in marks.items()}
    after = {(uid, mark, said) for uid, marks in other.items() for mark, said in marks.items()}
    return f"acknowledged but not found {sorted(before - after)[:3]}, not acknowledged {sorted(after - before)[:3]}"


def lost(machines: list[Machine], final: Marks) -> list[str]:
    """Return, in words, what is wrong with a person's marks in the end, given what their machines acknowledged.

    With one machine it is exactly what that said. With two, a mark that was deleted on one may come back from the
    other; but none is missing that nobody deleted, and none is as it was before somebody changed it.
    """
    if len(machines) == 1:
        said = {uid: digest for marks in machines[0].marks.values() for uid, digest in marks.items()}
        return [] if said == final else [_difference({"": said}, {"": final})]
    deleted = {uid for machine in machines for uid in machine.deleted}
    undone = {uid for machine in machines for uid in machine.undone}
    versions = {version for machine in machines for version in machine.versions}
    replaced = {version for machine in machines for version in machine.replaced}
    made = {uid for uid, _ in versions}
    found = [f"the mark {uid} is lost" for uid in sorted(made - deleted - final.keys())]
    found += [f"nobody left the mark {uid} as it is" for uid, said in final.items() if (uid, said) not in versions]
    for uid, said in final.items():
        if (uid, said) in replaced and uid not in deleted | undone:
            found.append(f"the mark {uid} is as it was before it was changed")
    return found
