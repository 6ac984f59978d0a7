"""Measurements: one file, one function, one id. Installed as `auditor.probes`."""
