import Statistics

/// One mean per study, for methods that need independent effects.
///
/// Inverse-variance means with the variance of sampling errors that correlate by r (compound symmetry; Borenstein et
/// al. 2009, ch. 24; metafor's `aggregate` with `struct = "CS"`): with V the covariance of a study's effects, y =
/// 1'V⁻¹y/1'V⁻¹1 and v = 1/1'V⁻¹1.
struct StudyMeans {
    var studies: [String] = []
    var effects: [Double] = []
    var variances: [Double] = []
    /// Positions of each study's effects.
    var members: [[Int]] = []

    /// - Parameters:
    ///   - isMerged: false takes every effect for a study of its own, called by its label.
    ///   - correlation: from 0, below 1.
    init(_ all: [SynthesisEffect], isMerged: Bool, correlation: Double) {
        guard isMerged else {
            studies = all.map(\.label)
            effects = all.map(\.value)
            variances = all.map(\.variance)
            members = all.indices.map { [$0] }
            return
        }
        var position: [String: Int] = [:]
        for (n, name) in SampleClusters(all).names.enumerated() {
            if let known = position[name] {
                members[known].append(n)
            } else {
                position[name] = members.count
                members.append([n])
                studies.append(name)
            }
        }
        for member in members {
            let (mean, variance) = Self.mean(member.map { all[$0].value }, member.map { all[$0].variance }, correlation)
            effects.append(mean)
            variances.append(variance)
        }
    }

    static func mean(_ effects: [Double], _ variances: [Double], _ r: Double) -> (Double, Double) {
        guard effects.count > 1 else { return (effects[0], variances[0]) }
        var covariance = Matrix(rows: effects.count, columns: effects.count)
        for i in effects.indices {
            for j in effects.indices {
                covariance[i, j] = i == j ? variances[i] : r * (variances[i] * variances[j]).squareRoot()
            }
        }
        guard let precision = Cholesky(covariance)?.inverse else {
            let composite = CompositeEffect(effects: effects, variances: variances, correlation: r)
            return (composite.effect, composite.variance)
        }
        let weights = precision * Array(repeating: 1.0, count: effects.count)
        let total = weights.reduce(0, +)
        return (zip(weights, effects).reduce(0) { $0 + $1.0 * $1.1 } / total, 1 / total)
    }
}
