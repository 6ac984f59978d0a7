"""Rows out of a collection: one function for each table, pure, the same for every transport.

Each takes a `Collection` and returns rows, or raises `CannotMeasure`. A value that is not known is
`None`. Linux is recorded from real systems; macOS and Windows are written after documentation.
"""
