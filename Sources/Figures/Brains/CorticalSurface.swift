import Foundation
import Imaging

/// The folded and the inflated cortex of both hemispheres: fsaverage5, 10,242 vertices each (Fischl, Sereno, Tootell & Dale
/// 1999, doi:10.1002/(SICI)1097-0193(1999)8:4<272::AID-HBM10>3.0.CO;2-4).
///
/// Positions of the white and the pial surface are mm of MNI152: fsaverage lies in MNI305, and the affine published with
/// FreeSurfer (wiki page CoordinateSystems) carries it over.
package struct CorticalSurface: Sendable {
    package struct Hemisphere: Sendable {
        package var isLeft: Bool
        /// Where grey matter begins and ends; mm of MNI152.
        package var white: [SIMD3<Double>]
        package var pial: [SIMD3<Double>]
        /// For the picture only; mm of its own.
        package var inflated: [SIMD3<Double>]
        /// FreeSurfer's `sulc`: above 0 in a sulcus.
        package var depth: [Double]
        /// Three vertices each.
        package var triangles: [SIMD3<Int>]
    }

    package let hemispheres: [Hemisphere]

    private static let name = "fsaverage5.surface.gz"

    /// Reads the file that `Scripts/surface.py` made.
    package init() throws(FigureResources.Missing) {
        var reader = Reader(bytes: try FigureResources.unpacked(Self.name))
        guard reader.header("cuneus surface 1\n"), let steps = reader.word(), steps > 0 else { throw Self.damaged }
        let scale = 1 / Double(steps)
        var hemispheres: [Hemisphere] = []
        for isLeft in [true, false] {
            guard let vertices = reader.word(), let triangles = reader.word(), vertices < 1 << 16, triangles < 1 << 20,
                let white = reader.deltas(3 * vertices), let outward = reader.deltas(3 * vertices),
                let inflated = reader.deltas(3 * vertices), let depth = reader.deltas(vertices),
                let corners = reader.deltas(3 * triangles)
            else { throw Self.damaged }
            // Vertex numbers take all 16 bits.
            let numbers = corners.map { Int(UInt16(bitPattern: $0)) }
            guard numbers.allSatisfy({ $0 < vertices }) else { throw Self.damaged }
            func points(_ values: [Int16]) -> [SIMD3<Double>] {
                stride(from: 0, to: values.count, by: 3).map { n in
                    SIMD3(Double(values[n]), Double(values[n + 1]), Double(values[n + 2])) * scale
                }
            }
            let inner = points(white)
            hemispheres.append(
                Hemisphere(
                    isLeft: isLeft, white: inner.map(Self.mni152),
                    pial: zip(inner, points(outward)).map { Self.mni152($0 + $1) }, inflated: points(inflated),
                    depth: depth.map { Double($0) / 1000 },
                    triangles: stride(from: 0, to: numbers.count, by: 3).map { n in
                        SIMD3(numbers[n], numbers[n + 1], numbers[n + 2])
                    }))
        }
        self.hemispheres = hemispheres
    }

    private static var damaged: FigureResources.Missing { FigureResources.Missing(name: name, reason: "is damaged") }

    /// MNI305 to MNI152.
    package static func mni152(_ p: SIMD3<Double>) -> SIMD3<Double> {
        let x: Double = 0.9975 * p.x - 0.0073 * p.y + 0.0176 * p.z - 0.0429
        let y: Double = 0.0146 * p.x + 1.0009 * p.y - 0.0024 * p.z + 1.5496
        let z: Double = -0.0130 * p.x - 0.0093 * p.y + 0.9971 * p.z + 1.1840
        return SIMD3(x, y, z)
    }

    private struct Reader {
        let bytes: [UInt8]
        private var at = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func header(_ text: String) -> Bool {
            let expected = Array(text.utf8)
            guard bytes.count >= expected.count, Array(bytes[..<expected.count]) == expected else { return false }
            at = expected.count
            return true
        }

        mutating func word() -> Int? {
            guard at + 4 <= bytes.count else { return nil }
            defer { at += 4 }
            return (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }

        /// Differences from the value three places before, all low bytes first, as whole numbers of 16 bits.
        mutating func deltas(_ count: Int) -> [Int16]? {
            guard count >= 0, at + 2 * count <= bytes.count else { return nil }
            var values = [Int16](repeating: 0, count: count)
            for n in 0..<count {
                let word = UInt16(bytes[at + n]) | UInt16(bytes[at + count + n]) << 8
                let before: Int16 = n >= 3 ? values[n - 3] : 0
                values[n] = Int16(bitPattern: word) &+ before
            }
            at += 2 * count
            return values
        }
    }
}
