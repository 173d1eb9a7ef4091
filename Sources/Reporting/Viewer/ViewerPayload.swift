import Foundation
import Imaging

/// What `viewer.js` reads: JSON in the page, with every large part as gzip in base64.
///
/// Coordinates are MNI mm. A map holds one value per voxel of its space's mask, in the mask's order.
struct ViewerPayload: Encodable {
    /// Where voxels are: the box that is in the page, and the mask within it.
    struct Space: Encodable {
        var shape: [Int]
        /// Rows of the box's voxel-to-world matrix.
        var affine: [[Double]]
        /// Little-endian 32-bit ``VoxelBox/runs(of:)``.
        var runs: String
        /// Names of places; `labels` has an index of it per voxel. Both nil without an atlas.
        var names: [String]?
        var labels: Map?
    }

    /// ``QuantisedMap``.
    struct Map: Encodable {
        var step: Double
        var delta: Bool
        var data: String

        init(_ map: QuantisedMap) {
            let packed = map.packed
            step = map.step
            delta = packed.isDelta
            data = ViewerPayload.base64(packed.bytes)
        }
    }

    struct Anatomy: Encodable {
        var space: Int
        var map: Map
    }

    struct Mark: Encodable {
        var value: Double
        var label: String
    }

    /// A map that can be laid over the brain.
    struct Overlay: Encodable {
        enum Kind: String, Encodable {
            case signed, positive
            /// p with the sign of the effect; drawn as −log₁₀ p.
            case corrected
        }

        var name: String
        var description: String
        var units: String
        var kind: Kind
        /// As drawn.
        var largest: Double
        /// The bright end of the colours: of z the report's (``ReportScale``), so that noise does not glow like a finding.
        var end: Double
        /// Threshold at first.
        var start: Double
        var marks: [Mark]
        /// How far stored values are from the map's at most.
        var error: Double
        var map: Map
    }

    struct Cluster: Encodable {
        /// `exploratory` or `corrected`.
        var table: String
        var number: Int
        var sign: Int
        var voxels: Int
        var at: [Double]
        var name: String
    }

    struct Peak: Encodable {
        /// Index in the model's `studies`.
        var study: Int
        var at: [Double]
    }

    struct Forest: Encodable {
        var symbol: String
        /// Between places of the grid, mm.
        var spacing: Double
        /// Words for the sources, the most telling first.
        var sources: [String]
        /// How many of them are reported rather than imputed.
        var reported: Int
        /// Gzip, base64 of ``Place`` in JSON.
        var data: String
    }

    /// Effects are whole hundredths.
    struct Place: Encodable {
        var at: [Double]
        var cluster: String?
        /// Effect and the ends of its interval, of the maps.
        var pooled: [Int]
        /// Four numbers a study: its index, its source's, effect, standard error.
        var studies: [Int]
    }

    struct Model: Encodable {
        /// Name of its folder; rows of the page's tables carry it.
        var id: String
        var title: String
        var space: Int
        /// The overlay shown first.
        var first: Int
        /// p at which a voxel survives; nil without a test.
        var level: Double?
        var maps: [Overlay]
        /// Number of the exploratory cluster per voxel.
        var labels: Map?
        var clusters: [Cluster]
        var studies: [String]
        var peaks: [Peak]
        var forest: Forest?
    }

    var anatomy: Anatomy
    var spaces: [Space]
    var models: [Model]
    /// Colours `rrggbb` from the threshold on.
    var colours: [String: [String]]

    static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func mm(_ place: SIMD3<Double>) -> [Double] { (0..<3).map { (place[$0] * 100).rounded() / 100 } }

    /// JSON of one line with sorted keys.
    static func json(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
