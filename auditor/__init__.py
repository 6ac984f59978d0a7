"""Measure a provincial innovation centre's digital infrastructure, and prove it."""

__version__ = "0.1.0"
DEFAULT_PROFILE = "lai-chau-2026"
