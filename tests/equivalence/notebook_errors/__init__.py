"""Errors that notebooks beside papers really have, as small modules, and the specs that they should fit.

The figure says one thing and the code does another: a list that holds one block several times, blocks that
no optimiser ever sees, a softmax that is constructed and not called, convolutions with other channels,
kernels or paddings, layers out of order or missing, a scale left out.
"""
