"""Programs that suggest annotations, behind one protocol: a registry, and one module each."""
