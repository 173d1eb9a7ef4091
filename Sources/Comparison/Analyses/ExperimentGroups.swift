public import Evidence

/// The two groups of experiments that a model compares.
public struct ExperimentGroups: Sendable {
    /// The group whose mean the tested coefficient adds to, then the other.
    public var names: [String]
    public var first: [Experiment]
    public var second: [Experiment]

    /// - Returns: nil when the model does not compare two groups: its test is not of one covariate with two values.
    public init?(_ plan: ModelPlan, experiments: [Experiment], design: DesignMatrix) {
        let column: String
        switch plan.hypothesis.kind {
        case .groups(let name), .covariate(let name): column = name
        default: return nil
        }
        guard let covariate = plan.covariates.firstIndex(where: { $0.column == column }) else { return nil }
        let columns = design.columns.indices.filter { design.columns[$0].covariate == covariate }
        guard columns.count == 1, let position = columns.first else { return nil }
        let values = design.column(position)
        guard let high = values.max(), let low = values.min(), high > low,
            values.allSatisfy({ $0 == high || $0 == low })
        else { return nil }
        let byID = Dictionary(experiments.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        func members(_ value: Double) -> [Experiment] {
            zip(design.members, values).flatMap { ids, own in own == value ? ids.compactMap { byID[$0] } : [] }
        }
        first = members(high)
        second = members(low)
        func name(_ group: [Experiment]) -> String {
            switch group.first?.covariates[column] {
            case .text(let text): text
            case .number(let number): "\(column) = \(Criterion.number(number))"
            default: column
            }
        }
        names = [name(first), name(second)]
    }
}
