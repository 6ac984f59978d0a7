"""Discovery of machines on a network: frames, announcements and what they amount to. All pure."""
