"""The words of headers: what study.toml and labs call a column, and the units they write there."""

from __future__ import annotations

# What study.toml calls a column, and the role it fills here.
COLUMN_ROLES = {
    "study": "study",
    "mouse": "mouse",
    "tumor": "tumor",
    "arm": "arm",
    "phase": "phase",
    "day": "day",
    "week": "week",
    "date": "date",
    "treatment_start": "start",
    "length_mm": "length",
    "width_mm": "width",
    "height_mm": "height",
    "volume_mm3": "volume",
    "area_mm2": "area",
    "body_weight_g": "body_weight",
    "fate": "fate",
    "cage": "cage",
    "remark": "remark",
    "operator": "operator",
    "line": "line",
    "block": "block",
}
# What a row says of its mouse beside its sizes, in any layout.
NAMED_ROLES = (
    *("study", "line", "block", "mouse", "cage", "tumor", "arm", "phase", "start", "fate"),
    *("remark", "operator"),
)
# Between the columns of which a declared one is made: ``arm = "Drug + Dose"``.
JOINT = " + "
NAME_OF_ROLE = {role: name for name, role in COLUMN_ROLES.items()}

# By what a volume was measured: it is one all the same.
_INSTRUMENTS = (
    "uct",
    "u ct",
    "μct",
    "µct",
    "micro ct",
    "ct",
    "mri",
    "mr",
    "us",
    "ultrasound",
    "3d",
)
_BY_INSTRUMENT = "|".join(
    f"{one} {volume}"
    for one in (*_INSTRUMENTS, "caliper", "calipers")
    for volume in ("volume", "tumor volume", "vol", "tv")
)
# Where tags are unique in a cage alone, the two together name the mouse: `Cage-Ear`, `Cage #/Tag`.
_IN_CAGE = "|".join(
    f"{cage}{joint}{tag}"
    for cage in ("cage", "cage no", "cage id", "cage number", "käfig", "kaefig")
    for joint in (" ", " and ", " & ", "+", " + ")
    for tag in (
        *("ear", "ear tag", "ear mark", "ear notch", "ear punch", "tag", "mark", "mouse"),
        *("mouse id", "mouse no", "animal", "animal id", "animal no", "ohr", "maus", "tier"),
    )
)
# Words for each role, the plainest first: of two columns for one role the plainer word wins.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "study": (
        "study|study id|studyid|study name|study number|study no",
        "experiment|experiment id|experiment name|trial",
    ),
    "mouse": (
        "mouse|mouse id|mouseid|mouse no|mouse number|mouse nr|mouse name|mice|mice id|animal|"
        "animal id|animalid|animal no|animal number|animal nr|subject|subject id",
        "maus|maus nr|mausnummer|tier|tier nr|tiernummer|souris|ratón|topo|camundongo|camundongos|"
        "muis|dier|animale|nº do animal|n° do animal|número do animal|numero do animal|"
        "id do animal|identificação do animal|id del animal|número de animal|nº de animal|"
        "nº animal|id animale|numero animale|n° souris|numéro de souris|id souris|muisnummer|"
        "diernummer|maus id|tier id|nº do camundongo|id do camundongo|animal nº|mysz|nr myszy|"
        "мышь|номер мыши|животное|номер животного|小鼠编号|小鼠|动物编号|动物号|鼠号|動物番号|"
        "マウス|マウス番号|個体番号|마우스|마우스 번호|개체번호|개체 번호",
        _IN_CAGE,
        "id|mid|ear tag|eartag|tag|tag id",
        "mouse tag|tail number|tail no|tail nr|tail mark|tail id|rfid|rfid tag|chip|chip id|"
        "transponder|transponder id|animal tag|mouse identifier|unique mouse id|unique id|"
        "unique animal id",
        "subj|subj id|subj no|usubjid",  # of the SEND standard, as are those with PM and BW below
        "subjid",
        "number|no|nr|sample|sample id",
        "ear notch|ear mark|ear punch|ear|notch|punch|toe clip|toe|ear clip|ear code|ear id|"
        "ohrmarke|ohrmarkierung|ohrlochung|ohr|oreille|boucle d'oreille|oreja|arete|orecchio|"
        "orelha|brinco|oormerk|oor|耳标|耳标号|耳号|耳号码|耳パンチ|耳タグ|이표|귀표",
        "mark|marking|marks|mouse mark|animal mark",
        "model id|model",
    ),
    "cage": (
        "cage|cage id|cage no|cage number|cage nr|cage card|cage name",
        "käfig|käfig nr|käfignummer|kaefig|kaefig nr|n° cage|numéro de cage|jaula|gabbia|gaiola|"
        "kooi|klatka|клетка|笼|笼号|笼位|笼子|籠|ケージ|ケージ番号|케이지|케이지 번호",
    ),
    "tumor": (
        "tumor id|tumor no|tumor number|tumor site|tumor location|tumor name|pmspid",
        "tumor|site|flank|side|location|pmloc",
    ),
    "arm": (
        "arm|arms|arm name|treatment|treatments|treatment arm|treatment group|treatment name|"
        "drug regimen|regimen",
        "tx|tx group|tx arm|rx|rx group|trt|trt group|trtgrp|trt grp|treat",
        "group|groups|group name|grp|treatment group id|group id",
        "gruppe|behandlung|groupe|traitement|grupo|tratamiento|gruppo|trattamento|tratamento|"
        "grupo de tratamento|grupo de tratamiento|grupo experimental|groupe de traitement|"
        "gruppo di trattamento|behandlungsgruppe|groep|behandeling|grupa|leczenie|группа|лечение|"
        "组别|分组|组|处理组|给药组|治疗组|群|投与群|処置群|그룹|군|투여군",
        "drug|drugs|compound|therapy|egp|test article|test item|treatment description|"
        "供试品|受试物|药物|被験物質|시험물질|препарат|wirkstoff|substanz|substance|produit|fármaco|farmaco|droga|ilaç",
        "condition|conditions|experimental condition",
        "trt01a|trta|actarm",  # of ADaM, in which what was given comes before what was planned
        "trt01p|trtp",
        "cohort",
    ),
    "phase": ("phase|treatment phase|study phase|period",),
    "day": (
        "day|days|study day|studyday|visit day|visitdy|visitday|day of study|treatment day|"
        "day of treatment|days of treatment|"
        "days on treatment|days post t0|days post treatment|days after treatment|"
        "days since treatment|days since treatment start|day number|"
        "days post randomization|days post randomisation|days after randomization|"
        "days after randomisation|days since randomization|days since randomisation",
        "time|times|timepoint|time point|t",
        "tag|tage|studientag|versuchstag|jour|jours|día|días|dia|dias|giorno|giorni|dag|dagen|"
        "dia de tratamento|dia do tratamento|dias de tratamento|día de tratamiento|"
        "jour de traitement|giorno di trattamento|dia do estudo|día de estudio|dzień|dni|день|дни|"
        "сутки|天数|天|日数|日|给药天数|経過日数|일|일수",
        "study days|days on study|days post injection|days from injection|days after injection|"
        "days since injection|days post tumor injection|day post injection|day after injection|"
        "pmdy|bwdy|ady|"
        "days post implant|days post implantation|days since implant|days since implantation|"
        "days post inoculation|dpi",
    ),
    "week": ("week|weeks|wk|study week|week number",),
    "date": (
        "date|measure date|measurement date|date measured|date of measurement|measured on|"
        "visit date|study date",
        "datum|messdatum|fecha|data|data da medida|data da medição|data de medição|"
        "fecha de medición|date de mesure|data misura|data di misurazione|meetdatum|data pomiaru|"
        "дата|дата измерения|日期|测量日期|測定日|날짜|측정일",
        "pmdtc|bwdtc",
    ),
    "start": (
        "treatment start|treatment start date|start of treatment|date of treatment start|"
        "treatment started|treatment started on|date treatment started",
        "tx start|tx start date|rx start|rx start date|trt start|dosing start|dosing start date|"
        "dosing started|start of dosing|first dose date|date of first dose|day 0 date|"
        "date of day 0|treatment begin|treatment began|start of therapy|therapy start",
        "behandlungsbeginn|behandlungsstart|therapiebeginn|therapiestart|début du traitement|"
        "début traitement|inicio del tratamiento|inicio de tratamiento|inicio tratamiento|"
        "início do tratamento|inizio trattamento|inizio del trattamento|start behandeling|"
        "początek leczenia|начало лечения|给药开始日期|开始给药日期|治疗开始日期|投与開始日|"
        "투여시작일",
    ),
    "length": (
        "length|tumor length|long|longest|longest diameter|long diameter|long axis|major axis|"
        "max diameter|maximum diameter|l",
        "länge|laenge|longueur|largo|lunghezza|comprimento|comprimento do tumor|maior diâmetro|"
        "diâmetro maior|longitud|diámetro mayor|lengte|grand axe|grand diamètre|długość|длина|"
        "长径|长度|长|長径|長さ|장경|길이",
        "lung|lungh|compr",
        "dmax|d max|diameter 1|dimension 1|dim 1",
    ),
    "width": (
        "width|tumor width|short|shortest|shortest diameter|short diameter|short axis|"
        "minor axis|min diameter|minimum diameter|perpendicular|perpendicular diameter|w",
        "breite|largeur|ancho|larghezza|largura|largura do tumor|menor diâmetro|diâmetro menor|"
        "anchura|diámetro menor|breedte|petit axe|petit diamètre|szerokość|ширина|"
        "短径|宽度|宽|幅|단경|너비",
        "larg|largh|anch",
        "dmin|d min|diameter 2|dimension 2|dim 2",
    ),
    "height": (
        "height|tumor height|depth|tumor depth|thickness|h",
        "höhe|hauteur|altura|altezza|hoogte|profundidade|profundidad|wysokość|высота|"
        "高度|高|高さ|높이",
    ),
    "volume": (
        "volume|tumor volume|tumor vol|tum vol|tumvol|tumorvolume|tv|tvol|vol",
        "size|tumor size",
        "tumorvolumen|volumen|volume tumoral|volume do tumor|volumen tumoral|volumen del tumor|"
        "volume tumorale|volume del tumore|volume de la tumeur|objętość|objętość guza|"
        "объем|объём|объем опухоли|объём опухоли|体积|肿瘤体积|瘤体积|体積|"
        "腫瘍体積|부피|종양부피|종양 부피",
        _BY_INSTRUMENT,
        "value|measurement|v",
    ),
    "body_weight": (
        "body weight|bodyweight|bw|body wt|bodywt|animal weight|mouse weight",
        "weight|wt",
        "körpergewicht|koerpergewicht|kgw|gewicht|poids|peso|peso corporal|peso do animal|"
        "peso corporeo|poids corporel|lichaamsgewicht|masa ciała|масса тела|вес|体重|小鼠体重|체중",
        "body mass",
        "bwstresn",
        "bworres",
        "mass",
    ),
    "fate": (
        "fate|reason for removal|removal reason|exit reason|sacrifice reason|"
        "reason of sacrifice|reason for sacrifice|cull reason|reason for cull|"
        "euthanasia reason|reason for euthanasia|cause of death|reason of death|end reason|"
        "death cause|reason for death|cause of exit|cause of removal|cause of euthanasia|exit|"
        "todesursache|abgangsgrund|cause de mort|causa de muerte|causa de la muerte|causa da morte|"
        "causa di morte|doodsoorzaak|死因|死亡原因|사인",
        "reason|outcome|cause",
        "status|mouse status|animal status|end status|final status|survival status",
    ),
    "remark": (
        "remark|remarks|comment|comments|note|notes|observation|observations|bemerkung|"
        "bemerkungen|kommentar|kommentare|anmerkung|anmerkungen|commentaire|commentaires|remarque|"
        "remarques|comentario|comentarios|comentário|comentários|observaciones|observação|"
        "observações|osservazioni|nota|notas|opmerking|opmerkingen|uwagi|примечание|примечания|"
        "备注|備考|비고",
    ),
    "operator": ("operator|technician|measured by|measurer|initials",),
}
RANKS: dict[str, dict[str, int]] = {
    role: {word: rank for rank, words in enumerate(tiers) for word in words.split("|")}
    for role, tiers in _SYNONYMS.items()
}
# Words of a caliper sheet in German, in which `Tag` is the day and no ear tag.
_GERMAN_WORDS = (
    "gruppe|behandlung|datum|länge|laenge|breite|höhe|volumen|tumorvolumen|gewicht|körpergewicht|"
    "koerpergewicht|kgw|maus|maus nr|mausnummer|tier|tier nr|tiernummer"
)
GERMAN = frozenset(_GERMAN_WORDS.split("|"))
# Columns that a caliper sheet may well hold and that nothing here is computed from.
_UNREAD_WORDS = (
    "cohort|cohort id|sex|gender|strain|age|age months|age weeks|dob|date of birth|source|"
    "below limit|contributor|disease type|tumor type|model|model id|cell|cell line|passage|"
    "treatment group id|group id|group number|dose|dosing|domain|subjid|armcd|setcd|rfstdtc|"
    "pmseq|pmtest|pmtestcd|pmstresc|pmstresu|pmorresu|bwseq|bwtest|bwtestcd|bworresu|bwstresu|"
    "paramcd|param|paramn|avalc|avalu|avisit|avisitn|ablfl|trt01an|trt01pn|trtan|trtpn|adt"
)
UNREAD = frozenset(_UNREAD_WORDS.split("|"))
_UNITS = {
    "mm3": "mm3|mm^3|mm³|mmᶟ|cubic mm|cu mm|ul|µl|μl|мм3|мм³|立方毫米",
    "cm3": "cm3|cm^3|cm³|cc|ml|cubic cm|см3|см³|立方厘米",
    "mm": "mm|millimeter|millimeters|millimetre|millimetres|мм|毫米",
    "mm2": "mm2|mm^2|mm²|square mm",
    "cm2": "cm2|cm^2|cm²|square cm",
    "cm": "cm|centimeter|centimeters|centimetre|centimetres|см|厘米",
    "g": "g|gr|gm|gram|grams|г|克",
    "days": "d|day|days",
    "weeks": "w|wk|wks|week|weeks",
    "hours": "h|hr|hrs|hour|hours|stunden|heures|horas|小时|時間|시간",
}
UNIT_WORDS = {word: unit for unit, words in _UNITS.items() for word in words.split("|")}
TRAILING_UNITS = sorted((w for w in UNIT_WORDS if w not in ("d", "w", "h", "day", "days")), key=len)
ROLE_UNITS = {
    "volume": ("mm3", "cm3"),
    "area": ("mm2", "cm2"),
    "length": ("mm", "cm"),
    "width": ("mm", "cm"),
    "height": ("mm", "cm"),
    "body_weight": ("g",),
    "day": ("days", "weeks", "hours"),
    "week": ("weeks",),
}
