"""Tables: CSV, TSV and XLSX. Tables of texts are read, tables of annotations are written."""
