import Evidence
import Foundation
public import Imaging
public import Inference
public import Statistics

/// Whole-brain maps under the null hypothesis: other maps as smooth, with the same values at other places.
///
/// Up to a quarter of the samples may be maps that stay in place while peaks move. Where there are more, every relocation gives
/// each map a surrogate: the ranks of a Gaussian field as smooth as the map (by the correlation of face neighbours), with the
/// map's own values. (Signs are never flipped: studies with effects of their own would then reject ten to thirty per cent of
/// true null hypotheses.) Fields are drawn from a bank, each also upside down; a sample's maps take the same field.
///
/// Memory: a bank of 64 fields takes 256 bytes a mask voxel for each smoothness that occurs (50 MB at 2 mm).
public struct MapSurrogates: Sendable {
    /// Maps stay as they are up to this share of the samples.
    public static let inPlaceShare = 0.25

    /// FWHM (mm) of the banks; a map takes the nearest.
    public static let smoothnesses: [Double] = [6, 8, 10, 12, 14, 17, 20, 24, 30]

    private struct Source: Sendable {
        /// Values of the map, ascending.
        var sorted: [Float]
        var map: [Float]
        var bank: Int
        var random: Philox
    }

    /// By experiment; nil where there is no map.
    private let sources: [Source?]
    /// By bank and field: mask voxels by ascending value.
    private let banks: [[[Int32]]]

    /// Whether there is no map.
    public var isEmpty: Bool { !sources.contains { $0 != nil } }

    /// - Parameters:
    ///   - studies: all experiments of the analysis; none where maps are to stay.
    ///   - fields: of every bank.
    /// - Throws: `CancellationError`.
    public init(
        _ studies: [AgreementStudy], mask: Mask, seed: UInt64, fields: Int = 64, workers: Workers
    ) async throws {
        var used: [Double] = []
        let table = NeighbourTable(mask, .faces)
        let size = mask.grid.affine.voxelSize
        let spacing = (size.x + size.y + size.z) / 3
        sources = studies.map { study in
            guard let map = study.map else { return nil }
            let fwhm = Self.smoothness(map, table: table, spacing: spacing)
            let nearest = Self.smoothnesses.min { abs($0 - fwhm) < abs($1 - fwhm) } ?? fwhm
            let bank = used.firstIndex(of: nearest) ?? used.count
            if bank == used.count { used.append(nearest) }
            return Source(
                sorted: map.filter { !$0.isNaN }.sorted(), map: map, bank: bank,
                random: Self.random(seed: seed, study))
        }
        let made = Slots<[Int32]>(count: used.count * fields)
        let smoothnesses = used
        try await workers.forEach(used.count * fields) { piece in
            let (bank, field) = piece.quotientAndRemainder(dividingBy: fields)
            let random = Philox(seed: seed, name: "\(smoothnesses[bank])", purpose: 13)
            made[piece] = Self.order(random, field: field, fwhm: smoothnesses[bank], mask: mask)
        }
        let all = made.all
        banks = used.indices.map { Array(all[$0 * fields..<($0 + 1) * fields]) }
    }

    /// FWHM (mm) of the Gaussian that white noise has to be smoothed with to have a map's correlation r between face neighbours:
    /// d·√(2 ln 2/(−ln r)), as the correlation at distance d is exp(−d²/4σ²).
    static func smoothness(_ map: [Float], table: NeighbourTable, spacing: Double) -> Double {
        let values = map.filter { !$0.isNaN }.map(Double.init)
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
        guard variance > 0 else { return smoothnesses[smoothnesses.count - 1] }
        var products = 0.0
        var pairs = 0
        for voxel in map.indices where !map[voxel].isNaN {
            for n in voxel * table.width..<(voxel + 1) * table.width {
                let other = Int(table.neighbours[n])
                if other <= voxel || map[other].isNaN { continue }
                products += (Double(map[voxel]) - mean) * (Double(map[other]) - mean)
                pairs += 1
            }
        }
        let r = min(max(products / Double(max(1, pairs)) / variance, 0.01), 0.99)
        return spacing * (2 * log(2.0) / -log(r)).squareRoot()
    }

    /// Mask voxels by ascending value of a smooth field. Sums of many uniform numbers are Gaussian enough for ranks.
    private static func order(_ random: Philox, field: Int, fwhm: Double, mask: Mask) -> [Int32] {
        var noise = Volume(grid: mask.grid, repeating: 0)
        for first in stride(from: 0, to: mask.grid.count, by: 4) {
            let words = random([UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: field), 0, 0])
            for lane in 0..<min(4, mask.grid.count - first) {
                noise.values[first + lane] = Float(words[lane]) * 0x1p-32 - 0.5
            }
        }
        let values = mask.gather(noise.smoothed(fwhm: fwhm))
        return (0..<Int32(mask.count)).sorted {
            let (a, b) = (values[Int($0)], values[Int($1)])
            return a == b ? $0 < $1 : a < b
        }
    }

    /// The surrogates of a relocation (from 1), by experiment; nil for experiments without a map.
    public func maps(_ number: Int) -> [[Float]?] {
        sources.map { source in
            guard let source else { return nil }
            let words = source.random([UInt32(truncatingIfNeeded: number), 0, 0, 0])
            let bank = banks[source.bank]
            guard !bank.isEmpty else { return source.map }
            let order = bank[Int((UInt64(words.x) * UInt64(bank.count)) >> 32)]
            let isUpsideDown = words.y & 1 == 1
            var result = source.map
            var rank = 0
            for voxel in order where !source.map[Int(voxel)].isNaN {
                result[Int(voxel)] = source.sorted[isUpsideDown ? source.sorted.count - 1 - rank : rank]
                rank += 1
            }
            return result
        }
    }
}

extension MapSurrogates {
    /// Its numbers under their names in a prepared file; none where maps stay in place.
    func write(to numbers: inout NumberSections) {
        guard !isEmpty else { return }
        numbers.add("surrogates.banks", sources.map { Int32($0?.bank ?? -1) })
        for (index, source) in sources.enumerated() {
            if let source { numbers.add("surrogates.sorted.\(index)", source.sorted) }
        }
        numbers.add("surrogates.fields", banks.map { Int64($0.count) })
        for (index, bank) in banks.enumerated() { numbers.add("surrogates.bank.\(index)", bank.flatMap { $0 }) }
    }

    /// As ``write(to:)`` left it, of the same studies.
    init(_ studies: [AgreementStudy], seed: UInt64, from numbers: MappedSections) throws(InputError) {
        guard numbers.has("surrogates.banks") else {
            sources = studies.map { _ in nil }
            banks = []
            return
        }
        let bankOf: [Int32] = try numbers.array("surrogates.banks", count: studies.count)
        let fields: [Int64] = try numbers.array("surrogates.fields")
        var sources: [Source?] = []
        for (index, study) in studies.enumerated() {
            guard let map = study.map, fields.indices.contains(Int(bankOf[index])) else {
                sources.append(nil)
                continue
            }
            sources.append(
                Source(
                    sorted: try numbers.array("surrogates.sorted.\(index)"), map: map, bank: Int(bankOf[index]),
                    random: Self.random(seed: seed, study)))
        }
        self.sources = sources
        var banks: [[[Int32]]] = []
        for (index, count) in fields.enumerated() {
            let all: [Int32] = try numbers.array("surrogates.bank.\(index)")
            let length = all.count / max(1, Int(count))
            banks.append((0..<Int(count)).map { Array(all[$0 * length..<($0 + 1) * length]) })
        }
        self.banks = banks
    }

    private static func random(seed: UInt64, _ study: AgreementStudy) -> Philox {
        Philox(seed: seed, name: study.sample, purpose: 12)
    }
}
