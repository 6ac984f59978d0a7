"""Criteria as data: one YAML file for each province, no code."""
