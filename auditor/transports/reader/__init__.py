"""What runs in the reader's own process, and nowhere else: it opens files that may be hostile.

`auditor.transports.reading` starts it. Whatever happens here costs one file: an error that nobody
foresaw ends this process, and the file counts as broken.
"""
