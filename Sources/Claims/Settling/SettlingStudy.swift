import Appraisal
import Evidence
import Foundation
import Statistics

/// The study that would settle a claim: a trial with two groups of equal size, scanned before and after, at 80 % power and
/// two-sided p < .05 by the noncentral t; or how many more studies like those at hand.
public struct SettlingStudy: Hashable, Sendable {
    /// An effect, and the people a trial needs to see it; nil for more than ``most``.
    public struct Size: Hashable, Sendable {
        public var effect: Double
        public var people: Int?
    }

    /// At the pooled effect (or a small one, where none was measured).
    public var atEffect: Size
    /// At the end of its interval next to zero, or at half of a small effect.
    public var atLowerLimit: Size
    /// Whether the effect is one that studies measured, on the claim's side.
    public var isFromData: Bool
    /// Studies of the middling size at hand, pooled, for the same power; nil where none would do or none is known.
    public var studiesLikeThese: Int?
    public var text: String

    /// Beyond so many people no single imaging trial is realistic.
    public static let most = 2_000
    static let power = 0.8

    init(_ claim: Claim, verdict: ClaimVerdict?) {
        let isCorrelation =
            verdict.map { $0.pooled.assessment.measure == .correlation }
            ?? [.improvement, .prediction, .mediation].contains(claim.comparison.family)
        let known = GradeRules().smallestThatMatters(isCorrelation ? .correlation : .change)
        let small = isCorrelation ? atanh(known) : known
        func people(_ effect: Double) -> Int? {
            isCorrelation ? Self.peopleOfCorrelation(effect) : Self.people(effect)
        }
        let measured = verdict.map { $0.pooled.measured > 0 && $0.directed.value > 0 } ?? false
        let effect = measured ? verdict?.directed.value ?? small : small
        let lower = measured ? verdict?.directed.interval().lower ?? 0 : small / 2
        atEffect = Size(effect: effect, people: people(effect))
        atLowerLimit = Size(effect: lower, people: lower > 0 ? people(lower) : nil)
        isFromData = measured
        studiesLikeThese = verdict.flatMap { Self.studies($0.pooled, effect: effect) }

        let subject: String =
            switch claim.comparison.family {
            case .improvement, .prediction: "One study that plans this correlation before it looks"
            case .mediation: "One trial with several scans during treatment, planned for mediation"
            case .dose: "One trial that allots people to fewer and more sessions by chance"
            default: "One trial with a waiting list or another treatment, people allotted by chance and scanned twice"
            }
        let basis =
            measured
            ? "the \(isCorrelation ? "correlation" : "effect") found here (\(ClaimNumber.fixed(isCorrelation ? tanh(effect) : effect, 2)))"
            : "a small \(isCorrelation ? "correlation" : "effect") (\(ClaimNumber.fixed(effect, 1)))"
        guard let people = atEffect.people else {
            text = "No realistic study would: at \(basis) it would need more than \(Self.most) people."
            return
        }
        var text = "\(subject), and \(people) people in all, would see \(basis) in 80 of 100 tries."
        if lower > 0, let more = atLowerLimit.people {
            text += " If it is only \(ClaimNumber.fixed(isCorrelation ? tanh(lower) : lower, 2)), it takes \(more)."
        } else if lower > 0 {
            text +=
                " If it is only \(ClaimNumber.fixed(isCorrelation ? tanh(lower) : lower, 2)), no realistic study would."
        } else {
            text += " The interval reaches zero: at its lower limit no study would."
        }
        if let studiesLikeThese {
            text +=
                " Or \(ClaimNumber.plural(studiesLikeThese, "study", "studies")) like those at hand, taken together."
        }
        self.text = text
    }

    /// Of a trial with two equal groups; nil for more than ``most``.
    static func people(_ effect: Double) -> Int? {
        guard effect > 0 else { return nil }
        func power(_ perGroup: Int) -> Double { Detectability(participants: perGroup, perGroup).power(d: effect) }
        guard power(most / 2) >= Self.power else { return nil }
        var (low, high) = (1, most / 2)
        while high - low > 1 {
            let middle = (low + high) / 2
            if power(middle) >= Self.power { high = middle } else { low = middle }
        }
        return 2 * high
    }

    /// Of a correlation, by Fisher's z with variance 1/(n − 3); nil for more than ``most``.
    static func peopleOfCorrelation(_ z: Double) -> Int? {
        guard z > 0 else { return nil }
        let needed = (Normal.quantile(power) - Normal.quantile(0.025)) / z
        let count = (needed * needed + 3).rounded(.up)
        guard count.isFinite, count <= Double(most) else { return nil }
        return Int(exactly: count)
    }

    /// (z₁₋α/₂ + z_power)² (v + τ²)/g², v the middling sampling variance.
    private static func studies(_ pooled: PooledEvidence, effect: Double) -> Int? {
        let errors = pooled.assessment.studies.map(\.samplingError).sorted()
        guard let middle = errors.isEmpty ? nil : errors[errors.count / 2], effect > 0 else { return nil }
        let z = Normal.quantile(power) - Normal.quantile(0.025)
        let tau2 = pooled.describesStudies ? pooled.tau2 : 0
        let count = (z * z * (middle * middle + tau2) / (effect * effect)).rounded(.up)
        guard count.isFinite, count <= 1_000, let number = Int(exactly: count) else { return nil }
        return max(2, number)
    }
}
