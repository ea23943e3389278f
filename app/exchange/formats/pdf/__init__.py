"""PDF. The library that reads it, PDFium, runs in a process of its own."""

PDF_FLAG = "--pdf-reader"  # makes a frozen program run as that process; see page_process
