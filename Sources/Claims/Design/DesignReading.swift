import Appraisal
public import Evidence
import Foundation

/// What kind of sentence a claim's evidence can carry, which words of the sentence go beyond it, and the sentence that would not.
public struct DesignReading: Hashable, Sendable {
    /// From the least to the most that can be said.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case association
        case uncontrolledChange = "uncontrolled change"
        case changeBesideHealthy = "change compared with healthy people"
        case controlledChange = "controlled change"
        case randomisedChange = "randomised change"
        case doseResponse = "dose–response across studies"
        case mediation
    }

    public let kind: Kind
    /// Share of the weight that rests on studies with a waiting list or another treatment; nil without evidence.
    public let controlledShare: Double?
    /// Words that the kind cannot carry.
    public let tooStrong: [CausalWord]
    /// What the data could at most say.
    public let sentence: String

    /// - Parameter pooled: the evidence of the same kind as the claim; nil without.
    public init(_ claim: Claim, pooled: PooledEvidence?) {
        let share = pooled.map(Self.controlledShare)
        controlledShare = share
        let kind: Kind =
            switch claim.comparison {
            case .improvement, .prediction: .association
            case .dose: .doseResponse
            case .mediation: .mediation
            default: Self.ofChange(claim, pooled, share)
            }
        self.kind = kind
        tooStrong = kind == .randomisedChange ? [] : CausalWord.all(in: claim.sentence)
        sentence = Self.sentence(claim, kind, pooled)
    }

    /// A kind holds when at least half of the weight comes from studies of it; without studies, what the claim's own comparison
    /// could at best carry.
    private static func ofChange(_ claim: Claim, _ pooled: PooledEvidence?, _ share: Double?) -> Kind {
        guard let pooled, let share else {
            switch claim.comparison {
            case .controlled, .waitingList, .active: return .controlledChange
            case .healthy: return .changeBesideHealthy
            default: return .uncontrolledChange
            }
        }
        if share >= 0.5 {
            return weight(pooled) { $0.isControlled && $0.isRandomised } >= 0.5 ? .randomisedChange : .controlledChange
        }
        let besideAnybody = weight(pooled) { $0.isControlled || $0.comparison == .healthy }
        return besideAnybody >= 0.5 ? .changeBesideHealthy : .uncontrolledChange
    }

    /// Share of the weight of studies with a waiting list or another treatment.
    static func controlledShare(_ pooled: PooledEvidence) -> Double { weight(pooled, where: \.isControlled) }

    static func weight(_ pooled: PooledEvidence, where isMeant: (ClaimEvidence) -> Bool) -> Double {
        zip(pooled.evidence, pooled.assessment.studies).reduce(0) { isMeant($1.0) ? $0 + $1.1.weight : $0 }
    }

    // MARK: - Words

    private static func sentence(_ claim: Claim, _ kind: Kind, _ pooled: PooledEvidence?) -> String {
        let names = claim.regions.map { "the \($0.name)" }
        let place =
            names.isEmpty
            ? claim.outcome
            : claim.isPair
                ? "\(claim.outcome) between \(names.joined(separator: " and "))"
                : "\(claim.outcome) in \(names.joined(separator: " and "))"
        let who = claim.population.map { "in people with \($0)" } ?? "in the people studied"
        let treatment = claim.treatment ?? "treatment"
        let isMixed = Set(claim.regions.map { claim.direction(in: $0) }).count > 1
        func word(_ up: String, _ down: String, _ either: String) -> String {
            switch isMixed ? .either : claim.regions.first.map(claim.direction(in:)) ?? claim.direction {
            case .increase: up
            case .decrease: down
            case .either: either
            }
        }
        let levels = word("was higher", "was lower", "was different")
        switch kind {
        case .association where claim.comparison == .prediction:
            return
                "\(who.capitalisedFirst), those with \(word("more", "less", "different")) \(place) before \(treatment) improved more."
        case .association:
            return
                "\(who.capitalisedFirst), improvement went along with \(word("a rise", "a fall", "a change")) of \(place)."
        case .uncontrolledChange:
            return
                "\(who.capitalisedFirst), \(place) \(levels) after \(treatment) than before; nobody else was scanned twice."
        case .changeBesideHealthy:
            return
                "\(who.capitalisedFirst), \(place) \(levels) after \(treatment) than before, set against healthy people "
                + "scanned twice; time and recovery by itself are not ruled out."
        case .controlledChange, .randomisedChange:
            let isActive =
                pooled.map { weight($0) { $0.comparison == .active } >= 0.5 } ?? (claim.comparison == .active)
            let other = isActive ? "another treatment" : "a waiting list or the like"
            return
                "\(who.capitalisedFirst), \(place) \(word("rose", "fell", "changed")) more with \(treatment) than with \(other)."
        case .doseResponse:
            return "\(who.capitalisedFirst), studies with more \(claim.dose ?? "treatment") found "
                + "\(word("higher", "lower", "different")) \(place) after \(treatment)."
        case .mediation:
            return "\(who.capitalisedFirst), the change of \(place) went along with part of what \(treatment) changed."
        }
    }
}

extension ClaimEvidence {
    /// Compared with a waiting list, usual care or another treatment.
    public var isControlled: Bool { [.waitingList, .active, .controlled].contains(comparison) }

    /// Whether a column says that people were allotted by chance: `randomised: yes`, or a design such as `RCT`.
    public var isRandomised: Bool {
        for (name, value) in columns {
            let (name, value) = (name.lowercased(), value.lowercased())
            if ["randomised", "randomized"].contains(name), ["yes", "true", "1", "y"].contains(value) { return true }
            if name == "design" {
                let words = ClaimVocabulary.words(value)
                if words.contains("rct") || words.contains(where: { $0.hasPrefix("randomi") }) { return true }
            }
        }
        return false
    }
}

extension String {
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
