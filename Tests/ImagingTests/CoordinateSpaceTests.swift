import Foundation
import Imaging
import TestSupport
import Testing

@Suite("Coordinates between MNI and Talairach space")
struct CoordinateSpaceTests {
    private func isClose(_ a: SIMD3<Double>, _ b: SIMD3<Double>, _ tolerance: Double = 1e-9) -> Bool {
        let d = a - b
        return (d * d).sum().squareRoot() <= tolerance
    }

    private static let points: [SIMD3<Double>] = (0..<2000).map { n in
        // Spread over the brain's box, with many points near the plane z = 0.
        let t = Double(n)
        return [
            (t * 0.618_034).truncatingRemainder(dividingBy: 1) * 160 - 80,
            (t * 0.414_214).truncatingRemainder(dividingBy: 1) * 200 - 120,
            n % 2 == 0 ? (t * 0.732_051).truncatingRemainder(dividingBy: 1) * 150 - 70 : Double(n % 21) / 2 - 5,
        ]
    }

    @Test("there and back is the same point, for every space", arguments: CoordinateSpace.allCases)
    func roundTrip(_ space: CoordinateSpace) {
        for point in Self.points {
            #expect(isClose(space.toMNI(space.fromMNI(point)), point, 1e-10))
        }
    }

    struct CheckPoint: Sendable {
        var space: CoordinateSpace
        var point: SIMD3<Double>
        var toMNI: SIMD3<Double>?
        var fromMNI: SIMD3<Double>?
    }

    static let checkPoints = [
        // numpy.linalg.inv of the matrices published in Lancaster et al. 2007.
        CheckPoint(
            space: .talairachSPM, point: [-42, 18, 8],
            toMNI: [-44.299354124902955, 21.272883465123254, 3.028187553482903],
            fromMNI: [-39.9387, 14.5069, 12.1828]),
        CheckPoint(
            space: .talairachSPM, point: [10, -60, -24],
            toMNI: [11.755016405495361, -64.81070535629958, -25.267246712687445], fromMNI: [8.3725, -55.6203, -22.471]),
        CheckPoint(
            space: .talairachFSL, point: [-42, 18, 8],
            toMNI: [-43.31026122443649, 19.94905644499236, 4.229065040880672],
            fromMNI: [-40.7764, 15.9229, 11.2843]),
        CheckPoint(
            space: .talairachFSL, point: [10, -60, -24],
            toMNI: [11.852572837853513, -63.69760835206645, -25.88343640479259], fromMNI: [8.2544, -56.5889, -22.0847]),
        CheckPoint(
            space: .talairach, point: [0, 0, 0], toMNI: [1.07815553908923, 1.16824353240665, -4.17804942086495],
            fromMNI: [-1.0423, -1.394, 3.6475]),
        // numpy, Brett's two matrices; the last point crosses the plane.
        CheckPoint(space: .brett, point: [10, 12, 14], fromMNI: [9.9, 12.2696, 12.2826]),
        CheckPoint(space: .brett, point: [-30, -60, -20], fromMNI: [-29.7, -58.968, -13.87]),
        CheckPoint(space: .brett, point: [0, 50, 1], fromMNI: [0, 48.486, -1.5061]),
        CheckPoint(space: .brett, point: [0, 48.486, -1.5061], toMNI: [0, 50, 1]),
        CheckPoint(space: .brett, point: [-29.7, -58.968, -13.87], toMNI: [-30, -60, -20]),
        CheckPoint(space: .mni, point: [1, 2, 3], toMNI: [1, 2, 3], fromMNI: [1, 2, 3]),
    ]

    @Test("check points of the published transforms", arguments: checkPoints)
    func checkPoint(_ check: CheckPoint) {
        if let expected = check.toMNI { #expect(isClose(check.space.toMNI(check.point), expected)) }
        if let expected = check.fromMNI { #expect(isClose(check.space.fromMNI(check.point), expected)) }
    }

    @Test(
        "the pooled transform agrees with NiMARE's tal2mni and mni2tal", .enabled(if: Shelf.isHere, Shelf.absence))
    func nimare() throws {
        let path = try #require(Shelf.file("oracle/nimare/pain/tal_mni_points.tsv"))
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
        #expect(rows.count >= 7)
        for row in rows {
            let v = row.split(separator: "\t").compactMap { Double($0) }
            try #require(v.count == 9)
            let point: SIMD3<Double> = [v[0], v[1], v[2]]
            #expect(isClose(CoordinateSpace.talairach.toMNI(point), [v[3], v[4], v[5]]))
            #expect(isClose(CoordinateSpace.talairach.fromMNI(point), [v[6], v[7], v[8]]))
        }
    }
}
