"""What can be measured of a mouse, and the words for it in the languages of the trade.

Words are written as ``meaning.plain`` leaves them: small letters, no accents. ``~`` before or after
a word lets it be a part of a longer one, as ``~gewicht`` is of *Körpergewicht*. In order: English;
German; French; Spanish, Italian and Portuguese; Dutch; Swedish, Danish and Norwegian; Polish and
Czech; Russian; Turkish; Chinese, Japanese and Korean, which have no blanks between words.
"""

from __future__ import annotations

# What a sheet holds, as a sentence about it says.
NOUNS = {
    "volume": "tumour volumes",
    "body_weight": "body weights",
    "weight": "weights of tumours or organs",
    "weight_change": "changes of body weight",
    "relative": "relative volumes or changes",
    "log": "logarithms",
    "diameter": "single diameters",
    "length": "lengths alone",
    "width": "widths alone",
    "height": "heights alone",
    "area": "areas",
    "flux": "light (luminescence or fluorescence)",
    "marker": "a marker or a concentration",
    "dose": "doses",
    "survival": "survival",
    "temperature": "temperatures",
    "intake": "food or water",
    "score": "scores",
    "count": "counts",
    "other_volume": "volumes that are no tumour's",
    "summary": "graphs or summaries, as it is called,",
    "unit": "another unit than that of a volume",
}

WORDS: dict[str, tuple[str, ...]] = {
    "volume": (
        "vol|vols|volume|volumes|tv|tvs|tumorvol|tumvol|tumorvolume|tumorvolumes",
        "~volumen|~volumina",
        "volumi|volumenes",
        "~volym|~volymer|~volumer",
        "objetosc|objetosci|objem|objemy",
        "~объем~",
        "hacim|hacmi|hacimleri",
        "体积|體積|体積|容積|부피|용적|체적",
    ),
    "weight": (
        "weight|weights|wt|wts|mass|masses",
        "~gewicht|~gewichte|~gewichts",
        "poids|masse",
        "peso|pesos|pesi|massa",
        "~gewichten",
        "~vikt|~vikter|~vaegt|~vaegte|~vægt|~vægte|~vekt|~vekter",
        "waga|wagi|masa|masy|~hmotnost~|vaha|vahy",
        "вес|веса|масса|массы",
        "~agirlik~|~agirlig~",
        "体重|體重|重量|体质量|體質量|质量|瘤重|체중|몸무게|무게|중량",
    ),
    "body_weight": (
        "bw|bws|bodyweight|bodyweights|bodywt|bodywts|bodymass|bwt|bwts|mouse weights|"
        "animal weights",
        "~korpergewicht~|~koerpergewicht~|kgw|kg gewicht|kgew",
        "poids corporel~|masse corporelle",
        "peso corporal|pesos corporales|peso vivo|peso corporeo|pesi corporei|massa corporal",
        "~lichaamsgewicht~",
        "~kroppsvikt~|~kropsvægt~|~kropsvaegt~|~kroppsvekt~",
        "masa ciala|masy ciala|telesna hmotnost",
        "масса тела|массы тела|вес тела",
        "vucut agirligi|vucut agirliklari",
        "体重|體重|体质量|體質量|체중|몸무게",
    ),
    "diameter": (
        "diameter|diameters|diam|diams",
        "~durchmesser~",
        "diametre|diametres",
        "diametro|diametros|diametri",
        "~doorsnede|~doorsnee|~middellijn",
        "srednica|srednice|prumer|prumery",
        "диаметр~",
        "capi|caplari",
        "直径|直徑|瘤径|瘤徑|腫瘍径|지름|직경",
    ),
    "length": (
        "length|lengths",
        "~lange|~laenge|~langen|~laengen",
        "longueur|longueurs",
        "longitud|longitudes|largo|lunghezza|lunghezze|comprimento|comprimentos",
        "~lengte|~lengtes|~lengten",
        "~langd|~langder|~længde|~længder|~laengde|~lengde|~lengder",
        "dlugosc|dlugosci|delka|delky",
        "длина|длины",
        "uzunluk|uzunlugu|uzunluklari",
        "长度|長度|长径|長徑|長径|長さ|길이|장경|장축",
    ),
    "width": (
        "width|widths",
        "~breite|~breiten",
        "largeur|largeurs",
        "anchura|ancho|larghezza|larghezze|largura|larguras",
        "~breedte|~breedtes",
        "~bredd|~bredder|~bredde",
        "szerokosc|szerokosci|sirka|sirky",
        "ширина|ширины",
        "genislik|genisligi",
        "宽度|寬度|短径|短徑|宽|幅|너비|폭|단경|단축",
    ),
    "height": (
        "height|heights|depth|depths|thickness",
        "~hohe|~hoehe|~hohen|~dicke",
        "hauteur|hauteurs|epaisseur|profondeur",
        "altura|alturas|grosor|altezza|altezze|spessore|espessura|profundidad",
        "~hoogte|~dikte",
        "~hojd|~højde|~tykkelse|~tjocklek|~hoyde|~høyde",
        "wysokosc|grubosc|vyska|tloustka",
        "высота|толщина",
        "yukseklik|kalinlik",
        "高度|厚度|高さ|厚さ|높이|두께",
    ),
    "area": (
        "area|areas",
        "~flache|~flachen|~flaeche|~flaechen",
        "surface|surfaces|aire",
        "superficie|superficies|area|areas",
        "~oppervlak|~oppervlakte|~oppervlakten",
        "~areal|yta|ytor|tumoryta",
        "powierzchnia|pole powierzchni|plocha|plochy",
        "площадь|площади",
        "alani|alanlari",
        "面积|面積|면적",
    ),
    "flux": (
        "flux|fluxes|luminescence|bioluminescence|bli|ivis|radiance|photons|photon|rlu|"
        "fluorescence|radiant efficiency|bioluminescent|suv|suvmax",
        "~lumineszenz|~fluoreszenz|~photonen",
        "luminescence|bioluminescence",
        "~luminiscencia|~luminescenza|~luminescencia|~fluorescencia|~fluorescenza|flujo|flusso|fluxo",
        "~luminescentie|~fluorescentie",
        "~luminiscens|~luminescens|~fluorescens",
        "~luminescencja|~fluorescencja|~luminiscence",
        "~люминесценц~|~флуоресценц~|свечени~",
        "~luminesans|~floresans",
        "荧光|螢光|发光|發光|光子|発光|蛍光|발광|형광|광자",
    ),
    "marker": (
        "psa|cea|afp|hcg|glucose|glycemia|glycaemia|insulin|creatinine|wbc|rbc|hgb|platelets|"
        "neutrophils|lymphocytes|cytokine|cytokines|concentration|concentrations|titer|titers|"
        "titre|titres|hematocrit|haematocrit|hemoglobin|haemoglobin|ldh|lactate|cholesterol|conc|"
        "concs|plasma conc|pharmacokinetics|elisa|hba1c|ketones|ctdna|ki67|ki-67|p erk|p akt|p s6",
        "~glukose|~blutzucker|~konzentration|~konzentrationen|~spiegel",
        "glycemie|glycemies|concentration|concentrations",
        "glucemia|glucosa|glicemia|glucosio|glicose|concentracion|concentrazione|concentracao",
        "~concentratie|~concentraties|bloedsuiker",
        "~koncentration|~koncentrationer|~konsentrasjon|blodsocker|blodsukker",
        "stezenie|stezenia|glukoza|koncentrace|glukozy",
        "концентраци~|глюкоз~",
        "derisim~|konsantrasyon~|glikoz~|glukoz~",
        "浓度|濃度|血糖|농도|혈당",
    ),
    "dose": (
        "dose|doses|dosing|dosings|dosage|dosages|dosed",
        "~dosis|~dosen|~dosierung|~dosierungen",
        "posologie|dosages",
        "dosis|dosi|dosaggio|dosagem|dosificacion",
        "~dosering|~doseringen",
        "dos|doser|~dosering",
        "dawka|dawki|dawkowanie|davka|davky|davkovani",
        "доза|дозы|дозировк~",
        "doz|dozu|dozlar|dozaj",
        "剂量|劑量|给药量|用量|投与量|용량|투여량",
    ),
    "survival": (
        "survival|surviving|mortality|kaplan meier|lifespan",
        "~uberleben|~ueberleben|~uberlebenszeit|~mortalitat",
        "survie|mortalite",
        "supervivencia|sopravvivenza|sobrevida|sobrevivencia|mortalidad|mortalita|mortalidade",
        "~overleving|~sterfte",
        "~overlevnad|~overlevelse",
        "przezycie|przezywalnosc|preziti|smiertelnosc",
        "выживаемост~|выживани~|смертност~",
        "sagkalim|hayatta kalma",
        "生存|存活|死亡|생존",
    ),
    "temperature": (
        "temperature|temperatures|temp",
        "~temperatur|~temperaturen",
        "temperature|temperatures",
        "temperatura|temperature|temperaturas",
        "~temperatuur|~temperaturen",
        "~temperaturer",
        "temperatury|teplota|teploty",
        "температур~",
        "sicaklik|sicakligi",
        "体温|體溫|温度|溫度|체온|온도",
    ),
    "intake": (
        "food|chow|feed|water|intake|consumption|drinking",
        "~futter|~wasser|~aufnahme|~verbrauch|~futteraufnahme",
        "nourriture|aliment|aliments|eau|consommation|prise alimentaire",
        "comida|alimento|alimentos|agua|ingesta|ingestion|consumo|cibo|acqua|assunzione|racao",
        "voer|voedsel|voedselinname|wateropname|~inname|voeropname|drinkwater",
        "foder|~foderintag|vatten|vand|vann|~intag|~indtag|~inntak|~forbrug|~forbruk",
        "pasza|paszy|pokarm|woda|wody|spozycie|krmivo|voda|prijem|spotreba",
        "корм~|вода|воды|потреблени~",
        "yem|~tuketim~|yem alimi|su alimi",
        "摄食|攝食|食量|饮水|飲水|饲料|摂餌|摂食|飲水|飼料|사료|섭취|음수|식이",
    ),
    "score": (
        "score|scores|scoring|bcs|body condition|clinical signs",
        "~punktzahl|klinische zeichen",
        "note clinique|scores",
        "puntuacion|puntaje|punteggio|pontuacao|escore",
        "scoren",
        "poang|poangsattning",
        "punktacja|skore|skala",
        "балл~|оценк~",
        "skor|puan",
        "评分|評分|スコア|점수",
    ),
    "count": (
        "count|counts|nodules|metastases|metastasis|colonies|number of .+",
        "~anzahl|~zahl|~metastasen",
        "nombre|metastases",
        "recuento|numero|conteo|conteggio|contagem|metastasi|metastase",
        "~aantal|~tellingen",
        "~antal|~antall",
        "liczba|pocet|przerzuty",
        "количеств~|число|метастаз~",
        "sayi|sayisi|metastaz",
        "数量|數量|个数|计数|数|개수|전이",
    ),
}

# What is made of volumes.
RELATIVE = (
    "rtv|rtvs|relative|rel|normalized|normalised|fold change|fold changes|fold increase|percent|"
    "percentage|pct|t/c|v/v0",
    "~relativ|~relative|~relatives|~normalisiert~|prozent|prozentual~",
    "relatif~|relative~|normalise~|pourcentage|pourcentages",
    "relativo~|relativa~|normalizado~|normalizada~|normalizzat~|porcentaje~|percentuale|percentuali|"
    "porcentagem|percentagem",
    "relatief|relatieve|genormaliseerd~",
    "relativt|relativa|relative|normaliserad~|normaliseret|normalisert|procentuell",
    "wzgledna|wzgledny|wzgledne|procent|relativni",
    "относительн~|процент~|нормализован~",
    "bagil|goreli|yuzde",
    "相对|相對|相対|抑瘤|抑制率|增长率|変化率|变化率|變化率|百分|比率|상대|비율|억제율|변화율|백분율",
)
# These say so only where a text says little else: "inhibition of tumour growth by a drug".
CHANGES = (
    "tgi|change|changes|increase|decrease|gain|loss|fold|folds|ratio|ratios|inhibition|waterfall|"
    "delta|growth rate|growth rates",
    "~veranderung~|~aenderung~|~anderung~|~hemmung|~zunahme|~abnahme|~verlust",
    "variation|variations|inhibition|perte|changement|changements|evolution relative",
    "cambio|cambios|variacion|variaciones|inhibicion|perdida|aumento|variazione|variazioni|"
    "inibizione|perdita|variacao|variacoes|perda",
    "~verandering~|toename|afname|remming|~verlies",
    "~forandring~|~ændring~|~aendring~|~endring~|okning",
    "zmiana|zmiany|inhibicja|utrata|zmena|zmeny|ubytek",
    "изменени~|торможени~|потер~|прирост~",
    "degisim~|oran|orani|kaybi|artisi",
    "变化|變化|変化|减少|減少|增加|변화|감소|증가",
)
LOG = (
    "log tv|log tvs|log volume|log volumes|log vol|log tumor .+|log transformed|log10|log2|"
    "log 10|log 2|log2fc|logfc|ln|logarithm|logarithms|logarithmic|log fold .+|log ratio",
    "~logarithm~|~logarithmiert~|logarithme|logarithmes|logaritmo|logaritmos|logaritmi|logaritme|"
    "~logaritm|logarytm~|логарифм~|logaritma~|对数|對數|対数|로그",
)
# What speaks of the tumours without saying how they were measured.
GROWTH = (
    "tumor growth|tumor size|tumor sizes|tumor burden|tumor data|tumors|tumor measurement|"
    "tumor measurements|caliper|calipers|growth curve|growth curves|tumor response",
    "~tumorgrosse~|~tumorgroesse~|~tumorwachstum~|tumoren",
    "taille tumorale|tailles tumorales|croissance tumorale|tumeurs",
    "tamano tumoral|crecimiento tumoral|tumores|dimensioni tumorali|crescita tumorale|tumori|"
    "tamanho do tumor|crescimento tumoral",
    "~tumorgrootte~|~tumorgroei~",
    "~tumorstorlek~|~tumortillvaxt~|~tumorstørrelse~|~tumorvækst~|~tumorvekst~",
    "wielkosc guza|wzrost guza|guzy|velikost nadoru|rust nadoru",
    "рост опухол~|размер~ опухол~|опухоли",
    "tumor buyuklugu|tumor buyumesi|tumorler",
    "肿瘤生长|瘤体|腫瘍増殖|종양 성장|종양 크기",
)
TUMOR = (
    "tumor|tumors|tumour|tumours|xenograft|xenografts|allograft|lesion|lesions",
    "~tumor~|tumeur|tumeurs|tumoral~|tumore|tumori|tumorale|tumores|guz|guza|guzow|nador~",
    "опухол~|tumor~|肿瘤|腫瘤|腫瘍|瘤|종양",
)
# Organs are weighed, and fluids have volumes.
ORGANS = (
    "organ|organs|spleen|spleens|liver|livers|kidney|kidneys|heart|hearts|lung|lungs|brain|thymus|"
    "prostate|uterus|ovary|ovaries|node|nodes|fat|muscle|bone|heart|testis|testes|seminal|"
    "~milz|~leber|~niere|~herz|rate|foie|rein|bazo|higado|rinon|milza|fegato|rene|baco|figado|rim|"
    "milt|lever|nier|mjalte|milt|sledziona|watroba|slezina|jatra|селезенк~|печен~|dalak|karaciger|"
    "脾|肝|肾|腎|心|肺|비장|간|신장",
)
FLUIDS = (
    "dose|dosing|injection|injected|infusion|gavage|urine|blood|plasma|serum|ascites|water|fluid|"
    "food|stroke|spleen|liver|prostate|lung|bladder|formulation|stock|sample|"
    "~injektions~|~urin~|~blut~|~plasma~|inyeccion|orina|iniezione|urina|injectie|urine|"
    "注射|给药|尿|血|注入|投与|소변|주사|투여",
)

# Units as they are written, each with what it says was measured ("" = nothing for certain).
UNITS: dict[str, tuple[str, str]] = {
    "volume": ("mm3", "mm3|mm^3|cubic mm|cu mm|cmm|mmc|ul|μl|мм3|毫米3|立方毫米"),
    "volume_cm3": ("cm3", "cm3|cm^3|cc|ml|cubic cm|ccm|см3|立方厘米"),
    "area": ("mm2", "mm2|mm^2|cm2|cm^2|sq mm|square mm|мм2|平方毫米"),
    "diameter": ("mm", "mm|millimeter|millimeters|millimetre|millimetres|мм|毫米"),
    "diameter_cm": ("cm", "cm|centimeter|centimeters|centimetre|centimetres|см|厘米"),
    "mass": (
        "g",
        "g|gr|gm|gms|gram|grams|gramm|gramme|grammes|gramos|grammi|gramas|gram/mouse|kg|mg|г|гр|克|그램",
    ),
    "relative": ("%", "%|percent|fold|x|-fold|% of day 0|% of baseline|% of control|% t/c"),
    "flux": (
        "p/s",
        "p/s|ph/s|photons/s|photons/sec|photons/second|p/sec",
    ),
    "flux_radiance": (
        "p/s/cm²/sr",
        "p/sec/cm2/sr|p/s/cm2/sr|photons/s/cm2/sr|p/s/cm^2/sr|photons/sec/cm2/sr|p/s/cm²/sr",
    ),
    "flux_rlu": ("RLU", "rlu"),
    "flux_counts": ("counts/s", "cps|counts/s"),
    "flux_arbitrary": ("a.u.", "a.u.|au"),
    "flux_power": ("W/cm²", "w/cm2"),
    "flux_micropower": ("µW/cm²", "μw/cm2"),
    "marker": (
        "ng/ml",
        "ng/ml|pg/ml|μg/ml|ug/ml|mg/dl|mmol/l|nmol/l|umol/l|μmol/l|u/l|iu/l|iu/ml|g/dl|g/l|mg/l|"
        "mg/ml|nm|μm|um|mm/l|k/μl|k/ul|10^9/l|x10^9/l|10^3/μl|cells/μl|cells/ul|cells/ml",
    ),
    "temperature": ("°C", "°c|°f|c°|℃|degc|deg c"),
    "intake": ("g/day", "g/day|ml/day|g/mouse/day|g/d|ml/d|g/mouse|ml/mouse|kcal|kj|kcal/day"),
    "score": ("points", "points|score|bpm|mmhg|db|sec|gf|rpm|kpa|mmh2o"),
    "count": ("n", "counts|cells|nodules"),
}
