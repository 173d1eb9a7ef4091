public import Evidence
public import Imaging

/// `studies.tsv` as used: what entered a model, with thresholds filled in and every row's source.
public struct StudyTable: Sendable {
    public let experiments: [Experiment]
    public let covariateNames: [String]
    /// Experiments that share a sample; then the table has a column for what was done with them, and rows for those left
    /// out, after the others.
    public let shared: [SharedSample]
    /// Whether some experiment says which signs its table was to show; then there is a column for it.
    private let hasDirections: Bool
    /// Of the analysis; then there are columns for how many peaks lie in it.
    private let mask: Mask?

    public init(
        _ experiments: [Experiment], covariateNames: [String], shared: [SharedSample] = [], mask: Mask? = nil
    ) {
        let ids = Set(experiments.map(\.id))
        self.experiments = experiments + shared.flatMap(\.experiments).filter { !ids.contains($0.id) }
        self.covariateNames = covariateNames
        hasDirections = self.experiments.contains { $0.direction != nil }
        self.shared = shared
        self.mask = mask
    }

    public var table: TextTable {
        var header = [
            "experiment", "study", "sample", "n1", "n2", "t_thr", "t_thr_assumed", "data", "peaks", "increases",
            "decreases", "sign_only",
        ]
        if mask != nil { header += ["in_mask", "outside_mask"] }
        if hasDirections { header.append("direction") }
        if !shared.isEmpty { header.append("shared_sample") }
        header += covariateNames + ["source"]
        return TextTable(header: header, rows: experiments.map(row))
    }

    private func row(_ experiment: Experiment) -> [String] {
        let counts = PeakCounts(experiment)
        let data: String
        let numbers: [String]
        switch experiment.report {
        case .peaks:
            data = "peaks"
            numbers = [counts.all, counts.increases, counts.decreases, counts.signOnly].map(String.init)
        case .map(let map):
            data = map.path
            numbers = Array(repeating: "", count: 4)
        }
        var row = [
            experiment.id, experiment.study, experiment.sample, String(experiment.n1), String(experiment.n2),
            // Digits enough that what is rounded from them is not rounded twice.
            experiment.tThreshold.map { NumberText.significant($0, 6) } ?? "",
            experiment.tThreshold == nil ? "" : experiment.thresholdIsAssumed ? "yes" : "no", data,
        ]
        row += numbers
        if let mask { row += placement(experiment, mask) }
        if hasDirections { row.append(experiment.direction?.rawValue ?? "") }
        if !shared.isEmpty { row.append(shared.lazy.compactMap { $0.words(for: experiment.id) }.first ?? "") }
        row += covariateNames.map { text(experiment.covariates[$0] ?? .missing) }
        return row + [experiment.source.description]
    }

    private func placement(_ experiment: Experiment, _ mask: Mask) -> [String] {
        guard case .peaks = experiment.report else { return ["", ""] }
        let placement = PeakPlacement([experiment], mask: mask)
        return [String(placement.inMask), String(placement.outsideMask)]
    }

    func text(_ covariate: Experiment.Covariate) -> String {
        switch covariate {
        case .number(let value): NumberText.shortest(value)
        case .text(let text): text
        case .missing: ""
        }
    }
}

/// How many peaks of each kind an experiment reports.
public struct PeakCounts: Hashable, Sendable {
    public var increases = 0
    public var decreases = 0
    /// Significant with a sign but no statistic; also counted in ``increases`` or ``decreases``.
    public var signOnly = 0
    public var unknown = 0

    public var all: Int { increases + decreases + unknown }

    public init(_ experiment: Experiment) {
        for peak in experiment.peaks {
            switch peak.height {
            case .t(let t):
                if t < 0 { decreases += 1 } else { increases += 1 }
            case .positive:
                increases += 1
                signOnly += 1
            case .negative:
                decreases += 1
                signOnly += 1
            case .unknown: unknown += 1
            }
        }
    }
}
