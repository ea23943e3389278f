"""UIMA’s CAS as XMI and JSON, and what INCEpTION’s layers become here; https://uima.apache.org, https://inception-project.github.io."""
