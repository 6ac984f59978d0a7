"""Measure a provincial innovation centre's digital infrastructure, and prove it."""

__version__ = "0.1.0"
