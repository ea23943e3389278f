"""HTML: plain files and saved web pages. Its parts are used for EPUB too."""
