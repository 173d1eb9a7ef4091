import Foundation
internal import Statistics

/// −2 times the (restricted) log-likelihood of the parameters of M = V + ΣZGZ', with its slope and curvature.
///
/// M falls into blocks of rows that hang together through V or a random effect; all work is done block by block. The
/// design is replaced by an orthonormal basis of its columns, so that its condition is not squared and the restricted
/// likelihood does not depend on the units of the covariates (metafor's `REMLf`).
struct MarginalLikelihood: Sendable {
    /// The rows of one group of a random effect within a block.
    struct Group: Sendable {
        let effect: Int
        /// Positions within the block.
        let rows: [Int]
        /// rows.count × r.
        let z: [Double]
    }

    struct Block: Sendable {
        let rows: [Int]
        /// V, n × n.
        let sampling: [Double]
        /// Orthonormal design, n × p.
        let x: [Double]
        let y: [Double]
        let groups: [Group]
    }

    let count: Int
    /// p.
    let width: Int
    let basis: ColumnBasis
    let blocks: [Block]
    let shapes: [CovarianceShape]
    /// Where the parameters of each random effect start.
    let offsets: [Int]
    let parameterCount: Int
    let restricted: Bool

    init(
        effects: [Double], covariance: SamplingCovariance, design: Matrix, random: [RandomEffect], restricted: Bool
    ) {
        count = effects.count
        width = design.columns
        basis = ColumnBasis(design)
        self.restricted = restricted
        shapes = random.map { CovarianceShape($0) }
        var offsets: [Int] = []
        var next = 0
        for shape in shapes {
            offsets.append(next)
            next += shape.count
        }
        self.offsets = offsets
        parameterCount = next

        var sets = DisjointSets(effects.count)
        for block in covariance.blocks {
            for row in block.rows.dropFirst() { sets.join(block.rows[0], row) }
        }
        for effect in random {
            var first = [Int?](repeating: nil, count: effect.groupCount)
            for (row, group) in effect.groups.enumerated() {
                // A row whose columns are all 0 has no part in the effect.
                guard effect.columns.contains(where: { $0[row] != 0 }) else { continue }
                if let start = first[group] { sets.join(start, row) } else { first[group] = row }
            }
        }
        let members = sets.members
        var home = [(block: Int, position: Int)](repeating: (0, 0), count: effects.count)
        for (b, rows) in members.enumerated() {
            for (position, row) in rows.enumerated() { home[row] = (b, position) }
        }
        var sampling = members.map { [Double](repeating: 0, count: $0.count * $0.count) }
        for block in covariance.blocks {
            for (a, i) in block.rows.enumerated() {
                for (b, j) in block.rows.enumerated() {
                    let n = members[home[i].block].count
                    sampling[home[i].block][home[i].position * n + home[j].position] = block.matrix[a, b]
                }
            }
        }
        let q = basis.q
        blocks = members.enumerated().map { b, rows in
            var groups: [Group] = []
            for (e, effect) in random.enumerated() {
                let used = rows.indices.filter { i in effect.columns.contains { $0[rows[i]] != 0 } }
                for local in Grouping(used.map { effect.groups[rows[$0]] }).members {
                    let positions = local.map { used[$0] }
                    groups.append(
                        Group(
                            effect: e, rows: positions,
                            z: positions.flatMap { i in effect.columns.map { $0[rows[i]] } }))
                }
            }
            return Block(
                rows: rows, sampling: sampling[b], x: rows.flatMap { row in q.map { $0[row] } },
                y: rows.map { effects[$0] }, groups: groups)
        }
    }

    struct Evaluation: Sendable {
        /// −2 log-likelihood, with all constants.
        var deviance: Double
        /// (y − Xβ)'M⁻¹(y − Xβ).
        var q: Double
        /// Coefficients of the orthonormal design.
        var coefficients: [Double]
        /// Their covariance, p × p.
        var covariance: Matrix
        /// Slope of the deviance.
        var gradient: [Double] = []
        /// Curvature of the deviance, exact.
        var observed = Matrix(rows: 0, columns: 0)
        /// Expected curvature; never negative.
        var expected = Matrix(rows: 0, columns: 0)
        /// tr(M⁻¹ − M⁻¹X(X'M⁻¹X)⁻¹X'M⁻¹).
        var traceP = 0.0
    }

    /// M of one block, n × n.
    func marginal(_ block: Block, _ matrices: [[Double]]) -> [Double] {
        let n = block.rows.count
        var m = block.sampling
        for group in block.groups {
            let r = shapes[group.effect].size
            Self.eachPair(group, matrices[group.effect], r) { a, b, value in m[a * n + b] += value }
        }
        return m
    }

    func matrices(_ theta: [Double]) -> [[Double]] {
        shapes.indices.map { e in shapes[e].matrix(theta[offsets[e]..<offsets[e] + shapes[e].count]) }
    }

    /// The elements of ZGZ' of one group.
    @inline(__always)
    private static func eachPair(
        _ group: Group, _ g: [Double], _ r: Int, _ body: (Int, Int, Double) -> Void
    ) {
        if r == 1 {
            let value = g[0]
            guard value != 0 else { return }
            for (a, i) in group.rows.enumerated() {
                for (b, j) in group.rows.enumerated() { body(i, j, group.z[a] * value * group.z[b]) }
            }
            return
        }
        for (a, i) in group.rows.enumerated() {
            for (b, j) in group.rows.enumerated() {
                var sum = 0.0
                for c in 0..<r where group.z[a * r + c] != 0 {
                    for d in 0..<r { sum += group.z[a * r + c] * g[c * r + d] * group.z[b * r + d] }
                }
                if sum != 0 { body(i, j, sum) }
            }
        }
    }

    /// What pass one leaves of a block.
    private struct Solved {
        /// M⁻¹, n × n.
        var w: [Double]
        /// M⁻¹X, n × p.
        var u: [Double]
        /// M⁻¹y, then M⁻¹(y − Xβ).
        var wr: [Double]
    }

    /// - Returns: nil where M is not positive definite.
    func evaluate(_ theta: [Double], derivatives: Bool) -> Evaluation? {
        let p = width
        let g = matrices(theta)
        var solved: [Solved] = []
        solved.reserveCapacity(blocks.count)
        var information = Matrix(rows: p, columns: p)
        var score = [Double](repeating: 0, count: p)
        var logDeterminant = 0.0
        for block in blocks {
            let n = block.rows.count
            var w = marginal(block, g)
            guard let logDet = SmallInverse.invert(&w, n) else { return nil }
            logDeterminant += logDet
            var u = [Double](repeating: 0, count: n * p)
            var wy = [Double](repeating: 0, count: n)
            for a in 0..<n {
                for b in 0..<n {
                    let value = w[a * n + b]
                    wy[a] += value * block.y[b]
                    for j in 0..<p { u[a * p + j] += value * block.x[b * p + j] }
                }
            }
            for i in 0..<p {
                for j in 0..<p {
                    var sum = 0.0
                    for a in 0..<n { sum += block.x[a * p + i] * u[a * p + j] }
                    information[i, j] += sum
                }
                for a in 0..<n { score[i] += block.x[a * p + i] * wy[a] }
            }
            solved.append(Solved(w: w, u: u, wr: wy))
        }
        guard let factor = Cholesky(information) else { return nil }
        let coefficients = factor.solve(score)
        let covariance = factor.inverse
        var q = 0.0
        for b in blocks.indices {
            let block = blocks[b]
            for a in block.rows.indices {
                var fitted = 0.0
                var weighted = solved[b].wr[a]
                for j in 0..<p {
                    fitted += block.x[a * p + j] * coefficients[j]
                    weighted -= solved[b].u[a * p + j] * coefficients[j]
                }
                solved[b].wr[a] = weighted
                q += weighted * (block.y[a] - fitted)
            }
        }
        let freedom = Double(restricted ? count - p : count)
        let deviance =
            freedom * log(2 * Double.pi) + logDeterminant + (restricted ? factor.logDeterminant : 0) + q
        var evaluation = Evaluation(deviance: deviance, q: q, coefficients: coefficients, covariance: covariance)
        if derivatives { differentiate(&evaluation, theta, solved) }
        return evaluation
    }

    private func differentiate(_ evaluation: inout Evaluation, _ theta: [Double], _ solved: [Solved]) {
        let p = width
        let k = parameterCount
        let c = evaluation.covariance
        let dG = shapes.indices.map { e in
            (0..<shapes[e].count).map { shapes[e].derivative($0, theta[offsets[e]..<offsets[e] + shapes[e].count]) }
        }
        let owner = shapes.indices.flatMap { e in Array(repeating: e, count: shapes[e].count) }
        var trace = [Double](repeating: 0, count: k)
        var quadratic = [Double](repeating: 0, count: k)
        var projected = [[Double]](repeating: [Double](repeating: 0, count: p), count: k)
        var design = [Matrix](repeating: Matrix(rows: p, columns: p), count: k)
        var inner = Matrix(rows: k, columns: k)
        var pairTrace = Matrix(rows: k, columns: k)
        var traceP = 0.0
        for (block, s) in zip(blocks, solved) {
            let n = block.rows.count
            // tr P of the block: tr M⁻¹ − tr C U'U.
            for a in 0..<n {
                traceP += s.w[a * n + a]
                for i in 0..<p {
                    for j in 0..<p { traceP -= c[i, j] * s.u[a * p + i] * s.u[a * p + j] }
                }
            }
            var wd = [[Double]](repeating: [], count: k)
            var d = [[Double]](repeating: [], count: k)
            var du = [[Double]](repeating: [], count: k)
            var wdu = [[Double]](repeating: [], count: k)
            for t in 0..<k {
                let e = owner[t]
                let derivative = dG[e][t - offsets[e]]
                var product = [Double](repeating: 0, count: n * n)
                var direction = [Double](repeating: 0, count: n)
                var spread = [Double](repeating: 0, count: n * p)
                let r = shapes[e].size
                for group in block.groups where group.effect == e {
                    spreadGroup(
                        group, derivative, r, s, n, product: &product, direction: &direction, spread: &spread)
                }
                var weighted = [Double](repeating: 0, count: n * p)
                for a in 0..<n {
                    trace[t] += product[a * n + a]
                    quadratic[t] += direction[a] * s.wr[a]
                    for j in 0..<p { projected[t][j] += s.u[a * p + j] * direction[a] }
                    for b in 0..<n {
                        for j in 0..<p { weighted[a * p + j] += s.w[a * n + b] * spread[b * p + j] }
                    }
                    for i in 0..<p {
                        for j in 0..<p { design[t][i, j] += s.u[a * p + i] * spread[a * p + j] }
                    }
                }
                wd[t] = product
                d[t] = direction
                du[t] = spread
                wdu[t] = weighted
            }
            for t in 0..<k {
                for v in 0...t {
                    var sum = 0.0
                    var pair = 0.0
                    for a in 0..<n {
                        var wa = 0.0
                        for b in 0..<n {
                            wa += s.w[a * n + b] * d[v][b]
                            // Both are kept column by column: WD_t[a, b]·WD_v[b, a].
                            pair += wd[t][b * n + a] * wd[v][a * n + b]
                        }
                        sum += d[t][a] * wa
                    }
                    if restricted {
                        // −2 tr(C·(D_tU)'W(D_vU))
                        for i in 0..<p {
                            for j in 0..<p {
                                var element = 0.0
                                for a in 0..<n { element += du[t][a * p + i] * wdu[v][a * p + j] }
                                pair -= 2 * c[i, j] * element
                            }
                        }
                    }
                    inner[t, v] += sum
                    pairTrace[t, v] += pair
                }
            }
        }
        var gradient = [Double](repeating: 0, count: k)
        var observed = Matrix(rows: k, columns: k)
        var expected = Matrix(rows: k, columns: k)
        for t in 0..<k {
            gradient[t] = trace[t] - quadratic[t] - (restricted ? (c * design[t]).trace : 0)
            for v in 0...t {
                var pair = pairTrace[t, v]
                if restricted { pair += (c * design[t] * c * design[v]).trace }
                let curved = inner[t, v] - dot(projected[t], c * projected[v])
                expected[t, v] = pair
                expected[v, t] = pair
                observed[t, v] = 2 * curved - pair
                observed[v, t] = observed[t, v]
            }
        }
        for e in shapes.indices where shapes[e].isCurved {
            let own = slope(of: e, c, solved)
            for (a, b, value) in shapes[e].curvature(own, theta[offsets[e]..<offsets[e] + shapes[e].count]) {
                let (t, v) = (offsets[e] + a, offsets[e] + b)
                observed[t, v] += value
                if t != v { observed[v, t] += value }
            }
        }
        evaluation.gradient = gradient
        evaluation.observed = observed
        evaluation.expected = expected
        evaluation.traceP = traceP
    }

    /// The slope of the deviance by the elements of one effect's G, r × r: ΣZ'(M⁻¹ − ww' − UCU')Z over its groups, the last
    /// of a restricted likelihood only.
    private func slope(of effect: Int, _ c: Matrix, _ solved: [Solved]) -> [Double] {
        let r = shapes[effect].size
        let p = width
        var slope = [Double](repeating: 0, count: r * r)
        for (block, s) in zip(blocks, solved) {
            let n = block.rows.count
            for group in block.groups where group.effect == effect {
                for (a, i) in group.rows.enumerated() {
                    for (b, j) in group.rows.enumerated() {
                        var element = s.w[i * n + j] - s.wr[i] * s.wr[j]
                        if restricted {
                            for q in 0..<p {
                                for v in 0..<p { element -= s.u[i * p + q] * c[q, v] * s.u[j * p + v] }
                            }
                        }
                        for d in 0..<r where group.z[a * r + d] != 0 {
                            for f in 0..<r { slope[d * r + f] += group.z[a * r + d] * element * group.z[b * r + f] }
                        }
                    }
                }
            }
        }
        return slope
    }

    /// What one group adds to WD, Dw and DU, for D = Z·dG·Z' and w = M⁻¹(y − Xβ): through WZ, Z'w and Z'U, so that a large
    /// group costs its rows, not their pairs.
    private func spreadGroup(
        _ group: Group, _ derivative: [Double], _ r: Int, _ s: Solved, _ n: Int, product: inout [Double],
        direction: inout [Double], spread: inout [Double]
    ) {
        let p = width
        for c in 0..<r {
            // dG's row c times Z', a number per row of the group.
            var right = [Double](repeating: 0, count: group.rows.count)
            var isUsed = false
            for b in group.rows.indices {
                var sum = 0.0
                for d in 0..<r { sum += derivative[c * r + d] * group.z[b * r + d] }
                right[b] = sum
                if sum != 0 { isUsed = true }
            }
            guard isUsed else { continue }
            var weighted = [Double](repeating: 0, count: n)
            for (a, i) in group.rows.enumerated() where group.z[a * r + c] != 0 {
                let z = group.z[a * r + c]
                for k in 0..<n { weighted[k] += z * s.w[i * n + k] }
            }
            var inner = 0.0
            var innerU = [Double](repeating: 0, count: p)
            for (b, j) in group.rows.enumerated() where right[b] != 0 {
                inner += right[b] * s.wr[j]
                for q in 0..<p { innerU[q] += right[b] * s.u[j * p + q] }
                // Column j of WD.
                for k in 0..<n { product[j * n + k] += right[b] * weighted[k] }
            }
            for (a, i) in group.rows.enumerated() where group.z[a * r + c] != 0 {
                let z = group.z[a * r + c]
                direction[i] += z * inner
                for q in 0..<p { spread[i * p + q] += z * innerU[q] }
            }
        }
    }

    /// Coefficients and covariance in the units of the design's own columns.
    func unscaled(_ evaluation: Evaluation) -> (coefficients: [Double], covariance: Matrix) {
        // X = QR, so β = R⁻¹γ.
        let p = width
        let inverse = Matrix(columns: (0..<p).map { j in basis.solve((0..<p).map { $0 == j ? 1 : 0 }) })
        return (basis.solve(evaluation.coefficients), inverse * evaluation.covariance * inverse.transposed)
    }
}
