import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// Family-wise error and power of the whole pipeline, measured on simulated studies.
struct Errors: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Family-wise error and power of the permutation test on simulated studies.",
        discussion: """
            Simulates meta-analyses of smooth subject images, keeps only the peaks papers would print (half of the studies
            without statistics), runs everything and counts how often something has a corrected p <= .05.
            """)

    @Option(help: "Simulated meta-analyses.") var replicates = 200
    @Option(help: "Studies per meta-analysis.") var studies = 20
    @Option(help: "Participants per study.") var subjects = 20
    @Option(help: "True effect at the centre of a 20 mm blob, in standard deviations; 0 = none.") var effect = 0.0
    @Option(help: "Standard deviation of the effect between studies.") var tau = 0.0
    @Option(help: "Smoothness of the images, mm.") var noiseFWHM = 8.0
    @Option(help: "One-tailed p below which a study reports a voxel.") var thresholdP = 0.001
    @Option(help: "Share of the studies that report only signs.") var signsOnly = 0.5
    @Option(help: "Smallest cluster a study reports, mm³; 0 = any.") var extent = 0.0
    @Option(help: "Most peaks a study reports of one cluster; 0 = all.") var peaksPerCluster = 0
    @Option(help: "Voxel size, mm.") var voxelSize = 6.0
    @Option(help: "Permutations, the unpermuted data included.") var permutations = 200
    @Option(help: "Imputations.") var imputations = 20
    @Option(help: "Seed of the simulated data.") var seed: UInt64 = 1
    @Option(help: "Worker threads.") var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Setting of the analysis, key=value (repeatable).") var set: [String] = []

    func run() async throws {
        var settings = Settings.sdmPSI
        settings.voxelSize = voxelSize
        settings.permutations = permutations
        settings.imputations = imputations
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        let space = try AnalysisSpace(settings: settings)
        var design = SimulationDesign()
        design.studies = studies
        design.subjects = subjects
        design.effect = effect
        design.tau = tau
        design.noiseFWHM = noiseFWHM
        design.thresholdP = thresholdP
        design.signsOnly = signsOnly
        design.extent = extent
        design.peaksPerCluster = peaksPerCluster
        design.seed = seed
        let start = ContinuousClock.now
        let outcomes = try await FamilyWiseErrors(
            studies: SimulatedStudies(design, mask: space.mask), space: space, settings: settings
        ).run(replicates: replicates, threads: threads)
        let seconds = Double((ContinuousClock.now - start).components.seconds)
        print(
            "\(replicates) meta-analyses of \(studies) studies of \(subjects), effect \(effect), tau \(tau), noise \(noiseFWHM) mm, clusters of at least \(extent) mm³ with \(peaksPerCluster == 0 ? "all" : "\(peaksPerCluster)") peaks, \(fixed(100 * signsOnly, 0)) % signs only, \(space.mask.count) voxels of \(voxelSize) mm, \(permutations) permutations, \(imputations) imputations: \(fixed(seconds, 0)) s"
        )
        print("share with a corrected p <= .05 (95 % Wilson interval)")
        let title = effect == 0 ? "anywhere" : "where the effect is zero"
        for statistic in NullDistribution.Statistic.allCases {
            for tail in NullDistribution.Tail.allCases {
                let errors = outcomes.count { ($0.null[statistic]?[tail] ?? 1) <= 0.05 }
                var line = "  \(statistic.rawValue) \(tail.rawValue): \(title) \(share(errors))"
                if effect != 0 {
                    line += ", in the region \(share(outcomes.count { ($0.blob[statistic]?[tail] ?? 1) <= 0.05 }))"
                }
                print(line)
            }
        }
    }

    private func share(_ count: Int) -> String {
        let share = WilsonShare(count, of: replicates)
        return "\(share.percent) % (\(fixed(100 * share.low, 1)) to \(fixed(100 * share.high, 1)))"
    }
}
