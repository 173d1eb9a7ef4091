import Convergence
import Evidence
import Foundation
import Imaging
import Inference

/// Compares the foci of two groups of experiments: ALE subtraction and conjunction, MKDA chi-square.
struct GroupAnalysis {
    let foci: FociAnalysis
    let names: [String]

    private var settings: Settings { foci.settings }
    private var space: ConvergenceSpace { foci.space }
    private static let difference = "group1MinusGroup2"

    @_optimize(none)
    func run(
        _ method: AnalysisMethod, _ first: FociSelection, _ second: FociSelection
    ) async throws -> MethodResult {
        let start = ContinuousClock.now
        let (a, b) = (first.sets, second.sets)
        let labels = LabelPermutations(
            first: a.count, total: a.count + b.count, count: settings.fociIterations, seed: settings.seed)
        var maps: ConvergenceMaps
        var name = criterion.name(of: Self.difference)
        var words = criterion
        var zName = MapName(.z, label: Self.difference)
        var effects: MainEffects?
        if settings.within == .mainEffects, method == .aleSubtraction || method == .balancedSubtraction {
            effects = try await MainEffects.of([("group1", a), ("group2", b)], by: foci)
        }
        let compared = effects?.space ?? space
        switch method {
        case .mkdaChi2:
            let outcome = try await MKDAChi2(radius: settings.sphereRadius).run(
                a, b, in: space, workers: foci.workers)
            maps = outcome.maps
            let test = MKDAChi2.Test.association
            zName = MapName(.z, label: test.rawValue)
            if settings.fociCorrection == .fdr {
                maps.merge(outcome.falseDiscoveryRate())
                name = MapName(.logp, label: test.rawValue, level: .voxel, correction: .fdr, method: "indep")
            } else {
                words = familyWise
                name = words.name(of: test.rawValue)
                maps.merge(
                    outcome.corrected(
                        try await outcome.permuted(
                            labels, voxelP: settings.clusterFormingP, tests: [test], workers: foci.workers,
                            progress: foci.progress)))
            }
        case .aleConjunction:
            return try await conjunction(a, b, first.direction, start)
        case .balancedSubtraction:
            // Its correction is at voxel level.
            words.changing { $0.fociCorrection = .voxel }
            name = words.name(of: Self.difference)
            maps = try await BalancedSubtraction(kernel: foci.kernel, convention: foci.convention).run(
                a, b, in: compared, labels: labels, workers: foci.workers, progress: foci.progress
            ).maps
        default:
            words = familyWise
            name = words.name(of: Self.difference)
            maps = try await ALESubtraction(
                kernel: foci.kernel, convention: foci.convention, voxelP: settings.clusterFormingP,
                includesClusters: words.settings.fociCorrection != .voxel
            ).run(a, b, in: compared, labels: labels, workers: foci.workers, progress: foci.progress).maps
        }
        if let effects { maps = effects.widened(maps) }
        let logP = name.flatMap { maps[$0] } ?? []
        var told = result(
            method, a + b, first.direction, maps.list, z: maps[zName] ?? [], logP: logP,
            survives: logP.map { $0 > words.least }, criterion: words.text + gateWords(effects), start)
        if words.settings.fociCorrection != .fdr { told.smallestP = 1 / Double(max(labels.count, 1)) }
        return told
    }

    /// What a reader must know of a contrast that was not looked for everywhere.
    private func gateWords(_ effects: MainEffects?) -> String {
        guard let effects else { return "" }
        return
            ", at the \(effects.space.mask.count) voxels where one group's own ALE at least survives (\(foci.criterion.text))"
    }

    private var criterion: Criterion { Criterion(settings: settings, repeats: "permutations of the groups") }

    /// TFCE and false discovery rate are not there for differences: cluster size takes their place.
    private var familyWise: Criterion {
        var words = criterion
        if words.name(of: Self.difference) == nil { words.changing { $0.fociCorrection = .size } }
        return words
    }

    @_optimize(none)
    private func conjunction(
        _ a: [FociSet], _ b: [FociSet], _ direction: MethodResult.Direction, _ start: ContinuousClock.Instant
    ) async throws -> MethodResult {
        let method = ActivationLikelihoodEstimation(kernel: foci.kernel, convention: foci.convention)
        var maps: [MethodMap] = []
        var surviving: [[Float]] = []
        var uncorrected: [[Float]] = []
        for (name, group) in [("group1", a), ("group2", b)] {
            let (_, own) = try await foci.corrected(method, group)
            let z = own[MapName(.z)] ?? []
            let logP = own[foci.criterion.name] ?? []
            uncorrected.append(z)
            surviving.append(zip(z, logP).map { $1 > foci.criterion.least ? $0 : 0 })
            maps.append(MethodMap(MapName(.z, label: name), z))
        }
        let joint = try Conjunction()(surviving)
        let z = try Conjunction()(uncorrected)
        maps.insert(MethodMap(MapName(.z, label: "conjunction"), z), at: 0)
        maps.insert(MethodMap(MapName(.z, label: "conjunctionThresholded"), joint), at: 1)
        return result(
            .aleConjunction, a + b, direction, maps, z: z, logP: nil, survives: joint.map { $0 > 0 },
            criterion: "both groups: \(foci.criterion.text)", start)
    }

    private func result(
        _ method: AnalysisMethod, _ sets: [FociSet], _ direction: MethodResult.Direction, _ maps: [MethodMap],
        z: [Float], logP: [Float]?, survives: [Bool], criterion: String, _ start: ContinuousClock.Instant
    ) -> MethodResult {
        let clusters = MethodClusters(mask: space.mask, z: z, isSignificant: survives, logP: logP, sets: sets)
        let advice = ConvergenceAdvice(sets, in: space)
        return MethodResult(
            method: method, direction: direction, mask: space.mask, maps: maps, z: z, isSignificant: survives,
            criterion: criterion, findings: clusters.all(), units: sets.map(\.id), groups: names, foci: advice.foci,
            notes: advice.sentences, seconds: start.duration(to: .now) / .seconds(1))
    }
}

extension Criterion {
    /// The same words for other settings.
    mutating func changing(_ change: (inout Settings) -> Void) {
        var settings = settings
        change(&settings)
        self = Criterion(settings: settings, repeats: repeats)
    }
}
