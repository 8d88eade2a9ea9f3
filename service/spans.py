"""Rows of arrays that are stored one after the other, gathered many at once."""

import numpy as np
import numpy.typing as npt

__all__ = ["spans"]


def spans(
    starts: npt.NDArray[np.int64], rows: npt.NDArray[np.signedinteger]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Return the places ``starts[r]`` to ``starts[r + 1]`` of all ``rows``, and whose each is.

    The second array has the index into ``rows`` of each of the places.
    """
    first, last = starts[rows], starts[rows + 1]
    lengths = last - first
    owner = np.repeat(np.arange(len(rows)), lengths)
    before = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) + (first - before)[owner], owner
