"""Judging the technical measures of a level on one machine: pure, one small function a measure."""
