import Appraisal
import Convergence
import Evidence
import Foundation
import Imaging
import Inference
import Statistics

/// Runs ALE, SCALE, MKDA or KDA on one selection of a model's foci.
struct FociAnalysis {
    let space: ConvergenceSpace
    let settings: Settings
    let workers: Workers
    let progress: any ProgressObserver

    var kernel: ActivationKernel {
        settings.aleFWHM.map(ActivationKernel.fwhm) ?? settings.aleSize.map(ActivationKernel.fixedSampleSize)
            ?? .sampleSize
    }
    var convention: KernelConvention {
        switch settings.fociCompatibility {
        case .exact: .exact
        case .nimare: .nimare
        case .gingerale: .gingerale
        case .spm: .spm
        }
    }

    /// - Parameter base: foci of the whole project, for SCALE.
    @_optimize(none)
    func run(
        _ method: AnalysisMethod, _ selection: FociSelection, base: [SIMD3<Double>]
    ) async throws -> MethodResult {
        let start = ContinuousClock.now
        let sets = selection.sets
        var result: MethodResult
        switch method {
        case .scale: result = try await scale(sets, selection, base: base)
        case .mkda: result = try await converge(MKDADensity(radius: settings.sphereRadius), method, sets, selection)
        case .weightedMKDA:
            result = try await converge(
                MKDADensity(radius: settings.sphereRadius, weighting: .sampleSize), method, sets, selection)
        case .kda:
            result = try await converge(KernelDensityAnalysis(radius: settings.sphereRadius), method, sets, selection)
        default:
            result = try await converge(
                ActivationLikelihoodEstimation(kernel: kernel, convention: convention), method, sets, selection)
        }
        result.seconds = start.duration(to: .now) / .seconds(1)
        return result
    }

    /// The analysis of one group with its correction.
    @_optimize(none)
    func corrected(
        _ method: some CoordinateMethod, _ sets: [FociSet]
    ) async throws -> (result: ConvergenceResult, maps: ConvergenceMaps) {
        let result = try await method.run(sets, in: space, workers: workers, progress: progress)
        var maps = result.maps
        if settings.fociCorrection == .fdr {
            maps.merge(result.corrected(.benjaminiHochberg))
        } else {
            let test = FamilyWiseMonteCarlo(
                iterations: settings.fociIterations, voxelP: settings.clusterFormingP, seed: settings.seed,
                includesTFCE: settings.fociCorrection == .tfce, includesClusters: settings.fociCorrection != .voxel)
            maps.merge(try await test.run(result, workers: workers, progress: progress).maps)
        }
        return (result, maps)
    }

    var criterion: Criterion { Criterion(settings: settings, repeats: "random sets of foci") }

    @_optimize(none)
    private func converge(
        _ method: some CoordinateMethod, _ name: AnalysisMethod, _ sets: [FociSet], _ selection: FociSelection
    ) async throws -> MethodResult {
        let fit = try await corrected(method, sets)
        let result = fit.result
        var maps = fit.maps
        maps[MapName(.coverage)] = try await result.prepared.coverage(workers: workers)
        let logP = maps[criterion.name] ?? []
        let z = maps[MapName(.z)] ?? []
        let survives = logP.map { $0 > criterion.least }
        let clusters = MethodClusters(mask: space.mask, z: z, isSignificant: survives, logP: logP, sets: sets)
        let advice = ConvergenceAdvice(sets, in: space)
        let found = try await withFailSafeN(
            clusters.all(jackknife: result, peakP: settings.clusterFormingP), method, sets)
        var told = MethodResult(
            method: name, direction: selection.direction, mask: space.mask, maps: maps.list, z: z,
            isSignificant: survives, criterion: criterion.text,
            findings: found, units: sets.map(\.id),
            groups: [], foci: advice.foci, notes: advice.sentences, seconds: 0)
        if settings.fociCorrection != .fdr { told.smallestP = 1 / Double(max(settings.fociIterations, 1)) }
        return told
    }

    /// Fits grow with the experiments; beyond this many nobody asks.
    private static let mostExperiments = 200

    @_optimize(none)
    private func withFailSafeN(
        _ clusters: [Finding], _ method: some CoordinateMethod, _ sets: [FociSet]
    ) async throws -> [Finding] {
        guard !clusters.isEmpty, sets.count <= Self.mostExperiments else { return clusters }
        let numbers = try await method.failSafeN(
            sets,
            clusters: clusters.map { ConvergenceCluster(cluster: $0.cluster, volume: $0.volume) },
            threshold: LogProbability.z(upperTail: log(settings.clusterFormingP)), most: Finding.mostNoise,
            seed: settings.seed, in: space, workers: workers)
        return zip(clusters, numbers).map { cluster, number in
            var cluster = cluster
            cluster.failSafeN = number
            return cluster
        }
    }

    @_optimize(none)
    private func scale(
        _ sets: [FociSet], _ selection: FociSelection, base: [SIMD3<Double>]
    ) async throws -> MethodResult {
        let method = SCALE(
            kernel: kernel, convention: convention, iterations: settings.fociIterations, seed: settings.seed)
        var maps = try await method.run(sets, base: base, in: space, workers: workers, progress: progress)
        let logP = (maps[MapName(.logp)] ?? []).map { -Double($0) * log(10) }
        let corrected = MultipleTesting.benjaminiHochberg.corrected(logP: logP).map { Float(-$0 / log(10)) }
        let name = MapName(.logp, correction: .fdr, method: "indep")
        maps[name] = corrected
        let z = maps[MapName(.z)] ?? []
        let survives = corrected.map { $0 > criterion.least }
        let clusters = MethodClusters(mask: space.mask, z: z, isSignificant: survives, logP: corrected, sets: sets)
        let advice = ConvergenceAdvice(sets, in: space)
        return MethodResult(
            method: .scale, direction: selection.direction, mask: space.mask, maps: maps.list, z: z,
            isSignificant: survives,
            criterion: "FDR q < \(Criterion.number(settings.correctedP)) (Benjamini-Hochberg) of p from "
                + "\(settings.fociIterations) draws among the project's \(base.count) foci",
            findings: clusters.all(), units: sets.map(\.id), groups: [], foci: advice.foci, notes: advice.sentences,
            seconds: 0)
    }
}
