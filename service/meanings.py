"""Words that may stand for one another in a name: "oral" for "mouth", "contusion" for "bruise".

``service.roots`` unites what is the same in any text, and linking builds on it. What stands here is
looser: good enough to find a name that somebody meant, listed after the names that have the word
itself. General knowledge of medical English; no code is named.
"""

from service.roots import root

__all__ = ["alike"]

_ONE_MEANING = """
    brain encephalic; skull cranium cranial; eye ophthalmological; ear otic; mouth oral buccal;
    tongue glossal; larynx voicebox; bottom buttock gluteal; back dorsum dorsal; rib costal;
    breastbone sternum; collarbone clavicle clavicular; kneecap patella; shinbone tibia tibial;
    thighbone femur femoral; ulna ulnar; mandible mandibular jawbone; jaw maxilla; face facial;
    hand manual; finger digit phalanx phalanges; toe phalanx phalanges; bone bony;
    blood hemic hematologic; lymph lymphatic; spleen splenic; penis penile; cervix cervical;
    foot pedal; arm brachial; bile biliary; anus anal; lens lenticular; eyelid lid palpebral;
    birth childbirth delivery labor parturition;
    pregnancy gestational antepartum prenatal maternity; puerperium puerperal postpartum;
    fetus fetal; newborn neonatal neonate perinatal infant; baby newborn infant;
    child childhood pediatric juvenile infantile; mother maternal; man men male; cancer malignant;
    neoplasm growth; clot thrombotic; stroke cerebrovascular; rash eruption exanthem; break broken;
    bruise contusion; cut laceration; wound injury trauma traumatic; scar cicatrix cicatricial;
    wart verruca; boil furuncle; pimple acne; burn scald; widening dilatation;
    enlarged hyperplasia; hardening sclerosis; softening malacia; wasting atrophy;
    giddiness dizziness vertigo; fit convulsion seizure; breathlessness dyspnea;
    drunk intoxication; drug substance medication; smoking smoker tobacco nicotine;
    obesity overweight; anomaly malformation deformity congenital; osteoarthrosis osteoarthritis;
    myopathy myositis; neuropathy neuritis; viral virus; septic sepsis septicemia;
    paralysis paralytic palsy; hemiplegia hemiparesis; mental psychiatric; sequela residual;
    inoculation immunization vaccination; vaccine immunization; checkup examination;
    exam examination; assault homicide; accident unintentional; car automobile;
    motorbike motorcycle; cyclist bicycle; truck lorry; plane aircraft airplane; ship watercraft;
    train railway; senile age; lumbago lumbar; sacrum sacral; coccyx coccygeal; vertebra spine;
    gonorrhea gonococcal; syphilis luetic; measles rubeola; whooping pertussis;
    chickenpox varicella; shingles zoster; piles hemorrhoid; ringworm tinea dermatophytosis;
    thrush candidiasis candida; flu influenza; louse lice pediculosis; worm helminth helminthiasis;
    tapeworm taenia; rabies hydrophobia; bite bitten; sting stung venom; gunshot firearm;
    explosion blast; drowning submersion; sunstroke heatstroke; elderly old; upper proximal;
    lower distal; both bilateral; inner internal; outer external; multiple several; sugar glucose;
    cholesterol cholesterolemia; potassium kalemia; gallstone cholelithiasis;
    anesthetic anesthesia; tired malaise; anxious anxiety; medicine drug medication;
    operation surgery surgical procedure; implant prosthesis prosthetic; graft transplant;
    dead death stillborn; abortion miscarriage; hunchback kyphosis; squint strabismus;
    clubfoot talipes; birthmark nevus; hives urticaria; eczema dermatitis; baldness alopecia;
    sweating hyperhidrosis; hiccough hiccup; refusal declined; defect malformation; woman female;
    lack deficiency; pericardium pericardial; pleura pleural; peritoneum peritoneal;
    sternum sternal; humerus humeral; radius radial; carpus carpal; tarsus tarsal;
    bronchus bronchial bronchi; ileum ileal; jejunum jejunal; duodenum duodenal; cecum cecal;
    cornea corneal; conjunctiva conjunctival; retina retinal; meninges meningeal; thymus thymic;
    cartilage cartilaginous; atrium atrial; ventricle ventricular; valve valvular; aorta aortic;
    appendix appendiceal; scrotum scrotal; vulva vulvar; amnion amniotic; placenta placental;
    palate palatal; lip labial; nail ungual; hair pilar; adrenal suprarenal;
"""
"""Between two semicolons, any word may stand for any other."""

_REGIONS = """
    shoulder clavicle scapula; arm humerus elbow; forearm radius ulna wrist;
    hand metacarpal carpal finger; hip femur thigh pelvis; thigh femur; leg tibia fibula knee;
    ankle tarsal; foot metatarsal toe; trunk thorax abdomen back; head skull face scalp;
    spine vertebra; eye orbit; bladder urinary; kidney urinary; mother pregnancy; limb extremity;
"""
"""A region of the body, and what lies in it: who names the one may mean the other."""

_MEANT = 0.9
_HINTED = 0.5


def _table() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}

    def pair(a: str, b: str, weight: float) -> None:
        if a != b:
            found.setdefault(a, {}).setdefault(b, weight)

    for entry in _ONE_MEANING.split(";"):
        group = [root(word) for word in entry.split()]
        for a in group:
            for b in group:
                pair(a, b, _MEANT)
    for entry in _REGIONS.split(";"):
        for part in entry.split()[1:]:
            region, within = root(entry.split()[0]), root(part)
            pair(region, within, _HINTED)
            pair(within, region, _HINTED)
    return found


_ALIKE = _table()


def alike(word_root: str) -> dict[str, float]:
    """Return the roots that may stand for a root, with weights below 1; empty where none is."""
    return _ALIKE.get(word_root, {})
