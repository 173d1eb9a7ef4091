import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// Whether bounds from peaks hold what the studies' own images show: in simulations, and in the pain studies of the shelf.
struct TruthOfBounds: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bounds",
        abstract: "Whether bounds from peaks hold the effects of the studies' own images, simulated or of pain.")

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Flag(help: "The ten pain studies instead of simulated ones: full tables with t.")
    var pain = false
    @Option(help: "Simulated meta-analyses: 20 studies of 20, six blobs of .5, tau .1.")
    var replicates = 2
    @Option(help: "Smallest cluster a simulated study reports, mm³.")
    var extent = 80.0
    @Option(help: "Smoothness of simulated images, mm.")
    var noiseFWHM = 8.0
    @Option(help: "Voxel size, mm.")
    var voxelSize = 4.0
    @Option(help: "Setting of the analysis, key=value (repeatable).")
    var set: [String] = []

    func run() async throws {
        var settings = try Settings().applying([SettingAssignment(commandLine: "voxel_size=\(voxelSize)")])
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        let space = try AnalysisSpace(settings: settings)
        let estimators = EffectEstimators(space: space, settings: settings)
        let held: BoundsHeld
        if pain {
            guard let shelf = Shelf(shelf), FileManager.default.fileExists(atPath: shelf.path + "/data/pain21") else {
                print("bounds: skipped, no reference shelf (data/pain21) at ../shared or $CUNEUS_SHELF")
                return
            }
            held = try Self.held(PainHalves(shelf.path + "/data/pain21", mask: space.mask), estimators)
        } else {
            held = try simulated(space, estimators)
        }
        let total = held.kinds.reduce(0) { $0 + $1.count }
        var table = MarkdownTable(["voxels of studies", "share", "bounds", "own g", "implied by the bounds", "held"])
        for kind in held.kinds {
            table.add([
                kind.name, fixed(100 * kind.count / total, 1) + " %",
                "\(fixed(kind.lower, 2)) to \(fixed(kind.upper, 2))", fixed(kind.own, 2), fixed(kind.implied, 2),
                fixed(100 * kind.held, 0) + " %",
            ])
        }
        print(table.text)
    }

    /// Where the truth is at least half of the largest.
    private func simulated(_ space: AnalysisSpace, _ estimators: EffectEstimators) throws -> BoundsHeld {
        var design = SimulationDesign()
        design.effect = 0.5
        design.signsOnly = 0
        design.extent = extent
        design.peaksPerCluster = 3
        design.noiseFWHM = noiseFWHM
        design.otherCentres = Coverage.places
        let studies = SimulatedStudies(design, mask: space.mask)
        let core = studies.truth.indices.filter { studies.truth[$0] >= 0.25 }
        var held = BoundsHeld()
        for replicate in 0..<replicates {
            for study in 0..<design.studies {
                let t = studies.tMap(replicate: replicate, study: study)
                let told = ReportedStudy(studies.experiment(study: study, tMap: t))
                guard let report = try estimators.posterior([told]).reports.first else { continue }
                for voxel in core {
                    held.add(
                        report, at: voxel, own: studies.scale.g(fromT: Double(t[voxel])),
                        mean: Double(studies.truth[voxel]), tau: design.tau, scale: studies.scale)
                }
            }
        }
        return held
    }

    /// Where the ten images together show at least .3; the pooled images stand for the true mean.
    private static func held(_ studies: PainHalves, _ estimators: EffectEstimators) throws -> BoundsHeld {
        let all = studies.pooledImages(Array(0..<10)).g
        let voxels = studies.voxels.filter { abs(all[$0]) >= 0.3 }
        var held = BoundsHeld()
        for study in 0..<10 {
            let told = studies.study(study, .made(withHeights: true))
            guard let report = try estimators.posterior([told]).reports.first else { continue }
            for voxel in voxels {
                held.add(
                    report, at: voxel, own: Double(studies.effects[study][voxel]), mean: Double(all[voxel]), tau: 0.25,
                    scale: studies.scales[study])
            }
        }
        return held
    }
}
