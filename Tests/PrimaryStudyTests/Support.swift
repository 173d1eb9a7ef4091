import Foundation
import Imaging
import Inference
import PrimaryStudy
import Statistics

/// Normal numbers, each a function of what it is drawn for.
struct Draws {
    let philox: Philox

    init(_ name: String) { philox = Philox(seed: 20_261_130, name: name, purpose: 0) }

    func uniform(_ a: Int, _ b: Int) -> Double { Philox.uniform(philox([UInt32(a), UInt32(b), 0, 0]).x) }

    func normal(_ a: Int, _ b: Int) -> Double { Normal.quantile(uniform(a, b)) }

    /// Smooth noise of variance about 1 and a raised cube, one map per subject.
    func maps(_ count: Int, mask: Mask, effect: Double = 0) -> [[Float]] {
        (0..<count).map { row in
            let noise = (0..<mask.count).map { Float(normal(row, $0)) }
            let smooth = mask.smooth(noise, fwhm: 8)
            return smooth.indices.map { voxel in
                let p = mask.grid.voxel(atIndex: Int(mask.voxels[voxel]))
                return 3 * smooth[voxel] + (p.x < 5 && p.y < 5 && p.z < 5 ? Float(effect) : 0)
            }
        }
    }
}

enum SmallBrain {
    static let grid = Grid(shape: [10, 11, 9], affine: Affine(scale: [4, 4, 4], origin: [0, 0, 0]))!
    static let mask = Mask(grid: grid) { index in
        let p = grid.voxel(atIndex: index)
        return (p.x - 5) * (p.x - 5) + (p.y - 5) * (p.y - 5) + (p.z - 4) * (p.z - 4) < 26
    }
}

/// What a test of regions gives, region by region; two-sided, an F to its one side.
struct RegionalResult {
    let statistic: [Double]
    /// Of this region alone, and corrected for all.
    let p: [Double]
    let correctedP: [Double]
    let inference: StudyInference

    var rearrangements: Rearrangements { inference.rearrangements }
}

/// - Parameter values: [maps][regions].
func tested(
    _ values: [[Float]], _ design: StudyDesign, contrast: Int = 0, permutations: Int,
    statistic: StudyStatistic = .classical, threads: Int = 2
) async throws -> RegionalResult {
    let regions = try RegionValues(
        regions: names(values.first?.count ?? 0), rows: values, subjects: names(values.count))
    let inference = try await StudyTest(
        images: try StudyImages(regions), design: design, contrast: contrast,
        options: .init(
            permutations: permutations, statistic: statistic, clusterP: nil, includesTFCE: false, minimumMaps: 3,
            countsUncorrected: true)
    ).run(workers: Workers(threads: threads))
    let side: StudyInference.Side = inference.contrast.isJoint ? .positive : .both
    return RegionalResult(
        statistic: inference.statistic.map { Double($0) },
        p: (inference.uncorrectedP(side) ?? []).map { Double($0) },
        correctedP: inference.correctedP(.voxel, side).map { Double($0) }, inference: inference)
}

func names(_ count: Int) -> [String] { (0..<count).map { "s\($0 + 1)" } }

func images(_ rows: [[Float]], _ mask: Mask = SmallBrain.mask) throws -> StudyImages {
    try StudyImages(mask: mask, rows: rows, subjects: names(rows.count))
}

/// `Reference/study.json`, made by `Scripts/reference/study.py` (nilearn 0.14.1, numpy, scipy).
struct References: Decodable {
    struct Case: Decodable {
        var maps: [[Double]]
        var flips: [[Bool]]?
        var orders: [[Int]]?
        var score, age: [Double]?
        var maxT, maxTFCE, maxSize, maxMass, t, voxelP, tfceP, sizeP, massP: [Double]
    }

    struct Places: Decodable {
        var y, covariate: [Double]
        var label: [Int]
        var f, fScipy, welchT, welchF, g, gCovariate, vCovariate, tCovariate: Double
    }

    struct Effects: Decodable {
        var first, second, score: [Double]
        var dz, dav, r, rChange: Double
        var dzInterval, bca, bcaR: [Double]
    }

    struct Errors: Decodable { var n: Int, d, critical, power, wrongSign, exaggeration: Double }

    var shape: [Int]
    var spacing: Double
    var inside: [Int]
    var cases: [String: Case]
    var places: Places
    var effects: Effects
    var errors: [Errors]

    static let all: References = {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Reference/study.json")
        // swift-format-ignore: NeverUseForceTry
        return try! JSONDecoder().decode(References.self, from: Data(contentsOf: path))
    }()

    var mask: Mask {
        let grid = Grid(
            shape: [shape[0], shape[1], shape[2]], affine: Affine(scale: .init(repeating: spacing), origin: .zero))!
        let set = Set(inside)
        return Mask(grid: grid) { set.contains($0) }
    }
}
