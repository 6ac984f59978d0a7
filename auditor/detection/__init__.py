"""What runs on a machine, concluded from what was collected there: pure, no clock, no file."""
