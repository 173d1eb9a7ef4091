import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// Slopes at a region of simulated studies, from their peaks by several analyses and from their whole maps; or how long the
/// likelihood step takes with covariates and without.
struct SlopeRegions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slopes",
        abstract: "Slopes at a region of simulated studies: error rate, recovery and power, beside whole maps.")

    @Option(help: "Simulated meta-analyses.")
    var replicates = 60
    @Option(help: "Studies per meta-analysis.")
    var studies = 20
    @Option(help: "True slope at the region's centre, g per standard deviation of the covariate.")
    var slope = 0.0
    @Option(help: "True mean effect at the region's centre.")
    var effect = 0.7
    @Option(help: "Standard deviation of the effect between studies.")
    var tau = 0.1
    @Option(help: "Smallest cluster a study reports, mm³; 0 = any.")
    var extent = 0.0
    @Option(help: "Share of the studies that report only signs.")
    var signsOnly = 0.0
    @Option(help: "Voxel size, mm.")
    var voxelSize = 6.0
    @Option(
        help:
            "Only what lies this near (mm) to the region's centre is simulated; beyond 56 there are voxels without effect."
    )
    var radius = 40.0
    @Flag(help: "Time the likelihood step, for the mean and with covariates, on one meta-analysis.")
    var speed = false
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Setting of the analysis, key=value (repeatable).")
    var set: [String] = []

    func run() async throws {
        var settings = try Settings.sdmPSI.applying([SettingAssignment(commandLine: "voxel_size=\(voxelSize)")])
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        var design = SimulationDesign()
        design.studies = studies
        design.effect = effect
        design.tau = tau
        design.extent = extent
        design.signsOnly = signsOnly
        design.slope = RegionSlopes.share(perSD: slope, design)
        let space = try Self.space(settings, around: design.centre, radius: radius)
        let simulated = SimulatedStudies(design, mask: space.mask)
        if speed {
            try await Self.time(simulated, space: space, settings: settings, threads: threads)
            return
        }
        let slopes = RegionSlopes(
            studies: simulated, space: space, settings: settings,
            arms: [
                .sharedMean, .ownFittedValue, .fitted("own, leave out 1", leaveOut: 1),
                .fitted("own, leave out 0", leaveOut: 0),
            ])
        let start = ContinuousClock.now
        let found = try await slopes.run(replicates: replicates, threads: threads)
        print(
            "\(replicates) replicates of \(studies) studies of \(design.subjects), effect \(effect), slope \(slope) per SD, tau \(tau), "
                + "signs only in \(fixed(100 * signsOnly, 0)) %, clusters of at least \(fixed(extent, 0)) mm³, "
                + "\(settings.imputations) imputations, \(space.mask.count) voxels")
        print(RegionSlopes.table(found, slopes))
        print("\(fixed(Double((ContinuousClock.now - start).components.seconds), 0)) s, \(threads) threads")
    }

    private static func space(
        _ settings: Settings, around centre: SIMD3<Double>, radius: Double
    ) throws -> AnalysisSpace {
        let whole = try AnalysisSpace(settings: settings)
        let mask = Mask(grid: whole.mask.grid) { index in
            guard whole.mask.position[index] >= 0 else { return false }
            let step = whole.mask.grid.world(atIndex: index) - centre
            return (step * step).sum() <= radius * radius
        }
        return AnalysisSpace(mask: mask, template: whole.template, kernelTemplate: whole.kernelTemplate)
    }

    /// The likelihood step of the mean, then with 1, 2 and 4 random covariates, on the bounds of one meta-analysis; the least of five.
    private static func time(
        _ studies: SimulatedStudies, space: AnalysisSpace, settings: Settings, threads: Int
    ) async throws {
        let speeds = try await LikelihoodSpeed(studies: studies, space: space, settings: settings)
            .run(covariates: [1, 2, 4], rounds: 5, threads: threads)
        for speed in speeds {
            print(
                "\(speed.covariates) covariates: \(fixed(1e6 * speed.seconds / Double(space.mask.count), 1)) µs a voxel, "
                    + "\(fixed(speed.seconds / speeds[0].seconds, 2)) times the mean")
        }
    }
}
