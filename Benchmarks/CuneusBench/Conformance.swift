import ArgumentParser
import Cuneus
import Foundation

/// Compares our bounds and maps with the published outputs of SDM-PSI 6.21 (Enge et al. 2021, MIT).
struct Conformance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Agreement with published SDM-PSI 6.21 outputs.")

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Setting, key=value (repeatable).")
    var set: [String] = []

    func run() async throws {
        guard let shelf = Shelf(shelf) else {
            print("conformance: skipped, no reference shelf (oracle/sdm-psi) at ../shared or $CUNEUS_SHELF")
            return
        }
        let greyMatter = try Templates.load(.greyMatter)
        let template = CorrelationTemplate(greyMatter: greyMatter, whiteMatter: try Templates.load(.whiteMatter))
        let ours = CorrelationTemplate.greyMatterMask(greyMatter)
        let theirs = Mask(try shelf.volume("sdm_mask.nii.gz"))
        let shared = Mask(grid: ours.grid) { ours.position[$0] >= 0 && theirs.position[$0] >= 0 }
        print(
            "mask: ours \(ours.count), SDM \(theirs.count), Dice \(fixed(2 * Double(shared.count) / Double(ours.count + theirs.count), 4)); template domain \(template.domain.count) voxels"
        )

        var settings = try Settings.sdmPSI.applying(
            ["compat=sdm621", "permutations=0"].map { try SettingAssignment(commandLine: $0) })
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        let project = try ProjectReader.read(shelf.oracle + "/project")
        let experiments = try project.experiments(of: .mean, settings: settings)
        // On the program's own mask, so that every published voxel is compared.
        let analysis = SeedBasedAnalysis(
            space: AnalysisSpace(mask: theirs, template: template), settings: settings,
            workers: Workers(threads: threads))
        let prepared = try experiments.map { try PreparedExperiment($0, settings: settings) }
        let (bounds, _) = try await analysis.bounds(of: prepared, maps: experiments.map { _ in nil })
        let published = try kernels(shelf, prepared, bounds, mask: theirs)
        try await fromPublishedBounds(shelf, analysis, prepared, published)
        try await fromPeaks(shelf, analysis, experiments)
    }

    /// Effect-size identities and the kernel read-out W of the experiments whose bound maps are published.
    private func kernels(
        _ shelf: Shelf, _ prepared: [PreparedExperiment], _ bounds: [EffectBounds], mask: Mask
    ) throws -> [EffectBounds?] {
        var worstThreshold = 0.0
        var rows: [(correlation: Double, rmse: Double, ours: Double, theirs: Double)] = []
        var published: [EffectBounds?] = []
        for (experiment, bound) in zip(prepared, bounds) {
            let name = "pp/\(experiment.experiment.id)"
            guard FileManager.default.fileExists(atPath: "\(shelf.oracle)/\(name)_lower.nii.gz") else {
                published.append(nil)
                continue
            }
            let lower = mask.gather(try shelf.volume("\(name)_lower.nii.gz"))
            let upper = mask.gather(try shelf.volume("\(name)_upper.nii.gz"))
            published.append(EffectBounds(lower: lower, upper: upper))
            let b = experiment.thresholdG ?? .nan
            worstThreshold = max(worstThreshold, abs(background(upper) - b))
            func readOut(_ bounds: EffectBounds) -> [Float] {
                zip(bounds.lower, bounds.upper).map { 1 - ($1 - $0) / Float(2 * b) }
            }
            let w = readOut(bound)
            let v = readOut(EffectBounds(lower: lower, upper: upper))
            let reached = w.indices.filter { w[$0] > 0.01 || v[$0] > 0.01 }
            let agreement = Agreement(reached.map { w[$0] }, reached.map { v[$0] })
            rows.append((agreement.correlation, agreement.rmse, agreement.meanOurs, agreement.meanTheirs))
        }
        func mean(_ value: (Int) -> Double) -> Double { rows.indices.map(value).reduce(0, +) / Double(rows.count) }
        print("effect-size identity: max |background bound − b| = \(worstThreshold) over \(rows.count) experiments")
        print(
            "kernel read-out W over \(rows.count) experiments: mean r \(fixed(mean { rows[$0].correlation }, 4)), mean RMSE \(fixed(mean { rows[$0].rmse }, 4)), mean W ours \(fixed(mean { rows[$0].ours }, 4)) SDM \(fixed(mean { rows[$0].theirs }, 4)), worst r \(fixed(rows.map(\.correlation).min() ?? .nan, 3))"
        )
        return published
    }

    /// The bound where no peak reaches: the commonest value of the map.
    private func background(_ map: [Float]) -> Double {
        let counts = Dictionary(grouping: map, by: { $0 }).mapValues(\.count)
        return counts.max { $0.value < $1.value }.map { Double($0.key) } ?? .nan
    }

    /// The statistics alone: published bounds where there are any, ours for the other experiments.
    private func fromPublishedBounds(
        _ shelf: Shelf, _ analysis: SeedBasedAnalysis, _ prepared: [PreparedExperiment], _ published: [EffectBounds?]
    ) async throws {
        let (own, _) = try await analysis.bounds(of: prepared, maps: prepared.map { _ in nil })
        let bounds = zip(published, own).map { $0 ?? $1 }
        let ids = prepared.map(\.experiment.id)
        let maps = try await analysis.pooled(ids: ids, bounds: bounds, scales: prepared.map(\.scale))
        print(
            "\nfrom published bounds (\(published.count { $0 != nil }) of \(published.count) experiments published, the others ours):"
        )
        try compare(shelf, maps)
    }

    private func fromPeaks(_ shelf: Shelf, _ analysis: SeedBasedAnalysis, _ experiments: [Experiment]) async throws {
        let result = try await analysis.run(.mean, experiments: experiments)
        print("\nfrom the peaks alone (own template, leave-out \(result.leaveOut)):")
        try compare(shelf, result.maps)
        for timing in result.timings { print("  \(timing.stage): \(fixed(timing.seconds, 2)) s") }
    }

    private func compare(_ shelf: Shelf, _ maps: PooledMaps) throws {
        let variance = maps.se.map { $0 * $0 }
        for (name, ours, file) in [
            ("g", maps.g, "g"), ("z", maps.z, "z"), ("variance", variance, "var"), ("tau2", maps.tau2, "tau2"),
            ("I2", maps.i2, "h_i2"), ("H2", maps.h2, "h_h2"), ("Q", maps.q, "h_Q"),
        ] {
            let theirs = maps.mask.gather(try shelf.volume("mod1/mod1_\(file).nii.gz"))
            let agreement = Agreement(ours, theirs)
            print(
                "  \(name.padding(toLength: 9, withPad: " ", startingAt: 0)) r \(fixed(agreement.correlation, 4))  RMSE \(fixed(agreement.rmse, 4))  mean ours \(fixed(agreement.meanOurs, 4)) SDM \(fixed(agreement.meanTheirs, 4))"
            )
        }
    }
}

func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
