import Convergence
import Evidence
import Foundation
import Inference

/// How the surviving voxels of a coordinate method are chosen.
struct Criterion {
    let settings: Settings
    /// What was repeated, in words: `random sets of foci`.
    var repeats: String
    /// How often; as the settings say where nil.
    var count: Int?

    init(settings: Settings, repeats: String) {
        self.settings = settings
        self.repeats = repeats
    }

    /// Words with every number, for tables and papers.
    var text: String {
        let level = "p < \(Self.number(settings.correctedP))"
        let forming = "voxels p < \(Self.number(settings.clusterFormingP)), "
        let count = "\(count ?? settings.fociIterations) \(repeats)"
        switch settings.fociCorrection {
        case .size: return "cluster size FWE \(level) (\(forming)\(count))"
        case .mass: return "cluster mass FWE \(level) (\(forming)\(count))"
        case .voxel: return "voxel FWE \(level) (\(count))"
        case .tfce: return "TFCE FWE \(level) (\(count))"
        case .fdr: return "FDR q < \(Self.number(settings.correctedP)) (Benjamini-Hochberg)"
        }
    }

    /// −log₁₀ of the corrected p that a voxel must exceed.
    var least: Float { Float(-log10(settings.correctedP)) }

    /// The map of −log₁₀ corrected p, as methods of one group name it.
    var name: MapName {
        switch settings.fociCorrection {
        case .size, .mass:
            MapName(
                .logp, label: settings.fociCorrection.rawValue, level: .cluster, correction: .fwe,
                method: "montecarlo")
        case .voxel: MapName(.logp, level: .voxel, correction: .fwe, method: "montecarlo")
        case .tfce: MapName(.logp, label: "tfce", level: .voxel, correction: .fwe, method: "montecarlo")
        case .fdr: MapName(.logp, correction: .fdr, method: "indep")
        }
    }

    /// The same of a difference of groups, whose maps are called `label`; nil where the method has no such correction.
    func name(of label: String) -> MapName? {
        switch settings.fociCorrection {
        case .size: MapName(.logp, label: label + "Size", level: .cluster, correction: .fwe, method: "montecarlo")
        case .mass: MapName(.logp, label: label + "Mass", level: .cluster, correction: .fwe, method: "montecarlo")
        case .voxel: MapName(.logp, label: label, level: .voxel, correction: .fwe, method: "montecarlo")
        case .tfce, .fdr: nil
        }
    }

    static func number(_ value: Double) -> String { NumberText.text(value) }
}
