"""The public copy of a run: what must be hidden is hidden here, and nowhere else (ADR 0017)."""
