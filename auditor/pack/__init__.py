"""Evidence that stands alone: one signed file of a run, and its verification (docs/pack.md)."""
