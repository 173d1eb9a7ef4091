import Cuneus
import Foundation

/// What `cuneus plan` says.
struct PlanSummary {
    var name: String
    var question: String
    var sha256: String
    /// Of the printing, UTC.
    var date: String
    var models: [ModelSummary]
    /// The plan's regions as found in the mask of its settings; nil when it has none.
    var regions: [Notice]?
    /// Region-level results; nil when it has none, or single models are shown.
    var outcomes: OutcomesSummary?

    var text: String {
        let title = question.isEmpty ? name : "\(name): \(question)"
        let head = "\(title)\nPlan of \(date), sha256 \(sha256)\n"
        return ([head] + models.map(\.text) + [regionsText, outcomes?.text, timeText].compactMap { $0 }).joined(
            separator: "\n")
    }

    /// Of all models together; nil for a single one.
    private var timeText: String? {
        let seconds = models.compactMap(\.cost?.seconds)
        guard seconds.count > 1 else { return nil }
        return "All of them take about \(ModelSummary.duration(seconds.reduce(0, +))).\n"
    }

    private var regionsText: String? {
        regions.map { notices in
            let lines = notices.flatMap { notice -> [String] in
                guard notice.severity == .note else { return notice.lines }
                return [notice.message.hasPrefix("region ") ? String(notice.message.dropFirst(7)) : notice.message]
            }
            return (["Regions"] + lines.map { "  \($0)" }).joined(separator: "\n") + "\n"
        }
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
        }
    }
}

extension PlanSummary: Encodable {}

/// One model of ``PlanSummary``.
struct ModelSummary {
    let plan: ModelPlan
    let settings: Settings
    let sha256: String
    /// Experiments of the project.
    let available: Int
    var notices: [Notice]
    var experiments: [Experiment] = []
    /// nil when the model cannot be made from the data.
    var design: DesignMatrix?
    var cost: CostEstimate?
    /// The most that a method beside the main one takes; nil without any.
    var otherBytes: Int?
    var threads = 1
    var voxels = 0

    init(_ plan: ModelPlan, settings: Settings, available: Int, notices: [Notice]) {
        self.plan = plan
        self.settings = settings
        self.available = available
        self.notices = notices
        sha256 = PlanHash.sha256(plan, settings: settings)
    }

    mutating func describe(_ experiments: [Experiment], _ design: DesignMatrix) {
        self.experiments = experiments
        self.design = design
    }

    var samples: Int { Set(experiments.map(\.sample)).count }
    var people: People { People(experiments) }
    var participants: Int { people.count }

    var text: String {
        var lines = [plan.name]
        func add(_ title: String, _ values: [String]) {
            for (index, value) in values.enumerated() {
                let label = index == 0 ? title : ""
                lines.append("  \(label.padding(toLength: 14, withPad: " ", startingAt: 0))\(value)")
            }
        }
        if !plan.question.isEmpty { add("Question", [plan.question]) }
        add("Filter", [plan.filter?.text ?? "none: all experiments"])
        if let measure = plan.measure { add("Measure", [measure.rawValue]) }
        if let design {
            let words = ModelWords(plan, design: design)
            add(
                "Experiments",
                [
                    "\(experiments.count) of \(available), \(samples) sample\(samples == 1 ? "" : "s"), "
                        + people.words
                ])
            add("Left out", design.dropped.map { "\($0.experiment) (no \($0.missing.joined(separator: ", ")))" })
            add("Covariates", words.covariates)
            if design.columnCount > 1 {
                add(
                    "Design",
                    [
                        "\(design.rowCount) \(design.rowCount < experiments.count ? "rows (experiments of a sample combined)" : "experiments") by \(design.columnCount) coefficients: "
                            + design.columns.map(\.name).joined(separator: ", ")
                    ])
            }
            add("Hypothesis", [asksOfFoci ? "foci lie no closer together than by chance" : words.test])
            add("Predictions", words.predictions)
        }
        if settings.methods != Settings().methods {
            add("Methods", [settings.methods.map(\.title).joined(separator: ", ")])
        }
        add("Settings", [settingsText])
        if let takes { add("Takes", [takes]) }
        lines += notices.flatMap(\.lines).map { "  \($0)" }
        lines.append("  sha256 \(sha256)")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Whether all that is asked is where foci converge.
    private var asksOfFoci: Bool { plan.isMeanOnly && settings.methods.allSatisfy { $0.family == .foci } }

    private var settingsText: String {
        let changes = settings.changes
        return changes.isEmpty ? "all defaults" : changes.map { "\($0.key) = \($0.value)" }.joined(separator: ", ")
    }

    /// The most memory that a method takes; nil where it is not known, or more than allowed.
    var bytes: Int? {
        guard let cost else { return otherBytes }
        return cost.bytes.map { max($0, otherBytes ?? 0) }
    }

    /// Time is told where there is a method of effect sizes, and is of that one.
    private var takes: String? {
        let memory = bytes.map { "at most about \(max($0 >> 20, 1)) MiB" }
        guard let cost else { return memory }
        let besides = settings.otherMethods.isEmpty ? "" : " without the methods beside it"
        return "about \(Self.duration(cost.seconds)) on \(threads) thread\(threads == 1 ? "" : "s")\(besides), "
            + (memory ?? "more memory than --memory allows")
    }

    /// To one or two digits: it is an estimate.
    static func duration(_ seconds: Double) -> String {
        if seconds < 10 { return "\(max(1, Int(saturating: seconds.rounded()))) s" }
        if seconds < 90 { return "\(Int(saturating: (seconds / 10).rounded()) * 10) s" }
        if seconds < 5400 { return "\(Int(saturating: (seconds / 60).rounded())) min" }
        return "\(Int(saturating: (seconds / 3600).rounded())) h"
    }
}

extension ModelSummary: Encodable {
    private struct Combination: Encodable {
        var name: String
        var weights: [Double]

        init(_ combination: DesignMatrix.Combination) {
            name = combination.name
            weights = combination.weights
        }
    }

    private struct Design: Encodable {
        struct Row: Encodable {
            var experiment: String
            var values: [Double]
        }
        struct LeftOut: Encodable {
            var experiment: String
            var missing: [String]
        }
        var columns: [String]
        var rows: [Row]
        var test: [Combination]
        var adjustedMeans: [Combination]
        var predictions: [Combination]
        var leftOut: [LeftOut]

        init(_ design: DesignMatrix) {
            columns = design.columns.map(\.name)
            rows = design.experiments.enumerated().map { Row(experiment: $1, values: Array(design.row($0))) }
            test = design.test.map(Combination.init)
            adjustedMeans = design.adjustedMeans.map(Combination.init)
            predictions = design.predictions.map(Combination.init)
            leftOut = design.dropped.map { LeftOut(experiment: $0.experiment, missing: $0.missing) }
        }
    }

    private enum Key: String, CodingKey {
        case name, question, filter, measure, sha256, experiments, samples, participants, design, hypothesis, settings
        case seconds, bytes, threads, voxels, notices
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(plan.name, forKey: .name)
        try container.encode(plan.question, forKey: .question)
        try container.encodeIfPresent(plan.filter?.text, forKey: .filter)
        try container.encode((plan.measure ?? .change).rawValue, forKey: .measure)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(
            Dictionary(settings.assignments.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }),
            forKey: .settings)
        if let design {
            try container.encode(experiments.count, forKey: .experiments)
            try container.encode(samples, forKey: .samples)
            try container.encode(participants, forKey: .participants)
            try container.encode(Design(design), forKey: .design)
            try container.encode(ModelWords(plan, design: design).test, forKey: .hypothesis)
        }
        if let cost {
            try container.encode(cost.seconds.rounded(), forKey: .seconds)
            try container.encode(threads, forKey: .threads)
            try container.encode(voxels, forKey: .voxels)
        }
        try container.encodeIfPresent(bytes, forKey: .bytes)
        try container.encode(notices, forKey: .notices)
    }
}
