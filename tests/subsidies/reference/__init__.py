"""The calculation written a second time, from the document alone: slow, plain, and nobody's copy.

Nothing here imports the engine's rules except the one comparison; amounts are fractions of yuan,
what a cap has left is summed anew for every line, and interest is counted day by day.
"""
