/// What a claim, or a study, compares.
///
/// Some are kinds of others: a change against a waiting list is a controlled change, and that is a change. ``nearness(of:)``
/// follows this tree.
public enum ClaimComparison: String, CaseIterable, Hashable, Sendable {
    /// After against before, whatever else was compared.
    case change
    /// After against before in the same people, with nobody beside them.
    case uncontrolled = "uncontrolled-change"
    /// Change against that of comparable people without this treatment, whichever.
    case controlled = "controlled-change"
    /// Change against a waiting list or usual care.
    case waitingList = "waiting-list"
    /// Change against another treatment.
    case active = "active-treatment"
    /// Change against that of healthy people.
    case healthy = "healthy-people"
    /// Change, or a level, that goes with improvement.
    case improvement = "correlation-with-improvement"
    /// The state before treatment that goes with later improvement.
    case prediction = "baseline-predicts-improvement"
    /// More treatment, more change.
    case dose = "dose-response"
    /// The change carries part of the treatment's effect on symptoms.
    case mediation

    /// The comparison that it is a kind of.
    public var broader: ClaimComparison? {
        switch self {
        case .uncontrolled, .controlled, .healthy: .change
        case .waitingList, .active: .controlled
        case .change, .improvement, .prediction, .dose, .mediation: nil
        }
    }

    /// How near a study that compares `other` comes to a claim that compares this.
    public func nearness(of other: ClaimComparison) -> Nearness {
        if other == self { return .exact }
        if other.isKind(of: self) { return .narrower }
        if isKind(of: other) { return .broader }
        return .other
    }

    private func isKind(of other: ClaimComparison) -> Bool {
        var above = broader
        while let next = above {
            if next == other { return true }
            above = next.broader
        }
        return false
    }

    /// In a table: with whom.
    public var short: String {
        switch self {
        case .change: "change"
        case .uncontrolled: "nobody"
        case .controlled: "others"
        case .waitingList: "waiting list"
        case .active: "another treatment"
        case .healthy: "healthy people"
        case .improvement: "improvement"
        case .prediction: "baseline"
        case .dose: "dose"
        case .mediation: "mediation"
        }
    }

    /// As in a sentence.
    public var words: String {
        switch self {
        case .change: "change with treatment"
        case .uncontrolled: "change, nobody to compare with"
        case .controlled: "change compared with others who were not treated so"
        case .waitingList: "change compared with a waiting list or usual care"
        case .active: "change compared with another treatment"
        case .healthy: "change compared with that of healthy people"
        case .improvement: "goes with improvement"
        case .prediction: "the state before treatment foretells improvement"
        case .dose: "more treatment, more change"
        case .mediation: "carries the treatment’s effect"
        }
    }
}
