import Statistics

/// The most likely coefficients of a meta-regression at a voxel, and the between-study variance, given intervals.
///
/// The likelihood is that of ``IntervalEffect``, the mean of experiment i being xᵢβ. Step 1 maximises it over β with τ² = 0.
/// Because a maximum over many voxels is too far from zero, the experiment whose absence brings what is *tested* nearest to zero is
/// then left out, `leaveOut` times; of a single combination c that is |cβ|, of several the Wald statistic with the
/// observed information. Step 2 maximises over τ² ≥ 0 with those β, all experiments in. An experiment that only bounds its
/// effect is later imputed around its own xᵢβ.
///
/// It is ``MostLikelyEffect`` with a design (Albajes-Eizagirre, Solanes & Radua 2019, doi:10.1177/0962280218811349); for a
/// single column of ones, tested, both give the same mean and τ² to 1e-6. That SDM-PSI 6.21 has the covariates in this step, and
/// judges leave-out on the slope, was found from published bounds and extracts (Docs/models.md).
///
///     // A slope on age (decades from the mean) from a known effect, a peak nearby and two silent studies.
///     let scale = EffectScale(n1: 20)
///     let design = LikelyDesign(columns: 2, values: [1, 1.2, 1, 0.8, 1, -0.9, 1, -1.1], tests: [[0, 1]])
///     let effects = [(0.9, 0.9), (0.1, 0.9), (-0.8, 0.8), (-0.8, 0.8)].map {
///         IntervalEffect(lower: $0.0, upper: $0.1, scale: scale)
///     }
///     let found = LikelyRegression(effects, design: design, leaveOut: 0)
///     found.coefficients   // intercept and slope, g and g per decade
///     found.tau2           // g²
///
/// ## Maxima
///
/// The likelihood of an interval is not quite concave: its slope jumps up a little where the mean passes the bound nearer to zero
/// (``CoefficientSearch``). So there may be two maxima close to each other, and which is found depends on the way there: of 20,000
/// random voxels two differed from ``MostLikelyEffect``, by .0002 and .0013, of 4,845 voxels of a published project none
/// by more than 1e-7.
///
/// ## Rank
///
/// Where the experiments that speak do not determine every coefficient (maps of different extent), columns are dropped, the
/// later ones first, until they do: those coefficients are 0 and stand in ``dropped``. Fitted values of the experiments
/// that speak are the same whichever of dependent columns is dropped. If what is tested is then not determined, nothing is left
/// out. An experiment that alone determines a coefficient is never left out.
package struct LikelyRegression: Hashable, Sendable {
    /// One per column of the design, in g per unit of the column; not a number where no experiment speaks.
    package private(set) var coefficients: [Double]
    /// Between-study variance, g²; not a number where no experiment speaks.
    package private(set) var tau2: Double
    /// Columns that the experiments at this voxel do not determine.
    package private(set) var dropped: [Int]
    /// Experiments that were left out, in that order: positions in the design.
    package private(set) var leftOut: [Int]

    /// Fitted values are found to about this absolute accuracy (g), and so is τ².
    package static let accuracy = 1e-7

    /// - Parameters:
    ///   - experiments: one per row of the design; nil where an experiment has no value at the voxel.
    ///   - leaveOut: capped so that as many experiments as determined coefficients remain.
    package init(_ experiments: [IntervalEffect?], design: LikelyDesign, leaveOut: Int) {
        precondition(experiments.count == design.experiments, "a design has a row per experiment")
        var positions: [Int] = []
        var speaking: [IntervalEffect] = []
        for (position, experiment) in experiments.enumerated() {
            guard let experiment else { continue }
            positions.append(position)
            speaking.append(experiment)
        }
        self.init(speaking, at: positions, design: design, leaveOut: leaveOut)
    }

    /// - Parameters:
    ///   - experiments: those that speak at the voxel.
    ///   - positions: of each in the design, ascending.
    ///   - isPlain: computes the likelihood in plain Swift, the reference that the kernel is tested against.
    package init(
        _ experiments: [IntervalEffect], at positions: [Int], design: LikelyDesign, leaveOut: Int,
        isPlain: Bool = false
    ) {
        dropped = []
        leftOut = []
        guard !experiments.isEmpty else {
            coefficients = Array(repeating: .nan, count: design.columns)
            tau2 = .nan
            return
        }
        coefficients = Array(repeating: 0, count: design.columns)
        tau2 = 0
        // Intervals that are all symmetric about 0: the likelihood is concave and its slope at β = 0 vanishes term by term, with any
        // subset of them and any design, and τ² only widens what is already too wide. Most of a brain with few studies.
        if experiments.allSatisfy(\.isSymmetric) { return }

        let estimable = EstimableColumns(design, rows: positions)
        dropped = estimable.dropped
        var search = CoefficientSearch(
            experiments, rows: estimable.rows, columns: estimable.kept.count,
            instructions: isPlain ? nil : CoefficientSearch.best)
        search.maximise(from: Array(repeating: 0, count: estimable.kept.count))
        if let tests = estimable.tests, !tests.isEmpty {
            for _ in 0..<max(0, min(leaveOut, experiments.count - estimable.kept.count)) {
                guard let index = search.removeNearestZero(tests) else { break }
                leftOut.append(positions[index])
            }
        }
        for (column, value) in zip(estimable.kept, search.coefficients) { coefficients[column] = value }
        tau2 = IntervalHeterogeneity.tau2(experiments, means: search.allFitted())
    }
}

extension IntervalEffect {
    /// Whether it says the same of an effect and of its mirror image.
    var isSymmetric: Bool { lower == -upper && lowerVariance == upperVariance && !isKnown }
}
