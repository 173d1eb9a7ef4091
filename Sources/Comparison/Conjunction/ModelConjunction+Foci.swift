public import Evidence
import Foundation
import Imaging
import Inference

extension ModelConjunction.Part {
    /// The method by which a model without effect sizes takes part: its first one that maps where foci of one group converge, and
    /// has a corrected p. nil where it has none.
    public static func convergence(of settings: Settings) -> AnalysisMethod? {
        guard settings.mainMethod == nil else { return nil }
        return settings.otherMethods.first { $0.family == .foci && $0 != .scale }
    }

    /// The voxels that a model's maps are made at.
    public static func mask(of settings: Settings) -> Settings.MaskChoice {
        settings.mainMethod == nil ? settings.fociMask : settings.mask
    }

    /// A model of foci alone. Where increases and decreases have maps of their own, z and corrected p of decreases count below zero, and of
    /// a voxel with both the larger z. A map of all foci has no direction: it counts above zero, and can be joined with others of its kind only.
    ///
    /// nil where the method gave no map.
    public init?(_ comparison: ModelComparison) {
        let settings = comparison.settings
        guard let method = Self.convergence(of: settings) else { return nil }
        let results = comparison.results.filter { $0.method == method }
        guard let first = results.first else { return nil }
        let none = [Float](repeating: 0, count: first.mask.count)
        let certain = [Float](repeating: 1, count: first.mask.count)
        let rises = results.first { $0.direction != .negative }
        let falls = results.first { $0.direction == .negative }
        let z = zip(rises?.z ?? none, falls?.z ?? none).map { $0 >= $1 ? $0 : -$1 }
        var corrected: (above: [Float], below: [Float])?
        // A false discovery rate is no family-wise error.
        if settings.fociCorrection != .fdr {
            let name = Criterion(settings: settings, repeats: "").name
            func p(_ result: MethodResult) -> [Float]? {
                result.maps.first { $0.name == name }?.values.map { Float(pow(10, -Double($0))) }
            }
            let above: [Float]? = if let rises { p(rises) } else { certain }
            let below: [Float]? = if let falls { p(falls) } else { certain }
            if let above, let below { corrected = (above, below) }
        }
        self.init(
            name: comparison.plan.name, mask: first.mask, z: z, corrected: corrected, settings: settings,
            samples: Set(comparison.experiments.map(\.sample)))
        isDirected = first.direction != .all
        smallestP = first.smallestP
    }
}
