"""Sparse rows shaped like a text collection, as src/Data/Synthetic/SparseLogistic.cs makes them (not the same rows)."""

import numpy

SEED = 1


def make(samples, features, entries=74, noise=0.05, seed=SEED):
    """(indptr, indices, values, labels): rows of unit length in CSR form, labels 0 or 1 by the side of a random plane, some turned over.

    A feature of rank r is drawn with probability about 1/r, each at most once in a row; ranks are scattered over the indices. A row has
    entries/2 to 3·entries/2 of them.
    """
    chance = numpy.random.default_rng(seed)
    half = entries // 2
    lengths = chance.integers(entries - half, entries + half + 1, samples)
    scattered = chance.permutation(features)
    keys = numpy.empty(0, numpy.int64)  # row · features + rank, ascending, each once
    short = lengths.copy()
    while short.any():
        rows = numpy.repeat(numpy.arange(samples), short)
        ranks = numpy.minimum((features ** chance.random(len(rows))).astype(numpy.int64) - 1, features - 1)
        drawn = numpy.unique(rows * features + ranks)
        places = numpy.searchsorted(keys, drawn)
        is_new = numpy.ones(len(drawn), bool) if len(keys) == 0 else keys[numpy.minimum(places, len(keys) - 1)] != drawn
        keys = numpy.insert(keys, places[is_new], drawn[is_new])
        short -= numpy.bincount(drawn[is_new] // features, minlength=samples)
    rows, ranks = numpy.divmod(keys, features)
    values = numpy.log(features / (1.0 + ranks)) + 0.1  # larger for what is rare
    values /= numpy.sqrt(numpy.bincount(rows, values ** 2, samples))[rows]
    indices = scattered[ranks]
    order = numpy.argsort(rows * features + indices)
    indices, values = indices[order], values[order]
    margins = numpy.bincount(rows, values * chance.standard_normal(features)[indices], samples)
    labels = (margins > 0) ^ (chance.random(samples) < noise)
    indptr = numpy.concatenate([[0], numpy.cumsum(lengths)])
    return indptr.astype(numpy.int32), indices.astype(numpy.int32), values, labels.astype(numpy.int64)
