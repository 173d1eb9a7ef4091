import Foundation
import Inference
import PrimaryStudy
import Statistics
import Testing

/// The smallest p that can come out, and ties that only algebra shows: against loops over all rearrangements in double precision.
@Suite("The smallest attainable p, and rearrangements that say the same")
struct SmallestPTests {
    /// Values whose own arrangement is as extreme as any: the smallest p is what these get.
    private func extreme(_ order: [Double]) -> [[Float]] { order.map { [Float($0)] } }

    @Test("Two equal groups exchanged give the other sign: 2/252 two-sided, 1/252 to one side")
    func equalGroups() async throws {
        let found = try await tested(
            extreme([20, 21, 22.5, 23, 24, 1, 2, 3.5, 4, 5]), .twoSample(isFirst: (0..<10).map { $0 < 5 }),
            permutations: 1000)
        #expect(found.rearrangements.count == 252)
        #expect(found.inference.smallestP(.both) == 2.0 / 252)
        #expect(found.inference.smallestP(.positive) == 1.0 / 252)
        // No group of five lies apart more than these.
        #expect(Int((found.p[0] * 252).rounded()) == 2)
        #expect(Int((found.correctedP[0] * 252).rounded()) == 2)
        let up = try #require(found.inference.uncorrectedP(.positive))
        #expect(Int((up[0] * 252).rounded()) == 1)
    }

    @Test("Groups of unequal size have no mirror image: 1/126")
    func unequalGroups() async throws {
        let found = try await tested(
            extreme([20, 21, 22.5, 23, 24, 1, 2, 3.5, 4]), .twoSample(isFirst: (0..<9).map { $0 < 5 }),
            permutations: 1000)
        #expect(found.inference.smallestP(.both) == 1.0 / 126)
        #expect(Int((found.p[0] * 126).rounded()) == 1)
    }

    @Test("With each group's own variance the exchange of equal groups is still a mirror image")
    func welch() async throws {
        let design = try StudyDesign.twoSample(isFirst: (0..<8).map { $0 < 4 }, unequalVariances: true)
        let found = try await tested(
            extreme([20, 21.5, 22, 26, 1, 2, 3.5, 4]), design, permutations: 1000, statistic: .unequalVariances)
        #expect(found.inference.smallestP(.both) == 2.0 / 70)
        #expect(Int((found.p[0] * 70).rounded()) == 2)
    }

    @Test("All signs turned round are the mirror image: 2/2ⁿ; a map that lacks a person has twice as much")
    func signs() async throws {
        var rows: [[Float]] = [1, 2, 3, 4.5, 5, 6.5].map { [$0, $0 * $0] }
        let found = try await tested(rows, .oneSample(count: 6), permutations: 64)
        #expect(found.inference.smallestP(.both) == 2.0 / 64)
        #expect(Int((found.p[0] * 64).rounded()) == 2)
        (rows[2][0], rows[4][1]) = (.nan, .nan)
        let fewer = try await tested(rows, .oneSample(count: 6), permutations: 64)
        #expect(fewer.inference.smallestP(.both) == 4.0 / 64)
        #expect(Int((fewer.p[0] * 64).rounded()) == 4)
    }

    @Test("A score that is symmetric about its mean has a mirror image, any other has none")
    func scores() async throws {
        let values = extreme([1, 2, 3, 4, 5])
        let even = try await tested(
            values, .regression(on: StudyCovariate("dose", [1, 2, 3, 4, 5])), permutations: 120)
        #expect(even.inference.smallestP(.both) == 2.0 / 120)
        #expect(Int((even.p[0] * 120).rounded()) == 2)
        let skewed = try await tested(
            values, .regression(on: StudyCovariate("dose", [1, 2, 3, 4, 9])), permutations: 120)
        #expect(skewed.inference.smallestP(.both) == 1.0 / 120)
    }

    @Test("Draper and Stoneman's method has the same mirror images")
    func draperStoneman() async throws {
        let design = try StudyDesign.twoSample(isFirst: (0..<8).map { $0 < 4 })
            .exchanging(ExchangeScheme(.permutations, nuisance: .draperStoneman))
        let found = try await tested(extreme([20, 21.5, 22, 26, 1, 2, 3.5, 4]), design, permutations: 1000)
        #expect(found.inference.smallestP(.both) == 2.0 / 70)
        #expect(Int((found.p[0] * 70).rounded()) == 2)
    }

    /// F of sessions within people, as textbooks have it.
    private func f(_ table: [[Double]]) -> Double {
        let (n, k) = (Double(table.count), Double(table[0].count))
        let grand = table.reduce(0) { $0 + $1.reduce(0, +) } / (n * k)
        let people = table.map { $0.reduce(0, +) / k }
        let sessions = table[0].indices.map { j in table.reduce(0) { $0 + $1[j] } / n }
        let explained = n * sessions.reduce(0) { $0 + ($1 - grand) * ($1 - grand) }
        var rest = 0.0
        for (i, row) in table.enumerated() {
            for (j, value) in row.enumerated() {
                let left = value - people[i] - sessions[j] + grand
                rest += left * left
            }
        }
        return explained / (k - 1) / (rest / ((n - 1) * (k - 1)))
    }

    private static let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]

    /// Sessions named anew alike in everybody give the same F, in other roundings: six of each. Counted without room some are lost.
    @Test("Sessions within people: p is that of all 6⁵ arrangements, and cannot be below 6/6⁵", arguments: 0..<4)
    func sessions(set: Int) async throws {
        let people = 5
        let regions = 6
        let draws = Draws("within \(set)")
        let rows = (0..<people * 3).map { row in
            (0..<regions).map { region in
                // People differ much more than sessions; of some regions sessions differ, too.
                Float(
                    draws.normal(row, region) + 30 * draws.normal(1000 + row / 3, region)
                        + Double(row % 3 * (region % 3)))
            }
        }
        let design = try StudyDesign.repeatedMeasures(
            subjects: (0..<people * 3).map { "p\($0 / 3)" }, sessions: (0..<people * 3).map { "\($0 % 3)" })
        let found = try await tested(rows, design, permutations: 10_000)
        let count = 7776
        #expect(found.rearrangements.count == count)
        #expect(found.inference.smallestP(.positive) == 6.0 / Double(count))
        let tables = (0..<regions).map { region in
            (0..<people).map { person in (0..<3).map { Double(rows[3 * person + $0][region]) } }
        }
        var largest: [Double] = []
        var each = [[Double]](repeating: [], count: regions)
        for code in 0..<count {
            var rest = code
            let order = (0..<people).map { _ in
                defer { rest /= 6 }
                return Self.orders[rest % 6]
            }
            let all = tables.map { table in f(zip(table, order).map { row, places in places.map { row[$0] } }) }
            for (region, value) in all.enumerated() { each[region].append(value) }
            largest.append(all.max() ?? 0)
        }
        for region in 0..<regions {
            let own = each[region][0] * (1 - 1e-9)
            let alone = each[region].count { $0 >= own }
            let corrected = largest.count { $0 >= own }
            #expect(alone % 6 == 0)
            #expect(Int((found.p[region] * Double(count)).rounded()) == alone)
            #expect(Int((found.correctedP[region] * Double(count)).rounded()) == corrected)
        }
    }

    /// Whole numbers, in which many divisions of the people have the same difference.
    @Test("Values that occur several times: divisions with the same difference all count", arguments: 0..<4)
    func ties(set: Int) async throws {
        let draws = Draws("whole numbers \(set)")
        let values = (0..<10).map { (draws.uniform($0, 0) * 7).rounded() + 0.1 }
        let found = try await tested(
            extreme(values), .twoSample(isFirst: (0..<10).map { $0 < 5 }), permutations: 1000)
        var beyond = 0
        let own = abs((0..<5).reduce(0) { $0 + values[$1] } - (5..<10).reduce(0) { $0 + values[$1] })
        for code in 0..<1 << 10 where code.nonzeroBitCount == 5 {
            let difference = (0..<10).reduce(0) { $0 + (code >> $1 & 1 == 1 ? 1 : -1) * values[$1] }
            // Sums stand still, so that |t| rises with the difference.
            if abs(difference) >= own - 1e-9 { beyond += 1 }
        }
        #expect(Int((found.p[0] * 252).rounded()) == beyond)
        #expect(Int((found.correctedP[0] * 252).rounded()) == beyond)
    }

    @Test("The value that is told to be needed has a p at the level, ties and mirror images counted")
    func needed() async throws {
        let draws = Draws("needed")
        let rows = (0..<10).map { row in (0..<20).map { Float(draws.normal(row, $0)) } }
        let found = try await tested(rows, .twoSample(isFirst: (0..<10).map { $0 < 5 }), permutations: 1000)
        let correct = found.inference.correction(.voxel, .both)
        let threshold = try #require(correct.threshold(level: 0.05))
        #expect(correct(threshold) <= 0.05)
        #expect(correct(threshold) >= 0.05 - 2.0 / 252)
        #expect(correct(threshold * 0.999) > 0.05 || correct(threshold) < 0.05)
        #expect(correct.threshold(level: 0.003) == nil)
    }
}
