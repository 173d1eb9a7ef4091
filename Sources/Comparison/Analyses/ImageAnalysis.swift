import Convergence
import Evidence
import Formats
import Foundation
import ImageBased
import Imaging
import Inference
import SeedBasedMapping
import Statistics

/// Pools the whole-brain maps of a model's experiments, voxel by voxel, without any imputation.
struct ImageAnalysis {
    let settings: Settings
    let workers: Workers
    let progress: any ProgressObserver
    let mask: Mask
    /// Experiments given as maps.
    let experiments: [Experiment]
    /// nil for the mean of all.
    let design: ImageDesign?

    /// The experiments of a model that are maps, with their rows of the design.
    ///
    /// - Throws: `ImageError` when the maps alone do not support the design.
    init(
        _ methods: OtherMethods, design whole: DesignMatrix, workers: Workers, progress: any ProgressObserver
    ) throws {
        settings = methods.settings
        self.workers = workers
        self.progress = progress
        mask = try AnalysisSpace.mask(settings.mask, voxelSize: settings.voxelSize)
        experiments = methods.experiments.filter { $0.hasMap }
        guard whole.columnCount > 1, let contrast = whole.test.first else {
            design = nil
            return
        }
        let rows = experiments.compactMap { whole.row(of: [$0.id]) }
        let columns = (0..<whole.columnCount).map { column in rows.map { whole[$0, column] } }
        design = try ImageDesign(matrix: Matrix(columns: columns), contrast: contrast.weights)
    }

    /// Hedges' g (Fisher's z of correlations), its variance, t and z of every experiment.
    func stack() throws -> ImageStack {
        var stack = try ImageStack(mask: mask)
        for experiment in experiments {
            guard case .map(let map) = experiment.report else { continue }
            try Task.checkCancellation()
            try stack.append(
                ImageStack.Study(
                    id: experiment.id, sample: settings.samples == .separate ? nil : experiment.sample,
                    scale: experiment.scale),
                effects: try StatisticMapLoader.load(map, of: experiment, mask: mask))
        }
        return stack
    }

    @_optimize(none)
    func run(_ method: AnalysisMethod, _ stack: ImageStack) async throws -> MethodResult {
        let start = ContinuousClock.now
        if method == .permutedOLS { return try await permuted(stack, start) }
        guard let estimator = ImageEstimator(rawValue: method.rawValue) else {
            preconditionFailure("\(method.rawValue) has no case in ImageEstimator")
        }
        var maps = try await estimator.method(design: design, includesHeterogeneity: true)
            .run(stack, workers: workers, progress: progress)
        if let corrected = maps.corrected(.benjaminiHochberg) { maps.merge(corrected) }
        let level = Criterion.number(settings.correctedP)
        return result(
            method, maps, corrected: MapName(.logp, correction: .fdr, method: "indep"), stack,
            criterion: "FDR q < \(level) (Benjamini-Hochberg, two-sided)", start)
    }

    @_optimize(none)
    private func permuted(_ stack: ImageStack, _ start: ContinuousClock.Instant) async throws -> MethodResult {
        let method = PermutedOLS(design: design)
        let stack = settings.permutedOn == .z ? try stack.takingZForEffects() : stack
        var maps = try await method.run(stack, workers: workers, progress: progress)
        var corrected = MapName(.logp, correction: .fdr, method: "indep")
        var words = Criterion(settings: settings, repeats: "sign flips or orders of the images")
        var smallestP: Double?
        if settings.fociCorrection == .fdr {
            if let rates = maps.corrected(.benjaminiHochberg) { maps.merge(rates) }
        } else {
            let test = try await method.test(
                stack,
                options: .init(
                    permutations: settings.fociIterations, seed: settings.seed,
                    clusterP: settings.fociCorrection == .voxel ? nil : settings.clusterFormingP,
                    includesTFCE: settings.fociCorrection == .tfce),
                workers: workers, progress: progress)
            maps.merge(test.maps())
            words.repeats = "\(test.permutations.kind == .signFlips ? "sign flips" : "orders") of the images"
            words.count = test.permutations.count
            smallestP = 1 / Double(max(test.permutations.count, 1))
            let label = settings.fociCorrection == .voxel ? nil : settings.fociCorrection.rawValue
            let isCluster = settings.fociCorrection == .size || settings.fociCorrection == .mass
            corrected = MapName(
                .logp, label: label, level: isCluster ? .cluster : .voxel, correction: .fwe, method: "montecarlo")
        }
        var told = result(.permutedOLS, maps, corrected: corrected, stack, criterion: "\(words.text), two-sided", start)
        told.smallestP = smallestP
        return told
    }

    private func result(
        _ method: AnalysisMethod, _ maps: ImageMaps, corrected: MapName, _ stack: ImageStack, criterion: String,
        _ start: ContinuousClock.Instant
    ) -> MethodResult {
        let least = Float(-log10(settings.correctedP))
        let z = maps[.z] ?? []
        let logP = maps[corrected] ?? []
        // NaN compares as false: voxels with too few images survive nothing.
        let survives = logP.map { $0 > least }
        let clusters = MethodClusters(mask: mask, z: z, isSignificant: survives, logP: logP, sets: [])
        var notes = maps.notes
        if stack.hasSharedSamples {
            notes.append("Some images come from one sample of people: errors are cluster-robust (CR2).")
        }
        return MethodResult(
            method: method, direction: .signed, mask: mask,
            maps: maps.names.compactMap { name in maps[name].map { MethodMap(name, $0) } }, z: z,
            isSignificant: survives, criterion: criterion, findings: clusters.all(),
            units: stack.studies.map(\.id), notes: notes, seconds: start.duration(to: .now) / .seconds(1))
    }
}
