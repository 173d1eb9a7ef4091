import Foundation

/// G of one random effect as a function of its parameters.
struct CovarianceShape: Sendable {
    private enum Form: Sendable {
        /// [σ²]
        case variance
        /// [τ², ρ]
        case compound
        /// [τ²], with ρ given.
        case compoundGiven(Double)
        /// [τ₁ … τᵣ, ρ], standard deviations.
        case heteroscedastic
        /// [τ₁² … τᵣ²]
        case diagonal
        /// Rows of the lower Cholesky factor of G: [l₁₁, l₂₁, l₂₂, …].
        case factor
    }

    let size: Int
    private let form: Form

    init(_ effect: RandomEffect) {
        size = effect.columns.count
        form =
            switch effect.structure {
            case _ where size == 1: .variance
            case .variance: .variance
            case .compoundSymmetry(let given): given.map { .compoundGiven($0) } ?? .compound
            case .heteroscedastic: .heteroscedastic
            case .diagonal: .diagonal
            // With two columns the same model; its parameters are what is reported.
            case .unstructured: size == 2 ? .heteroscedastic : .factor
            }
    }

    var count: Int {
        switch form {
        case .variance, .compoundGiven: 1
        case .compound: 2
        case .heteroscedastic: size + 1
        case .diagonal: size
        case .factor: size * (size + 1) / 2
        }
    }

    var lowerBounds: [Double] {
        let lowestCorrelation = -1 / Double(max(size - 1, 1))
        switch form {
        case .variance, .compoundGiven: return [0]
        case .compound: return [0, lowestCorrelation]
        case .heteroscedastic: return Array(repeating: 0, count: size) + [lowestCorrelation]
        case .diagonal: return Array(repeating: 0, count: size)
        case .factor: return Array(repeating: -.infinity, count: count)
        }
    }

    var upperBounds: [Double] {
        switch form {
        case .compound: [.infinity, 1]
        case .heteroscedastic: Array(repeating: .infinity, count: size) + [1]
        default: Array(repeating: .infinity, count: count)
        }
    }

    /// Parameters for variances of `variance` and a correlation of about `correlation`.
    func start(variance: Double, correlation: Double) -> [Double] {
        switch form {
        case .variance, .compoundGiven: return [variance]
        case .compound: return [variance, correlation]
        case .heteroscedastic: return Array(repeating: variance.squareRoot(), count: size) + [correlation]
        case .diagonal: return Array(repeating: variance, count: size)
        case .factor:
            // Of (1 − r)I + rJ: each row by the usual recurrence.
            let r = max(correlation, 0)
            var l = [[Double]]()
            for i in 0..<size {
                var row = [Double](repeating: 0, count: i + 1)
                for j in 0...i {
                    var sum = i == j ? 1.0 : r
                    for k in 0..<j { sum -= row[k] * (j == i ? row[k] : l[j][k]) }
                    if i == j { row[j] = max(sum, 0).squareRoot() } else { row[j] = sum / l[j][j] }
                }
                l.append(row)
            }
            return l.flatMap { $0.map { $0 * variance.squareRoot() } }
        }
    }

    /// G, row by row.
    func matrix(_ theta: ArraySlice<Double>) -> [Double] {
        let t = Array(theta)
        var g = [Double](repeating: 0, count: size * size)
        switch form {
        case .variance: for a in 0..<size { g[a * size + a] = t[0] }
        case .diagonal: for a in 0..<size { g[a * size + a] = t[a] }
        case .compound: fill(&g) { $0 == $1 ? t[0] : t[0] * t[1] }
        case .compoundGiven(let rho): fill(&g) { $0 == $1 ? t[0] : t[0] * rho }
        case .heteroscedastic: fill(&g) { t[$0] * t[$1] * ($0 == $1 ? 1 : t[size]) }
        case .factor:
            fill(&g) { a, b in
                var sum = 0.0
                for k in 0...min(a, b) { sum += t[a * (a + 1) / 2 + k] * t[b * (b + 1) / 2 + k] }
                return sum
            }
        }
        return g
    }

    /// ∂G/∂θₖ, row by row.
    func derivative(_ k: Int, _ theta: ArraySlice<Double>) -> [Double] {
        let t = Array(theta)
        var g = [Double](repeating: 0, count: size * size)
        switch form {
        case .variance: for a in 0..<size { g[a * size + a] = 1 }
        case .diagonal: g[k * size + k] = 1
        case .compound: fill(&g) { a, b in k == 0 ? (a == b ? 1 : t[1]) : (a == b ? 0 : t[0]) }
        case .compoundGiven(let rho): fill(&g) { $0 == $1 ? 1 : rho }
        case .heteroscedastic:
            fill(&g) { a, b in
                if k == size { return a == b ? 0 : t[a] * t[b] }
                if a == b { return a == k ? 2 * t[k] : 0 }
                return a == k ? t[b] * t[size] : b == k ? t[a] * t[size] : 0
            }
        case .factor:
            var row = 0
            while (row + 1) * (row + 2) / 2 <= k { row += 1 }
            let column = k - row * (row + 1) / 2
            for b in column..<size {
                let value = t[b * (b + 1) / 2 + column]
                g[row * size + b] += value
                g[b * size + row] += value
            }
        }
        return g
    }

    /// Whether G bends with its parameters: where it is linear in them, ``curvature(_:_:)`` has nothing to add.
    var isCurved: Bool {
        switch form {
        case .variance, .compoundGiven, .diagonal: false
        case .compound, .heteroscedastic, .factor: true
        }
    }

    /// Σ slope[a, b]·∂²G[a, b]/∂θₖ∂θₗ of all pairs k ≥ l where it is not 0: what the bend of G adds to the curvature of a
    /// function whose slope by the elements of G is known.
    ///
    /// - Parameter slope: symmetric, row by row.
    func curvature(_ slope: [Double], _ theta: ArraySlice<Double>) -> [(k: Int, l: Int, value: Double)] {
        let t = Array(theta)
        func s(_ a: Int, _ b: Int) -> Double { slope[a * size + b] }
        var found: [(k: Int, l: Int, value: Double)] = []
        switch form {
        case .variance, .compoundGiven, .diagonal: break
        case .compound:
            var sum = 0.0
            for a in 0..<size { for b in 0..<size where a != b { sum += s(a, b) } }
            found.append((1, 0, sum))
        case .heteroscedastic:
            for a in 0..<size {
                found.append((a, a, 2 * s(a, a)))
                for b in 0..<a { found.append((a, b, 2 * t[size] * s(a, b))) }
                let others = (0..<size).reduce(0.0) { $1 == a ? $0 : $0 + t[$1] * s(a, $1) }
                found.append((size, a, 2 * others))
            }
        case .factor:
            // G = LL': only elements of one column of L meet.
            for i in 0..<size {
                for k in 0...i {
                    for j in 0...k { found.append((i * (i + 1) / 2 + j, k * (k + 1) / 2 + j, 2 * s(i, k))) }
                }
            }
        }
        return found
    }

    private func fill(_ g: inout [Double], _ value: (Int, Int) -> Double) {
        for a in 0..<size {
            for b in 0..<size { g[a * size + b] = value(a, b) }
        }
    }

    /// What is reported of the parameters.
    enum Reported: Sendable {
        /// τ² of column `column`, or of all.
        case variance(column: Int?)
        /// ρ of two columns, or of all.
        case correlation((Int, Int)?)
    }

    /// Each reported number, with the parameter it is (nil where it is none by itself) and whether that is its root.
    var reported: [(what: Reported, parameter: Int?, isRoot: Bool)] {
        switch form {
        case .variance: return [(.variance(column: nil), 0, false)]
        case .compound: return [(.variance(column: nil), 0, false), (.correlation(nil), 1, false)]
        case .compoundGiven: return [(.variance(column: nil), 0, false)]
        case .heteroscedastic:
            return (0..<size).map { (.variance(column: $0), $0, true) } + [(.correlation(nil), size, false)]
        case .diagonal: return (0..<size).map { (.variance(column: $0), $0, false) }
        case .factor:
            let pairs = (1..<size).flatMap { a in (0..<a).map { (a, $0) } }
            return (0..<size).map { (.variance(column: $0), nil, false) }
                + pairs.map { (.correlation(($0.1, $0.0)), nil, false) }
        }
    }
}
