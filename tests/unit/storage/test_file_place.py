"""Folders of sync clients and network drives are known, however they are spelt, and others aren't taken for them."""

import sys
from pathlib import Path

import pytest

from app.storage.file_place import risky_place

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / {folder}/share rw - nfs4 server:/home rw
31 22 0:41 / {folder}/my\\040disk rw shared:9 - cifs //server/x rw
32 22 0:42 / {folder}/ssh rw - fuse.sshfs me@there: rw
33 22 0:43 / {folder}/host rw - 9p host rw
34 22 8:2 / {folder}/stick rw - vfat /dev/sdb1 rw
nonsense
"""


@pytest.mark.parametrize(
    ("folder", "is_risky"),
    [
        ("Dropbox", True),
        ("Dropbox (Personal)", True),
        ("OneDrive - Company", True),
        ("Mobile Documents", True),
        ("Google Drive", True),
        ("Library/CloudStorage/Box-Box", True),
        ("Nextcloud/work", True),
        ("Box", True),
        ("projects", False),
        ("megaphone", False),
        ("boxes", False),
        ("my dropbox notes", False),
    ],
)
def test_a_synchronised_folder_is_no_good_place(tmp_path: Path, folder: str, is_risky: bool) -> None:
    assert (risky_place(tmp_path / folder / "news.stet") is not None) == is_risky


def test_a_project_may_be_called_like_a_client(tmp_path: Path) -> None:
    assert risky_place(tmp_path / "Box") is None


def test_a_folder_is_known_by_what_its_client_puts_into_it(tmp_path: Path) -> None:
    (tmp_path / "shared" / "work").mkdir(parents=True)
    (tmp_path / "shared" / ".stfolder").mkdir()
    assert "“shared” is synchronised" in (risky_place(tmp_path / "shared" / "work" / "news.stet") or "")


def test_a_link_leads_to_the_real_place(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "work").symlink_to(tmp_path / "Dropbox")
    assert risky_place(tmp_path / "work" / "news.stet") is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows is asked for the kind of a drive")
@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("share/a", "network drive"),
        ("my disk", "network drive"),
        ("ssh/deep/er", "network drive"),
        ("host", "shared with another system"),
        ("stick", ""),
        ("shared", ""),
    ],
)
def test_a_network_drive_is_no_good_place(tmp_path: Path, place: str, words: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS.format(folder=tmp_path), encoding="utf-8")
    found = risky_place(tmp_path / place / "news.stet", mounts)
    assert (words in found) if found else (words == "")


def test_what_cannot_be_found_out_is_no_risk(tmp_path: Path) -> None:
    assert risky_place(tmp_path / "news.stet", tmp_path / "nowhere") is None
