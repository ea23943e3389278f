"""The tree of a text's tags, as far as they can be told: models write them, and forget and misspell some."""

import re

MARK, DELETE = "mark", "delete"
PIECES = (MARK, DELETE)
# What models write for the tags, by what they mean.
_NAMES = {
    "entity": ("entity", "entities"),
    "relation": ("relation", "relational", "relation_error", "relational_error", "relative"),
    "contradictory": (
        "contradictory",
        "contradiction",
        "contradictary",
        "contraditory",
        "contradicatory",
        "contradiciary",
        "contrdictory",
    ),
    "invented": ("invented", "inverted"),
    "subjective": ("subjective", "subective", "subj"),
    "unverifiable": ("unverifiable", "unvalidatable"),
    MARK: ("mark", "marker"),
    DELETE: ("delete", "deletion", "deleted"),
}
_KNOWN = {word: name for name, words in _NAMES.items() for word in words}
# Few blanks only: a stranger's text may have a million of them.
_TAG = re.compile(
    rf"<\s{{0,3}}(/?)\s{{0,3}}({'|'.join(sorted(_KNOWN, key=len, reverse=True))})\s{{0,3}}>", re.IGNORECASE
)


class TagNode:
    """A tag with what is in it, in order. `is_piece`: it is one of those that say what is wrong and what is right."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_piece = name in PIECES
        self.parts: list[str | TagNode] = []


def tree_of(text: str) -> tuple[TagNode, int]:
    """Return the tree of a text's tags, and how many of them had no pair.

    Words that are marked or deleted outside of a type are in a node without a name.
    """
    tree = _Tree()
    at = 0
    tags = list(_TAG.finditer(text))
    for number, found in enumerate(tags):
        tree.add(text[at : found.start()])
        at = found.end()
        name = _KNOWN[found[2].casefold()]
        if found[1]:
            tree.close(name)
            continue
        following = tags[number + 1 : number + 2]
        is_before_piece = any(
            each.start() == at and not each[1] and _KNOWN[each[2].casefold()] in PIECES for each in following
        )
        tree.open(name, is_before_piece=is_before_piece)
    tree.add(text[at:])
    tree.end()
    return tree.root, tree.odd


class _Tree:
    def __init__(self) -> None:
        self.root = TagNode("")
        self.odd = 0
        self._stack = [self.root]

    def add(self, text: str) -> None:
        if not text:
            return
        if self._is_untyped() and text.strip():
            self._stack.pop()
        self._stack[-1].parts.append(text)

    def open(self, name: str, *, is_before_piece: bool) -> None:
        """Open a tag; one of a type that is open already closes it, or shows that it wasn't closed."""
        if self._is_untyped() and name not in PIECES:
            self._stack.pop()
        if self._is_untyped() and any(_is_piece(part, name) for part in self._stack[-1].parts):
            self._stack.pop()  # a second one is of another pair
        top = self._stack[-1]
        if name in PIECES:
            if top.is_piece:
                self._pop(is_odd=True)
            elif top is self.root:
                self._push("")
        elif any(node.name == name for node in self._stack[1:]):
            # FAVA's own code closes some with another opening tag: <contradictory><delete>…</delete><contradictory>
            is_closing = top.name == name and _ends_with_piece(top) and not is_before_piece
            while self._stack[-1].name != name:
                self._pop(is_odd=True)
            self._pop(is_odd=not is_closing)
            if is_closing:
                return
        self._push(name)

    def close(self, name: str) -> None:
        """Close a tag with all that is in it; one that isn't open closes another one of its kind, or is dropped."""
        if any(node.name == name for node in self._stack[1:]):
            while self._stack[-1].name != name:
                self.odd += 1
                self._stack.pop()
            self._stack.pop()
            return
        self.odd += 1
        top = self._stack[-1]
        if top is not self.root and top.name and top.is_piece == (name in PIECES):
            self._stack.pop()

    def end(self) -> None:
        """Close what is open at the end of the text."""
        while len(self._stack) > 1:
            self._pop(is_odd=bool(self._stack[-1].name))

    def _is_untyped(self) -> bool:
        return len(self._stack) > 1 and not self._stack[-1].name

    def _push(self, name: str) -> None:
        node = TagNode(name)
        self._stack[-1].parts.append(node)
        self._stack.append(node)

    def _pop(self, *, is_odd: bool) -> None:
        """Close a tag. One that the text doesn't close ends behind the last words that are marked or deleted in it, or
        with its line.
        """
        node = self._stack.pop()
        if not is_odd:
            return
        self.odd += 1
        pieces = [number for number, part in enumerate(node.parts) if _is_piece(part)]
        behind = node.parts[pieces[-1] + 1 :] if pieces else []
        if pieces:
            del node.parts[pieces[-1] + 1 :]
        else:
            for number, part in enumerate(node.parts):
                if isinstance(part, str) and "\n" in part:
                    line = part.index("\n")
                    behind = [part[line:], *node.parts[number + 1 :]]
                    node.parts[number:] = [part[:line]] if line else []
                    break
        self._stack[-1].parts += behind


def _ends_with_piece(node: TagNode) -> bool:
    last = next((part for part in reversed(node.parts) if not isinstance(part, str) or part.strip()), "")
    return _is_piece(last)


def _is_piece(part: str | TagNode, name: str = "") -> bool:
    return isinstance(part, TagNode) and part.is_piece and name in ("", part.name)
