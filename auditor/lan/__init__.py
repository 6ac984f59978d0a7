"""What services on a network say of themselves: conversations as pure values, no socket here.

A conversation is a generator: it yields what to send and how much to read, is given what came back,
and returns what the service said. `auditor.transports.lan_sweep` carries it out through the gate.
"""
