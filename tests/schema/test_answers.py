"""Answers of the default graph: codes and their facts, hierarchy, lifecycle, walks, annotation."""

import pytest

from tests.asking import Asker, first_path

CODE = """query($ref: CodeRef!, $asOf: Date) { code(ref: $ref, asOf: $asOf) {
  __typename
  ... on Condition { id }
  ... on Procedure { id title titleSource lifecycle {
    state effectiveFrom effectiveTo
    replacements { allOf { system code } provenance { method } }
    activeSuccessors { id } } }
  ... on CodeMiss { reason message foundInSystems suggestions { id } ref { system code } } } }"""


def _ref(system: str, code: str) -> dict[str, str]:
    return {"system": system, "code": code}


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("ICD10CM", "F32.A"),
        ("ICD10CM", " f32a "),
        ("icd-10-cm", "F32 A"),
        ("ＩＣＤ１０ＣＭ", "Ｆ３２．Ａ"),
    ],
)
def test_a_code_is_found_as_people_write_it(ask: Asker, system: str, code: str) -> None:
    """Case, blanks, dots and full-width letters of a pasted code do not matter."""
    assert ask(CODE, ref=_ref(system, code))["code"] == {
        "__typename": "Condition",
        "id": "ICD10CM:F32.A",
    }


@pytest.mark.parametrize(
    ("system", "code", "as_of", "reason", "suggested"),
    [
        ("SNOMED", "90804", None, "UNKNOWN_SYSTEM", "CPT4:90804"),
        ("ICD10CM", "90804", None, "WRONG_SYSTEM", "CPT4:90804"),
        ("CPT4", "F32.A", "1990-01-01", "WRONG_SYSTEM", "ICD10CM:F32.A"),
        ("ICD10PCS", "OFT44ZZ", None, "MALFORMED_CODE", "ICD10PCS:0FT44ZZ"),
        ("CPT4", "90832", "2010-01-01", "NOT_YET_EFFECTIVE", "CPT4:90832"),
        ("ICD10CM", "F32.Z", None, "UNKNOWN_CODE", "ICD10CM:F32"),
    ],
)
def test_a_miss_says_why_and_what_to_ask_for(
    ask: Asker, system: str, code: str, as_of: str | None, reason: str, suggested: str
) -> None:
    """The reasons are decided in this order; another system's code wins over a wrong form."""
    miss = ask(CODE, ref=_ref(system, code), asOf=as_of)["code"]
    assert miss["__typename"] == "CodeMiss"
    assert miss["reason"] == reason
    assert miss["ref"] == _ref(system, code)
    assert miss["suggestions"][0]["id"] == suggested
    assert suggested.removeprefix(f"{system}:").split(":")[0] in miss["message"]


def test_codes_come_back_in_order_with_duplicates(ask: Asker) -> None:
    """One answer for each ref: clients pair them by place."""
    refs = [_ref("CPT4", "90804"), _ref("CPT4", "00000"), _ref("CPT4", "90804")]
    found = ask(
        "query($refs: [CodeRef!]!) { codes(refs: $refs) { ... on Procedure { id }"
        " ... on CodeMiss { reason } } }",
        refs=refs,
    )["codes"]
    assert found == [{"id": "CPT4:90804"}, {"reason": "UNKNOWN_CODE"}, {"id": "CPT4:90804"}]


def test_more_than_a_thousand_codes_are_refused(ask: Asker) -> None:
    """The bound is the contract's."""
    query = "query($refs: [CodeRef!]!) { codes(refs: $refs) { __typename } }"
    assert ask.refusal(query, refs=[_ref("CPT4", "90804")] * 1_001) == "BAD_USER_INPUT"


def test_nodes_are_found_by_id_and_unknown_ones_are_null(ask: Asker) -> None:
    """An id of any kind of concept works; a wrong one does not hide the others."""
    ids = ["CPT4:90804", "personnel:psychologist", "nothing:here", "CPT4:90804"]
    nodes = ask("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)["nodes"]
    assert [node and node["__typename"] for node in nodes] == [
        "Procedure",
        "PersonnelType",
        None,
        "Procedure",
    ]
    assert ask('{ node(id: "nothing:here") { id } }') == {"node": None}


def test_the_graph_says_what_is_loaded(ask: Asker) -> None:
    """Two releases and pages of two more systems ship; releases have their packages' counts."""
    graph = ask("{ graph { dataVersion nodeCount edgeCount codeSystems { name conceptCount } } }")
    counts = {s["name"]: s["conceptCount"] for s in graph["graph"]["codeSystems"]}
    assert counts.keys() == {"CPT4", "HCPCS", "ICD10CM", "ICD10PCS"}
    assert (counts["ICD10CM"], counts["ICD10PCS"]) == (98_466, 78_603)
    assert graph["graph"]["nodeCount"] > sum(counts.values())
    assert graph["graph"]["dataVersion"] == ask.store.data_version


def test_a_condition_stands_in_its_hierarchy(ask: Asker) -> None:
    """From category to chapter, the nearest first; a code without narrower ones has none."""
    condition = ask(
        """{ code(ref: {system: "ICD10CM", code: "F32.A"}) { ... on Condition {
          name parents { id } ancestors { id } children { totalCount } } } }"""
    )["code"]
    assert condition == {
        "name": "Depression, unspecified",
        "parents": [{"id": "ICD10CM:F32"}],
        "ancestors": [{"id": "ICD10CM:F32"}, {"id": "ICD10CM:F30-F39"}, {"id": "ICD10CM:5"}],
        "children": {"totalCount": 0},
    }


def test_notes_name_the_codes_that_they_are_about(ask: Asker) -> None:
    """A dash in a note stands for the whole category."""
    notes = ask(
        '{ node(id: "ICD10CM:F32") { ... on Condition { notes { kind concepts { id } } } } }'
    )["node"]["notes"]
    assert {"kind": "EXCLUDES1", "concepts": [{"id": "ICD10CM:F31"}]} in notes
    assert {"kind": "EXCLUDES2", "concepts": [{"id": "ICD10CM:F43.2"}]} in notes


def test_facets_are_the_axes_of_a_procedure(ask: Asker) -> None:
    """No device and no qualifier: a Z there means none, and is no facet."""
    facets = ask(
        """{ code(ref: {system: "ICD10PCS", code: "0FT44ZZ"}) { ... on Procedure {
          facets { axis facet { name } } } } }"""
    )["code"]["facets"]
    assert {f["axis"]: f["facet"]["name"] for f in facets} == {
        "approach": "Percutaneous Endoscopic",
        "body part": "Gallbladder",
        "body system": "Hepatobiliary System and Pancreas",
        "operation": "Resection",
        "section": "Medical and Surgical",
    }


def test_a_retired_code_leads_to_its_successor(ask: Asker) -> None:
    """It is found, says since when it is gone, and what to use instead."""
    found = ask(CODE, ref=_ref("CPT4", "90804"))["code"]
    assert found["titleSource"] == "PARAPHRASE"
    assert found["lifecycle"] == {
        "state": "RETIRED",
        "effectiveFrom": None,
        "effectiveTo": "2012-12-31",
        "replacements": [{"allOf": [_ref("CPT4", "90832")], "provenance": [{"method": "CURATED"}]}],
        "activeSuccessors": [{"id": "CPT4:90832"}],
    }


def test_a_retired_code_was_active_in_its_time(ask: Asker) -> None:
    """With asOf, old claims are read with the state of their day."""
    found = ask(CODE, ref=_ref("CPT4", "90804"), asOf="2012-12-31")["code"]
    assert found["lifecycle"]["state"] == "ACTIVE"


def test_two_codes_may_be_needed_together(ask: Asker) -> None:
    """One choice with two codes in it, and not two choices."""
    (choice,) = ask(CODE, ref=_ref("CPT4", "90810"))["code"]["lifecycle"]["replacements"]
    assert {one["code"] for one in choice["allOf"]} == {"90832", "90785"}


def test_a_brought_page_is_quoted_to_the_letter(ask: Asker) -> None:
    """Every fact of a page points into the text that the same answer carries."""
    found = ask(
        """{ code(ref: {system: "CPT4", code: "90853"}) { ... on Procedure {
          titleSource duration { minMinutes maxMinutes } page { text }
          indications { edges { provenance { quote start end } } }
          personnel { edges { node { id } provenance { quote start end } } } } } }"""
    )["code"]
    assert found["titleSource"] == "SOURCE_DOCUMENT"
    assert found["duration"] == {"minMinutes": 45, "maxMinutes": 60}
    assert "personnel:psychologist" in [e["node"]["id"] for e in found["personnel"]["edges"]]
    stated = found["indications"]["edges"] + found["personnel"]["edges"]
    assert len(stated) >= 5
    for edge in stated:
        for source in edge["provenance"]:
            assert found["page"]["text"][source["start"] : source["end"]] == source["quote"]


def test_a_phrase_leads_to_the_coded_condition(ask: Asker) -> None:
    """A page says "Depression"; who asks for F32.A finds the procedures of that page."""
    edges = ask(
        """{ node(id: "ICD10CM:F32.A") { ... on Condition { indicatedFor { edges {
          node { id } procedure { id } conditions { condition { id } } } } } } }"""
    )["node"]["indicatedFor"]["edges"]
    assert {
        "node": {"id": "phrase:depression"},
        "procedure": {"id": "CPT4:90804"},
        "conditions": [{"condition": {"id": "ICD10CM:F32.A"}}],
    } in edges


PATHS = """query($from: ID!, $to: ID!, $maxHops: Int) { paths(from: $from, to: $to,
  maxHops: $maxHops) { length hops { relation forward from { id } to { id } } } }"""


def test_a_path_joins_procedure_and_condition(ask: Asker) -> None:
    """Over the phrase of the page, whose edges are those that an answer shows."""
    found = ask(PATHS, **{"from": "CPT4:90804", "to": "ICD10CM:F32.A", "maxHops": 4})
    assert first_path(found) == ["CPT4:90804", "phrase:depression", "ICD10CM:F32.A"]
    assert [hop["relation"] for hop in found["paths"][0]["hops"]] == ["HAS_INDICATION", "MAPS_TO"]


def test_a_path_longer_than_asked_is_none(ask: Asker) -> None:
    """The bound holds, and an unknown end is no error."""
    for end, most in (("ICD10CM:F32.A", 1), ("nothing:here", 4)):
        assert first_path(ask(PATHS, **{"from": "CPT4:90804", "to": end, "maxHops": most})) == []
    refused = {"from": "CPT4:90804", "to": "ICD10CM:F32.A", "maxHops": 99}
    assert ask.refusal(PATHS, **refused) == "BAD_USER_INPUT"


def test_a_neighborhood_says_when_it_was_cut(ask: Asker) -> None:
    """The concept itself comes first, and hops join only what is shown."""
    query = """query($most: Int) { neighborhood(id: "CPT4:90804", maxNodes: $most) {
      truncated nodes { id } hops { from { id } to { id } } } }"""
    cut, whole = (ask(query, most=most)["neighborhood"] for most in (5, 200))
    assert (cut["truncated"], whole["truncated"]) == (True, False)
    assert len(cut["nodes"]) == 5
    for part in (cut, whole):
        shown = [node["id"] for node in part["nodes"]]
        assert shown[0] == "CPT4:90804"
        assert {hop[end]["id"] for hop in part["hops"] for end in ("from", "to")} <= set(shown)


def test_annotation_tells_what_is_declined(ask: Asker) -> None:
    """Offsets are code points, and a declined treatment is marked as such."""
    found = ask(
        "query($text: String!) { annotate(text: $text) { start end text negated concept { id }"
        " procedures { id } } }",
        text="30-minute supportive session for anxiety; group therapy declined.",
    )["annotate"]
    assert [(a["start"], a["end"], a["text"], a["negated"]) for a in found] == [
        (33, 40, "anxiety", False),
        (42, 55, "group therapy", True),
    ]
    assert found[1]["concept"]["id"] == "alternative:group-therapy"
    assert {"id": "ICD10PCS:GZHZZZZ"} in found[1]["procedures"]
    assert {"id": "CPT4:90804"} in found[0]["procedures"]
