"""The nouns: what is asked, of whom, what was seen, what follows.

Standard library only; no logic beyond invariants.
Times are aware UTC datetimes; digests are lower-case SHA-256 in hexadecimal.
The names stand in the stub beside this file. Each is loaded when it is asked for (PEP 562), since
a hundred dataclasses cost every command more than what most of them do.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
