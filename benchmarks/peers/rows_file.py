"""Sparse rows that the grid's own benchmark wrote, so that all sides train on the same ones (benchmarks/Training/SparseRowsFile.cs)."""

import numpy
import scipy.sparse


def read(path):
    """(rows as a CSR matrix of float64, labels 0 or 1); ValueError or OSError says what is wrong."""
    content = numpy.fromfile(path, "<i4")
    if len(content) < 2 or len(content) != 3 + 2 * content[0] + 2 * content[1]:
        raise ValueError(f"{path} is no file of rows, or not whole. Remove it; the grid's side writes it again.")
    rows, entries = content[:2]
    starts, features, values, labels = numpy.split(content[2:], numpy.cumsum([rows + 1, entries, entries]))
    return scipy.sparse.csr_matrix((values.view("<f4").astype(float), features, starts)), labels.view("<f4").astype(int)


def mean_loss(margins, labels):
    """Mean logistic loss of margins w·x + b, with labels 0 or 1."""
    return float(numpy.logaddexp(0, numpy.where(labels == 1, -margins, margins)).mean())
