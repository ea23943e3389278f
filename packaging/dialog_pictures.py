"""Pictures of every dialog of imports and exports, light and dark: `python packaging/dialog_pictures.py FOLDER`.

They are looked at before a release. Needs the environment that `packaging/test.py` makes; draws offscreen.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def main(arguments: Sequence[str]) -> int:
    """Draw the pictures into a folder; with names, only these."""
    if not arguments:
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    sys.path.insert(0, str(_ROOT))
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    home = tempfile.mkdtemp()
    os.environ["STET_HOME"] = home
    try:
        return _draw(Path(arguments[0]), arguments[1:], Path(home))
    finally:
        shutil.rmtree(home)


def _draw(out: Path, names: Sequence[str], home: Path) -> int:
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from app.ui import theme
    from tests.dialog_scenes import DialogScenes

    app = QApplication([])
    theme.load_fonts()
    out.mkdir(parents=True, exist_ok=True)
    for tone in (theme.LIGHT, theme.DARK):
        theme.apply(app, tone)
        (home / tone.name).mkdir()
        scenes = DialogScenes(home / tone.name)
        for name, make in scenes.all():
            if names and name not in names:
                continue
            dialog = make()
            dialog.show()
            QTest.qWait(400)
            dialog.grab().save(str(out / f"{name}-{tone.name}.png"))
            dialog.close()
            dialog.deleteLater()
        scenes.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
