"""Compares the releases that are installed with a list of known weaknesses, packaging/advisories.json.

    python packaging/audit.py             tells what is pinned and listed; the exit code is 1 if anything is
    python packaging/audit.py --refresh   adds what pip-audit knows of the pinned releases (`pip install pip-audit`)

The list is kept in the project, so that this needs no network; a test does the same in every run. An entry says before
which release (`below`) or in which ones (`versions`) something is a weakness.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import locks

ADVISORIES = locks.ROOT / "packaging" / "advisories.json"
Advisories = dict[str, list[dict[str, Any]]]


def known() -> Advisories:
    """Return the known weaknesses by package."""
    return json.loads(ADVISORIES.read_text(encoding="utf-8"))


def weak(advisories: Advisories, releases: set[tuple[str, str]]) -> Iterator[str]:
    """Yield what is weak about releases, given by name and version, in words."""
    for name, version in sorted(releases):
        for each in advisories.get(name, []):
            if version in each.get("versions", ()) or ("below" in each and is_below(version, each["below"])):
                what = f"{name} {version}: {each['id']}, {each['what']}"
                yield f"{what}; pin a later release in packaging/constraints.txt"


def is_below(version: str, other: str) -> bool:
    """Tell whether a release is an earlier one, by the numbers in both."""
    pairs = zip_longest(*([int(part) for part in re.findall(r"\d+", each)] for each in (version, other)), fillvalue=0)
    return next((one < two for one, two in pairs if one != two), False)


def pinned() -> set[tuple[str, str]]:
    """Return the releases of all lists, by name and version."""
    return {(each.name, each.version) for name in (locks.RUN, locks.TEST, locks.BUILD) for each in locks.locked(name)}


def main(arguments: list[str]) -> int:
    """Tell what is weak, after asking for news if that is wanted."""
    if arguments not in ([], ["--refresh"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    if arguments and not _refresh():
        return 2
    found = list(weak(known(), pinned()))
    for line in found:
        print(line)
    print(f"{len(pinned())} releases, {len(found)} known weaknesses")
    return 1 if found else 0


def _refresh() -> bool:
    program = shutil.which("pip-audit")
    if program is None:
        sys.stderr.write("stet: pip-audit is needed: pip install pip-audit\n")
        return False
    lists = [word for name in (locks.TEST, locks.BUILD) for word in ("--requirement", str(locks.FOLDER / name))]
    asked = [program, "--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off", *lists]
    result = subprocess.run(asked, capture_output=True, text=True, check=False)
    answered = json.loads(result.stdout or '{"dependencies": []}')["dependencies"]
    if not any("skip_reason" not in each for each in answered):
        sys.stderr.write("stet: pip-audit reached no list of weaknesses; the one here is as it was\n")
        return False
    ADVISORIES.write_text(json.dumps(merged(known(), answered), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return True


def merged(advisories: Advisories, answered: list[dict[str, Any]]) -> Advisories:
    """Return the list with what pip-audit answered, as its JSON says it."""
    new = {name: list(each) for name, each in advisories.items()}
    for package in answered:
        for found in package.get("vulns", ()):
            listed = new.setdefault(locks.normal(package["name"]), [])
            entry = next((each for each in listed if each["id"] == found["id"]), None)
            if entry is None:
                listed.append(entry := {"id": found["id"], "what": " ".join(found["description"].split())[:80]})
            entry["versions"] = sorted({*entry.get("versions", ()), package["version"]})
    return new


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
