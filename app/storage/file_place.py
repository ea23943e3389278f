"""Whether a project lies where programs or networks get between it and the disk."""

import os
import re
import sys
from pathlib import Path

_SHARED = "it is on a network drive, where the locks that keep a second writer out can fail"
_MOUNTED = "its drive is shared with another system, and the locks that keep a second writer out can fail there"
# Clients keep what they synchronise in a folder of their name, often with that of an account: “OneDrive - Company”,
# “Dropbox (Personal)”. iCloud's is “Mobile Documents”; macOS keeps those of all others in “CloudStorage”.
_CLIENTS = (
    *("dropbox", "onedrive", "google drive", "googledrive", "my drive", "mega", "megasync", "pcloud", "pclouddrive"),
    *("box", "box sync", "mobile documents", "icloud drive", "icloud~", "cloudstorage", "nextcloud", "owncloud"),
    *("seafile", "syncthing", "tresorit", "sync.com", "yandex.disk", "synologydrive", "proton drive", "magentacloud"),
)
_CLIENT = re.compile(rf"(?:{'|'.join(map(re.escape, _CLIENTS))})(?:$|[ (@_-].*)", re.IGNORECASE)
# What clients put into the folders that they synchronise.
_MARKS = (".dropbox.cache", ".stfolder", ".nextcloudsync.log", ".owncloudsync.log")
# Kinds of file systems by Linux's names; those through FUSE are called “fuse.” and the program.
_NETWORK = (
    *(
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "afpfs",
        "afs",
        "ncpfs",
        "ceph",
        "glusterfs",
        "lustre",
        "webdav",
        "davfs",
    ),
    *("fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.davfs2", "fuse.gvfsd-fuse", "fuse.s3fs", "fuse.glusterfs"),
    *("fuse.smbnetfs", "fuse.curlftpfs", "fuse.ceph", "fuse.google-drive-ocamlfuse", "fuse.onedriver"),
)
_SHARES = ("9p", "vboxsf", "virtiofs", "fuse.vmhgfs-fuse", "prl_fs", "drvfs")
_REMOTE = 4  # of Windows' GetDriveType
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\(\d{3})")


def risky_place(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """Return why a file's folder is no good place for an open project, None if nothing is known against it.

    Sync clients copy the file and its log at different times; network file systems break SQLite's locks. `mounts` is
    where Linux tells which file systems there are: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
    """
    real = _resolved(path)
    return _of_network(real, mounts) or _of_client(real) or _of_client(path.absolute())


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _of_client(path: Path) -> str | None:
    for part in path.parts[:-1]:
        if _CLIENT.fullmatch(part):
            return f"“{part}” is synchronised by another program, and what it copies of an open project can be damaged"
    for folder in path.parents[:-1]:  # not the root
        for mark in _MARKS:
            if os.path.exists(folder / mark):
                return f"“{folder.name}” is synchronised by another program, and so are open projects, piece by piece"
    return None


def _of_network(path: Path, mounts: Path) -> str | None:
    if sys.platform == "win32":
        import ctypes

        is_remote = path.drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _REMOTE
        return _SHARED if is_remote else None
    kind = _file_system_of(path, mounts)
    if kind in _NETWORK:
        return _SHARED
    return _MOUNTED if kind in _SHARES and not _is_root(path, mounts, kind) else None


def _is_root(path: Path, mounts: Path, kind: str) -> bool:
    """Whether the whole machine lies on the same kind of file system, as in some containers."""
    return _file_system_of(Path(path.anchor), mounts) == kind


def _file_system_of(path: Path, mounts: Path) -> str:
    """Return the kind of the file system of a path, "" if that isn't known."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return ""
    found, longest = "", -1
    for line in lines:
        place, _, kind = line.partition(" - ")
        fields = place.split(" ")
        if len(fields) < 5 or not kind:
            continue
        point = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if (point == path or point in path.parents) and len(point.parts) >= longest:
            found, longest = kind.split(" ")[0], len(point.parts)
    return found
