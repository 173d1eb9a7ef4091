import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Agreement test: p values")
struct AgreementTestTests {
    private func result(_ test: AgreementTest, _ rows: [AgreementTest.Row]) -> FamilyWiseResult {
        FamilyWiseResult(
            observed: test.observed().z, null: NullDistribution(rows.map(\.plain)), statistics: test.statistics,
            isExhaustive: false, isTwoTailed: false, instructions: .best)
    }

    @Test("Rows do not depend on threads, on how a range is cut, or on instructions; they fit a ledger")
    func determinism() async throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(1)
        let studies = AgreementSpace.studies(12, negative: 0.3, space: space, stream: &stream)
        let one = try await AgreementSpace.test(studies, space, threads: 1)
        let whole = try await one.maxima(0..<12)
        let three = try await AgreementSpace.test(studies, space, instructions: .baseline, threads: 3)
        let first = try await three.maxima(0..<5)
        let second = try await three.maxima(5..<12)
        #expect(first + second == whole)
        #expect(Set(whole.map(\.plain)).count == 12)

        let path = FileManager.default.temporaryDirectory.appending(path: "agreement-\(UUID()).tsv").path
        let header = PermutationLedger.Header(key: "k", permutations: 12, range: 0..<12)
        let ledger = try PermutationLedger.open(path, header)
        defer { ledger.remove() }
        try ledger.append(first.map(\.plain))
        let again = try PermutationLedger.open(path, header)
        try again.append(second.map(\.plain))
        #expect(try PermutationLedger.read(path).ledger.rows == whole.map(\.plain))
    }

    @Test("The first row is the largest of the observed map, both tails")
    func firstRow() async throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(2)
        let studies = AgreementSpace.studies(15, negative: 0.5, space: space, stream: &stream)
        let test = try await AgreementSpace.test(studies, space)
        let row = try await test.maxima(0..<1)[0].plain
        let z = test.observed().z
        #expect(row.positive.x == z.max() && row.negative.x == -(z.min() ?? 0))
        #expect(row.positive.x > 0 && row.negative.x > 0)
    }

    /// One meta-analysis of nothing: p of its best voxel and best TFCE score among `relocations`.
    private func nullP(
        _ seed: UInt64, _ space: AnalysisSpace, relocations: Int
    ) async throws -> (voxel: Float, tfce: Float) {
        var stream = AgreementSpace.Stream(1000 + seed)
        let studies = AgreementSpace.studies(12, peaks: 7, space: space, stream: &stream)
        let test = try await AgreementSpace.test(studies, space, seed: seed)
        let rows = try await test.maxima(0..<relocations + 1)
        let observed = rows[0].plain.positive
        return (
            Float(rows.count { $0.plain.positive.x >= observed.x }) / Float(rows.count),
            Float(rows.count { $0.plain.positive.y >= observed.y }) / Float(rows.count)
        )
    }

    /// By replicate.
    private func nullPs(_ space: AnalysisSpace) async throws -> [(voxel: Float, tfce: Float)] {
        var all: [(voxel: Float, tfce: Float)] = []
        for seed in 0..<Self.replicates { all.append(try await nullP(UInt64(seed), space, relocations: 19)) }
        return all
    }

    private static let replicates = 150

    @Test("Of peaks anywhere, p is uniform: its mean is .525 of 20 equally likely values, and one in ten is at most .1")
    func exchangeability() async throws {
        let space = try #require(AgreementSpace.make(voxelSize: 8))
        let all = try await nullPs(space)
        let n = Double(Self.replicates)
        for values in [all.map(\.voxel), all.map(\.tfce)] {
            // A p of 19 relocations has mean (1 + 20)/40 and SD .288; four standard errors.
            let mean = values.reduce(0) { $0 + Double($1) } / n
            #expect(abs(mean - 0.525) < 4 * 0.288 / n.squareRoot())
            let low = Double(values.count { $0 <= 0.1001 }) / n
            #expect(abs(low - 0.1) < 4 * (0.09 / n).squareRoot())
        }
    }

    @Test("Where half of the studies have a peak at one place, it is found, and only there")
    func power() async throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(77)
        var studies = AgreementSpace.studies(20, peaks: 6, space: space, stream: &stream)
        let place = SIMD3<Double>(30, -18, 22)
        for index in 0..<10 {
            studies[index].peaks[0].coordinate = place + SIMD3(4 * stream.uniform(), 0, 4 * stream.uniform())
        }
        let test = try await AgreementSpace.test(studies, space)
        let rows = try await test.maxima(0..<60)
        let result = result(test, rows)
        for statistic in [NullDistribution.Statistic.voxel, .tfce, .mass] {
            let p = result.map(statistic, .positive).p
            let found = p.indices.filter { p[$0] <= 0.05 }
            #expect(!found.isEmpty, "\(statistic)")
            #expect(
                found.allSatisfy { voxel in
                    let step = space.mask.world(at: voxel) - place
                    return (step * step).sum().squareRoot() < 25
                }, "\(statistic)")
        }
        #expect(result.map(.voxel, .negative).p.allSatisfy { $0 == 1 })
    }

    @Test("Standardised maxima: the same wherever they run, and a planted place stands out in them too")
    func standardised() async throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(78)
        var studies = AgreementSpace.studies(15, peaks: 6, space: space, stream: &stream)
        let place = SIMD3<Double>(-30, -18, 22)
        for index in 0..<9 { studies[index].peaks[0].coordinate = place }
        // Hubs elsewhere.
        let foci: [SIMD3<Double>] = (0..<60).map { number in
            number % 3 == 0 ? [30, 10, 0] : space.mask.world(at: stream.index(below: space.mask.count))
        }
        let places = FociPlaces(foci: foci)
        let one = try await AgreementSpace.test(studies, space, places: places, threads: 1).standardised(
            relocations: 40)
        let two = try await AgreementSpace.test(studies, space, places: places, threads: 2).standardised(
            relocations: 40)
        let rows = try await one.maxima(0..<30)
        let part = try await two.maxima(10..<30)
        #expect(Array(rows[10...]) == part)
        let first = try #require(rows[0].standardised)
        #expect(rows.dropFirst().allSatisfy { ($0.standardised?.positive.x ?? .infinity) < first.positive.x })
    }
}
