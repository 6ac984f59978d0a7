"""Telling people what became worse or will lapse: what is due is decided purely (ADR 0024)."""
