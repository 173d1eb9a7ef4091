import Convergence
import Evidence
import Foundation
import Imaging
import Inference

/// The voxels where the own ALE of one of two groups at least survives its correction (`within: main_effects`): where GingerALE compares
/// groups (Eickhoff 2011, doi:10.1002/hbm.21234).
///
/// Maps of the contrast are made at these voxels alone, so that its correction counts no others. Which voxels these are does not change with
/// the permuted labels.
struct MainEffects {
    /// These voxels.
    let space: ConvergenceSpace
    private let whole: Mask
    /// By the label that a group has in maps of a contrast: its own maps, at all voxels.
    private let own: [String: ConvergenceMaps]

    private init(space: ConvergenceSpace, whole: Mask, own: [String: ConvergenceMaps]) {
        self.space = space
        self.whole = whole
        self.own = own
    }

    /// - Throws: ``InputError`` where no voxel survives, `ConvergenceError`, `CancellationError`.
    @_optimize(none)
    static func of(_ groups: [(label: String, sets: [FociSet])], by foci: FociAnalysis) async throws -> MainEffects {
        let method = ActivationLikelihoodEstimation(kernel: foci.kernel, convention: foci.convention)
        var own: [String: ConvergenceMaps] = [:]
        var survives = [Bool](repeating: false, count: foci.space.mask.count)
        for group in groups {
            let maps = try await foci.corrected(method, group.sets).maps
            own[group.label] = maps
            for (voxel, logP) in (maps[foci.criterion.name] ?? []).enumerated() where logP > foci.criterion.least {
                survives[voxel] = true
            }
        }
        let whole = foci.space.mask
        guard survives.contains(true) else {
            throw InputError(
                "no voxel of either group's own ALE survives (\(foci.criterion.text)), so there is none to compare them at.",
                remedy: "Set within: everywhere.")
        }
        let mask = Mask(grid: whole.grid) { index in
            let position = Int(whole.position[index])
            return position >= 0 && survives[position]
        }
        return MainEffects(space: try ConvergenceSpace(mask: mask), whole: whole, own: own)
    }

    /// Maps of a contrast made in ``space``, with a value at every voxel of the mask: no difference where none was looked for, and the groups'
    /// own maps whole.
    func widened(_ maps: ConvergenceMaps) -> ConvergenceMaps {
        var wide = ConvergenceMaps(mask: whole)
        for name in maps.names {
            if let label = name.label, let group = own[label] {
                wide[name] = group[MapName(name.value)]
                continue
            }
            guard let values = maps[name] else { continue }
            var all = [Float](repeating: name.value == .p ? 1 : 0, count: whole.count)
            for (voxel, value) in zip(space.mask.voxels, values) { all[Int(whole.position[Int(voxel)])] = value }
            wide[name] = all
        }
        return wide
    }
}
