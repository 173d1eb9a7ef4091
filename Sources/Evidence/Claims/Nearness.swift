/// How near a study comes to a claim in one part.
public enum Nearness: String, CaseIterable, Hashable, Sendable {
    /// The same, or the claim leaves the part open.
    case exact
    /// A case of what the claim speaks of: a study of CBT for a claim on psychotherapy.
    case narrower
    /// What the claim speaks of is a case of it.
    case broader
    /// Something else.
    case other
    /// The study does not say.
    case unknown

    /// Whether what the study found is of the kind that the claim speaks of.
    public var isOfTheKind: Bool { self == .exact || self == .narrower }
}
