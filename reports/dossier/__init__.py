"""The documents of the recognition dossier, drafted in the form of Decree 30/2020/NĐ-CP.

They exist in Vietnamese only, as the law wants them; so their sentences are written here once, in
Vietnamese, and not as messages with translations (ADR 0019). Nothing here signs or seals.
"""
