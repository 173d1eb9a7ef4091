import Convergence
import Foundation
import Imaging
import TestSupport

/// Outputs of NiMARE 0.22.1 on the reference shelf (`oracle/nimare`).
enum NiMAREShelf {
    static let isHere = Shelf.file("oracle/nimare/pain/coordinates.tsv") != nil

    static func path(_ name: String) throws -> String {
        guard let path = Shelf.file("oracle/nimare/\(name)") else { throw Missing(name: name) }
        return path
    }

    struct Missing: Error { var name: String }

    /// The brain mask of the reference: 228,483 voxels.
    static func space() throws -> ConvergenceSpace {
        try ConvergenceSpace(mask: Mask(volume("pain/mask_mni152_2mm_brain")))
    }

    static func volume(_ name: String) throws -> Volume { try NIfTIImage(contentsOf: path(name + ".nii.gz")).volume(0) }

    /// Rows of a table, without its header.
    static func table(_ name: String) throws -> [[Substring]] {
        var data = try Data(contentsOf: URL(fileURLWithPath: path(name)))
        if name.hasSuffix(".gz") { data = try Data(Gzip.decompress([UInt8](data))) }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst()
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
    }

    /// 21 pain studies, 267 foci.
    static func pain() throws -> [FociSet] {
        var sets: [FociSet] = []
        for row in try table("pain/coordinates.tsv") {
            if sets.last?.id != String(row[0]) {
                sets.append(FociSet(id: String(row[0]), sampleSize: Double(row[8]), foci: []))
            }
            sets[sets.count - 1].foci.append([Double(row[2])!, Double(row[3])!, Double(row[4])!])
        }
        return sets
    }

    /// Largest difference of a map from a reference map; relative to the reference where asked. NaN was written as 0.
    /// p that theirs rounds to 0 is the smallest number in ours.
    static func worst(_ map: [Float]?, _ name: String, in space: ConvergenceSpace, relative: Bool = false) throws
        -> Double
    {
        let reference = space.mask.gather(try volume(name))
        guard let map, map.count == reference.count else { return .infinity }
        var worst = 0.0
        for (a, b) in zip(map, reference) where a != b && !(a.isNaN && (b.isNaN || b == 0)) {
            if relative, a == .leastNonzeroMagnitude, b == 0 { continue }
            let difference = abs(Double(a) - Double(b)) / (relative ? Double(abs(b)) : 1)
            worst = difference.isNaN ? .infinity : max(worst, difference)
        }
        return worst
    }
}
