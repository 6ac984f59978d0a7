"""A program that calls itself `clamd` (prctl PR_SET_NAME) and protects nothing."""

import ctypes
import time

PR_SET_NAME = 15

if __name__ == "__main__":
    ctypes.CDLL(None).prctl(PR_SET_NAME, b"clamd", 0, 0, 0)
    while True:
        time.sleep(3600)
