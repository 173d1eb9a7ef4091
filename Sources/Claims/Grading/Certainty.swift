/// The four levels of GRADE.
public enum Certainty: String, CaseIterable, Hashable, Sendable {
    case high, moderate, low
    case veryLow = "very low"

    /// From high for controlled evidence and low for the rest, down by the steps that data fill. Open ones could lower it further.
    public init(_ downgrades: [Downgrade], isControlled: Bool) {
        // Without a comparison the start is already lower for it.
        let steps = downgrades.filter { isControlled || $0.domain != .riskOfBias }.compactMap(\.steps).reduce(0, +)
        let start = isControlled ? 0 : 2
        self = Self.allCases[min(start + steps, Self.allCases.count - 1)]
    }
}
