"""What brat's visual.conf and kb_shortcuts.conf say of types; https://brat.nlplab.org/configuration.html."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.services.schemes.css_colors import css_color

BESIDE = ("visual.conf", "kb_shortcuts.conf")
"""The files beside annotation.conf that are read."""


class BratLook:
    """How types are shown: their titles and short names, colours and keys."""

    def __init__(self, beside: Mapping[str, str]) -> None:
        """Read what is known of the texts of files, by name; lines that say nothing of a type are skipped."""
        self._titles: dict[str, list[str]] = {}
        self._colors: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        section = ""
        for raw in beside.get("visual.conf", "").lstrip("\ufeff").splitlines():
            line = raw.strip()
            head = re.fullmatch(r"\[\s*([\w-]+)\s*\]", line)
            if head:
                section = head[1].lower()
            elif not line or line.startswith("#"):
                continue
            elif section == "labels":
                name, *titles = (part.strip() for part in line.split("|"))
                self._titles[name] = [title for title in titles if title]
            elif section == "drawing":
                self._read_drawing(line)
        for raw in beside.get("kb_shortcuts.conf", "").lstrip("\ufeff").splitlines():
            words = raw.split()
            if len(words) == 2 and len(words[0]) == 1 and words[0] != "#":
                self._keys.setdefault(words[1].casefold(), words[0].lower())

    def _read_drawing(self, line: str) -> None:
        name, *rest = line.split(None, 1)
        given = dict(re.findall(r"(\w+)\s*:\s*(\w+\([^)]*\)|[^,\s]+)", rest[0] if rest else ""))
        color = css_color(given.get("bgColor") or given.get("color", ""))
        if color:
            self._colors[name] = color

    def of(self, name: str) -> dict[str, str]:
        """Return title, badge, colour and key of a type, as the scheme file has them."""
        titles = self._titles.get(name, [])
        short = min(titles, key=len, default="")
        found = {
            "title": titles[0] if titles and titles[0] != name else "",
            "badge": short if titles and short != titles[0] else "",
            "color": self._colors.get(name, ""),
            "key": self._keys.get(name.casefold(), ""),
        }
        return {key: value for key, value in found.items() if value}

    def dress_relation(self, relations: Iterable[dict[str, Any]], id: str, name: str) -> None:
        """Give the relation type with an id the title, badge and colour that its name has."""
        for relation in relations:
            if relation["id"] == id:
                relation.update({key: value for key, value in self.of(name).items() if key != "key"})
