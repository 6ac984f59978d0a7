"""Formats: a record becomes text, HTML or PDF. Nothing here measures or decides."""
