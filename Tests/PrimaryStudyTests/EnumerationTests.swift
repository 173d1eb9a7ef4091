import Foundation
import Inference
import PrimaryStudy
import Statistics
import Testing

/// Against loops over everything, in double precision, written out.
@Suite struct EnumerationTests {
    private func t(_ y: [Double]) -> Double {
        let n = Double(y.count)
        let mean = y.reduce(0, +) / n
        let variance = y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        return mean / (variance / n).squareRoot()
    }

    private func pooled(_ a: [Double], _ b: [Double]) -> Double {
        let (n, m) = (Double(a.count), Double(b.count))
        let (x, y) = (a.reduce(0, +) / n, b.reduce(0, +) / m)
        let rest = a.reduce(0) { $0 + ($1 - x) * ($1 - x) } + b.reduce(0) { $0 + ($1 - y) * ($1 - y) }
        return (x - y) / (rest / (n + m - 2) * (1 / n + 1 / m)).squareRoot()
    }

    private func rows(_ n: Int, _ regions: Int, _ name: String) -> [[Float]] {
        let draws = Draws(name)
        return (0..<n).map { row in (0..<regions).map { Float(draws.normal(row, $0)) + 0.5 } }
    }

    @Test(arguments: 5...10) func flipsOfOneSample(n: Int) async throws {
        let regions = 4
        let rows = rows(n, regions, "flips \(n)")
        let found = try await tested(rows, .oneSample(count: n), permutations: 1 << n)
        #expect(found.rearrangements.isExhaustive && found.rearrangements.count == 1 << n)
        let all = (0..<1 << n).map { code in
            (0..<regions).map { region in
                abs(t((0..<n).map { Double(rows[$0][region]) * (code >> $0 & 1 == 1 ? -1 : 1) }))
            }
        }
        for region in 0..<regions {
            let own = all[0][region]
            // Equal up to rounding is equal.
            let alone = all.count { $0[region] >= own * (1 - 1e-12) }
            let corrected = all.count { ($0.max() ?? 0) >= own * (1 - 1e-12) }
            #expect(Int((found.p[region] * Double(all.count)).rounded()) == alone)
            #expect(Int((found.correctedP[region] * Double(all.count)).rounded()) == corrected)
            #expect(abs(abs(found.statistic[region]) - own) < 1e-5 * max(1, own))
        }
    }

    @Test(arguments: [(3, 2), (3, 3), (4, 3), (5, 4), (5, 5)]) func divisionsOfTwoGroups(sizes: (Int, Int)) async throws
    {
        let n = sizes.0 + sizes.1
        let rows = rows(n, 3, "groups \(sizes)")
        let isFirst = (0..<n).map { $0 < sizes.0 }
        let found = try await tested(rows, .twoSample(isFirst: isFirst), permutations: 1000, threads: 1)
        var all: [[Double]] = []
        for code in 0..<1 << n where code.nonzeroBitCount == sizes.0 {
            all.append(
                (0..<3).map { region in
                    let values = (0..<n).map { Double(rows[$0][region]) }
                    return abs(
                        pooled(
                            (0..<n).filter { code >> $0 & 1 == 1 }.map { values[$0] },
                            (0..<n).filter { code >> $0 & 1 == 0 }.map { values[$0] }))
                })
        }
        #expect(found.rearrangements.count == all.count)
        for region in 0..<3 {
            let own = abs(
                pooled((0..<sizes.0).map { Double(rows[$0][region]) }, (sizes.0..<n).map { Double(rows[$0][region]) }))
            let alone = all.count { $0[region] >= own * (1 - 1e-6) }
            let corrected = all.count { ($0.max() ?? 0) >= own * (1 - 1e-6) }
            #expect(Int((found.p[region] * Double(all.count)).rounded()) == alone)
            #expect(Int((found.correctedP[region] * Double(all.count)).rounded()) == corrected)
        }
    }

    /// Freedman–Lane as its authors write it: y* = Zγ̂ + P·e, and the whole model fitted anew. n = 5: all 120 orders.
    @Test(arguments: [ExchangeScheme.Nuisance.freedmanLane, .draperStoneman])
    func ordersWithACovariate(nuisance: ExchangeScheme.Nuisance) async throws {
        let n = 6
        let rows = rows(n, 3, "orders")
        let draws = Draws("covariates")
        let score = (0..<n).map { draws.normal($0, 0) }
        let age = (0..<n).map { draws.normal($0, 1) }
        let plain = try StudyDesign.regression(
            on: StudyCovariate("score", score), covariates: [StudyCovariate("age", age)])
        let design = try plain.exchanging(ExchangeScheme(.permutations, nuisance: nuisance))
        let found = try await tested(rows, design, permutations: 720)
        let rearrangements = found.rearrangements
        #expect(rearrangements.isExhaustive && rearrangements.count == 720)
        let ones = [Double](repeating: 1, count: n)
        func fit(_ y: [Double], _ columns: [[Double]], testing column: Int) -> Double {
            let basis = ColumnBasis(Matrix(columns: columns))
            let b = basis.solve(basis.project(y))
            let rest = (0..<n).map { i in y[i] - columns.indices.reduce(0) { $0 + columns[$1][i] * b[$1] } }
            let variance = rest.reduce(0) { $0 + $1 * $1 } / Double(n - columns.count)
            return b[column] / (variance * basis.inverseGram[column, column]).squareRoot()
        }
        for region in 0..<3 {
            let y = rows.map { Double($0[region]) }
            let reduced = ColumnBasis(Matrix(columns: [ones, age]))
            let gamma = reduced.solve(reduced.project(y))
            let fitted = (0..<n).map { gamma[0] + gamma[1] * age[$0] }
            let own = abs(fit(y, [ones, age, score], testing: 2))
            var beyond = 0
            for number in 0..<720 {
                let order = rearrangements.order(number)
                let again: Double
                if nuisance == .freedmanLane {
                    let star = (0..<n).map { fitted[$0] + y[order[$0]] - fitted[order[$0]] }
                    again = fit(star, [ones, age, score], testing: 2)
                } else {
                    again = fit(y, [ones, age, order.map { score[$0] }], testing: 2)
                }
                beyond += abs(again) >= own * (1 - 1e-6) ? 1 : 0
            }
            #expect(Int((found.p[region] * 720).rounded()) == beyond)
            #expect(abs(abs(found.statistic[region]) - own) < 1e-5 * max(1, own))
        }
    }
}
