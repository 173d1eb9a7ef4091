/// A native project of five experiments that agree on the left inferior frontal gyrus.
let nativeFiles = [
    "p/cuneus.yaml": """
    name: small
    question: What changes?
    defaults:
      seed: 7
    models:
      all:
        question: Anything?
      rest:
        filter: task == "rest"

    """,
    "p/studies.tsv": """
    experiment\tn1\tn2\tt_thr\treport\ttask
    Able2001\t20\t0\t3.58\tpeaks\trest
    Baker2002\t15\t16\t3.4\tpeaks\ttask
    Cole2003\t12\t0\t4.02\tnone\trest
    Dorn2004\t30\t0\t3.4\tpeaks\trest
    Eder2005\t25\t24\t3.27\tpeaks\ttask

    """,
    "p/peaks.tsv": """
    experiment\tx\ty\tz\tspace\tstat\tvalue\tsource
    Able2001\t-42\t26\t0\tmni\tt\t5.5\ttable 2
    Able2001\t30\t-12\t42\tmni\tsign\tn\ttable 2
    Baker2002\t-44\t24\t4\tmni\tz\t3.9\ttable 1
    Dorn2004\t-40\t28\t-2\tmni\tt\t6.1\ttable 3
    Dorn2004\t46\t18\t2\tmni\tsign\tp\ttable 3
    Eder2005\t-42\t22\t2\tmni\tt\t4.8\ttable 2
    Eder2005\t8\t-80\t6\tmni\tt\t-4.2\ttable 2

    """,
]

let sdmFiles = [
    "s/sdm_table.txt": """
    study\tn1\tn2\tt_thr\tage
    Able2001\t20\t0\t3.58\t31.5
    Baker2002\t15\t16\t3.4\t40
    Cole2003\t12\t0\t4.02\tNA

    """,
    "s/Able2001.spm_mni.txt": "-42,26,0,5.5\n30,-12,42,n\n",
    "s/Baker2002.other_tal.txt": "-41 23 6 4.25\n",
    "s/Cole2003.no_peaks.txt": "",
]

let sleuthFiles = [
    "foci.txt": """
    //Reference=MNI
    //Able, 2001: After > Before
    //Subjects=20
    -42\t26\t0
    30\t-12\t42

    //Baker, 2002: CBT > Waitlist
    //Subjects=31
    -44\t24\t4

    """
]

/// Coarse, few and without the permutation test, so that a run takes a second.
let quick = ["--set", "method=sdm-psi", "--set", "voxel_size=8", "--set", "imputations=4", "--set", "permutations=0"]

/// The default method with a short test by relocated peaks.
let quickRelocated = ["--set", "voxel_size=8", "--set", "relocations=90"]

/// The same with a short permutation test.
let quickPermuted = [
    "--set", "method=sdm-psi", "--set", "voxel_size=8", "--set", "imputations=4", "--set", "permutations=90",
]
