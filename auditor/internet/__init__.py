"""How fast the Internet line is: what one sample is, what follows from it, what speaks against it.

Pure: no socket, no clock, no file. Who sends the bytes is `auditor.transports.speed`.
Units: Mbit/s are 10^6 bit/s of TCP payload; times are milliseconds unless a name says otherwise.
"""
