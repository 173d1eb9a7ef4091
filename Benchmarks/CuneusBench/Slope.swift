import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// Recovers a known slope from simulated studies, and counts false ones where there is none.
struct Slope: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Meta-regression on simulated studies: error rate without a slope, recovery of one.")

    @Option(help: "Simulated meta-analyses.")
    var replicates = 60
    @Option(help: "Studies per meta-analysis.")
    var studies = 20
    @Option(help: "True slope as a share of the effect; the covariate runs from -1 to 1.")
    var slope = 0.0
    @Option(help: "Standard deviation of the effect between studies.")
    var tau = 0.1
    @Option(help: "Smallest cluster a study reports, mm³; 0 = any.")
    var extent = 0.0
    @Option(help: "Most peaks a study reports of one cluster; 0 = all.")
    var peaksPerCluster = 0
    @Option(help: "Share of the studies that report only signs.")
    var signsOnly = 0.0
    @Option(help: "Voxel size, mm.")
    var voxelSize = 6.0
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Setting of the analysis, key=value (repeatable).")
    var set: [String] = []

    func run() async throws {
        var settings = try Settings.sdmPSI.applying([SettingAssignment(commandLine: "voxel_size=\(voxelSize)")])
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        var design = SimulationDesign()
        design.studies = studies
        design.slope = slope
        design.tau = tau
        design.extent = extent
        design.peaksPerCluster = peaksPerCluster
        design.signsOnly = signsOnly
        let space = try AnalysisSpace(settings: settings)
        let simulated = SimulatedStudies(design, mask: space.mask)
        let start = ContinuousClock.now
        let found = try await SlopeRecovery(studies: simulated, space: space, settings: settings)
            .run(replicates: replicates, threads: threads)
        print(
            "\(replicates) replicates of \(studies) studies of \(design.subjects), effect \(design.effect)·(1 + \(slope)·x), tau \(tau), "
                + "signs only in \(fixed(100 * signsOnly, 0)) %, clusters of at least \(fixed(extent, 0)) mm³, "
                + "\(settings.imputations) imputations, \(space.mask.count) voxels")
        print("region   measure                  from peaks        from maps")
        for (index, region) in SlopeRecovery.regions.enumerated() {
            func row(_ name: String, _ value: KeyPath<SlopeRecovery.Score, Double>, _ digits: Int, _ factor: Double = 1)
            {
                func text(_ scores: [SlopeRecovery.Score]) -> String {
                    let mean = MonteCarloMean(scores.map { factor * $0[keyPath: value] })
                    return "\(fixed(mean.mean, digits)) ± \(fixed(1.96 * mean.standardError, digits))"
                        .padding(toLength: 18, withPad: " ", startingAt: 0)
                }
                print(
                    region.padding(toLength: 9, withPad: " ", startingAt: 0)
                        + name.padding(toLength: 25, withPad: " ", startingAt: 0) + text(found.map { $0.peaks[index] })
                        + text(found.map { $0.maps[index] }))
            }
            row("slope", \.slope, 3)
            row("bias", \.bias, 3)
            row("95 % CI holds truth, %", \.coverage, 1, 100)
            row("p < .05 two-sided, %", \.rejected, 1, 100)
        }
        print("\(fixed(Double((ContinuousClock.now - start).components.seconds), 0)) s, \(threads) threads")
    }
}
