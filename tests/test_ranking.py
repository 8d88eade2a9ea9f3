"""Rankings of many peers: looking at few gives what looking at all gives."""

import numpy as np
import pytest

from service.evidence import arrange
from service.model import ConceptKind, Relation
from service.ranking import Ranker

_SIZE = 12_000
_POOLS = (5, 40, 300, 2_000, 2_000)


@pytest.fixture(scope="module")
def ranker() -> Ranker:
    """Return the ranker of procedures that share common things and rare ones, and of few others."""
    rng = np.random.default_rng(2026)
    pairs, first = [], 0
    for pool in _POOLS:
        weight = 1.0 / np.arange(1, pool + 1)
        drawn = first + rng.choice(pool, _SIZE, p=weight / weight.sum())
        pairs.append(drawn.astype(np.int64) * _SIZE + np.arange(_SIZE))
        first += pool
    features, holders = np.divmod(np.unique(np.concatenate(pairs)), _SIZE)
    _, counts = np.unique(features, return_counts=True)
    words = list(Relation).index(Relation.TITLE_WORD)
    relation = np.full(len(counts), words, np.uint8)
    relation[: len(counts) // 2] = list(Relation).index(Relation.HAS_FACET)
    nothing = np.full(len(counts), -1, np.int32)
    return Ranker(
        arrange(
            kinds=np.full(_SIZE, list(ConceptKind).index(ConceptKind.PROCEDURE), np.uint8),
            listed=np.ones(_SIZE, np.bool_),
            holders=holders.astype(np.int32),
            holder_counts=counts,
            relation=relation,
            node=nothing,
            word=nothing,
            scale=rng.choice([0.1, 0.5, 1.0, 2.0], len(counts)),
            words=[],
        )
    )


@pytest.mark.parametrize("via", [None, frozenset([Relation.TITLE_WORD])])
@pytest.mark.parametrize("limit", [1, 10, 50])
def test_the_best_of_few_are_the_best_of_all(
    ranker: Ranker, limit: int, via: frozenset[Relation] | None
) -> None:
    """Numbers, scores and how many there are, with and without who may not be listed."""
    taken = np.random.default_rng(7).random(_SIZE) < 0.7
    for number in range(0, _SIZE, 601):
        for allowed in (None, taken):
            few = ranker.rank(number, limit=limit, via=via, taken=allowed)
            every = ranker.rank(number, limit=_SIZE, via=via, taken=allowed)
            assert few.numbers.tolist() == every.numbers[:limit].tolist()
            assert few.scores.tolist() == every.scores[:limit].tolist()
            assert few.total == every.total == len(every.numbers)
