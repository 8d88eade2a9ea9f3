"""Similar codes as the API shows them: who is among them, and reasons that add up."""

import pytest

from tests.asking import Asker

SIMILAR = """query($first: Int, $systems: [String!], $via: [Relation!], $retired: Boolean) {
  node(id: "CPT4:90804") { ... on Procedure {
    similar(first: $first, systems: $systems, via: $via, includeRetired: $retired) { edges {
      score node { id } why { relation contribution explanation } } } } } }"""


def _ids(ask: Asker, **variables: object) -> list[str]:
    edges = ask(SIMILAR, **variables)["node"]["similar"]["edges"]
    return [edge["node"]["id"] for edge in edges]


def test_psychotherapy_is_like_psychotherapy_of_another_system(ask: Asker) -> None:
    """A CPT4 code finds individual and group psychotherapy of ICD-10-PCS among ten."""
    ids = _ids(ask, first=10)
    assert ids[0] == "CPT4:90832"
    assert any(one.startswith("ICD10PCS:GZ5") for one in ids)
    assert any(one.startswith("ICD10PCS:GZH") for one in ids)


def test_reasons_add_up_to_the_score(ask: Asker) -> None:
    """Each edge is explained to the last part, in words; scores fall."""
    edges = ask(SIMILAR, first=50)["node"]["similar"]["edges"]
    scores = [edge["score"] for edge in edges]
    assert scores == sorted(scores, reverse=True)
    for edge in edges:
        assert sum(why["contribution"] for why in edge["why"]) == pytest.approx(edge["score"])
        assert all(why["explanation"] for why in edge["why"])


def test_a_list_can_be_narrowed(ask: Asker) -> None:
    """By system as people write it, by relation, by being in use."""
    assert all(one.startswith("ICD10PCS:") for one in _ids(ask, systems=["ICD-10-PCS"]))
    assert "CPT4:90806" in _ids(ask, systems=["CPT4"], retired=True)
    assert "CPT4:90806" not in _ids(ask, systems=["CPT4"], retired=False, first=200)
    edges = ask(SIMILAR, via=["HAS_FACET"])["node"]["similar"]["edges"]
    assert {why["relation"] for edge in edges for why in edge["why"]} == {"HAS_FACET"}


EXPLAIN = """query($a: ID!, $b: ID!) { explainSimilarity(a: $a, b: $b) { score why {
  relation contribution shared { id } } } }"""


def test_an_explanation_names_what_is_shared(ask: Asker) -> None:
    """Both operate on the gallbladder; the same whichever is named first."""
    pair = {"a": "ICD10PCS:0FT44ZZ", "b": "ICD10PCS:0FB44ZZ"}
    there = ask(EXPLAIN, **pair)["explainSimilarity"]
    back = ask(EXPLAIN, a=pair["b"], b=pair["a"])["explainSimilarity"]
    assert there["score"] == pytest.approx(back["score"])
    shared = [why["shared"] and why["shared"]["id"] for why in there["why"]]
    assert "facet:objective/takes-out-some-or-all-of-a-body-part" in shared
    assert sum(why["contribution"] for why in there["why"]) == pytest.approx(there["score"])


def test_only_known_ids_are_explained(ask: Asker) -> None:
    """A code is wholly like itself; an unknown id has no explanation."""
    one = "CPT4:90804"
    assert ask(EXPLAIN, a=one, b=one)["explainSimilarity"]["score"] == pytest.approx(1)
    assert ask(EXPLAIN, a=one, b="nothing:here") == {"explainSimilarity": None}
