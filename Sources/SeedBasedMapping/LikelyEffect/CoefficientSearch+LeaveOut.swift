extension CoefficientSearch {
    /// Takes out the experiment whose absence brings the tested combinations nearest to zero, and moves to the maximum of
    /// the others. Of equals the first goes.
    ///
    /// Fitting again without each experiment would cost as many searches as there are experiments. One Newton step from the
    /// maximum tells, with no likelihood, about where each search would end, and how much the step is to be trusted; a search is
    /// made for those that could be nearest, the most promising first, until the best is nearer than all that remain could be.
    ///
    /// - Parameter tests: combinations of the coefficients, at least one.
    /// - Returns: the experiment; nil where none may go.
    mutating func removeNearestZero(_ tests: [[Double]]) -> Int? {
        var candidates = predictions(tests)
        guard !candidates.isEmpty else { return nil }
        candidates.sort { ($0.least, $0.index) < ($1.least, $1.index) }
        var best: (search: CoefficientSearch, index: Int, distance: Double)?
        for candidate in candidates {
            if let best, candidate.least > best.distance { break }
            var search = self
            search.remove(candidate.index)
            // A search that cannot end nearer than the best is not finished. (Wald statistics change with the information as
            // well: of joint tests all are.)
            let toBeat = best?.distance ?? .infinity
            let isFinished = search.maximise(from: candidate.coefficients) { before, after in
                guard tests.count == 1, toBeat.isFinite else { return false }
                let last = Self.product(tests[0], after)
                return abs(last) - Self.doubtOfStep * abs(last - Self.product(tests[0], before)) > toBeat
            }
            guard isFinished else { continue }
            let distance = search.distance(tests)
            // Beyond the accuracy of the searches nothing is nearer.
            let gain = (best?.distance ?? .infinity) - distance
            if gain > 1e-12 || (abs(gain) <= 1e-12 && candidate.index < (best?.index ?? .max)) {
                best = (search, candidate.index, distance)
            }
        }
        guard let best else { return nil }
        self = best.search
        return best.index
    }

    private struct Prediction {
        var index: Int
        /// The nearest to zero that is to be expected.
        var least: Double
        var coefficients: [Double]
    }

    /// Where one Newton step without each experiment leads, for those without which the others still determine the coefficients.
    private func predictions(_ tests: [[Double]]) -> [Prediction] {
        var gram = PackedMatrix(size: columns)
        for index in experiments.indices where isIn(index) { gram.add(1, rows, index * columns) }
        guard let factor = normal.factored(), let gramFactor = gram.factored() else { return [] }
        let solvedTests = tests.map { factor.solved($0) }
        let now = distance(tests)
        let inverse = factor.inverse
        let gramInverse = gramFactor.inverse
        var covariance = PackedMatrix(size: tests.count)
        for r in tests.indices {
            for s in 0...r { covariance[r, s] = Self.product(tests[r], solvedTests[s]) }
        }
        var predictions: [Prediction] = []
        predictions.reserveCapacity(experiments.count)
        var solved = [Double](repeating: 0, count: columns)
        // Without the only one that tells a direction the maximum is 0, however far a step from here may lead.
        let telling = experiments.indices.filter { isIn($0) && !experiments[$0].isSymmetric }
        let alone = telling.count == 1 ? telling[0] : nil
        for index in experiments.indices where isIn(index) {
            let first = index * columns
            var leverage = 0.0
            var own = 0.0
            for i in 0..<columns {
                var sum = 0.0
                var weight = 0.0
                for j in 0..<columns {
                    sum += inverse[i * columns + j] * rows[first + j]
                    weight += gramInverse[i * columns + j] * rows[first + j]
                }
                solved[i] = sum
                own += sum * rows[first + i]
                leverage += weight * rows[first + i]
            }
            // It alone determines a coefficient.
            guard leverage < 1 - 1e-9 else { continue }
            if index == alone {
                predictions.append(
                    Prediction(index: index, least: 0, coefficients: Array(repeating: 0, count: columns)))
                continue
            }
            // Without it the gradient is −slope · row, and the matrix less by information · row row' (Sherman–Morrison).
            let information = informations[index]
            let left = max(1 - information * own, 1e-9)
            var size = slopes[index] / left
            // Its own fitted value moves most for its size; no further than the bounds reach, where one step says nothing.
            let move = abs(size * own)
            if move > reach { size *= reach / move }
            var next = coefficients
            for column in 0..<columns { next[column] -= size * solved[column] }
            var distance: Double
            if tests.count == 1 {
                distance = abs(Self.product(tests[0], next))
            } else {
                var without = covariance
                let parts = tests.map { Self.product($0, solved) }
                for r in tests.indices {
                    for s in 0...r { without[r, s] += information / left * parts[r] * parts[s] }
                }
                distance = wald(tests, next, without)
            }
            // The step's error grows with the square of the move, in standard errors of an effect.
            let moved = move / experiments[index].lowerVariance.squareRoot()
            let doubt = min(1, Self.doubtPerMove * moved) * Self.doubt * abs(distance - now)
            let least = moved > Self.farMove || distance.isNaN ? 0 : distance - doubt
            predictions.append(Prediction(index: index, least: least, coefficients: next))
        }
        return predictions
    }

    /// How much of a predicted change may be wrong, per standard error that the experiment's own fitted value moves, and at most;
    /// and the move from which a prediction says nothing. With these, in 5,999 of 6,000 random voxels the choice was that of
    /// searches without every experiment.
    private static let doubtPerMove = 10.0
    private static let doubt = 2.0
    private static let farMove = 0.2
    /// What is left of a search, as a multiple of its last step.
    private static let doubtOfStep = 2.0

    /// How far the tested combinations are from zero at the coefficients.
    func distance(_ tests: [[Double]]) -> Double {
        if tests.count == 1 { return abs(Self.product(tests[0], coefficients)) }
        guard let factor = normal.factored() else { return .infinity }
        let solved = tests.map { factor.solved($0) }
        var covariance = PackedMatrix(size: tests.count)
        for r in tests.indices {
            for s in 0...r { covariance[r, s] = Self.product(tests[r], solved[s]) }
        }
        return wald(tests, coefficients, covariance)
    }

    /// θ'(CA⁻¹C')⁻¹θ with θ = Cβ.
    private func wald(_ tests: [[Double]], _ coefficients: [Double], _ covariance: PackedMatrix) -> Double {
        guard let factor = covariance.factored() else { return .infinity }
        let theta = tests.map { Self.product($0, coefficients) }
        return Self.product(theta, factor.solved(theta))
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
    }
}
