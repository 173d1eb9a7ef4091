import Foundation
import Inference
import Statistics

/// The statistic of a model whose groups of rows have variances of their own (Winkler et al. 2014,
/// doi:10.1016/j.neuroimage.2014.01.060, eqs. 4 and 5; of two groups Welch 1947, doi:10.1093/biomet/34.1-2.28; of one
/// combination Aspin–Welch v, 1949).
///
/// In an orthonormal basis Q = [N A] of the model, with ψ the least-squares coordinates and W the rows' weights,
/// W = Σ_g R_nn/e_g'e_g: G = ψ_A'·S·ψ_A/(Λq), S the Schur complement of A in Q'WQ; v is the signed root for q = 1. Double
/// precision: groups differ by orders of magnitude.
struct VarianceModel: Sendable {
    /// R = I − QQ', by rows.
    let residualMaker: [[Double]]
    private let tested: Int
    /// Rows of each group, and its residual degrees of freedom Σ R_nn.
    private let members: [[Int]]
    private let freedoms: [Double]
    /// Q_g'Q_g of each group, N before A, [groups][size · size].
    private let grams: [[Double]]
    private let size: Int

    init(_ bag: StudyBag, groups: [Int]) {
        let basis = bag.space.nuisance + bag.space.tested
        let rows = bag.rows.count
        tested = bag.space.tested.count
        size = basis.count
        residualMaker = (0..<rows).map { i in
            (0..<rows).map { j in
                basis.reduce(i == j ? 1.0 : 0) { $0 - $1[i] * $1[j] }
            }
        }
        let labels = bag.rows.map { groups[$0] }
        members = Set(labels).sorted().map { label in (0..<rows).filter { labels[$0] == label } }
        let maker = residualMaker
        freedoms = members.map { $0.reduce(0) { $0 + maker[$1][$1] } }
        grams = members.map { rows in
            basis.flatMap { a in basis.map { b in rows.reduce(0) { $0 + a[$1] * b[$1] } } }
        }
    }

    /// - Parameter sums: [tested + rows][stride]: coordinates along A, then residuals.
    func statistics(_ sums: UnsafePointer<Float>, stride: Int, into target: UnsafeMutablePointer<Float>) {
        var gram = [Double](repeating: 0, count: size * size)
        var weights = [Double](repeating: 0, count: members.count)
        for lane in 0..<StudyEngine.tile {
            for index in gram.indices { gram[index] = 0 }
            for (group, rows) in members.enumerated() {
                var square = 0.0
                for row in rows {
                    let residual = Double(sums[(tested + row) * stride + lane])
                    square += residual * residual
                }
                // A group without any spread would weigh infinitely; single precision ends here.
                weights[group] = freedoms[group] / max(square, 1e-12)
                for index in gram.indices { gram[index] += weights[group] * grams[group][index] }
            }
            decompose(&gram)
            // L' of the last block times the coordinates: its squared length is ψ'Sψ.
            let first = size - tested
            var total = 0.0
            var signed = 0.0
            for j in 0..<tested {
                var along = 0.0
                for i in j..<tested {
                    along += gram[(first + i) * size + first + j] * Double(sums[i * stride + lane])
                }
                total += along * along
                signed = along
            }
            if tested == 1 {
                target[lane] = Float(signed)
            } else {
                target[lane] = Float(total / Double(tested) / correction(weights))
            }
        }
    }

    /// Λ: 1 for one combination.
    private func correction(_ weights: [Double]) -> Double {
        let s = Double(tested)
        return 1 + 2 * (s - 1) / (s * (s + 2)) * imbalance(weights)
    }

    private func imbalance(_ weights: [Double]) -> Double {
        var trace = 0.0
        for (group, weight) in weights.enumerated() { trace += weight * Double(members[group].count) }
        var sum = 0.0
        for (group, weight) in weights.enumerated() where freedoms[group] > 0 {
            let share = 1 - weight * Double(members[group].count) / trace
            sum += share * share / freedoms[group]
        }
        return sum
    }

    /// The lower triangle becomes L of LL'.
    private func decompose(_ a: inout [Double]) {
        for j in 0..<size {
            var pivot = a[j * size + j]
            for k in 0..<j { pivot -= a[j * size + k] * a[j * size + k] }
            let root = max(pivot, 0).squareRoot()
            a[j * size + j] = root
            for i in j + 1..<max(j + 1, size) {
                var sum = a[i * size + j]
                for k in 0..<j { sum -= a[i * size + k] * a[j * size + k] }
                a[i * size + j] = root > 0 ? sum / root : 0
            }
        }
    }
}
