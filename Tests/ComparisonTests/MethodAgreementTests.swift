import Appraisal
import Comparison
import Evidence
import Imaging
import Inference
import Testing

/// A made-up answer of a method on a row of ten voxels.
private func result(
    _ method: AnalysisMethod, _ direction: MethodResult.Direction, z: [Float], surviving: Range<Int>
) throws -> MethodResult {
    let grid = try #require(Grid(shape: [10, 1, 1], affine: Affine(scale: [2, 2, 2], origin: [0, 0, 0])))
    let mask = Mask(grid: grid) { _ in true }
    let voxels = surviving.map(Int32.init)
    let clusters =
        surviving.isEmpty
        ? []
        : [
            Finding(
                cluster: Cluster(
                    sign: z[surviving.lowerBound] < 0 ? -1 : 1, voxels: voxels,
                    peaks: [
                        ClusterPeak(
                            position: surviving.lowerBound, coordinate: mask.world(at: surviving.lowerBound),
                            value: Double(z[surviving.lowerBound]))
                    ]),
                volume: Double(voxels.count) * 8, corrected: Finding.CorrectedP(value: 0.01),
                contributions: [
                    Contribution(id: "a", share: 0.5, foci: 1, isDecisive: true), Contribution(id: "b"),
                ])
        ]
    return MethodResult(
        method: method, direction: direction, mask: mask, maps: [], z: z,
        isSignificant: z.indices.map(surviving.contains), criterion: "p < 0.05", findings: clusters, units: ["a", "b"])
}

@Suite("Methods side by side")
struct MethodAgreementTests {
    private let rising: [Float] = [0, 1, 2, 3, 4, 5, 0, 0, 0, 0]

    @Test("Dice, the counts behind it, and the map of how many methods a voxel survives in")
    func overlap() throws {
        let a = try #require(MethodView([try result(.ale, .all, z: rising, surviving: 2..<6)]))
        let b = try #require(MethodView([try result(.mkda, .all, z: rising.map { 2 * $0 }, surviving: 4..<8)]))
        let agreement = try #require(MethodAgreement([a, b]))
        let pair = try #require(agreement.pairs.first)
        #expect(pair.both == 2 && pair.onlyFirst == 2 && pair.onlySecond == 2 && pair.opposite == 0)
        #expect(pair.dice == 0.5)
        #expect(abs(try #require(pair.correlation) - 1) < 1e-12)
        #expect(agreement.count == [0, 0, 1, 1, 2, 2, 1, 1, 0, 0])
        #expect(agreement.unanimous == 2)
        #expect(agreement.exclusives.isEmpty)
    }

    @Test("increases and decreases of one method become one signed map, and opposite findings contradict")
    func signs() throws {
        let increases = try result(.ale, .positive, z: rising, surviving: 4..<6)
        let decreases = try result(.ale, .negative, z: rising.reversed(), surviving: 6..<8)
        let ale = try #require(MethodView([increases, decreases]))
        #expect(ale.isSigned)
        #expect(ale.verdict == [0, 0, 0, 0, 1, 1, -1, -1, 0, 0])
        // Of two directions the stronger one shows.
        #expect(ale.z == [0, 1, 2, 3, -5, 5, -3, -2, -1, 0] || ale.z == [0, 1, 2, 3, 4, 5, -3, -2, -1, 0])
        let other = try #require(
            MethodView([try result(.imageStouffer, .signed, z: rising.map { -$0 }, surviving: 4..<6)]))
        let agreement = try #require(MethodAgreement([ale, other]))
        #expect(agreement.contradictions == 2)
        #expect(agreement.pairs.first?.opposite == 2)
    }

    @Test("a cluster that no other method confirms is told, with what the others have there")
    func exclusive() throws {
        let a = try #require(MethodView([try result(.ale, .all, z: rising, surviving: 4..<6)]))
        let b = try #require(MethodView([try result(.mkda, .all, z: rising.reversed(), surviving: 8..<9)]))
        let agreement = try #require(MethodAgreement([a, b]))
        #expect(agreement.exclusives.map(\.method) == ["ALE", "MKDA"])
        let first = try #require(agreement.exclusives.first)
        #expect(first.volume == 16)
        #expect(first.finding.decisive == ["a"])
        #expect(first.finding.reporting?.some == 1)
        #expect(first.others == [.init(name: "MKDA", covered: 1, z: 5)])
    }

    @Test("one method alone agrees with nobody")
    func alone() throws {
        let a = try #require(MethodView([try result(.ale, .all, z: rising, surviving: 4..<6)]))
        #expect(MethodAgreement([a]) == nil)
        #expect(MethodView([]) == nil)
    }
}
