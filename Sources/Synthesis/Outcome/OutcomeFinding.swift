import Evidence
public import Statistics

/// All that is known of one outcome: what was pooled, how sure, too good, what it hangs on, how large.
///
/// Values are on the scale that is pooled; ``scale`` brings them to the one that is read.
public struct OutcomeFinding: Sendable {
    public var name: String
    /// In a sentence; empty where nobody asked one.
    public var question: String
    public var scale: OutcomeScale
    public var effects: [SynthesisEffect]
    public var settings: SynthesisSettings

    public var pooled: PooledOutcome
    /// The same by other estimators and tests, the chosen one not repeated.
    public var alternatives: [Alternative]
    public var subgroups: SubgroupFinding?
    /// One for each moderator by itself, then, of several, all of them together.
    public var moderators: [ModeratorFinding]
    public var dose: DoseFinding?
    /// Of rows that are arms: how the effect grows with the dose within studies; nil of others.
    public var armDose: ArmDoseFinding?
    /// Of rows that name two treatments: all compared with each other; nil where nobody asked.
    public var network: NetworkFinding?
    /// Of connections between pairs of regions; nil of other outcomes, or where no pair has two studies.
    public var pairs: PairFinding?
    /// Where regions of pairs are, MNI mm, by their names; empty where nothing tells.
    public var places: [String: SIMD3<Double>] = [:]
    /// Means and SDs tested for what answers on their scale can give; empty where no row tells the scale.
    public var plausibility: [StatedPlausibility] = []
    public var bias: OutcomeBias
    public var influence: OutcomeInfluence
    public var posterior: OutcomePosterior?
    /// nil where no smallest effect that matters was stated, or a year is not known.
    public var monitoring: OutcomeMonitoring?
    /// nil where the table does not judge its studies.
    public var risk: OutcomeRisk?
    /// The mean under each correlation of before and after that had to be assumed; empty where none had.
    public var bracket: [Bracket]
    /// Whether rows from whole-brain experiments differ from those reported as outcomes; nil without either.
    public var wholeBrain: Estimate?
    /// What was asked for, or is usual, and is not given.
    public var withheld: [Withheld]

    /// The mean by another rule.
    public struct Alternative: Hashable, Sendable {
        public var name: String
        public var estimate: Estimate
        public var tau2: Double
        /// Whether it takes effects of one study for independent, which they are not.
        public var countsEffectsApart: Bool
        /// Whether it takes all studies to have one true effect.
        public var isCommonEffect: Bool

        public init(
            _ name: String, estimate: Estimate, tau2: Double, countsEffectsApart: Bool = false,
            isCommonEffect: Bool = false
        ) {
            self.name = name
            self.estimate = estimate
            self.tau2 = tau2
            self.countsEffectsApart = countsEffectsApart
            self.isCommonEffect = isCommonEffect
        }
    }

    /// The mean if every missing correlation of before and after were this one.
    public struct Bracket: Hashable, Sendable {
        public var correlation: Double
        public var estimate: Estimate
        public var interval: Interval
    }

    /// Independent studies: those that share a sample are one, whatever the number of their publications.
    public var studies: Int { Set(SampleClusters(effects).names).count }

    /// Names of studies in the table; more than ``studies`` where some share their people.
    public var publications: Int { Set(effects.map(\.study)).count }

    /// People, each sample once at its largest; nil where a row does not say.
    public var participants: Int? {
        var most: [String: Int] = [:]
        for effect in effects {
            guard let count = effect.participants else { return nil }
            most[effect.sample] = max(most[effect.sample] ?? 0, count)
        }
        return most.values.reduce(0, +)
    }
}

/// The mean of an outcome and the spread around it.
public struct PooledOutcome: Sendable {
    /// How it was made, in words of a methods section.
    public var model: String
    public var estimate: Estimate
    public var interval: Interval
    /// Where the true effect of a new study is expected; nil where too few studies say.
    public var prediction: Interval?
    /// The share of each effect in the mean; sums to 1.
    public var weights: [Double]
    /// Variance components with their names; one, `between studies`, of independent effects.
    public var components: [Component]
    /// Q-profile, or by the likelihood where ``SynthesisSettings/interval`` says so, of independent effects; of several levels see
    /// ``components``.
    public var tau2Interval: Interval?
    /// Of independent effects by Higgins & Thompson; of several levels the share of all components together.
    public var i2: Double
    public var i2Interval: Interval?
    /// Q; its degrees of freedom are 0 for a single effect.
    public var heterogeneity: JointTest

    public struct Component: Hashable, Sendable {
        public var name: String
        public var variance: Double
        /// How many groups it varies over.
        public var groups: Int
        /// By the likelihood (``MultilevelModel/interval(of:level:)``), of several levels; nil elsewhere.
        public var interval: Interval?

        public init(name: String, variance: Double, groups: Int) {
            self.name = name
            self.variance = variance
            self.groups = groups
        }
    }

    /// All components together.
    public var tau2: Double { components.reduce(0) { $0 + $1.variance } }
    public var h2: Double { 1 / max(1 - i2, 1e-12) }
}

/// Groups of effects side by side.
public struct SubgroupFinding: Sendable {
    public struct Group: Sendable {
        public var name: String
        /// Positions in ``OutcomeFinding/effects``.
        public var members: [Int]
        public var studies: Int
        public var estimate: Estimate
        public var interval: Interval
        public var prediction: Interval?
    }

    public var column: String
    public var groups: [Group]
    /// Are all means equal?
    public var between: JointTest
    /// Effects without a group.
    public var omitted: Int
}

/// One meta-regression.
public struct ModeratorFinding: Sendable {
    public struct Coefficient: Hashable, Sendable {
        public var name: String
        public var estimate: Estimate
        public var interval: Interval
    }

    /// Columns of the table.
    public var columns: [String]
    public var design: OutcomeDesign
    /// The intercept first: the mean at the centre of numbers and at references.
    public var coefficients: [Coefficient]
    /// All but the intercept.
    public var test: JointTest
    public var tau2: Double
    /// The share by which τ² fell, at least 0; nil where there was none to explain.
    public var explained: Double?
    /// By permuting its rows; nil where nobody asked, or where effects of one study depend on each other.
    public var permutation: ModeratorPermutation?
    /// Effects left out because a cell is empty.
    public var omitted: Int
    /// Of a single number: its values, and the fitted line with its band at 49 points; empty elsewhere.
    public var values: [Double]
    public var line: [LinePoint]
}

/// A point of a fitted curve.
public struct LinePoint: Hashable, Sendable {
    public var at: Double
    public var value: Double
    public var interval: Interval

    public init(at: Double, value: Double, interval: Interval) {
        self.at = at
        self.value = value
        self.interval = interval
    }
}

/// How the effect goes with an amount.
public struct DoseFinding: Sendable {
    public struct Curve: Sendable {
        /// linear, quadratic, spline.
        public var name: String
        public var points: [LinePoint]
        /// All terms of the curve: does the effect go with the amount?
        public var test: JointTest
        /// Terms beyond the straight line; nil of the straight line.
        public var bend: JointTest?
        public var tau2: Double
    }

    public var column: String
    /// Positions in ``OutcomeFinding/effects`` with an amount, and their amounts.
    public var members: [Int]
    public var values: [Double]
    public var curves: [Curve]
}
