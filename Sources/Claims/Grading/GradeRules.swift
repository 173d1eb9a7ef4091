import Appraisal
public import Evidence
import Foundation
import Statistics

/// The rules by which a claim is graded in one region. Fixed before any claim was judged; tuned on simulated ledgers so that
/// *supported* and *contradicted* are each wrong in at most 5 % (Docs/claims.md has the table).
///
/// Only the circle ``EvidenceCircle/same`` is graded. *Supported* asks every demand of its list. *Contradicted* has two ways:
/// the effect goes the other way, or it is shown to be too small to matter. *Leaning* asks less of the first list. What meets
/// none is *undecided*: no evidence is not evidence of nothing, and neither is silence.
public struct GradeRules: Hashable, Sendable {
    /// Studies that measured the effect, for *supported* and *contradicted*.
    public var fewestMeasured = 5.0
    /// Studies that reported anything, for *leaning*.
    public var fewestReporting = 2.0
    public var mostSilence = 0.5
    public var strong = 10.0
    public var moderate = 3.0
    /// Of tests of bias, which have little power.
    public var biasP = 0.1
    /// An effect that would matter, Hedges' g: half of what is called small in trials of psychotherapy is beyond dispute too
    /// little, and 0.2 is Cohen's small effect.
    public var smallestThatMatters = 0.2
    /// The same of a correlation, Fisher's z: Cohen's small one.
    public var smallestCorrelationThatMatters = 0.1
    /// Of new studies, for *supported*.
    public var leastPositive = 0.75

    public init() {}

    public func smallestThatMatters(_ measure: EffectMeasure) -> Double {
        measure == .correlation ? smallestCorrelationThatMatters : smallestThatMatters
    }

    /// Each list of demands and what it gives.
    public struct Judgement: Sendable {
        public var grade: ClaimGrade
        public var supported: [GradeCriterion]
        public var leaning: [GradeCriterion]
        /// The other way.
        public var opposite: [GradeCriterion]
        /// Too small to matter.
        public var negligible: [GradeCriterion]

        /// All lists with the names of what they are asked for.
        public var lists: [(name: String, criteria: [GradeCriterion])] {
            [
                ("supported", supported), ("leaning", leaning), ("contradicted: the other way", opposite),
                ("contradicted: too small to matter", negligible),
            ]
        }

        /// Whether the evidence, though undecided, points away from the claim.
        public var pointsAway = false
    }

    public func judge(_ verdict: ClaimVerdict) -> Judgement {
        let pooled = verdict.pooled
        let interval = verdict.directed.interval()
        let without = verdict.withoutEach
        func directed(_ estimate: Estimate) -> Estimate {
            var directed = estimate
            directed.value *= verdict.sign
            return directed
        }
        let leftOut = pooled.withoutEach.map(directed)
        let smallest = smallestThatMatters(pooled.assessment.measure)
        let share = Double(pooled.silent) / Double(pooled.studies)
        let measured = GradeCriterion(.measured, Double(pooled.measured), atLeast: fewestMeasured)
        let silence = GradeCriterion(.silence, share, atMost: mostSilence)
        let unbiased = [
            GradeCriterion(.smallStudies, pooled.smallStudyP, atLeast: biasP),
            GradeCriterion(.excess, pooled.excess?.pValue, atLeast: biasP),
        ]

        var supported = [
            measured, silence,
            GradeCriterion(.bayesForAllScales, exp(verdict.weakestFor), atLeast: strong),
        ]
        if let over = verdict.own.logOverOpposite {
            supported.append(GradeCriterion(.bayesOverOpposite, exp(over), atLeast: strong))
        }
        supported += [
            GradeCriterion(.interval, interval.lower, atLeast: 0),
            GradeCriterion(.withoutOne, without.map(\.logOverNull).min().map(exp), atLeast: moderate),
            GradeCriterion(.sharePositive, Self.sharePositive(verdict), atLeast: leastPositive),
        ]
        supported += unbiased

        var leaning = [
            GradeCriterion(.reporting, Double(pooled.reporting), atLeast: fewestReporting),
            GradeCriterion(.bayesFor, exp(verdict.own.logOverNull), atLeast: moderate),
        ]
        if let over = verdict.own.logOverOpposite {
            leaning.append(GradeCriterion(.bayesOverOpposite, exp(over), atLeast: moderate))
        }

        var opposite: [GradeCriterion] = []
        if let weakest = verdict.weakestOpposite {
            opposite = [
                measured, silence, GradeCriterion(.bayesOpposite, exp(weakest), atLeast: strong),
                GradeCriterion(.oppositeInterval, interval.upper, atMost: 0),
                GradeCriterion(
                    .oppositeWithoutOne, without.compactMap(\.logOppositeOverNull).min().map(exp), atLeast: moderate),
            ]
            opposite += unbiased
        }
        // Of either direction "the claim's side" is both: the farther end counts.
        func reach(_ estimate: Estimate) -> Double {
            let interval = estimate.interval()
            return verdict.direction == .either ? max(abs(interval.lower), abs(interval.upper)) : interval.upper
        }
        let negligible = [
            measured, silence,
            GradeCriterion(.bayesAgainst, exp(verdict.own.logOverNull), atMost: 1 / moderate),
            GradeCriterion(.upperEnd, reach(verdict.directed), atMost: smallest),
            GradeCriterion(.upperEndMeasured, pooled.measuredAlone.map { reach(directed($0)) }, atMost: smallest),
            GradeCriterion(
                .upperEndWithoutOne, leftOut.map(reach).max(), atMost: 1.5 * smallest),
        ]
        func holds(_ criteria: [GradeCriterion]) -> Bool { !criteria.isEmpty && criteria.allSatisfy(\.isPassed) }
        let grade: ClaimGrade =
            if holds(supported) {
                .supported
            } else if holds(opposite) || holds(negligible) {
                .contradicted
            } else {
                holds(leaning) ? .leaning : .undecided
            }
        return Judgement(
            grade: grade, supported: supported, leaning: leaning, opposite: opposite, negligible: negligible,
            pointsAway: grade == .undecided && pooled.reporting > 0
                && (verdict.own.logOppositeOverNull ?? 0) > log(moderate))
    }

    /// P(true effect of a new study goes the claim's way) with its uncertainty, as the prediction interval has it: t on k − 2
    /// degrees of freedom. With no heterogeneity it is one-sided certainty about the mean.
    static func sharePositive(_ verdict: ClaimVerdict) -> Double? {
        let pooled = verdict.pooled
        guard pooled.describesStudies, pooled.assessment.design.isMean, pooled.studies > 2 else {
            // A slope has no new studies to go its way; certainty about it takes their place.
            return pooled.describesStudies ? 1 - verdict.directed.pValueAbove : nil
        }
        let spread = (pooled.estimate.standardError * pooled.estimate.standardError + pooled.tau2).squareRoot()
        return 1
            - Estimate(
                value: verdict.directed.value, standardError: spread, degreesOfFreedom: Double(pooled.studies - 2)
            ).pValueAbove
    }
}
