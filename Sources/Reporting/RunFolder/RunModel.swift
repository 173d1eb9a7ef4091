public import Comparison
public import Evidence
import SeedBasedMapping

/// One model of a run: what SDM-PSI found, what the other methods say, or both.
public struct RunModel: Sendable {
    public var plan: ModelPlan
    public var settings: Settings
    /// Those that entered.
    public var experiments: [Experiment]
    public var sharedSamples: [SharedSample]
    /// nil for the mean of all experiments.
    public var design: DesignMatrix?
    /// nil where SDM-PSI was not asked for.
    public var findings: ModelFindings?
    /// nil where no other method was asked for.
    public var comparison: ModelComparison?
    /// Folder of its results.
    public var folder: String
}

extension RunResults {
    /// All models, in the order of the plan.
    public var all: [RunModel] {
        var all: [RunModel] = models.map { findings in
            let result = findings.result
            return RunModel(
                plan: result.plan, settings: result.settings, experiments: result.experiments,
                sharedSamples: result.sharedSamples, design: result.design, findings: findings,
                comparison: comparisons.first { $0.plan.name == result.plan.name }, folder: "")
        }
        for comparison in comparisons where !all.contains(where: { $0.plan.name == comparison.plan.name }) {
            all.append(
                RunModel(
                    plan: comparison.plan, settings: comparison.settings, experiments: comparison.experiments,
                    sharedSamples: comparison.sharedSamples, design: comparison.design, findings: nil,
                    comparison: comparison, folder: ""))
        }
        let order = project.models.map(\.name)
        func rank(_ model: RunModel) -> Int { order.firstIndex(of: model.plan.name) ?? order.count }
        all = all.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }.map(\.element)
        for (n, folder) in ModelFindings.folderNames(all.map(\.plan.name)).enumerated() { all[n].folder = folder }
        return all
    }
}
