import Evidence
import Imaging

/// Small projects that read, in every format, and texts of the command line.
enum SoundFiles {
    static let native = bytes([
        "cuneus.yaml": """
        question: What changes?
        defaults:
          imputations: 20
        models:
          all:
            question: Anything?
            covariates: [age, {column: sessions, centre: mean}]
          rest:
            filter: task == "rest" and n >= 10
            settings: {threshold_column: t_thr_p005}
          by_task:
            covariates: [task]
            test: {groups: task}
        conjunction: [all, rest]
        regions:
          - {name: left amygdala, sphere: [-22, -4, -18], radius: 8, direction: increase}
        """,
        "studies.tsv": """
        experiment\tstudy\tsample\tn1\tn2\tt_thr\tt_thr_assumed\treport\tdirection\ttask\tage\tsessions\tt_thr_p005
        Able2001\tAble\tA\t20\t\t3.58\tyes\tpeaks\tboth\trest\t31.5\t2\t2.86
        Baker2002\tBaker\tB\t15\t16\t\tno\tpeaks\t\ttask\tNA\t3\t2.76
        Cole2003\tCole\tC\t12\t0\t4\tno\tnone\t\trest\t28\t1,5\t3.11
        """,
        "peaks.tsv": """
        experiment\tx\ty\tz\tspace\tstat\tvalue\tsource
        Able2001\t-42\t26\t0\tmni\tt\t5.5\ttable 2
        Able2001\t30\t-12.5\t42\tmni\tsign\tn\t
        Baker2002\t-48\t21\t12\ttalairach\tz\t-3.5\t
        """,
    ])

    static let spreadsheet = bytes([
        "studies.csv":
            "sep=;\r\nexperiment;study;n1;n2;t_thr;report;note;age;;\r\nA1;\"Able; \"\"Ä\"\"\";20;;3,58;peaks;\"two\r\nlines\";31,5;;\r\nB;Baker;15;16;;none;;NA;;\r\n;;;;;;;;;\r\n",
        "peaks.csv": "experiment;x;y;z;space;stat;value\r\nA1;-42,5;26;\"1,25\";mni;t;5,5\r\n",
    ])

    static let sdm = bytes([
        "sdm_table.txt": "study\tn1\tn2\tt_thr\tage\nA\t20\t21\t3.5\t30\nB\t10\t0\tNA\t31,5\n",
        "A.other_mni.txt": "1,2,3,p\n-1.5,2,3,n\n0,0,0,-4.25\n",
        "B.spm_brett.txt": "sep=;\r\n1;2;3;4\r\n5;6;7;\"8,5\"\r\n;;;\r\n",
    ])

    static let sleuth = bytes([
        "foci.txt":
            "\u{FEFF}//Reference=Talairach\r\n// Ménard, 2001: x > y\r\n// Subjects = 12/13\r\n//DOI=10.1/x\r\n1 2 3\r\n4\t5\t6\r\n\r\n//B; y\n//Subjects=3\n7,8,9\n",
        "excel.txt":
            "sep=,\n\"// Reference=MNI\",,\n\"// Ames, 2011: On > \"\"Off\"\"\",,\n// Subjects=20,,\n-4,38,20\n\"44\",-16,-8\n,,\n",
    ])

    private static let studyset = """
        {"name": "Set", "description": "d", "studies": [
          {"id": "s1", "name": "F\\u00eate \\ud83d\\ude00", "authors": "Roe B", "year": 2001, "metadata": {"sample_size": 12.5},
           "analyses": [{"id": "a1", "name": "x", "points": [
             {"coordinates": [1, -2.5, 3e0], "space": "MNI", "deactivation": true, "values": [{"kind": "T", "value": 4.5}]},
             {"coordinates": [1, 2], "space": null}], "images": [{"url": "t.nii.gz", "value_type": "T"}],
             "annotations": {"a": true, "b": NaN}, "metadata": {"sample_sizes": [9, 8], "cuneus": {"t_thr": 3}}}]},
          {"id": 5, "analyses": []}]}
        """
    private static let annotation = """
        {"note_keys": {"include": "boolean"}, "notes": [{"study": "s1", "analysis": "a1", "note": {"include": true}}]}
        """

    static let nimads = bytes([
        "set.json": studyset, "set_annotation.json": annotation,
        "wrapped.json": "{\"data\": [{\"studyset\": \(studyset), \"annotation\": \(annotation)}], \"meta\": null}",
        "dataset.json": """
        {"p": {"contrasts": {"1": {"coords": {"space": "MNI", "x": [1, 2], "y": [3, 4], "z": [5, 6]},
          "images": {"t": "t.nii.gz"}, "metadata": {"sample_sizes": [25]}, "labels": {"a": 0.5}}}}}
        """,
    ])
    .merging(["zipped.json.gz": Gzip.compress(Array(studyset.utf8))]) { first, _ in first }

    static let neurosynth = bytes([
        "metadata.tsv": "id\tdoi\tspace\ttitle\n7\t10.1/x\tMNI\tT\n8\tn/a\tUNKNOWN\t\"U\"\n",
        "coordinates.tsv":
            "id\ttable_id\ttable_num\tpeak_id\tx\ty\tz\n7\t1\t2\t1\t1\t2\t3\n8\t1\t1.\t1\t-4.5\t5\t6\n",
    ])

    /// Two directions, and what is said about them.
    static let planned = bytes([
        "cuneus.yaml": """
        name: both
        inputs:
          - {file: up.txt, sign: positive, space: mni, group: patients}
          - {file: down.txt, sign: negative, group: controls}
        models:
          mean: {}
          patients: {filter: group == "patients"}
        conjunction: [[mean, patients]]
        """,
        "up.txt":
            "// Reference=MNI\n// Lee, 2015: Patients > Controls\n// Subjects=36\n-4 38 20\n44 -16 -8\n\n// Roy, 2019: Patients > Controls\n// Subjects=49\n-22 -4 -17\n",
        "down.txt":
            "// Reference=MNI\n// Lee 2015: Controls > Patients\n// Subjects=36\n30 20 -8\n\n// Kim, 2020: Controls > Patients\n// Subjects=30\n-30 20 -8\n",
        "sizes.tsv": "study\tn1\tn2\nLee 2015\t18\t18\nRoy, 2019\t25\t24\n", "option": "+,mni,group=patients",
    ])

    static let labels = bytes(["labels.txt": "# regions\n1 Precentral_L 2001\n2 Precentral_R 2002\n3 Insula_L 3001\n"])

    static let outcomes = bytes([
        "outcomes.tsv":
            "study\tsample\toutcome\tregion\tmean_t\tsd_t\tn_t\tmean_c\tsd_c\tn_c\tage\n"
            + "A 2001\ts1\tvolume\tamygdala\t1.5\t0.4\t20\t1.25\t0.5\t22\t31.5\n"
            + "B 2003\ts2\tvolume\tamygdala\t1,5\t0,4\t18\t1,2\t0,5\t19\tNA\n"
    ])

    static let outcomesByGroup = bytes([
        "outcomes.tsv":
            "study,year,group,mean,sd,n\nA,2001,patients,5,1,20\n,,controls,4,1,21\nB,2004,patients,6,2,22\n,,controls,5,1,23\n"
    ])

    static let outcomesMerged = bytes([
        "outcomes.tsv":
            ";;Amygdala;;Caudate;\nSite;n;Mean;SD;Mean;SD\nA;20;1,5;0,4;3,1;0,7\nB;22;1,6;0,5;3,2;0,6\n"
    ])

    static let outcomesAside = bytes([
        "outcomes.tsv":
            "study,n_t,n_c,amygdala_mean_t,amygdala_sd_t,amygdala_mean_c,amygdala_sd_c,caudate_yi,caudate_sei\n"
            + "A,20,21,1.5,0.4,1.2,0.5,0.3,0.1\nB,30,31,1.6,0.4,1.2,0.5,0.2,0.1\n"
    ])

    static let outcomesBeside = bytes([
        "outcomes.tsv": "study\tyi\tci.lb\tci.ub\nA\t0.3\t0.1\t0.5\nB\t0.2\t0\t0.4\n",
        "beside.csv": "study,n1i,n2i,year\nA,20,21,2001\nB,30,29,2004\n",
    ])

    static let filter =
        "task == \"rest\" and (not pet or n1 >= 1e1) and `dose 1` in [1, 2.5] or focus_in(-22, -4, -18, 8)"
    static let covariate = "{column: sessions, centre: mean}"
    static let test = "contrast: 0+1+0"

    static let experiment = Experiment(
        id: "A1", study: "A", sample: "s1", n1: 12, n2: 10, tThreshold: 3.1,
        report: .peaks([
            Peak(
                coordinate: [-22, -4, -10], space: .mni, height: .positive, source: SourceLocation(file: "peaks.tsv"))
        ]),
        covariates: [
            "task": .text("rest"), "pet": .number(0), "age": .number(31.5), "sex": .missing, "dose 1": .number(2),
            "sessions": .number(3),
        ], source: SourceLocation(file: "studies.tsv"))

    /// Experiments that differ in their covariates.
    static let project: Project = {
        let experiments = (0..<8).map { index in
            var copy = experiment
            copy.id = "A\(index)"
            copy.study = copy.id
            copy.sample = copy.id
            copy.covariates["age"] = .number(Double(20 + index * index))
            copy.covariates["sessions"] = .number(Double(index % 3))
            copy.covariates["task"] = .text(["rest", "faces"][index % 2])
            return copy
        }
        return Project(
            name: "small", format: .native, experiments: experiments,
            covariateNames: experiment.covariates.keys.sorted())
    }()

    static func bytes(_ files: [String: String]) -> [String: [UInt8]] { files.mapValues { Array($0.utf8) } }
}
