import Evidence
import Formats
import TestSupport

extension Scratch {
    func read(_ name: String = "", assuming: ProjectReader.Assumptions = .init()) throws -> Project {
        try ProjectReader.read(name.isEmpty ? path : "\(path)/\(name)", assuming: assuming)
    }
}

/// A small native project that reads without a notice.
let nativeFiles = [
    "cuneus.yaml": """
    question: What changes?
    defaults:
      imputations: 20
    models:
      all:
        question: Anything?
      rest:
        filter: task == "rest" and n >= 10
        settings:
          threshold_column: t_thr_p005
    """,
    "studies.tsv": """
    experiment\tstudy\tsample\tn1\tn2\tt_thr\tt_thr_assumed\treport\ttask\tage\tt_thr_p005
    Able2001\tAble\tA\t20\t\t3.58\tyes\tpeaks\trest\t31.5\t2.86
    Baker2002\tBaker\tB\t15\t16\t\tno\tpeaks\ttask\tNA\t2.76
    Cole2003\tCole\tC\t12\t0\t4\tno\tnone\trest\t28\t3.11
    """,
    "peaks.tsv": """
    experiment\tx\ty\tz\tspace\tstat\tvalue\tsource
    Able2001\t-42\t26\t0\tmni\tt\t5.5\ttable 2
    Able2001\t30\t-12.5\t42\tmni\tsign\tn\t
    Baker2002\t-48\t21\t12\ttalairach\tz\t-3.5\t
    """,
]

/// From scipy 1.17.1, for n1 = 15, n2 = 16 (29 degrees of freedom).
enum Constants {
    /// `t.isf(norm.sf(3.5), 29)`, for z = −3.5.
    static let tFromZ = -3.9443277190125827
    /// `t.isf(0.001, 29)`.
    static let tFromP = 3.396240288356803
    /// `0.5 * sqrt(29 / 0.75)`: r = 0.5 over 31 participants.
    static let tFromR = 3.1091263510296048
}
