"""Vocabulary shared by every room: pure values, standard library only, no I/O."""
