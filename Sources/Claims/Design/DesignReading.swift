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
        let who = (claim.population.map { "in people with \($0)" } ?? "in the people studied").capitalisedFirst
        let treatment = claim.treatment ?? "treatment"
        /// A clause for each direction that regions have: *activity in the dlPFC was higher and in the amygdala lower*.
        func clauses(_ clause: (String, RegionHypothesis.Direction) -> String) -> String {
            let regions: [ClaimRegion?] = claim.regions.isEmpty || claim.isPair ? [nil] : claim.regions
            var groups: [(direction: RegionHypothesis.Direction, names: [String])] = []
            for region in regions {
                let direction = claim.direction(in: region)
                let name = region.map { "the \($0.name)" }
                if let known = groups.firstIndex(where: { $0.direction == direction }) {
                    groups[known].names += [name].compactMap { $0 }
                } else {
                    groups.append((direction, [name].compactMap { $0 }))
                }
            }
            let pair = claim.regions.map { "the \($0.name)" }.joined(separator: " and ")
            return groups.map { group in
                let place =
                    claim.isPair ? " between \(pair)" : group.names.isEmpty ? "" : " in \(Self.list(group.names))"
                return clause("\(claim.outcome)\(place)", group.direction)
            }.joined(separator: ", and ")
        }
        func word(_ direction: RegionHypothesis.Direction, _ up: String, _ down: String, _ either: String) -> String {
            switch direction {
            case .increase: up
            case .decrease: down
            case .either: either
            }
        }
        func levels(_ place: String, _ direction: RegionHypothesis.Direction) -> String {
            "\(place) \(word(direction, "was higher", "was lower", "was different"))"
        }
        switch kind {
        case .association where claim.comparison == .prediction:
            let more = clauses { "\(word($1, "more", "less", "different")) \($0)" }
            return "\(who), those with \(more) before \(treatment) improved more."
        case .association:
            return
                "\(who), improvement went along with \(clauses { "\(word($1, "a rise", "a fall", "a change")) of \($0)" })."
        case .uncontrolledChange:
            return "\(who), \(clauses(levels)) after \(treatment) than before; nobody else was scanned twice."
        case .changeBesideHealthy:
            return
                "\(who), \(clauses(levels)) after \(treatment) than before, set against healthy people scanned twice; time and "
                + "recovery by itself are not ruled out."
        case .controlledChange, .randomisedChange:
            let isActive =
                pooled.map { weight($0) { $0.comparison == .active } >= 0.5 } ?? (claim.comparison == .active)
            let other = isActive ? "another treatment" : "a waiting list or the like"
            let moves = clauses { "\($0) \(word($1, "rose", "fell", "changed")) more" }
            return "\(who), \(moves) with \(treatment) than with \(other)."
        case .doseResponse:
            let found = clauses { "\(word($1, "higher", "lower", "different")) \($0)" }
            return "\(who), studies with more \(claim.dose ?? "treatment") found \(found) after \(treatment)."
        case .mediation:
            return
                "\(who), the change of \(clauses { place, _ in place }) went along with part of what \(treatment) changed."
        }
    }

    /// `the dlPFC, the vlPFC and the dorsal ACC`.
    private static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + last
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
