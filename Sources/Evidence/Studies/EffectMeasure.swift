/// What an experiment's statistic says.
public enum EffectMeasure: String, Hashable, Sendable, CaseIterable {
    /// A mean, or a difference of means: activation, change with treatment, patients against controls.
    case change
    /// A correlation over the participants, such as of activation with improvement.
    case correlation

    /// Of the t of a contrast with these numbers of participants.
    package func degreesOfFreedom(n1: Int, n2: Int) -> Int {
        switch self {
        case .change: n2 > 0 ? n1 + n2 - 2 : n1 - 1
        case .correlation: n1 + n2 - 2
        }
    }
}
