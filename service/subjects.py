"""What a word is about: cardiac, heart and endocarditis are about the heart.

Names of one thing often share no word, because one is English and the other Greek or Latin. A
*subject* brings them together: a part of the body, a substance or a state, with the plain words and
the combining forms that speak of it. It is general knowledge of medical English, as any medical
dictionary has it, and says nothing of any code. Similarity counts a subject as one more word.
"""

from functools import lru_cache

__all__ = ["subject"]

# A form that ends in "-" begins words; a shorter one without it is a whole word. A long beginning
# (six letters) counts inside a word too: "tubulointerstitial", "meningoencephalitis".
_FORMS = {
    "the heart": "heart- cardi- myocard- endocard- pericard- atri- atrium ventricular ventricle"
    " coronar- mitral tricuspid aort-",
    "the kidneys": "kidney- renal nephr- glomerul- pyelo-",
    "the liver": "liver hepat-",
    "the gallbladder and bile": "gallbladder biliar- cholecyst- cholang- choled- bile",
    "the pancreas": "pancrea-",
    "the lungs": "lung- pulmon- pneumon- pneumoth- pleur-",
    "the airways": "bronch- trache- asthma-",
    "the brain": "brain cerebr- encephal- intracrani- mening-",
    "nerves": "nerve- neur-",
    "the spine": "spine spinal spondyl- vertebr- dorsopath- dorsalgia lumbar intervertebral",
    "the mind": "mental psych-",
    "the stomach": "stomach gastr-",
    "the bowel": "bowel- intestin- enteri- entero- colon colonic colitis rectum rectal duoden-"
    " jejun- ileum ileus ileal append- cecum",
    "the skin": "skin dermat- dermal cutane- subcutane-",
    "bones": "bone- oste-",
    "joints": "joint- arthr-",
    "muscles": "muscl- muscul- myo myosit- myopath- myalgia",
    "the blood": "blood hemat- hemol- hemoglob- hemorrh- anemi- leuko- thrombocyt- erythro-",
    "vessels": "vessel- vascul- angio- arter- vein- venous phleb- thrombo- thrombus thrombosis"
    " embol- aneurysm",
    "the eye": "eye- ocular ophthalm- retin- cornea- kerat- uve- conjunctiv- lens cataract- vision"
    " visual blind-",
    "the ear": "ear ears otitis hearing deaf- tympan- mastoid- cochlea-",
    "nose and throat": "nose nasal rhin- nasopharyn- sinusitis pharyn- laryn- tonsil- throat",
    "the mouth and teeth": "tooth teeth dental dent- gingiv- periodont- oral mouth tongue",
    "the urinary tract": "bladder cystitis urin- ureter- urethr-",
    "the female organs": "uter- endometr- cervix hyster- ovar- oophor- salping- fallop- vagin-"
    " vulv-",
    "the male organs": "prostat- testis testic- orchi- epididym- penis penile scrot- balan-",
    "the breast": "breast- mamm- mastit- mastec-",
    "the thyroid": "thyroid- goit-",
    "pregnancy and birth": "pregnan- obstetr- childbirth puerper- labor deliver- antepartum"
    " postpartum maternal gestat- trimester",
    "the newborn": "newborn- neonat- perinat- fetus fetal birth",
    "tumors": "neoplas- cancer- carcino- sarcom- tumor- lymphom- leukem- melanom- malign-",
    "inflammation": "inflamm-",
    "infection": "infect- sepsis septic bacteri- virus viral fung- parasit-",
    "tuberculosis": "tubercul-",
    "diabetes and blood sugar": "diabet- glycem- hyperglyc- hypoglyc- insulin-",
}
_INSIDE = 6

_WHOLE = {form: name for name, forms in _FORMS.items() for form in forms.split() if form[-1] != "-"}
_BEGINNINGS = sorted(
    (
        (form[:-1], name)
        for name, forms in _FORMS.items()
        for form in forms.split()
        if form[-1] == "-"
    ),
    key=lambda entry: (-len(entry[0]), entry),
)


@lru_cache(maxsize=100_000)
def subject(word: str) -> str | None:
    """Return what a lower-case word is about, None where the table has nothing for it.

    The longest beginning wins, then a long form inside the word, then the ending "-itis".
    """
    if word in _WHOLE:
        return _WHOLE[word]
    for form, name in _BEGINNINGS:
        if word.startswith(form):
            return name
    for form, name in _BEGINNINGS:
        if len(form) >= _INSIDE and form in word:
            return name
    return "inflammation" if word.endswith("itis") else None
