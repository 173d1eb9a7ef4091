import VoxelKernels

/// Newton's method for the coefficients of a shrinking set of interval effects.
///
/// The likelihood of an interval is log-concave in its mean while the mean is inside, and while it is outside (the probability that
/// a normal lies between two lines in the mean; Prékopa). At a bound, where the other bound's rate changes, its slope
/// jumps: up at the bound nearer to zero, down at the other. So the sum is concave but for jumps up, which are small, and its
/// maximum may be a kink. Newton steps are cut by a search of the derivative along the step, which always ascends a concave
/// function, and a kink downwards is taken as a steep ramp of width 2·``ramp``, so that a maximum there is found too.
struct CoefficientSearch {
    /// What does not change while experiments are taken out.
    private let problem: Problem
    private(set) var coefficients: [Double]
    /// 1 for the experiments still in, else 0; padded.
    private var inside: [Double]
    /// Scores at the coefficients, of the experiments still in, 0 for the others; padded.
    private(set) var slopes: [Double]
    private(set) var informations: [Double]
    /// Σ slope · row.
    private var gradient: [Double]
    /// Σ information · row row'.
    private(set) var normal: PackedMatrix

    /// Half the width (g) of the ramp that stands for a kink.
    private static let ramp = 1e-8
    /// A step that moves every fitted value by less (g) is the last: what remains is of the order of its square, and at a kink
    /// not more than itself.
    private static let lastStep = 2e-7
    /// Steps below this share of the reach are taken to converge.
    private static let quietStep = 0.02
    /// Least information of an interval in the matrix (not in the gradient), as a share of that of a known effect.
    /// In the flat middle of a wide interval there is next to none, and a step would have no length.
    private static let leastInformation = 1e-8

    /// - Parameters:
    ///   - rows: [experiment][column], of full column rank.
    ///   - instructions: of the kernel; nil computes in plain Swift, as a reference.
    init(_ experiments: [IntervalEffect], rows: [Double], columns: Int, instructions: Int32?) {
        problem = Problem(experiments, rows: rows, columns: columns, instructions: instructions)
        coefficients = Array(repeating: 0, count: columns)
        inside = (0..<problem.padded).map { $0 < experiments.count ? 1 : 0 }
        slopes = Array(repeating: 0, count: problem.padded)
        informations = slopes
        gradient = coefficients
        normal = PackedMatrix(size: columns)
    }

    /// The widest instructions of this processor; results are the same to the bit with any.
    static let best = cuneus_best_isa()

    var columns: Int { problem.columns }
    var experiments: [IntervalEffect] { problem.experiments }
    /// [experiment][column]
    var rows: [Double] { problem.rows }
    /// How far apart the bounds lie at most: every fitted value of a maximum could be between the lowest and the highest.
    var reach: Double { problem.reach }

    func isIn(_ index: Int) -> Bool { inside[index] > 0 }

    mutating func remove(_ index: Int) { inside[index] = 0 }

    /// xβ of all experiments, in or out.
    func allFitted() -> [Double] { experiments.indices.map { problem.fitted($0, coefficients) } }

    /// Moves to the maximum, from a start that decides nothing but how long it takes.
    ///
    /// - Parameter isHopeless: of the coefficients of the last step but one and of the last; true ends the search early.
    /// - Returns: false where it was ended.
    @discardableResult
    mutating func maximise(
        from start: [Double], unless isHopeless: (_ before: [Double], _ after: [Double]) -> Bool = { _, _ in false }
    ) -> Bool {
        move(to: start)
        for turn in 0..<100 {
            guard let factor = normal.factored() else { return true }
            let step = factor.solved(gradient)
            let length = longestMove(step)
            if length < Self.lastStep {
                for column in 0..<columns { coefficients[column] += step[column] }
                return true
            }
            if length < Self.quietStep * reach {
                var next = coefficients
                for column in 0..<columns { next[column] += step[column] }
                if isHopeless(coefficients, next) { return false }
            }
            // After many turns only steps that surely ascend.
            guard search(along: step, length: length, mustAscend: turn > 20) else { return true }
        }
        return true
    }

    /// Goes along a step to where the slope along it has mostly gone.
    /// - Returns: false where it leads nowhere any more.
    private mutating func search(along step: [Double], length: Double, mustAscend: Bool) -> Bool {
        let origin = coefficients
        let rise = dot(gradient, step)
        guard rise > 0 else { return false }
        var low = 0.0
        var lowRise = rise
        var high = Double.infinity
        var highRise = 0.0
        var share = min(1, reach / length)
        for trial in 0..<60 {
            move(to: zip(origin, step).map { $0 + share * $1 })
            let now = dot(gradient, step)
            if now >= (mustAscend ? 0 : -0.25 * rise), trial == 0 || now <= 0.25 * rise { return true }
            if now < 0 {
                high = share
                highRise = now
            } else {
                low = share
                lowRise = now
            }
            guard high.isFinite else {
                share *= 2
                continue
            }
            if (high - low) * length < 0.01 * Self.ramp {
                move(to: zip(origin, step).map { $0 + low * $1 })
                return low > 0
            }
            // A secant kept away from the ends; every other time halves, so that a jump is closed in on.
            let width = high - low
            let secant = low + width * lowRise / (lowRise - highRise)
            share =
                trial % 2 == 0 ? min(max(secant, low + 0.02 * width), high - 0.02 * width) : 0.5 * (low + high)
        }
        return true
    }

    /// Sets the coefficients, and with them scores, gradient and matrix.
    mutating func move(to next: [Double]) {
        coefficients = next
        if let instructions = problem.instructions {
            let nearest = problem.scores(
                instructions, at: next, inside: inside, leastInformation: Self.leastInformation, slopes: &slopes,
                informations: &informations, gradient: &gradient, normal: &normal)
            // On a ramp the kernel knows nothing of it.
            if nearest >= Self.ramp { return }
        }
        for column in 0..<columns { gradient[column] = 0 }
        normal.clear()
        for index in experiments.indices where isIn(index) {
            let experiment = experiments[index]
            let score = Self.score(experiment, at: problem.fitted(index, coefficients))
            let information = max(score.information, Self.leastInformation / experiment.lowerVariance)
            slopes[index] = score.slope
            informations[index] = information
            let first = index * columns
            for i in 0..<columns { gradient[i] += score.slope * rows[first + i] }
            normal.add(information, rows, first)
        }
    }

    /// The score, with a ramp for a jump downwards.
    private static func score(_ experiment: IntervalEffect, at mean: Double) -> IntervalEffect.Score {
        guard !experiment.isKnown else { return experiment.score(at: mean) }
        for kink in [experiment.lower, experiment.upper] where abs(mean - kink) < ramp {
            let before = experiment.score(at: kink - ramp)
            let after = experiment.score(at: kink + ramp)
            guard after.slope < before.slope else { continue }
            let steepness = (before.slope - after.slope) / (2 * ramp)
            return IntervalEffect.Score(
                slope: before.slope - steepness * (mean - kink + ramp), information: steepness)
        }
        return experiment.score(at: mean)
    }

    /// The most that any fitted value moves.
    private func longestMove(_ step: [Double]) -> Double {
        var longest = 0.0
        for index in experiments.indices where isIn(index) {
            longest = max(longest, abs(problem.fitted(index, step)))
        }
        return longest
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }
}

extension CoefficientSearch {
    /// The experiments and their design, also in the kernel's form.
    fileprivate final class Problem: Sendable {
        let experiments: [IntervalEffect]
        let rows: [Double]
        let columns: Int
        let instructions: Int32?
        let reach: Double
        /// Experiments, rounded up to whole blocks of lanes.
        let padded: Int
        /// Arrays of `padded` numbers: lower and upper bounds, their rates, whether known; then the columns of the design.
        private let arrays: [Double]

        init(_ experiments: [IntervalEffect], rows: [Double], columns: Int, instructions: Int32?) {
            self.experiments = experiments
            self.rows = rows
            self.columns = columns
            self.instructions = instructions
            let lanes = Int(CUNEUS_INTERVAL_LANES)
            let padded = (experiments.count + lanes - 1) / lanes * lanes
            self.padded = padded
            var low = 0.0
            var high = 0.0
            var arrays = [Double](repeating: 0, count: (5 + columns) * padded)
            for index in 0..<padded {
                // Lanes beyond the last repeat it: finite numbers that do not count.
                let experiment = experiments[min(index, experiments.count - 1)]
                low = min(low, experiment.lower)
                high = max(high, experiment.upper)
                arrays[index] = experiment.lower
                arrays[padded + index] = experiment.upper
                arrays[2 * padded + index] = 1 / experiment.lowerVariance.squareRoot()
                arrays[3 * padded + index] = 1 / experiment.upperVariance.squareRoot()
                arrays[4 * padded + index] = experiment.isKnown ? 1 : 0
                guard index < experiments.count else { continue }
                for column in 0..<columns {
                    arrays[(5 + column) * padded + index] = rows[index * columns + column]
                }
            }
            self.arrays = arrays
            reach = max(high - low, 1e-3)
        }

        @inline(__always)
        func fitted(_ index: Int, _ coefficients: [Double]) -> Double {
            var sum = 0.0
            for column in 0..<columns { sum += rows[index * columns + column] * coefficients[column] }
            return sum
        }

        /// - Returns: the least distance of a fitted value from a bound.
        func scores(
            _ instructions: Int32, at coefficients: [Double], inside: [Double], leastInformation: Double,
            slopes: inout [Double], informations: inout [Double], gradient: inout [Double], normal: inout PackedMatrix
        ) -> Double {
            arrays.withUnsafeBufferPointer { arrays in
                inside.withUnsafeBufferPointer { inside in
                    guard let first = arrays.baseAddress, let counts = inside.baseAddress else { return 0 }
                    var intervals = cuneus_intervals(
                        blocks: Int32(padded / Int(CUNEUS_INTERVAL_LANES)), columns: Int32(columns), lower: first,
                        upper: first + padded, lower_rate: first + 2 * padded, upper_rate: first + 3 * padded,
                        known: first + 4 * padded, inside: counts, rows: first + 5 * padded,
                        least_information: leastInformation)
                    return cuneus_interval_scores(
                        instructions, &intervals, coefficients, &slopes, &informations, &gradient, &normal.values)
                }
            }
        }
    }
}
