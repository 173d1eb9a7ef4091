import Foundation
public import Statistics

/// Are moderators anything but chance? By permuting the rows of the design among the studies (Higgins & Thompson 2004,
/// doi:10.1002/sim.1752; Follmann & Proschan 1999 for the mean alone, by flipping signs), as metafor's `permutest`.
///
/// Exact, over all different permutations, where these are no more than asked for.
public struct ModeratorPermutation: Hashable, Sendable {
    /// Two-sided p of each coefficient, by |t| (or |z|).
    public let pValues: [Double]
    /// p of all moderators together, by QM; that of the mean where there is none.
    public let moderators: Double
    /// Permutations in the distribution, the observed one among them.
    public let permutations: Int
    public let isExact: Bool

    /// - Parameters:
    ///   - model: refitted for each permutation with its own estimator and test.
    ///   - permutations: at least 2; the smallest p possible is its inverse.
    public init(_ model: MetaRegression, permutations: Int = 2000, seed: UInt64 = 1) throws(SynthesisError) {
        guard permutations >= 2 else {
            throw .tooFew(what: "permutations", found: permutations, needed: 2)
        }
        let isMeanOnly = model.coefficients.count == 1 && Set(model.design.elements).count == 1
        var tally = Tally(model)
        if isMeanOnly {
            isExact = model.studies < 40 && 1 << model.studies <= permutations
            if isExact {
                for flips in 0..<(1 << model.studies) { tally.add(Self.flipped(model) { flips >> $0 & 1 == 1 }) }
            } else {
                tally.add(model)
                let random = Philox(seed: seed, name: "signs", purpose: 0x5e37)
                for draw in 1..<permutations {
                    tally.add(
                        Self.flipped(model) { study in
                            random(Self.counter(draw, study)).x & 1 == 1
                        })
                }
            }
        } else {
            var rows = DistinctRows(model.design)
            isExact = rows.permutations <= Double(permutations)
            if isExact {
                repeat { tally.add(Self.permuted(model, rows.order)) } while rows.advance()
            } else {
                tally.add(model)
                let random = Philox(seed: seed, name: "rows", purpose: 0x5e38)
                for draw in 1..<permutations {
                    var order = Array(0..<model.studies)
                    for i in stride(from: model.studies - 1, to: 0, by: -1) {
                        let uniform = Philox.uniform(random(Self.counter(draw, i)).x)
                        order.swapAt(i, min(i, Int(uniform * Double(i + 1))))
                    }
                    tally.add(Self.permuted(model, order))
                }
            }
        }
        pValues = tally.pValues
        moderators = tally.moderators
        self.permutations = tally.count
    }

    private static func counter(_ draw: Int, _ item: Int) -> SIMD4<UInt32> {
        [UInt32(truncatingIfNeeded: draw), UInt32(truncatingIfNeeded: draw >> 32), UInt32(truncatingIfNeeded: item), 0]
    }

    private static func flipped(_ model: MetaRegression, _ isFlipped: (Int) -> Bool) -> MetaRegression? {
        try? MetaRegression(
            effects: model.effects.enumerated().map { isFlipped($0) ? -$1 : $1 }, variances: model.variances,
            design: model.design, estimator: model.estimator, test: model.test)
    }

    private static func permuted(_ model: MetaRegression, _ order: [Int]) -> MetaRegression? {
        try? MetaRegression(
            effects: model.effects, variances: model.variances, design: model.design.selectingRows(order),
            estimator: model.estimator, test: model.test)
    }

    /// Counts of permutations as extreme as what was observed.
    private struct Tally {
        /// As metafor: what differs by rounding counts as equal.
        static let slack = 1.490116e-08
        let observed: [Double]
        let observedQM: Double
        var count = 0
        var extreme: [Int]
        var extremeQM = 0

        init(_ model: MetaRegression) {
            observed = model.coefficients.indices.map { abs(model.coefficient($0).statistic) }
            observedQM = model.moderatorTest.statistic
            extreme = Array(repeating: 0, count: observed.count)
        }

        /// A permutation that cannot be fitted is left out.
        mutating func add(_ fit: MetaRegression?) {
            guard let fit else { return }
            count += 1
            for j in observed.indices where abs(fit.coefficient(j).statistic) >= observed[j] - Self.slack {
                extreme[j] += 1
            }
            if fit.moderatorTest.statistic >= observedQM - Self.slack { extremeQM += 1 }
        }

        var pValues: [Double] { extreme.map { Double($0) / Double(count) } }
        var moderators: Double { Double(extremeQM) / Double(count) }
    }

    /// The different orders of a design's rows, of which some may be equal.
    private struct DistinctRows {
        /// The kind of row at each study, to be permuted.
        private var kinds: [Int]
        /// Rows of each kind.
        private let members: [[Int]]

        init(_ design: Matrix) {
            let grouping = Grouping((0..<design.rows).map { design.row($0) })
            members = grouping.members
            kinds = grouping.codes.sorted()
        }

        /// k! / ∏ (rows of a kind)!.
        var permutations: Double {
            func logFactorial(_ n: Int) -> Double { SpecialFunctions.logGamma(Double(n) + 1) }
            let log = members.reduce(logFactorial(kinds.count)) { $0 - logFactorial($1.count) }
            return log < 30 ? exp(log).rounded() : .infinity
        }

        /// A row of the design for each study.
        var order: [Int] {
            var next = [Int](repeating: 0, count: members.count)
            return kinds.map { kind in
                next[kind] += 1
                return members[kind][next[kind] - 1]
            }
        }

        /// The next order; false after the last.
        mutating func advance() -> Bool {
            guard let i = kinds.indices.dropLast().last(where: { kinds[$0] < kinds[$0 + 1] }),
                let j = kinds.indices.last(where: { kinds[$0] > kinds[i] })
            else { return false }
            kinds.swapAt(i, j)
            kinds[(i + 1)...].reverse()
            return true
        }
    }
}
