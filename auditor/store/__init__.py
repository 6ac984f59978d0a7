"""What is kept between runs: a chain of runs, their findings, samples, and packs by digest.

The runs' own files stay where they are; the store knows them by digest (ADR 0021).
"""
