"""The denominator: machines that a run knows of, merged from all that was seen. Pure."""
