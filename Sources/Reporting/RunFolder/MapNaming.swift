import Evidence
import Foundation
public import Imaging

/// How map files are called.
public enum MapNaming: String, Hashable, Sendable, CaseIterable {
    /// As NiMARE: `z_desc-size_level-cluster_corr-FWE_method-montecarlo`.
    case nimare
    /// As derivatives of the Brain Imaging Data Structure:
    /// `model-mean_alg-ale_space-MNI152NLin2009aSym_res-2_desc-size_level-cluster_corr-FWE_null-montecarlo_stat-z_statmap`.
    case bids
    /// As SDM-PSI: `mean_z`, `mean_ale_z_size_cluster_FWE_montecarlo`.
    case sdm

    /// The name of a map, without ending.
    /// - Parameters:
    ///   - name: ours, which is NiMARE's pattern: a value, then `entity-label` pairs joined by `_`.
    ///   - method: `ale`; nil for SDM-PSI.
    ///   - grid: of the map, for the entity `res` of BIDS; without one there are no `space` and `res`.
    public func callAsFunction(_ name: String, model: String, method: String? = nil, grid: Grid? = nil) -> String {
        let parts = name.split(separator: "_", omittingEmptySubsequences: true).map(String.init)
        guard self != .nimare, let value = parts.first else { return name }
        let pairs = parts.dropFirst().map { part in
            let halves = part.split(separator: "-", maxSplits: 1).map(String.init)
            return (entity: halves[0], label: halves.count > 1 ? halves[1] : "")
        }
        switch self {
        case .nimare: return name
        case .sdm:
            let labels = pairs.map { $0.label.isEmpty ? $0.entity : $0.label }
            return ([model, method, value].compactMap { $0 } + labels).joined(separator: "_")
        case .bids:
            // `method` would clash with the analysis's own; `corr-FWE_method-montecarlo` says where p comes from.
            let entities = pairs.map { pair in
                let entity = pair.entity == "method" ? "null" : pair.entity
                return pair.label.isEmpty ? "desc-\(Self.plain(entity))" : "\(entity)-\(Self.plain(pair.label))"
            }
            return
                (["model-\(Self.plain(model))", "alg-\(Self.plain(method ?? "sdmpsi"))"] + Self.place(grid) + entities
                + [
                    "stat-\(Self.plain(value))", "statmap",
                ]).joined(separator: "_")
        }
    }

    /// The template that ours are made of, by its name in BIDS.
    static let space = "MNI152NLin2009aSym"

    /// `space-MNI152NLin2009aSym`, `res-2`: edge of the voxels in mm, `2p5` for 2.5.
    private static func place(_ grid: Grid?) -> [String] {
        guard let grid else { return [] }
        let edge = NumberText.hundredths(cbrt(grid.voxelVolume)).replacing(".", with: "p")
        return ["space-\(space)", "res-\(edge)"]
    }

    /// The file of that name in a folder, or the one with BIDS's entities of space and resolution in it; nil where there is neither.
    static func find(_ name: String, in folder: String) -> String? {
        let files = FileManager.default
        if files.fileExists(atPath: "\(folder)/\(name)") { return name }
        let all = ((try? files.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        return all.first { $0.contains("_space-") && withoutPlace($0) == name }
    }

    /// A name without `_space-MNI152NLin2009aSym_res-2`.
    private static func withoutPlace(_ name: String) -> String {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        return parts.filter { !$0.hasPrefix("space-") && !$0.hasPrefix("res-") }.joined(separator: "_")
    }

    /// Labels of BIDS are letters and digits.
    private static func plain(_ label: String) -> String {
        String(label.unicodeScalars.filter { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0)) })
    }
}
