/// What effects of one group share beside the mean: a random part u of the model, N(0, G) in each group.
public struct RandomEffect: Hashable, Sendable {
    /// The form of G, r × r, for r columns; names are metafor's.
    public enum Structure: Hashable, Sendable {
        /// σ²·I. With one column: `~ 1 | group`.
        case variance
        /// One τ², one correlation ρ; ρ may be given, as ½ between contrasts of a trial's arms.
        case compoundSymmetry(correlation: Double? = nil)
        /// A τ² per column, one ρ: HCS.
        case heteroscedastic
        /// A τ² per column, uncorrelated: DIAG.
        case diagonal
        /// All variances and covariances: UN of outcomes, GEN of slopes.
        case unstructured
    }

    public let name: String
    /// The group of each effect, from 0.
    public let groups: [Int]
    public let groupCount: Int
    /// r columns with a number per effect: what u is multiplied by.
    public let columns: [[Double]]
    public let columnNames: [String]
    public let structure: Structure

    /// A random intercept, `~ 1 | group`.
    public init<Label: Hashable>(_ name: String, groups labels: [Label]) {
        self.init(
            name, groups: labels, columns: [Array(repeating: 1, count: labels.count)], columnNames: ["intercept"],
            structure: .variance)
    }

    /// Random coefficients of columns of the design, `~ dose | group` with struct GEN (unstructured) or DIAG.
    ///
    /// - Parameter columns: at least one, a number per effect in each.
    public init<Label: Hashable>(
        _ name: String, groups labels: [Label], columns: [[Double]], columnNames: [String],
        structure: Structure = .unstructured
    ) {
        let grouping = Grouping(labels)
        self.name = name
        groups = grouping.codes
        groupCount = grouping.labels.count
        self.columns = columns
        self.columnNames = columnNames
        self.structure = structure
    }

    /// A true effect per outcome (or arm) and group, correlated within the group: `~ outcome | group`.
    public init<Label: Hashable>(
        _ name: String, groups labels: [Label], outcomes: [String], structure: Structure = .unstructured
    ) {
        let grouping = Grouping(outcomes)
        self.init(
            name, groups: labels,
            columns: grouping.labels.indices.map { o in grouping.codes.map { $0 == o ? 1 : 0 } },
            columnNames: grouping.labels, structure: structure)
    }

    /// Three levels: effects within groups, `~ 1 | outer / inner`; an effect's own level where `inner` is nil.
    public static func nested<Outer: Hashable>(
        _ outerName: String, _ outer: [Outer], _ innerName: String = "effect", _ inner: [String]? = nil
    ) -> [RandomEffect] {
        let outerCodes = Grouping(outer).codes
        let innerLabels = inner ?? outer.indices.map { String($0) }
        let pairs = zip(outerCodes, innerLabels).map { "\($0)/\($1)" }
        return [RandomEffect(outerName, groups: outer), RandomEffect(innerName, groups: pairs)]
    }

    /// The rows at `indices`, in that order.
    public func selecting(_ indices: [Int]) -> RandomEffect {
        RandomEffect(
            name, groups: indices.map { groups[$0] }, columns: columns.map { c in indices.map { c[$0] } },
            columnNames: columnNames, structure: structure)
    }
}
