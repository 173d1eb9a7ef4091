/// One term of a formula of moderators.
public indirect enum ModelTerm: Hashable, Sendable {
    /// (x − centre) to a power; the mean of the rows is subtracted where `centred`.
    case numeric(String, power: Int = 1, centred: Bool = false)
    /// A column 0/1 per level but the reference; the first level in alphabetical (or numerical) order where nil.
    case categorical(String, reference: String? = nil)
    /// Restricted cubic spline: linear beyond the outer knots.
    case spline(String, SplineKnots)
    /// Products of the columns of each.
    case interaction([ModelTerm])

    /// As it is written in a formula.
    public var name: String {
        switch self {
        case .numeric(let column, let power, let centred):
            let base = centred ? "centre(\(column))" : column
            return power == 1 ? base : "\(base)^\(power)"
        case .categorical(let column, _): return column
        case .spline(let column, _): return "rcs(\(column))"
        case .interaction(let parts): return parts.map(\.name).joined(separator: ":")
        }
    }

    /// Columns of the table that it takes.
    public var columns: [String] {
        switch self {
        case .numeric(let column, _, _), .categorical(let column, _), .spline(let column, _): return [column]
        case .interaction(let parts):
            return parts.flatMap(\.columns).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        }
    }
}
