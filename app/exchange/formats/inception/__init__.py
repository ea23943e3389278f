"""INCEpTION's exported projects; https://inception-project.github.io."""
