"""What the tool does by itself: the plan, what of it is due, and who wakes it (ADR 0023)."""
