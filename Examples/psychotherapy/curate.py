#!/usr/bin/env python3
"""Make studies.tsv, peaks.tsv and excluded.tsv of the psychotherapy example from the shelf's capture.

    python3 curate.py [--check] [STUDIES.CSV]

STUDIES.CSV is `data/psychotherapy/studies.csv` of the reference shelf; left out, it is looked for under $CUNEUS_SHELF,
then in `../shared` beside the repository, then in /work/shared. The CSV is not part of this repository. `--check`
writes nothing: it fails if the committed tables are not what the CSV and the decisions below give.

Every judgement a reviewer made is in one of the tables EXPERIMENTS, SAMPLES and EXCLUDED, with its reason; the rest
of the script only copies, counts and checks. Standard library only.
"""

import csv
import math
import os
import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent

# --- Decision 1: the experiments ------------------------------------------------------------------------------------
#
# One contrast of one group of people each. Several tables or contrasts of the same people are put together in one
# experiment, because they are not independent (Turkeltaub 2012; Müller 2018).
#
# tables           tables of the capture whose signed rows are used
# n1, n2           n2 = 0: change within one group. Both > 0: change compared between two groups
# n_basis          'sourced', or how the number was assumed
# controlled       is the change compared with the change of somebody else?
# comparator       with whose: none | healthy-rescanned | waitlist | active
# direction_grade  row-matched: signs follow from the abstract's regions and the order of the rows
#                  region-matched: a row's sign follows from a region that the abstract names
#                  abstract-all-rows: the abstract reports one direction; given to every row, none verified
# whole_brain      yes | not-known (not seen in any stored text)
# space            as the database detected it; where it did not, decided from the coordinates and marked assumed

EXPERIMENTS = {
    "Sakai2006_prepost": dict(
        study="Sakai2006", tables=["tbl3"], n1=11, n2=0, n_basis="sourced", task_rest="rest", task="none",
        controlled="no", comparator="none", direction_grade="row-matched", whole_brain="not-known", space="brett",
        space_basis="assumed: all 19 coordinates of the paper's two tables are what mni2tal makes of a 2 mm MNI grid"
        " (chance 25 % each)",
        contrast="FDG uptake after CBT vs before, patients who improved",
        comment="Only the 11 of 12 patients who improved: a selected group."),
    "Soravia2016_prepost": dict(
        study="Soravia2016", tables=["brb3510-tbl-0001"], n1=8, n2=0, n_basis="sourced", task_rest="rest",
        task="none (rest scans before and after seeing spiders)",
        controlled="no", comparator="none", direction_grade="abstract-all-rows", whole_brain="not-known", space="mni",
        space_basis="assumed: all 28 coordinates are even (a 2 mm grid, not transformed); inside the brain as MNI,"
        " 4 outside if they were Talairach (Lancaster)",
        contrast="CBF after CBT vs before; anticipation and post-processing rows together",
        comment="Two contrasts of the same 8 people in one table, kept as one experiment; 28 of the project's peaks."),
    "Klumpp2013_groupXtime": dict(
        study="Klumpp2013", tables=["t0015"], n1=14, n2=14, n_basis="sourced", task_rest="task",
        task="emotional faces",
        controlled="yes", comparator="healthy-rescanned", direction_grade="abstract-all-rows", whole_brain="yes",
        space="mni",
        space_basis="assumed: all 25 coordinates of the paper's two tables are even (a 2 mm grid, not transformed);"
        " inside the brain as MNI, 6 outside if they were Talairach (Lancaster)",
        contrast="patients vs healthy x (after vs before), threat vs happy faces",
        comment="Sign is that of the patients' change: the abstract says that their decrease drove the interaction."),
    "Goldin2014_CBTvWL": dict(
        study="Goldin2014", tables=["tbl2"], n1=30, n2=29, n_basis="total of 59 sourced; equal split assumed",
        task_rest="task", task="reacting to and reappraising social praise and criticism",
        controlled="yes", comparator="waitlist", direction_grade="region-matched", whole_brain="not-known",
        space="talairach",
        space_basis="assumed: all 22 coordinates of the paper's two tables lie on the 3.4375 mm grid, origin included,"
        " of the same group's other paper (Goldin2013_MBSR), which the database detected as Talairach",
        contrast="CBT vs waitlist x (after vs before); praise, criticism and reappraisal rows together",
        comment="Three contrasts of the same people in one table, kept as one experiment; rows repeat nearly."),
    "Goldin2013_MBSRvAE": dict(
        study="Goldin2013_MBSR", tables=["3"], n1=28, n2=28,
        n_basis="total of 56 randomised sourced; equal split assumed; analysed n not known", task_rest="task",
        task="regulating negative self-beliefs",
        controlled="yes", comparator="active", direction_grade="region-matched", whole_brain="not-known",
        space="talairach", space_basis="auto-detected by the database",
        contrast="MBSR vs aerobic exercise x (after vs before)",
        comment="Third row of the table has no known sign and is left out.",
        n_source="https://pubmed.ncbi.nlm.nih.gov/22586252/"),
    "Fonzo2014_groupXtime": dict(
        study="Fonzo2014", tables=["t0015"], n1=21, n2=11, n_basis="sourced", task_rest="task",
        task="emotional face assessment",
        controlled="yes", comparator="healthy-rescanned", direction_grade="region-matched", whole_brain="not-known",
        space="talairach", space_basis="auto-detected by the database",
        contrast="CBT effect, fearful and angry vs happy faces",
        comment="Whether the table is the interaction with the 11 rescanned controls or the patients' change alone is"
        " to be confirmed. 6 of 8 rows have no known sign and are left out.",
        n_source="https://www.ncbi.nlm.nih.gov/pubmed/25171782"),
    "Hoelzel2013_MBSRvSME": dict(
        study="Hoelzel2013", tables=["t0015"], n1=15, n2=11, n_basis="sourced", task_rest="task",
        task="affect labelling",
        controlled="yes", comparator="active", direction_grade="region-matched", whole_brain="not-known", space="mni",
        space_basis="assumed: not decidable from the coordinates (inside the brain either way); MNI by default",
        contrast="MBSR vs stress-management education x (after vs before), ventrolateral prefrontal rows",
        comment="All rows lie in the region of interest of the abstract, two with decimals: confirm that they are not"
        " a small-volume or region analysis."),
    "Kircher2013_groupXtime": dict(
        study="Kircher2013", tables=["tbl2"], n1=42, n2=42, n_basis="sourced", task_rest="task",
        task="fear conditioning",
        controlled="yes", comparator="healthy-rescanned", direction_grade="region-matched", whole_brain="not-known",
        space="mni", space_basis="auto-detected by the database",
        contrast="patients vs healthy x (after vs before), CS+ vs CS-",
        comment="First row of the table; the other 12 are connectivity."),
    "Aupperle2013_prepost": dict(
        study="Aupperle2013", tables=["t0005", "t0010"], n1=14, n2=0, n_basis="sourced", task_rest="task",
        task="anticipation and presentation of affective images",
        controlled="no", comparator="none", direction_grade="region-matched", whole_brain="not-known",
        space="talairach", space_basis="auto-detected by the database",
        contrast="after vs before therapy; anticipation and presentation rows together, negative vs positive images",
        comment="Two contrasts of the same people, kept as one experiment. 8 of 12 rows have no known sign and are"
        " left out."),
    "Nabeyama2008_prepost": dict(
        study="Nabeyama2008", tables=["tbl6"], n1=11, n2=0, n_basis="sourced", task_rest="task",
        task="Stroop",
        controlled="no", comparator="none", direction_grade="row-matched", whole_brain="not-known",
        space="talairach",
        space_basis="auto-detected by the database; doubtful: all coordinates are even, as in untransformed SPM"
        " output",
        contrast="after vs before behaviour therapy",
        comment="The 19 healthy controls were compared at baseline only (tbl5, left out)."),
}

# --- Decision 2: who shares people ----------------------------------------------------------------------------------
#
# Papers of one group with overlapping or nested patients get one sample id; every other study is its own sample.

SAMPLES = {
    "Dichter2009": "Dichter_BATD",  # 2010 re-uses the depressed group of 2009
    "Dichter2010": "Dichter_BATD",
    "Mansson2013": "Mansson_iCBT",  # 2017 is the one-year follow-up
    "Mansson2017": "Mansson_iCBT",
    "Klumpp2013": "Klumpp_SAD",  # successive papers on one treatment programme; overlap not stated in the abstracts
    "Klumpp2014": "Klumpp_SAD",
    "Klumpp2016": "Klumpp_SAD",
    "Schienle2007": "Schienle_spider",  # 2009 is the six-month follow-up
    "Schienle2009": "Schienle_spider",
}

# --- Decision 3: what is left out, and why --------------------------------------------------------------------------
#
# (study, table): (code, reason). A table of EXPERIMENTS stands here too when some of its rows are left out.

UNIDENTIFIED = ("unsigned", "contrast and direction of the rows are not known (table caption not stored)")
UNSIGNED_ROWS = ("unsigned", "these rows of the table have no known direction")
NO_N = ("unsigned", "neither direction nor n is known (table caption and sample size not stored)")
PREDICTOR = ("predictor", "activity before treatment against outcome, not change")
BASELINE = ("baseline", "groups compared before treatment, not change")
CONNECTIVITY = ("connectivity", "functional connectivity, not activity")
CORRELATION = ("correlation", "change correlated with symptom change, not mean change")

EXCLUDED = {
    ("Sakai2006", "tbl4"): CORRELATION,
    ("Schienle2007", "2"): UNIDENTIFIED,
    ("Schienle2007", "3"): UNIDENTIFIED,
    ("Schienle2007", "4"): UNIDENTIFIED,
    ("Schienle2009", "tbl2"): UNIDENTIFIED,
    ("Schienle2009", "tbl3"): UNIDENTIFIED,
    ("Paquette2003", "1"): ("not-change", "separate activations before, after and of controls, no change contrast"),
    ("Straube2006", "tbl3"): NO_N,
    ("Lipka2014", "t0010"): UNIDENTIFIED,
    ("Hauner2012", "t01"): (
        "unsigned", "contrast and direction of the rows are not known; one row is outside the brain and inside with x"
        " and y negated, so the axes of the whole table are in doubt"),
    ("Fu2008", "tbl2"): UNIDENTIFIED,
    ("Fu2008", "tbl3"): UNIDENTIFIED,
    ("Ritchey2011", "tbl2"): NO_N,
    ("Dichter2009", "tbl2"): UNIDENTIFIED,
    ("Dichter2009", "tbl3"): UNIDENTIFIED,
    ("Dichter2009", "tbl4"): UNIDENTIFIED,
    ("Dichter2010", "tbl1"): NO_N,
    ("Huang2014", "t0010"): ("unsigned", "baseline and change rows are mixed and cannot be told apart"),
    ("Chuang2016", "t0015"): NO_N,
    ("Mori2016", "t0010"): NO_N,
    ("Shiota2017", "tab02"): NO_N,
    ("Straub2017", "05"): CONNECTIVITY,
    ("Jacobs2016", "pone.0163952.t003"): CONNECTIVITY,
    ("Klumpp2013", "t0010"): PREDICTOR,
    ("Klumpp2016", "nsv146-T2"): PREDICTOR,
    ("Klumpp2016", "nsv146-T3"): ("predictor", "connectivity (PPI) before treatment against outcome, not change"),
    ("Klumpp2014", "Tab1"): ("predictor", "connectivity before treatment against symptom change, not change"),
    ("Goldin2014", "tbl4"): UNIDENTIFIED,
    ("Goldin2013_MBSR", "3"): UNSIGNED_ROWS,
    ("Mansson2013", "t0010"): (
        "region-of-interest", "one row of 23 can be identified, the left amygdala, which was the region of the"
        " hypothesis: not shown to be a whole-brain result; the split of the 22 patients is not known either"),
    ("Mansson2013", "t0015"): CONNECTIVITY,
    ("Mansson2017", "0010"): ("structural", "grey-matter volume (VBM), tested in a region of interest"),
    ("Burklund2017", "t0010"): BASELINE,
    ("Burklund2017", "t0015"): BASELINE,
    ("Burklund2017", "t0020"): PREDICTOR,
    ("Young2017", "t0015"): CONNECTIVITY,
    ("Young2017", "t0020"): CONNECTIVITY,
    ("Yuan2016", "Tab2"): CONNECTIVITY,
    ("Taylor2014_AMP", "1"): (
        "not-psychotherapy", "one session of computerised attention training; besides, a region-of-interest table"),
    ("Taylor2014_AMP", "2"): (
        "not-psychotherapy", "one session of computerised attention training; besides, directions are not known"),
    ("Fonzo2014", "t0010"): BASELINE,
    ("Fonzo2014", "t0015"): UNSIGNED_ROWS,
    ("Hoelzel2013", "t0010"): BASELINE,
    ("Hoelzel2013", "t0020"): UNIDENTIFIED,
    ("Hoelzel2013", "t0025"): CONNECTIVITY,
    ("Kircher2013", "tbl2"): ("connectivity", "the table's rows after the first are functional connectivity"),
    ("Beutel2010", "tbl5"): UNIDENTIFIED,
    ("deGreck2013", "2"): (
        "unsigned", "direction and n are not known; y signs look lost (three rows outside the brain)"),
    ("deGreck2013", "3"): ("unsigned", "direction and n are not known; y signs of the paper's tables look lost"),
    ("Aupperle2013", "t0005"): UNSIGNED_ROWS,
    ("Aupperle2013", "t0010"): UNSIGNED_ROWS,
    ("Aupperle2013", "t0015"): PREDICTOR,
    ("King2016", "T2"): CORRELATION,
    ("King2016", "T3"): UNIDENTIFIED,
    ("King2016", "T4"): UNIDENTIFIED,
    ("Cisler2016", "tbl2"): PREDICTOR,
    ("SchnellHerpertz2007", "tbl1"): NO_N,
    ("SchnellHerpertz2007", "tbl2"): NO_N,
    ("SchnellHerpertz2007", "tbl3"): NO_N,
    ("SchnellHerpertz2007", "tbl5"): NO_N,
    ("Nabeyama2008", "tbl5"): BASELINE,
    ("Yang2015", "t0010"): NO_N,
    ("Yang2015", "t0015"): NO_N,
    ("Zhao2017", "t0010"): NO_N,
    ("Goettlich2015", "tbl0015"): ("predictor", "connectivity before treatment against outcome, not change"),
    ("Kujawa2016", "tbl2"): PREDICTOR,
}

STUDY_COLUMNS = [
    "experiment", "study", "sample", "n1", "n2", "t_thr", "t_thr_assumed", "t_thr_p005",
    "t_thr_p005_assumed", "disorder", "therapy", "modality", "task_rest", "task", "design", "controlled", "comparator",
    "n_basis", "direction_grade", "rows_signed", "rows_in_table", "whole_brain", "pmid", "n_source", "direction_basis",
    "space_basis", "contrast", "comment",
]
PEAK_COLUMNS = ["experiment", "x", "y", "z", "space", "stat", "value", "source"]
EXCLUDED_COLUMNS = ["study", "pmid", "sample", "table", "rows", "code", "reason", "contrast_as_captured"]


# --- Student's t ----------------------------------------------------------------------------------------------------

def t_upper_tail(t, df):
    """P(T > t) for t >= 0: half the regularised incomplete beta function at df/(df + t²)."""
    x = df / (df + t * t)
    a, b = df / 2, 0.5
    if x == 1:
        return 0.5
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return 0.5 * front * beta_fraction(x, a, b) / a
    return 0.5 * (1 - front * beta_fraction(1 - x, b, a) / b)


def beta_fraction(x, a, b):
    """Continued fraction of the incomplete beta function (DLMF 8.17.22), from the tail inwards."""
    value = 1.0
    for m in range(200, 0, -1):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m - 1) * (a + b + m - 1) * x / ((a + 2 * m - 2) * (a + 2 * m - 1))
        value = 1 + odd / (1 + even / value)
    return 1 / value


def t_threshold(p, df):
    """t with one-tailed p, by bisection."""
    low, high = 0.0, 1000.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if t_upper_tail(middle, df) > p else (low, middle)
    return (low + high) / 2


# --- The tables -----------------------------------------------------------------------------------------------------

def plain(text):
    """One line, single spaces: what a cell of a TSV may hold."""
    return re.sub(r"\s+", " ", text).strip()


def signed(row):
    return row["direction"] in ("increase/positive", "decrease/negative")


def number(text):
    value = float(text)
    return str(int(value)) if value == int(value) else repr(value)


def used_rows(rows, experiment):
    return [r for r in rows if r["study"] == experiment["study"] and r["table"] in experiment["tables"] and signed(r)]


def make_studies(rows):
    table = []
    for name, e in EXPERIMENTS.items():
        own = used_rows(rows, e)
        first = own[0]
        df = e["n1"] + e["n2"] - 2 if e["n2"] else e["n1"] - 1
        in_table = sum(r["study"] == e["study"] and r["table"] in e["tables"] for r in rows)
        table.append({
            **{key: e[key] for key in STUDY_COLUMNS if key in e},
            "experiment": name,
            "sample": SAMPLES.get(e["study"], e["study"]),
            "t_thr": f"{t_threshold(0.001, df):.4f}",
            "t_thr_assumed": "yes",
            "t_thr_p005": f"{t_threshold(0.005, df):.4f}",
            "t_thr_p005_assumed": "yes",
            "disorder": first["diagnosis"],
            "therapy": first["therapy"],
            "modality": first["modality"],
            "design": first["design"],
            "rows_signed": len(own),
            "rows_in_table": in_table,
            "pmid": first["pmid"],
            "n_source": e.get("n_source", first["n_source_url"]),
            "direction_basis": "; ".join(dict.fromkeys(r["direction_basis"] for r in own)),
        })
    return table


def make_peaks(rows):
    table = []
    for name, e in EXPERIMENTS.items():
        how = "assumed" if e["space_basis"].startswith("assumed") else "auto-detected"
        for r in used_rows(rows, e):
            table.append({
                "experiment": name, "x": number(r["x"]), "y": number(r["y"]), "z": number(r["z"]),
                "space": e["space"], "stat": "sign", "value": "p" if r["direction"].startswith("increase") else "n",
                "source": f"PMID {r['pmid']}, table {r['table']}; {r['source_url']}; space {how}",
            })
    return table


def make_excluded(rows):
    used = {(e["study"], t) for e in EXPERIMENTS.values() for t in e["tables"]}
    table = []
    for key in dict.fromkeys((r["study"], r["table"]) for r in rows):
        left = [r for r in rows if (r["study"], r["table"]) == key and not (key in used and signed(r))]
        if not left:
            continue
        code, reason = EXCLUDED[key]
        table.append({
            "study": key[0], "pmid": left[0]["pmid"], "sample": SAMPLES.get(key[0], key[0]), "table": key[1],
            "rows": len(left), "code": code, "reason": reason,
            "contrast_as_captured": "; ".join(dict.fromkeys(r["contrast"] for r in left)),
        })
    return table


def text_of(columns, table):
    lines = ["\t".join(columns)]
    lines += ["\t".join(plain(str(row[c])) for c in columns) for row in table]
    return "\n".join(lines) + "\n"


# --- Checks ---------------------------------------------------------------------------------------------------------

def check(rows, studies, peaks, excluded):
    """Raises AssertionError where a table breaks its promise."""
    ids = [s["experiment"] for s in studies]
    assert len(set(ids)) == len(ids), "experiment ids repeat"
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", i) for i in ids), "an experiment id has other characters"
    assert {p["experiment"] for p in peaks} == set(ids), "peaks and experiments do not match"
    assert all(p["value"] in ("p", "n") for p in peaks), "a peak has no sign"
    assert not [k for k, n in Counter((p["experiment"], p["x"], p["y"], p["z"]) for p in peaks).items() if n > 1], \
        "an experiment repeats a peak"
    assert Counter(s["sample"] for s in studies).most_common(1)[0][1] == 1, "two experiments share a sample"
    captured = {(r["study"], r["table"]) for r in rows}
    unknown = set(EXCLUDED) - captured
    assert not unknown, f"EXCLUDED names tables that the capture lacks: {unknown}"
    assert len(peaks) + sum(e["rows"] for e in excluded) == len(rows), "a captured row is neither used nor excluded"
    mentioned = {e["study"] for e in excluded} | {s["study"] for s in studies}
    assert mentioned == {r["study"] for r in rows}, "a captured study is missing"
    for s in studies:
        for r in used_rows(rows, EXPERIMENTS[s["experiment"]]):
            assert r["qc_inside_mni_mask"] == "1", f"{s['experiment']}: a peak outside the brain"
        total = int(used_rows(rows, EXPERIMENTS[s["experiment"]])[0]["n"])
        assert total in (s["n1"], s["n1"] + s["n2"]), f"{s['experiment']}: n differs from the capture"


def find_capture():
    places = [os.environ.get("CUNEUS_SHELF"), HERE.parents[1].parent / "shared", "/work/shared"]
    for place in filter(None, places):
        path = Path(place) / "data" / "psychotherapy" / "studies.csv"
        if path.exists():
            return path
    sys.exit("curate.py: studies.csv not found; give its path, or set CUNEUS_SHELF to the shelf's folder.")


def main(arguments):
    only_check = "--check" in arguments
    paths = [a for a in arguments if a != "--check"]
    with open(paths[0] if paths else find_capture(), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    studies, peaks, excluded = make_studies(rows), make_peaks(rows), make_excluded(rows)
    check(rows, studies, peaks, excluded)
    files = {
        "studies.tsv": text_of(STUDY_COLUMNS, studies),
        "peaks.tsv": text_of(PEAK_COLUMNS, peaks),
        "excluded.tsv": text_of(EXCLUDED_COLUMNS, excluded),
    }
    for name, text in files.items():
        path = HERE / name
        if only_check:
            if not path.exists() or path.read_bytes() != text.encode():
                sys.exit(f"curate.py: {name} is not what the capture and the decisions give; run curate.py.")
        else:
            path.write_bytes(text.encode())
    signs = Counter(p["value"] for p in peaks)
    print(f"{len(studies)} experiments, {len({s['study'] for s in studies})} studies, {len(peaks)} peaks"
          f" ({signs['p']} increases, {signs['n']} decreases); {len(excluded)} tables with"
          f" {sum(e['rows'] for e in excluded)} rows left out; {len(rows)} rows captured.")
    by_code = Counter()
    for e in excluded:
        by_code[e["code"]] += e["rows"]
    for code, n in sorted(by_code.items(), key=lambda pair: (-pair[1], pair[0])):
        print(f"  {code}: {n} rows")


if __name__ == "__main__":
    main(sys.argv[1:])
