"""Documents of the centre: read in a process of their own, recognised and checked here."""
