/// The columns of a design that the experiments at a voxel determine.
struct EstimableColumns {
    private(set) var kept: [Int] = []
    private(set) var dropped: [Int] = []
    /// [experiment that speaks][kept column]
    let rows: [Double]
    /// Combinations in the kept columns; nil where they are not determined.
    let tests: [[Double]]?

    /// A column counts as determined by the earlier ones when they leave less than this share of its sum of squares: the
    /// pivot at which the regressions of the imputations give up (``RegressionFit``).
    private static let leastShare = 1e-9

    init(_ design: LikelyDesign, rows positions: [Int]) {
        let p = design.columns
        // Cholesky's factor of X'X over the experiments that speak, row by row, passing over dependent columns.
        var gram = [Double](repeating: 0, count: p * p)
        for position in positions {
            for i in 0..<p {
                let x = design.values[position * p + i]
                for j in 0...i { gram[i * p + j] += x * design.values[position * p + j] }
            }
        }
        var factor = [Double](repeating: 0, count: p * p)
        var dependencies: [[Double]] = []
        for i in 0..<p {
            var square = gram[i * p + i]
            for j in kept {
                var sum = gram[i * p + j]
                for k in kept where k < j { sum -= factor[i * p + k] * factor[j * p + k] }
                factor[i * p + j] = sum / factor[j * p + j]
                square -= factor[i * p + j] * factor[i * p + j]
            }
            if square > Self.leastShare * gram[i * p + i] {
                factor[i * p + i] = square.squareRoot()
                kept.append(i)
            } else {
                // The column as a combination of the kept ones: L'w = its row of the factor.
                var weights = [Double](repeating: 0, count: p)
                for j in kept.reversed() {
                    var sum = factor[i * p + j]
                    for k in kept where k > j { sum -= factor[k * p + j] * weights[k] }
                    weights[j] = sum / factor[j * p + j]
                }
                weights[i] = -1
                dependencies.append(weights)
                dropped.append(i)
            }
        }
        let kept = kept
        rows = positions.flatMap { position in kept.map { design.values[position * p + $0] } }
        // A combination is determined when moving along a dependency, which changes no fitted value, does not change it.
        let isDetermined = design.tests.allSatisfy { test in
            dependencies.allSatisfy { direction in
                var sum = 0.0
                var size = 0.0
                for k in 0..<p {
                    sum += test[k] * direction[k]
                    size += abs(test[k] * direction[k])
                }
                return abs(sum) <= 1e-6 * size
            }
        }
        tests = isDetermined ? design.tests.map { test in kept.map { test[$0] } } : nil
    }
}
