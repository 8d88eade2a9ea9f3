"""Words as roots: two wordings of one thing have the same roots.

``root`` brings a word to the form in which names and texts are compared: American spelling, no
ending, and for words that English has twice (heart and cardiac, kidney and renal) one of the two.
What differs more than that, a sentence against a term, is the business of synonyms in
``graph_data``.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from service.lexicon import words

__all__ = ["CONNECTORS", "GENERIC", "MODIFIERS", "VAGUE", "root", "roots"]

_SPELLINGS = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"^oe(?=[sd])", "e"),
        (r"ae(?=[mst]|rr|log)", "e"),
        (r"paed", "ped"),
        (r"orrhoea", "orrhea"),
        (r"^foet", "fet"),
        (r"isation", "ization"),
        (r"(tum|col|hum|lab)our", r"\1or"),
        (r"^(f|c)aec", r"\1ec"),
        (r"leucocyt", "leukocyt"),
    )
)

_ORGANS = (
    "heart cardiac cardio hearts",
    "kidney kidneys renal nephric",
    "liver hepatic",
    "lung lungs pulmonary",
    "stomach gastric",
    "brain cerebral intracranial",
    "skin cutaneous dermal",
    "bone bones osseous skeletal",
    "eye eyes ocular ophthalmic eyeball",
    "ear ears aural auricular",
    "nose nasal",
    "tooth teeth dental",
    "tongue lingual",
    "throat pharynx pharyngeal",
    "larynx laryngeal",
    "windpipe trachea tracheal",
    "esophagus esophageal gullet",
    "bowel bowels intestine intestines intestinal gut",
    "colon colonic",
    "rectum rectal",
    "abdomen abdominal belly tummy",
    "womb uterus uterine",
    "ovary ovaries ovarian",
    "vagina vaginal",
    "testicle testicles testicular testis testes",
    "prostate prostatic",
    "breast breasts mammary",
    "vein veins venous",
    "artery arteries arterial",
    "nerve nerves neural",
    "muscle muscles muscular",
    "joint joints articular",
    "vessel vessels vascular",
    "tendon tendons tendinous",
    "vertebra vertebrae vertebral",
    "spine spinal",
    "foot feet",
    "hand hands",
    "finger fingers",
    "toe toes",
    "wrist wrists",
    "knee knees kneecap",
    "ankle ankles",
    "gum gums gingiva gingival",
    "bladder vesical",
    "ureter ureteral ureteric",
    "urethra urethral",
    "thyroid thyroidal",
    "pancreas pancreatic",
    "gland glands glandular",
    "chest thorax thoracic",
    "groin inguinal",
    "navel umbilical umbilicus",
    "duct ducts ductal",
)
"""Organs and regions: the everyday word and the Latin or Greek one."""

_STATES = (
    "disease diseases disorder disorders condition conditions illness illnesses problem"
    " problems trouble troubles abnormality abnormalities issue issues",
    "cancer cancers cancerous carcinoma carcinomas malignancy malignancies",
    "tumor tumors neoplasm neoplasms",
    "stone stones calculus calculi lithiasis",
    "fracture fractures fractured broken",
    "tear tears torn rupture ruptured ruptures",
    "clot clots thrombosis thrombus thrombi",
    "pain pains painful ache aches aching hurting soreness",
    "swell swelling swollen edema edematous",
    "itch itching itchy pruritus",
    "fever fevers pyrexia febrile feverish",
    "bleed bleeding bleeds hemorrhage hemorrhages hemorrhaging",
    "faint fainting syncope",
    "vomit vomiting emesis throwing",
    "inflame inflamed inflammation inflammatory",
    "infect infected infection infections infectious",
    "narrow narrowed narrowing stenosis stenotic stricture strictures",
    "block blocked blockage blockages obstruction obstructed obstructive occlusion occluded",
    "enlarge enlarged enlargement hypertrophy",
    "high elevated raised increased",
    "low decreased reduced lowered",
    "weak weakness weakened",
    "numb numbness",
    "fatigue tired tiredness exhaustion",
    "deaf deafness",
    "blind blindness",
    "dizzy dizziness",
    "lump lumps",
    "burn burns burned burnt",
    "allergy allergies allergic",
    "injury injuries injured",
    "failure failing failed insufficiency",
    "abuse misuse",
    "dependent dependence dependency addiction addicted",
    "difficulty difficult difficulties",
    "pregnant pregnancy pregnancies gestation",
    "malnutrition malnourished undernutrition",
    "sleep sleeping asleep",
    "breath breathing breathe",
    "swallow swallowing",
    "hypoxia hypoxic hypoxemia hypoxemic",
    "urine urinary urinating urinate urination",
    "hear hearing",
    "see seeing vision visual sight eyesight",
    "dislocation dislocated dislocations",
    "sprain sprained sprains",
    "deformity deformities deformed",
    "depression depressed depressive depressions",
    "obesity obese",
    "diabetes diabetic",
    "psychosis psychotic psychoses",
    "suicide suicidal",
    "ulcer ulcers ulceration ulcerations",
    "poison poisoning poisoned",
)
"""What can be wrong: nouns, verbs and adjectives of one meaning."""

_SAME = {word: group.split()[0] for group in (*_ORGANS, *_STATES) for word in group.split()}
"""Every word with the one that stands for its group."""

_SILENT = frozenset(
    "a an the of in on at to for by from into with your his her their its any that is are was be"
    " been being which this these those due caused as who has have had having related associated"
    " unspecified nos nec specified other otherwise elsewhere classified classifiable mention"
    " mellitus s d".split()
)
"""Words that change nothing: left out on both sides."""

MODIFIERS = frozenset(
    "severe mild moderate chronic acute subacute persistent recurrent recurring sudden frequent"
    " ongoing long lasting longstanding left right bilateral both early late advanced new newly"
    " symptomatic unexplained repeated intermittent constant worsening progressive active stable"
    " minor major significant serious small large very more some certain various several many"
    " common typical general generalized episode episodes bout bouts spell spells"
    " flare flares symptom symptoms sign signs case cases form forms known suspected"
    " possible probable diagnosed confirmed one ones treated untreated uncontrolled controlled"
    " disabling troublesome bothersome initial encounter primary secondary existing previous past"
    " current absence evidence history denied denies occasional excessive".split()
)
"""Words that say more of a thing without changing what it is: tried with, then without."""

CONNECTORS = frozenset(["and", "or", "without", "no", "not", ","])
"""Words that a name must have where the text has them."""


_ENDING = re.compile(
    r"(?<=\w{4})(?:isations?|izations?|ations?|ative|ating|ated|ates?|ions?|ional|ive|ities|ility"
    r"|ity|ically|ical|ics?|ia|ally|als?|iour|ior|ments?|ness|ings?|ies|ied|ed|es|(?<![sui])s|ous"
    r"|ary)$"
    r"|(?<=\w{5})[aeoy]$"
)
"""Endings and how many letters at least they leave."""

_PAIRS = {
    ("malignant", "tumor"): "cancer",
    ("lower", "limb"): "leg",
    ("lower", "extrem"): "leg",
    ("upper", "limb"): "arm",
    ("upper", "extrem"): "arm",
    ("blood", "clot"): "clot",
    ("belly", "button"): "navel",
    ("heart", "muscle"): "myocard",
    ("late", "effect"): "sequela",
    ("h", "o"): "history",
    ("food", "pipe"): "esophagus",
}
"""Two roots that are one together."""


@lru_cache(maxsize=200_000)
def root(word: str) -> str:
    """Return the root of one word: "tumours" -> "tumor", "renal" -> "kidney"; "" if silent."""
    plain = "".join(words(word))
    if not plain or plain in _SILENT:
        return ""
    for british, american in _SPELLINGS:
        plain = british.sub(american, plain)
    known = _SAME.get(plain) or _SAME.get(plain.removesuffix("s"))
    if known is not None:
        return known
    if plain in CONNECTORS or plain in MODIFIERS:
        return plain
    return _without_ending(plain)


def _without_ending(word: str) -> str:
    """Return ``word`` without its endings of inflection and derivation."""
    while (ending := _ENDING.search(word)) is not None:
        word = word[: ending.start()]
    return word


def roots(tokens: Iterable[str]) -> list[str]:
    """Return one root for each of ``tokens``, which are lower-case words and connectors.

    Where two words are one root together ("malignant neoplasm"), the second has none.
    """
    found = [token if token in CONNECTORS else root(token) for token in tokens]
    for at in range(len(found) - 1):
        both = _PAIRS.get((found[at], found[at + 1]))
        if both is not None:
            found[at], found[at + 1] = both, ""
    return found


GENERIC = frozenset(
    map(
        root,
        [group.split()[0] for group in _ORGANS]
        + "arm back leg head neck hip shoulder elbow face blood body part region side disease"
        " failure injury surgery procedure test treatment function state stage level increase"
        " change use see hear walk walker eat sleep breath swallow medicine work child birth care"
        " service support risk status type finding attack drug medication therapy".split(),
    )
)
"""Roots that name no condition by themselves."""

VAGUE = frozenset(
    map(
        root,
        "pain bleeding swelling weakness weak fracture tumor infection injury fall fear screening"
        " lump mass burn wound ulcer clot blockage narrowing deformity nervous loss abnormal tear"
        " inflammation stress complication allergy poisoning malformation cyst scar trauma cold"
        " growth polyp cut gas cavity shock spot tissue cord".split(),
    )
)
"""Roots that mean a thing of their own only where nothing else is said: "menstrual bleeding" is
no hemorrhage."""
