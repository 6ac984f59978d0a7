"""JSON Schemas, generated from the model by `make docs` and checked by `make check`."""
