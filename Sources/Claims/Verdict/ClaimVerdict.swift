import Appraisal
public import Evidence
import Foundation
public import Statistics

/// What a circle of evidence says of a claim's direction in one region.
public struct ClaimVerdict: Sendable {
    public let circle: EvidenceCircle
    public let pooled: PooledEvidence
    public let direction: RegionHypothesis.Direction
    /// With half, once and twice the claim's scale, in this order.
    public let bayes: [ClaimBayes]

    public init(
        _ pooled: PooledEvidence, circle: EvidenceCircle, direction: RegionHypothesis.Direction, priorScale: Double
    ) {
        self.pooled = pooled
        self.circle = circle
        self.direction = direction
        bayes = ClaimBayes.multiples.map {
            ClaimBayes(pooled.estimate, direction: direction, scale: $0 * priorScale)
        }
    }

    /// With the claim's own scale.
    public var own: ClaimBayes { bayes[ClaimBayes.multiples.count / 2] }

    /// 1 where the claim says more, −1 where less; of a claim of either direction the sign of the effect.
    public var sign: Double {
        switch direction {
        case .increase: 1
        case .decrease: -1
        case .either: pooled.estimate.value < 0 ? -1 : 1
        }
    }

    /// The effect as the claim has it: above 0 is the claim's way.
    public var directed: Estimate {
        var estimate = pooled.estimate
        estimate.value *= sign
        return estimate
    }

    /// Smallest ln BF against no effect over the scales.
    public var weakestFor: Double { bayes.map(\.logOverNull).min() ?? -.infinity }

    /// Largest ln BF against no effect over the scales.
    public var strongestFor: Double { bayes.map(\.logOverNull).max() ?? .infinity }

    /// Smallest ln BF of the other direction against no effect over the scales; nil where the claim has none.
    public var weakestOpposite: Double? { bayes.compactMap(\.logOppositeOverNull).min() }

    /// Without each study: ln BF of the claim against no effect, own scale.
    public var withoutEach: [ClaimBayes] {
        pooled.withoutEach.map { ClaimBayes($0, direction: direction, scale: own.scale) }
    }

    // MARK: - The bar

    /// What a study says by itself of the claim's direction.
    public enum Voice: String, CaseIterable, Hashable, Sendable {
        case isFor = "for"
        case undecided
        case against
    }

    /// A sign that passed the study's threshold counts, an interval that excludes 0 too; silence decides nothing.
    public func voice(of evidence: ClaimEvidence) -> Voice {
        guard !evidence.isSilent, let summary = pooled.assessment.studies.first(where: { $0.id == evidence.study.id })
        else { return .undecided }
        let value = summary.estimate.value
        let isClear =
            evidence.study.source == .sign
            || abs(value) > -Normal.quantile(0.025) * summary.estimate.standardError
        guard isClear, value != 0 else { return .undecided }
        if direction == .either { return .isFor }
        return value * sign > 0 ? .isFor : .against
    }

    /// People in studies of each voice; those of a sample once.
    public var people: [(voice: Voice, count: Int)] {
        Voice.allCases.map { voice in
            let groups = pooled.evidence.filter { self.voice(of: $0) == voice }.flatMap(\.study.groups)
            return (voice, People(groups).count)
        }
    }
}
