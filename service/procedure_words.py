"""What people call a procedure, in the words of ICD-10-PCS: operations, ways in, body parts.

ICD-10-PCS has root operations with meanings of their own ("Resection" is all of a body part,
"Excision" is some of it), no eponyms and little Greek: a laparoscopic cholecystectomy is titled
"Resection of Gallbladder, Percutaneous Endoscopic Approach". This small table of ours says how the
one becomes the other: endings of words (-ectomy) after stems of organs, words (ligation), phrases
(c-section). It follows the definitions of operations and approaches in the ICD-10-PCS Reference
Manual and general knowledge of surgical English; it names no code.

An entry is ``what people say: what the titles say;``. Words side by side on the right are several
things, all of them meant; ``division=.8`` is another name for the thing before it, less usual.
"""

from collections.abc import Sequence
from functools import lru_cache

from service.roots import root

__all__ = ["Meanings", "meanings", "rephrased", "things_said"]

Meanings = dict[str, float]
"""Roots of words that may be meant, each with how usual that is, 0..1."""

_ENDINGS = """
    ectomy ectomies: resection excision=.9 extirpation=.5;
    ostomy stomy: bypass drainage=.8 insertion=.5;
    otomy tomy: drainage division=.8 inspection=.7 extirpation=.5 release=.5;
    plasty plasties: repair supplement=.9 replacement=.8 reposition=.5 alteration=.6;
    pexy: reposition repair=.7 supplement=.6; rrhaphy: repair restriction=.4; desis: fusion;
    centesis: drainage percutaneous; lysis: release; tripsy: fragmentation;
    clasis: division reposition=.6; scopy scopies: inspection;
    graphy: imaging radiography fluoroscopy=.9 tomography=.6;
    gram: imaging radiography fluoroscopy=.9 measurement=.5; metry: measurement assessment=.8;
"""

_WORDS = """
    excision: excision resection=.7 extirpation=.4 destruction=.3;
    resection dissection: resection excision=.9;
    removal: removal extirpation=.8 excision=.6 resection=.5 extraction=.5;
    ablation destruction: destruction excision=.5;
    cauterization cautery fulguration electrocoagulation: destruction;
    cryotherapy cryosurgery photocoagulation diathermy: destruction;
    coagulation: destruction control=.5; sclerotherapy: destruction introduction=.7;
    rhizotomy: division destruction=.7; amputation disarticulation: detachment;
    avulsion: extraction; stripping: extraction excision=.7; curettage: extraction excision=.9;
    extraction: extraction extirpation=.6; debridement: excision extraction=.9;
    biopsy: diagnostic excision=.9 drainage=.7 extraction=.8; enucleation: resection excision=.6;
    evisceration: resection excision=.7; exenteration hemicolectomy radical: resection;
    harvest partial subtotal segmental local: excision; lumpectomy: excision breast;
    thrombectomy embolectomy lithotomy: extirpation; endarterectomy: extirpation artery;
    phacoemulsification: extraction lens; sequestrectomy: excision extirpation=.8 bone;
    meatotomy: drainage dilation=.8; sphincterotomy myotomy tenotomy episiotomy: division;
    osteotomy: division reposition=.8; circumcision: resection prepuce;
    vasectomy: excision occlusion=.9 vas deferens;
    incision: drainage division=.7 inspection=.7 extirpation=.5 release=.5;
    aspiration: drainage extirpation=.5; puncture tap marsupialization: drainage;
    evacuation: extirpation drainage=.9; exploration exploratory examination: inspection;
    endoscopy: inspection endoscopic; diagnostic: diagnostic inspection=.5;
    fenestration fistulization: bypass drainage=.6; paracentesis: drainage peritoneal;
    thoracentesis: drainage pleural; amniocentesis: drainage products conception;
    suture closure: repair; repair: repair supplement=.7 reposition=.4;
    reconstruction: repair replacement=.8 supplement=.9 transfer=.6;
    correction: repair reposition=.7 release=.4; reduction: reposition excision=.4;
    fixation: reposition insertion=.7 fusion=.5; suspension: reposition;
    advancement: reposition transfer=.6; recession: reposition excision=.5;
    shortening: excision reposition=.6 repair=.5; lengthening: division release=.7 reposition=.7;
    replantation: reattachment; reimplantation: reposition reattachment=.9;
    reattachment: reattachment reposition=.8; transposition: transfer reposition=.9;
    flap: transfer; graft: supplement replacement=.9 transfer=.8; transplant: transplantation;
    plication: restriction repair=.8; cerclage banding: restriction;
    clipping: restriction occlusion=.9;
    ligation embolization sterilization interruption clamping: occlusion;
    crushing: occlusion destruction=.7; sling: reposition supplement=.9;
    anastomosis diversion exteriorization: bypass; shunt: bypass insertion=.5;
    arthrodesis: fusion joint; dilatation stretching: dilation; angioplasty: dilation artery;
    stent: dilation intraluminal device insertion=.5; decompression: release drainage=.6;
    freeing adhesiolysis: release; neurolysis: release nerve; hemostasis: control;
    tamponade: packing; augmentation: supplement alteration=.9 replacement=.5;
    facelift: alteration face; lift cosmetic: alteration;
    insertion: insertion supplement=.5 introduction=.5 replacement=.4;
    implantation: insertion supplement=.5 introduction=.5;
    implant: insertion replacement=.8 supplement=.7 synthetic;
    replacement: replacement change=.7 insertion=.5; prosthesis: synthetic substitute=.7;
    artificial prosthetic: synthetic; adjustment: revision change=.6; catheter: infusion device;
    catheterization: insertion drainage=.8 measurement=.8; drain: drainage device;
    cannulation: insertion; intubation: insertion airway; pacemaker: pacemaker cardiac;
    cast: cast immobilization; tracheostomy: bypass trachea cutaneous;
    colostomy: bypass colon cutaneous; ileostomy: bypass ileum cutaneous;
    gastrostomy: bypass insertion=.8 stomach; jejunostomy: bypass jejunum cutaneous;
    cystostomy: bypass bladder cutaneous; nephrostomy: bypass drainage=.9 kidney pelvis;
    thoracostomy: drainage pleural cavity; ventriculostomy: bypass drainage=.8 cerebral ventricle;
    injection infusion instillation administration: introduction;
    vaccination immunization: introduction vaccine; chemotherapy: introduction antineoplastic;
    thrombolysis: introduction thrombolytic; anesthesia block: introduction anesthetic;
    perfusion: introduction perfusion; lavage: irrigation drainage=.6;
    monitoring: monitoring measurement=.8; measurement: measurement monitoring=.7;
    recording: measurement monitoring=.9;
    electroencephalogram: measurement electrical activity nervous;
    electrocardiogram: measurement electrical activity cardiac;
    test testing: measurement assessment=.9; evaluation: assessment measurement=.7;
    xray roentgenography: radiography; scan: nuclear imaging tomography=.8;
    scintigraphy: nuclear imaging; ct cat: tomography computerized;
    mri: magnetic resonance imaging; ultrasound sonogram echography: ultrasonography;
    echocardiogram echocardiography: ultrasonography heart;
    mammography mammogram: radiography breast;
    arteriography angiography angiogram: fluoroscopy radiography=.9 artery;
    venography phlebography: fluoroscopy radiography=.9 vein; radiotherapy irradiation: radiation;
    radiation: radiation brachytherapy=.8; teleradiotherapy: beam radiation;
    dialysis hemodialysis: filtration urinary; ventilation: ventilation respiratory;
    cardioversion: restoration cardiac rhythm; resuscitation: restoration ventilation=.7;
    electroshock: electroconvulsive; training: training treatment=.8; rehabilitation: treatment;
    exercise: exercise treatment=.9; massage: massage manipulation;
    manipulation: manipulation reposition=.7 release=.5; mobilization: manipulation release=.8;
    therapy: therapy treatment=.9; interview: assessment; plasmapheresis: pheresis plasma;
    leukapheresis: pheresis leukocytes; plateletpheresis: pheresis platelets;
    cesarean: extraction products conception; forceps: extraction products conception forceps;
    vacuum: extraction products conception vacuum;
    delivery: delivery products conception extraction=.7; abortion: abortion products conception;
    fetal fetus: fetal products conception=.7; amnion: products conception;
    placenta: products conception retained;
    laparoscopic laparoscopy thoracoscopic arthroscopic: percutaneous endoscopic;
    thoracoscopy: percutaneous endoscopic pleural; arthroscopy: percutaneous endoscopic joint;
    needle transluminal: percutaneous; closed: percutaneous external=.9;
    transurethral: natural opening endoscopic urethra=.3; vaginal: natural opening vagina=.6;
    transvaginal transoral: natural opening;
    colonoscopy sigmoidoscopy: inspection lower intestinal tract endoscopic natural;
    bronchoscopy: inspection tracheobronchial endoscopic natural;
    cystoscopy: inspection bladder endoscopic natural;
    gastroscopy: inspection stomach endoscopic natural;
    hysteroscopy: inspection uterus endoscopic natural;
    mediastinoscopy: inspection mediastinum percutaneous endoscopic; bowel: intestine colon=.8;
    colon: colon large=.8 intestine=.8; intestine: intestine ileum=.6 jejunum=.6 colon=.7;
    vessel vessels: artery vein=.9; skull: skull cranial=.8; spine: vertebral spinal=.9;
    vertebra: vertebral; humerus: humeral shaft=.5; femur: femoral femur; wrist: wrist carpal=.7;
    hand: hand metacarpal=.6; foot: foot metatarsal=.6 tarsal=.6; finger: finger phalanx=.9;
    toe: toe phalanx=.9; forearm: lower arm; calf: lower leg; thigh: upper leg;
    arm: arm extremity=.7; leg: leg extremity=.7; limb: extremity arm=.6 leg=.6; gum: gingiva;
    salivary: salivary parotid=.8; tonsil: tonsils; adenoid: adenoids;
    bile biliary: bile hepatic=.6; urine: bladder urinary=.7; testis: testis scrotum=.5;
    eyeball: eye; canaliculus nasolacrimal: lacrimal duct; auricle: external ear;
    eardrum: tympanic membrane; extraocular: extraocular muscle; abdomen: abdominal peritoneal=.7;
    peritoneum: peritoneum peritoneal; meatus: urethra; pleura: pleura pleural;
    lymph node: lymphatic; ganglion: ganglion sympathetic;
    cerebral: cerebral brain=.9 intracranial=.8; brain: brain cerebral=.8; teeth dental: tooth;
    complete: resection complete; lobectomy: resection lobe; nephrectomy: resection kidney;
"""

_FINDINGS = """
    tumor: excision; calculus stone thrombus embolus: extirpation; abscess: drainage;
    fistula laceration: repair; fracture dislocation: reposition; adhesions: release;
    hernia: repair supplement=.8 inguinal abdominal=.8; bunion: metatarsal;
    lesion: excision destruction=.8; hematoma: drainage extirpation=.8; wart: destruction skin;
"""
"""What is the matter, and what is done about it: read so only beside a word for something done."""

_DONE = frozenset(
    root(word)
    for word in """
    alteration assessment bypass change control counseling creation destruction detachment dilation
    division drainage excision extirpation extraction fluoroscopy fragmentation fusion imaging
    insertion inspection introduction irrigation measurement monitoring occlusion radiography
    reattachment release removal repair replacement reposition resection restriction revision
    supplement tomography transfer transfusion transplantation treatment ultrasonography
""".split()
)
"""Roots of words for something done, among those that titles begin with."""

_PHRASES = """
    c_section caesarean_section cesarean_section cesarian: cesarean;
    heart_bypass coronary_bypass aortocoronary_bypass cabg: bypass coronary artery;
    ptca: dilation coronary artery; knee_replacement: replacement knee joint;
    hip_replacement: replacement hip joint; shoulder_replacement: replacement shoulder joint;
    ankle_replacement: replacement ankle joint; elbow_replacement: replacement elbow joint;
    joint_replacement: replacement joint; gallbladder_removal: resection gallbladder;
    appendix_removal: resection appendix; tonsil_removal: resection tonsils;
    tubal_ligation tubes_tied: occlusion fallopian tube; hernia_repair: repair inguinal region;
    face_lift: alteration face; nose_job: alteration nose; tummy_tuck: alteration abdominal wall;
    spinal_tap lumbar_puncture: drainage spinal canal; x_ray: radiography;
    cat_scan ct_scan computerized_axial_tomography: computerized tomography;
    mri_scan: magnetic resonance imaging; bone_scan: planar nuclear imaging bones;
    blood_transfusion: transfusion red blood cells;
    shock_therapy electroshock_therapy: electroconvulsive therapy;
    speech_therapy: speech treatment; physical_therapy: treatment motor;
    occupational_therapy: activities daily living treatment; foreign_body: extirpation;
    lysis_of_adhesions: release; skin_graft: replacement skin; bone_graft: supplement bone;
    bone_marrow_transplant: transfusion bone marrow; stem_cell_transplant: transfusion stem cells;
    d_and_c dilation_and_curettage: extraction endometrium; pap_smear: excision cervix diagnostic;
    feeding_tube: insertion feeding device stomach;
    chest_tube: drainage pleural cavity drainage device; balloon_angioplasty: dilation artery;
    intraocular_lens: lens synthetic substitute; cataract_surgery: replacement lens;
    cataract_extraction: extraction lens; corneal_transplant: replacement cornea;
    varicose_vein_stripping: extraction vein; ercp: fluoroscopy biliary pancreatic;
    eswl: fragmentation; wedge_resection: excision; incision_and_drainage: drainage;
    internal_fixation: reposition internal fixation device;
    external_fixation: reposition external fixation device; small_bowel: small intestine;
    large_bowel: large intestine;
"""
"""A blank of what people say is written ``_``."""

_STEMS = """
    aden: gland; onych: nail; angi: vessel; arteri: artery; arthr: joint; blephar canthus: eyelid;
    bronch: bronchus; cardi: heart; cephal: head; cerebr encephal: brain; cheil: lip;
    cholangi choledoch: bile duct; cholecyst: gallbladder; chondr: cartilage; col: colon;
    cholin: bile; colp vagin: vagina; cost: rib; crani: skull; cyst vesic: bladder;
    dacry lacrim: lacrimal; derm dermat: skin; duoden: duodenum; enter: intestine;
    esophag: esophagus; gastr: stomach; gingiv: gum; gloss: tongue; hemat: blood; hepat: liver;
    hyster metr: uterus; ile: ileum; irid: iris; jejun: jejunum; kerat: cornea; lapar: abdomen;
    laryng: larynx; lymphaden: lymph node; mamm mast: breast; mening: meninges; my: muscle;
    myel: spinal cord; myring tympan: tympanic membrane; nephr: kidney; neur: nerve; oophor: ovary;
    ophthalm: eye; orch orchi: testis; oste: bone; ot: ear; pancreat: pancreas;
    pericardi: pericardium; phleb: vein; pleur: pleura; pneum pneumon: lung; proct rect: rectum;
    prostat: prostate; pyel: kidney pelvis; rhin: nose; salping: fallopian tube;
    sial: salivary gland; splen: spleen; spondyl: vertebra; stomat: mouth; tendin ten: tendon;
    thorac: chest; thyr: thyroid; tonsill: tonsil; trache: trachea; urethr: urethra; ur: urine;
    vas: vas deferens; ventricul: ventricle; vulv: vulva; zygomatic: zygoma;
    appendic append: appendix; burs: bursa; fasci: fascia; lob: lobe; lamin: lamina vertebra;
    disk: disc; pharyng: pharynx; ethmoid: ethmoid sinus; stap: stapes; thym: thymus;
    adrenal: adrenal gland; hypophys: pituitary gland; parathyroid: parathyroid gland;
    episi perine: perineum; amni: amniotic fluid; cec: cecum; sigmoid: sigmoid colon; an: anus;
    omphal: umbilicus; herni: hernia; diverticul: diverticulum; gonad: ovary testis;
    menisc: meniscus; patell: patella; clavic: clavicle; synov: synovium joint;
    capsul: capsule joint; valv valvul: valve; coron: coronary artery; aort: aorta;
    sympath: sympathetic nerve; vag: vagus nerve; rhiz: nerve root; gangli: ganglion;
    mandibul: mandible; maxill: maxilla; pylor: pylorus stomach; funicul: spermatic cord;
    hydr: fluid; scler: sclera; trabecul: trabecula eye; goni: angle eye; vitr: vitreous;
    retin: retina; conjunctiv: conjunctiva; cervic: cervix; phall balan: penis;
    epididym: epididymis; varicocel: varicocele spermatic cord; ureteroneocyst: ureter bladder;
    cholangiopancreat: bile duct pancreatic duct; esophagogastr: esophagus stomach;
    esophagogastroduoden: esophagus stomach duodenum; nephroureter: kidney ureter;
    gastroenter: stomach intestine; mediastin: mediastinum;
"""
"""Greek and Latin stems of organs, without the vowel that may follow, as words are composed."""


def _entries(table: str) -> list[tuple[str, str]]:
    """Return what is said and what is meant, one pair for each word on the left."""
    pairs = (entry.split(": ") for entry in table.split(";") if entry.strip())
    return [(said, meant) for left, meant in pairs for said in left.split()]


def _things(meant: str) -> tuple[Meanings, ...]:
    things: list[Meanings] = []
    for word in meant.split():
        name, weighted, weight = word.partition("=")
        if weighted:
            things[-1][root(name)] = float(weight)
        else:
            things.append({root(name): 1.0})
    return tuple(things)


_BY_ENDING = {ending: _things(meant) for ending, meant in _entries(_ENDINGS)}
_BY_WORD = {root(word): _things(meant) for word, meant in _entries(_WORDS)}
_BY_FINDING = {root(word): _things(meant) for word, meant in _entries(_FINDINGS)}
_BY_PHRASE = {tuple(said.split("_")): tuple(meant.split()) for said, meant in _entries(_PHRASES)}
_BY_STEM = dict(_entries(_STEMS))
_LONGEST_PHRASE = max(map(len, _BY_PHRASE))


def _organ(stem: str) -> str | None:
    return _BY_STEM.get(stem) or (_BY_STEM.get(stem[:-1]) if stem[-1:] in "aio" else None)


def _organs(stem: str) -> tuple[str, ...]:
    """Return the organs that a stem is composed of, empty where it is composed of anything else."""
    whole = _organ(stem)
    if whole is not None:
        return (whole,)
    for cut in range(len(stem) - 2, 2, -1):
        first = _organ(stem[:cut])
        rest = _organs(stem[cut:]) if first is not None else ()
        if first is not None and rest:
            return (first, *rest)
    return ()


@lru_cache(maxsize=50_000)
def meanings(word: str) -> tuple[Meanings, ...]:
    """Return the things that a lower-case word says of a procedure, empty where it is in no table.

    ``cholecystectomy`` says two: resection (or excision, or extirpation), and gallbladder.
    """
    known = _BY_WORD.get(root(word))
    if known is not None:
        return known
    for ending, operation in _BY_ENDING.items():
        if word.endswith(ending) and len(word) > len(ending) + 1:
            organs = _organs(word.removesuffix(ending))
            if organs:
                return (*operation, *({root(part): 1.0} for o in organs for part in o.split()))
    return ()


def things_said(given: Sequence[str]) -> list[tuple[Meanings, ...]]:
    """Return what each of ``given`` words says of a procedure.

    A tumor is excised and a stone extirpated where the text says that something is done: "brain
    tumor" alone asks for no excision.
    """
    said = [meanings(word) for word in given]
    done = any(
        root(word) in _DONE or any(_DONE & thing.keys() for thing in things)
        for word, things in zip(given, said, strict=True)
    )
    return [
        things or (_BY_FINDING.get(root(word), ()) if done else ())
        for word, things in zip(given, said, strict=True)
    ]


def rephrased(given: Sequence[str]) -> list[str]:
    """Return lower-case words with known phrases, the longest first, said as titles say them."""
    said: list[str] = []
    at = 0
    while at < len(given):
        for length in range(min(_LONGEST_PHRASE, len(given) - at), 0, -1):
            meant = _BY_PHRASE.get(tuple(given[at : at + length]))
            if meant is not None:
                said += meant
                at += length
                break
        else:
            said.append(given[at])
            at += 1
    return said
