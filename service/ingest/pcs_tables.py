"""What the characters of an ICD-10-PCS code mean: a table of our own, by section.

The classification gives every section seven axes. The code list prints codes and titles alone, so
the names of sections, body systems, operations and approaches stand here. Every other value is
stated in ``service.ingest.pcs_values`` or read from the titles by ``service.ingest.pcs_titles``.

Axis names are few, and the same notion has the same name in every section: root operation, root
type and modality are all the ``operation``; body region, physiological system and treatment site
all the ``body part``; an isotope is a ``radionuclide`` whether it images or treats. What is put
into, on or to the body keeps the classification's own distinction, since no value is shared across
it: ``device``, ``substance``, ``contrast``, ``radionuclide``, ``equipment``, ``technology``.

A *table* is the classification's own unit: the codes that share their first three characters.
"""

from collections.abc import Mapping
from functools import cache
from typing import TypeVar

__all__ = [
    "APPROACHES",
    "BODY_SYSTEMS",
    "OPERATIONS",
    "SECTIONS",
    "axes",
    "entries_for",
    "operation",
]

_T = TypeVar("_T")


def entries_for(table: str, entries: Mapping[str, _T]) -> list[_T]:
    """Return the entries whose key fits ``table``, the most general first.

    A key is up to three characters, and a dot in it fits any: ``0.1`` is section 0, operation 1.
    """
    fitting = [
        key
        for key in entries
        if all(mine in (".", its) for mine, its in zip(key, table, strict=False))
    ]
    return [
        entries[key] for key in sorted(fitting, key=lambda key: (len(key) - key.count("."), key))
    ]


@cache
def axes(table: str) -> tuple[str, ...]:
    """Return the axes of the seven characters of ``table``."""
    return entries_for(table, _AXES)[-1]


def operation(table: str) -> str | None:
    """Return the name of the operation of ``table``, or None where it is not in our list."""
    of_section = OPERATIONS.get(table[:2]) or OPERATIONS.get(table[0], {})
    return of_section.get(table[2])


SECTIONS = {
    "0": "Medical and Surgical",
    "1": "Obstetrics",
    "2": "Placement",
    "3": "Administration",
    "4": "Measurement and Monitoring",
    "5": "Extracorporeal or Systemic Assistance and Performance",
    "6": "Extracorporeal or Systemic Therapies",
    "7": "Osteopathic",
    "8": "Other Procedures",
    "9": "Chiropractic",
    "B": "Imaging",
    "C": "Nuclear Medicine",
    "D": "Radiation Therapy",
    "F": "Physical Rehabilitation and Diagnostic Audiology",
    "G": "Mental Health",
    "H": "Substance Abuse Treatment",
    "X": "New Technology",
}

_SURGICAL = ("section", "body system", "operation", "body part", "approach", "device", "qualifier")
_MANUAL = ("section", "body system", "operation", "body part", "approach", "method", "qualifier")
_TECHNICAL = (*_SURGICAL[:5], "technology", "qualifier")
_TYPED = ("section", "body system", "operation", *["qualifier"] * 4)

_AXES: dict[str, tuple[str, ...]] = {
    "0": _SURGICAL,
    "1": _SURGICAL,
    "2": _SURGICAL,
    "3": (*_SURGICAL[:5], "substance", "qualifier"),
    "4": (*_SURGICAL[:5], "function", "qualifier"),
    "4B": _SURGICAL,
    "5": (*_SURGICAL[:4], "duration", "function", "qualifier"),
    "6": (*_SURGICAL[:4], "duration", "qualifier", "qualifier"),
    "7": _MANUAL,
    "8": _MANUAL,
    "9": _MANUAL,
    "B": (*_SURGICAL[:4], "contrast", "qualifier", "qualifier"),
    "C": (*_SURGICAL[:4], "radionuclide", "qualifier", "qualifier"),
    "D": (*_SURGICAL[:4], "qualifier", "radionuclide", "qualifier"),
    "F": ("section", "section qualifier", *_SURGICAL[2:4], "qualifier", "equipment", "qualifier"),
    "G": _TYPED,
    "H": _TYPED,
    # One axis is device, substance and technology in section X: the operation tells which.
    "X": _SURGICAL,
    "X.0": (*_SURGICAL[:5], "substance", "qualifier"),
    "X.1": (*_SURGICAL[:5], "substance", "qualifier"),
    "X.2": (*_SURGICAL[:5], "function", "qualifier"),
    "X.5": _TECHNICAL,
    "X.A": _TECHNICAL,
    "X.C": _TECHNICAL,
    "X.E": (*_SURGICAL[:5], "function", "qualifier"),
    "X.J": _TECHNICAL,
    "X.K": _TECHNICAL,
    "X.Z": _TECHNICAL,
    "XT2": (*_SURGICAL[:5], "substance", "qualifier"),
}
_REGIONS = {"W": "Anatomical Regions"}
_PHYSIOLOGICAL = {"A": "Physiological Systems"}
_REGIONS_AND_DEVICES = {
    "C": "Indwelling Device",
    "E": "Physiological Systems and Anatomical Regions",
}
_ORGAN_SYSTEMS = {
    "8": "Eye",
    "9": "Ear, Nose, Mouth and Throat",
    "B": "Respiratory System",
    "D": "Gastrointestinal System",
    "F": "Hepatobiliary System and Pancreas",
    "G": "Endocrine System",
    "H": "Skin, Subcutaneous Tissue and Breast",
    "T": "Urinary System",
    "U": "Female Reproductive System",
    "V": "Male Reproductive System",
    "W": "Anatomical Regions",
}

BODY_SYSTEMS: dict[str, dict[str, str]] = {
    "0": {
        "0": "Central Nervous System and Cranial Nerves",
        "1": "Peripheral Nervous System",
        "2": "Heart and Great Vessels",
        "3": "Upper Arteries",
        "4": "Lower Arteries",
        "5": "Upper Veins",
        "6": "Lower Veins",
        "7": "Lymphatic and Hemic Systems",
        "8": "Eye",
        "9": "Ear, Nose, Sinus",
        "B": "Respiratory System",
        "C": "Mouth and Throat",
        "D": "Gastrointestinal System",
        "F": "Hepatobiliary System and Pancreas",
        "G": "Endocrine System",
        "H": "Skin and Breast",
        "J": "Subcutaneous Tissue and Fascia",
        "K": "Muscles",
        "L": "Tendons",
        "M": "Bursae and Ligaments",
        "N": "Head and Facial Bones",
        "P": "Upper Bones",
        "Q": "Lower Bones",
        "R": "Upper Joints",
        "S": "Lower Joints",
        "T": "Urinary System",
        "U": "Female Reproductive System",
        "V": "Male Reproductive System",
        "W": "Anatomical Regions, General",
        "X": "Anatomical Regions, Upper Extremities",
        "Y": "Anatomical Regions, Lower Extremities",
    },
    "1": {"0": "Pregnancy"},
    "2": {**_REGIONS, "Y": "Anatomical Orifices"},
    "3": {"0": "Circulatory", **_REGIONS_AND_DEVICES},
    "4": {**_PHYSIOLOGICAL, "B": "Physiological Devices"},
    "5": _PHYSIOLOGICAL,
    "6": _PHYSIOLOGICAL,
    "7": _REGIONS,
    "8": _REGIONS_AND_DEVICES,
    "9": _REGIONS,
    "B": {
        **_ORGAN_SYSTEMS,
        "0": "Central Nervous System",
        "2": "Heart",
        "3": "Upper Arteries",
        "4": "Lower Arteries",
        "5": "Veins",
        "7": "Lymphatic System",
        "L": "Connective Tissue",
        "N": "Skull and Facial Bones",
        "P": "Non-Axial Upper Bones",
        "Q": "Non-Axial Lower Bones",
        "R": "Axial Skeleton, Except Skull and Facial Bones",
        "Y": "Fetus and Obstetrical",
    },
    "C": {
        **_ORGAN_SYSTEMS,
        "0": "Central Nervous System",
        "2": "Heart",
        "5": "Veins",
        "7": "Lymphatic and Hematologic System",
        "P": "Musculoskeletal System",
    },
    "D": {
        **_ORGAN_SYSTEMS,
        "0": "Central and Peripheral Nervous System",
        "7": "Lymphatic and Hematologic System",
        "H": "Skin",
        "M": "Breast",
        "P": "Musculoskeletal System",
    },
    # The second character of section F is a section qualifier; G and H have none (Z).
    "F": {"0": "Rehabilitation", "1": "Diagnostic Audiology"},
    "G": {},
    "H": {},
    "X": {
        "0": "Nervous System",
        "2": "Cardiovascular System",
        "D": "Gastrointestinal System",
        "F": "Hepatobiliary System and Pancreas",
        "H": "Skin, Subcutaneous Tissue, Fascia and Breast",
        "K": "Muscles, Tendons, Bursae and Ligaments",
        "N": "Bones",
        "R": "Joints",
        "T": "Urinary System",
        "V": "Male Reproductive System",
        "W": "Anatomical Regions",
        "X": "Physiological Systems",
        "Y": "Extracorporeal",
    },
}

OPERATIONS: dict[str, dict[str, str]] = {
    "0": {
        "0": "Alteration",
        "1": "Bypass",
        "2": "Change",
        "3": "Control",
        "4": "Creation",
        "5": "Destruction",
        "6": "Detachment",
        "7": "Dilation",
        "8": "Division",
        "9": "Drainage",
        "B": "Excision",
        "C": "Extirpation",
        "D": "Extraction",
        "F": "Fragmentation",
        "G": "Fusion",
        "H": "Insertion",
        "J": "Inspection",
        "K": "Map",
        "L": "Occlusion",
        "M": "Reattachment",
        "N": "Release",
        "P": "Removal",
        "Q": "Repair",
        "R": "Replacement",
        "S": "Reposition",
        "T": "Resection",
        "U": "Supplement",
        "V": "Restriction",
        "W": "Revision",
        "X": "Transfer",
        "Y": "Transplantation",
    },
    "1": {
        "2": "Change",
        "9": "Drainage",
        "A": "Abortion",
        "D": "Extraction",
        "E": "Delivery",
        "H": "Insertion",
        "J": "Inspection",
        "P": "Removal",
        "Q": "Repair",
        "S": "Reposition",
        "T": "Resection",
        "Y": "Transplantation",
    },
    "2": {
        "0": "Change",
        "1": "Compression",
        "2": "Dressing",
        "3": "Immobilization",
        "4": "Packing",
        "5": "Removal",
        "6": "Traction",
    },
    "3": {"0": "Introduction", "1": "Irrigation", "2": "Transfusion"},
    "4": {"0": "Measurement", "1": "Monitoring"},
    "5": {"0": "Assistance", "1": "Performance", "2": "Restoration"},
    "6": {
        "0": "Atmospheric Control",
        "1": "Decompression",
        "2": "Electromagnetic Therapy",
        "3": "Hyperthermia",
        "4": "Hypothermia",
        "5": "Pheresis",
        "6": "Phototherapy",
        "7": "Ultrasound Therapy",
        "8": "Ultraviolet Light Therapy",
        "9": "Shock Wave Therapy",
        "B": "Perfusion",
    },
    "7": {"0": "Treatment"},
    "8": {"0": "Other Procedures"},
    "9": {"B": "Manipulation"},
    "B": {
        "0": "Plain Radiography",
        "1": "Fluoroscopy",
        "2": "Computerized Tomography (CT Scan)",
        "3": "Magnetic Resonance Imaging (MRI)",
        "4": "Ultrasonography",
        "5": "Other Imaging",
    },
    "C": {
        "1": "Planar Nuclear Medicine Imaging",
        "2": "Tomographic (Tomo) Nuclear Medicine Imaging",
        "3": "Positron Emission Tomographic (PET) Imaging",
        "4": "Nonimaging Nuclear Medicine Uptake",
        "5": "Nonimaging Nuclear Medicine Probe",
        "6": "Nonimaging Nuclear Medicine Assay",
        "7": "Systemic Nuclear Medicine Therapy",
    },
    "D": {
        "0": "Beam Radiation",
        "1": "Brachytherapy",
        "2": "Stereotactic Radiosurgery",
        "Y": "Other Radiation",
    },
    "F0": {
        "0": "Speech Assessment",
        "1": "Motor and/or Nerve Function Assessment",
        "2": "Activities of Daily Living Assessment",
        "6": "Speech Treatment",
        "7": "Motor Treatment",
        "8": "Activities of Daily Living Treatment",
        "9": "Hearing Treatment",
        "B": "Cochlear Implant Treatment",
        "C": "Vestibular Treatment",
        "D": "Device Fitting",
        "F": "Caregiver Training",
    },
    "F1": {
        "3": "Hearing Assessment",
        "4": "Hearing Aid Assessment",
        "5": "Vestibular Assessment",
    },
    "G": {
        "1": "Psychological Tests",
        "2": "Crisis Intervention",
        "3": "Medication Management",
        "5": "Individual Psychotherapy",
        "6": "Counseling",
        "7": "Family Psychotherapy",
        "B": "Electroconvulsive Therapy",
        "C": "Biofeedback",
        "F": "Hypnosis",
        "G": "Narcosynthesis",
        "H": "Group Psychotherapy",
        "J": "Light Therapy",
    },
    "H": {
        "2": "Detoxification Services",
        "3": "Individual Counseling",
        "4": "Group Counseling",
        "5": "Individual Psychotherapy",
        "6": "Family Counseling",
        "8": "Medication Management",
        "9": "Pharmacotherapy",
    },
    "X": {
        "0": "Introduction",
        "1": "Transfusion",
        "2": "Monitoring",
        "5": "Destruction",
        "7": "Dilation",
        "A": "Assistance",
        "C": "Extirpation",
        "E": "Measurement",
        "G": "Fusion",
        "H": "Insertion",
        "J": "Inspection",
        "K": "Bypass",
        "P": "Irrigation",
        "R": "Replacement",
        "S": "Reposition",
        "U": "Supplement",
        "V": "Restriction",
        "Z": "Other Procedures",
    },
}
"""Operations by section; section F's stand under its first two characters."""

APPROACHES = {
    "0": "Open",
    "3": "Percutaneous",
    "4": "Percutaneous Endoscopic",
    "7": "Via Natural or Artificial Opening",
    "8": "Via Natural or Artificial Opening Endoscopic",
    "F": "Via Natural or Artificial Opening With Percutaneous Endoscopic Assistance",
    "X": "External",
}
