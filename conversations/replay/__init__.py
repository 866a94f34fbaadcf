"""Real dialogues played through real sockets, and the comparison of what was stored with what was played."""
