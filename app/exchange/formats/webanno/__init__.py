"""WebAnno's TSV 3, which WebAnno and INCEpTION read and write; https://inception-project.github.io."""
