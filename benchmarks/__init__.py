"""How fast ncd-tikz is beside fixed marks: `make bench`, or `python -m benchmarks`.

Nothing here is a test: times depend on the machine, so everything that can be is a ratio of two
times measured on it in turns, and the table says what was aimed at.
"""
