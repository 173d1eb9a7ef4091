import Evidence
import Foundation
import Imaging
import Inference

/// The map that a figure shows, and which of its voxels.
struct ShownMap {
    var volume: Volume
    /// By index of the grid.
    var isShown: [Bool]
    var measure: String
    /// What is shown, for descriptions.
    var words: String
    /// The table whose clusters these are.
    var table: String

    /// What survived the correction where anything did; else the exploratory clusters; else the whole map.
    ///
    /// - Parameter name: a map by name, shown whole; nil for z as above.
    init(_ archive: RunArchive, _ model: RunArchive.Model, method: String?, name: String?) throws {
        guard let name else {
            try self.init(z: archive, model, method: method)
            return
        }
        guard let map = try archive.map(name, of: model, method: method) else {
            let names = archive.mapNames(of: model, method: method)
            throw InputError(
                at: SourceLocation(file: "\(archive.path)/\(model.folder)"), "there is no map \"\(name)\".",
                remedy: names.isEmpty ? nil : "There are \(names.joined(separator: ", ")).")
        }
        self.init(
            volume: map, isShown: map.values.map { $0.isFinite && $0 != 0 }, words: "map \(name), no threshold",
            table: "clusters.tsv")
        measure = name
    }

    private init(z archive: RunArchive, _ model: RunArchive.Model, method: String?) throws {
        for statistic in NullDistribution.Statistic.allCases {
            guard let map = try archive.map(statistic.thresholdedName, of: model, method: method),
                map.values.contains(where: { $0.isFinite && $0 != 0 })
            else { continue }
            self.init(
                volume: map, isShown: map.values.map { $0.isFinite && $0 != 0 },
                words: "z where it survives the correction (\(statistic.words))", table: "clusters_corr-FWE.tsv")
            return
        }
        guard let map = try archive.map("z", of: model, method: method) else {
            throw InputError(
                at: SourceLocation(file: "\(archive.path)/\(model.folder)"), "there is no map of z.",
                remedy: model.methods.isEmpty || method != nil
                    ? "Name another with --map."
                    : "Name a method with --method: \(model.methods.joined(separator: ", ")).")
        }
        if let labels = try archive.map("label", of: model, method: method), labels.values.count == map.values.count {
            self.init(
                volume: map, isShown: labels.values.map { $0 > 0 },
                // What formed the clusters of a method, corrected or not, its own record says.
                words: method == nil
                    ? "z of exploratory clusters, uncorrected" : "z inside the clusters of the method's table",
                table: "clusters.tsv")
        } else {
            self.init(
                volume: map, isShown: map.values.map { $0.isFinite && $0 != 0 }, words: "z, no threshold",
                table: "clusters.tsv")
        }
    }

    private init(volume: Volume, isShown: [Bool], words: String, table: String) {
        self.volume = volume
        self.isShown = isShown
        self.words = words
        self.table = table
        measure = "z"
    }

    /// Symmetric: the same magnitudes above and below zero.
    var range: ClosedRange<Double> {
        let shown = volume.values.indices.filter { isShown[$0] && volume.values[$0].isFinite }
            .map { Double(abs(volume.values[$0])) }
        let (low, high) = (shown.min() ?? 0, shown.max() ?? 1)
        // A whole map has values down to nothing; only a threshold is worth its own end of the bar.
        let start = low > 0.25 * high ? low : 0
        return start...max(high, start + 1e-6)
    }

    /// Every voxel with a value.
    var mask: Mask { Mask(grid: volume.grid) { volume.values[$0].isFinite && (isShown[$0] || volume.values[$0] != 0) } }

    /// What is shown as clusters, one a sign, for ``SliceMosaic``.
    func clusters(in mask: Mask, peaks: [SIMD3<Double>]) -> [Cluster] {
        [1, -1].compactMap { sign in
            let voxels = (0..<mask.count).filter { position in
                let index = Int(mask.voxels[position])
                return isShown[index] && Float(sign) * volume.values[index] > 0
            }
            guard !voxels.isEmpty else { return nil }
            // Rows of the mosaic go through the peaks; their heights only order them.
            let marks = peaks.enumerated().map { n, place in
                ClusterPeak(position: voxels[0], coordinate: place, value: Double(sign) / Double(n + 1))
            }
            return Cluster(sign: sign, voxels: voxels.map { Int32($0) }, peaks: marks)
        }
    }
}
