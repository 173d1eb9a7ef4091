import Foundation
import ImageBased
import Imaging

/// `Reference/images.json`: figures of NiMARE 0.22.1, PyMARE 0.0.13 and mpmath, made by `Reference/make_images.py`.
struct References: Decodable {
    struct Pain: Decodable {
        var voxels: [Int]
        var studies: [Study]
        var maps: [String: [Double]]

        struct Study: Decodable {
            var n: Double
            var effect, variance, t, z: [Double]?
        }
    }

    struct SampleSizeCase: Decodable {
        var n, y: [Double]
        var method: String
        var est, se, p, tau2, sigma2: Double
    }

    struct Combined: Decodable {
        var groups: [Int]
        var correlation: [[Double]]
        var z: [[Double]]
        var n: [Double]
        var results: [String: Result]

        struct Result: Decodable { var z, p: [Double] }
    }

    struct Centring: Decodable { var observed, corrected: [[Double]] }

    struct Tail: Decodable { var df, t, logTail, z: Double }

    var pain: Pain
    var sampleSize: [SampleSizeCase]
    var combined: Combined
    var centring: Centring
    var tails: [Tail]

    static func load() throws -> References {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Reference/images.json")
        return try JSONDecoder().decode(References.self, from: Data(contentsOf: url))
    }
}

/// A row of voxels, all in the mask.
func row(of count: Int) -> Mask {
    let grid = Grid(shape: [count, 1, 1], affine: Affine(scale: [2, 2, 2], origin: [0, 0, 0]))!
    return Mask(grid: grid) { _ in true }
}

/// A box of voxels, all in the mask.
func box(_ x: Int, _ y: Int, _ z: Int) -> Mask {
    let grid = Grid(shape: [x, y, z], affine: Affine(scale: [2, 2, 2], origin: [0, 0, 0]))!
    return Mask(grid: grid) { _ in true }
}
