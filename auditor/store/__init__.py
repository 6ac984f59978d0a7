"""What is kept between runs: a chain of runs, their findings, and samples.

The runs' own files stay where they are; the store knows them by digest (ADR 0021).
"""
