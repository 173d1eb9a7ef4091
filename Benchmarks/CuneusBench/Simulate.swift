import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// Recovers a known effect from simulated studies: bias, error, coverage, false positives.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Recovery of a known effect from simulated studies, from their peaks and from their whole maps.")

    @Option(help: "Simulated meta-analyses.")
    var replicates = 100
    @Option(help: "Studies per meta-analysis.")
    var studies = 20
    @Option(help: "Participants per study.")
    var subjects = 20
    @Option(help: "True effect at the blob's centre, in standard deviations.")
    var effect = 0.7
    @Option(help: "Centre of the blob, MNI mm: x,y,z.")
    var centre = "-40,-20,50"
    @Option(help: "Full width at half maximum of the blob, mm.")
    var blobFWHM = 20.0
    @Option(help: "Standard deviation of the effect between studies.")
    var tau = 0.1
    @Option(help: "Smoothness of the images, mm.")
    var noiseFWHM = 8.0
    @Option(help: "One-tailed p below which a study reports a voxel.")
    var thresholdP = 0.001
    @Option(help: "Share of the studies that report only signs.")
    var signsOnly = 0.5
    @Option(help: "Smallest cluster a study reports, mm³; 0 = any.")
    var extent = 0.0
    @Option(help: "Most peaks a study reports of one cluster; 0 = all.")
    var peaksPerCluster = 0
    @Option(help: "Voxel size, mm.")
    var voxelSize = 4.0
    @Option(help: "Seed of the simulated data.")
    var seed: UInt64 = 1
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Setting of the analysis, key=value (repeatable).")
    var set: [String] = []

    func validate() throws {
        guard replicates >= 2, studies >= 2, subjects >= 4 else {
            throw ValidationError("Needs at least 2 replicates, 2 studies and 4 subjects.")
        }
        guard point(centre) != nil else { throw ValidationError("--centre is x,y,z in mm, e.g. -40,-20,50.") }
        guard (0...1).contains(signsOnly), thresholdP > 0, thresholdP < 0.5 else {
            throw ValidationError("--signs-only is a share, --threshold-p a probability below 0.5.")
        }
    }

    func run() async throws {
        var settings = try Settings.sdmPSI.applying([SettingAssignment(commandLine: "voxel_size=\(voxelSize)")])
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        let space = try AnalysisSpace(settings: settings)
        let simulated = SimulatedStudies(design(), mask: space.mask)
        let start = ContinuousClock.now
        let summary = try await Recovery(studies: simulated, space: space, settings: settings)
            .run(replicates: replicates, threads: threads)
        SimulationTable(simulated, summary).print()
        let seconds = Double((ContinuousClock.now - start).components.seconds)
        print("\(fixed(seconds, 0)) s, \(threads) threads")
    }

    private func design() -> SimulationDesign {
        var design = SimulationDesign()
        design.studies = studies
        design.subjects = subjects
        design.effect = effect
        design.centre = point(centre) ?? design.centre
        design.blobFWHM = blobFWHM
        design.tau = tau
        design.noiseFWHM = noiseFWHM
        design.thresholdP = thresholdP
        design.extent = extent
        design.peaksPerCluster = peaksPerCluster
        design.signsOnly = signsOnly
        design.seed = seed
        return design
    }

    private func point(_ text: String) -> SIMD3<Double>? {
        let numbers = text.split(separator: ",").compactMap { Double($0) }
        return numbers.count == 3 ? [numbers[0], numbers[1], numbers[2]] : nil
    }
}
