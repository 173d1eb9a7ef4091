import ArgumentParser
import Cuneus
import Foundation

/// How much of a result is the voxel size's: a project's bounds and pooled g at another voxel size against 2 mm, at the voxel
/// centres that both grids have; with kernels on the 2 mm graph, and on the graph of the analysis grid.
struct VoxelSizes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voxel-size", abstract: "Bounds and g at another voxel size against 2 mm, and what kernels cost.")

    @Argument(help: "Project.")
    var path: String
    @Option(help: "Voxel sizes, mm (repeatable).")
    var size: [Double] = [4]
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Setting of the analysis, key=value (repeatable).")
    var set: [String] = []

    private struct Run {
        var mask: Mask
        /// W of every experiment with peaks.
        var known: [[Double]]
        var g: [Float]
        var seconds: Double
    }

    func run() async throws {
        let project = try ProjectReader.read(path)
        let settings = try project.settings.applying(
            (["permutations=0", "relocations=0"] + set).map { try SettingAssignment(commandLine: $0) })
        let experiments = try project.experiments(of: .mean, settings: settings).filter { !$0.hasMap }
        print("\(experiments.count) experiments with peaks or nothing found; at shared voxel centres, against 2 mm:")
        let fine = try await Self.results(
            AnalysisSpace(settings: settings), settings: settings, experiments, threads: threads)
        print("  2 mm: bounds \(fixed(fine.seconds, 2)) s")
        print(
            "  size  kernels on  voxels  mean W (2 mm)  slope of W  RMSE of W  slope of g  RMSE of g  r of g  bounds, s"
        )
        // How far g is from itself when only the imputations' random numbers are others.
        var reseeded = settings
        reseeded.seed &+= 1
        let again = try await Self.results(
            AnalysisSpace(settings: reseeded), settings: reseeded, experiments, threads: threads)
        Self.compare(again, fine, "2.0   other seed")
        for size in size {
            let settings = try settings.applying([SettingAssignment(commandLine: "voxel_size=\(size)")])
            let space = try AnalysisSpace(settings: settings)
            let coarse = AnalysisSpace(mask: space.mask, template: space.template)
            for (space, name) in [(coarse, "own grid"), (space, "2 mm")] {
                let other = try await Self.results(space, settings: settings, experiments, threads: threads)
                Self.compare(other, fine, "\(fixed(size, 1))   \(name)")
            }
        }
    }

    @_optimize(none)
    private static func results(
        _ space: AnalysisSpace, settings: Settings, _ experiments: [Experiment], threads: Int
    ) async throws -> Run {
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: threads))
        let prepared = try experiments.map { try PreparedExperiment($0, settings: settings) }
        let start = ContinuousClock.now
        let bounds = try await analysis.bounds(of: prepared, maps: prepared.map { _ in nil }).bounds
        let time = (ContinuousClock.now - start).components
        let result = try await analysis.run(.mean, experiments: experiments)
        let known = zip(bounds, prepared).filter { !$1.peaks.isEmpty }.map { bounds, experiment in
            zip(bounds.lower, bounds.upper).map { 1 - Double($1 - $0) / (2 * (experiment.thresholdG ?? 1)) }
        }
        return Run(
            mask: space.mask, known: known, g: result.maps.g,
            seconds: Double(time.seconds) + Double(time.attoseconds) * 1e-18)
    }

    private static func compare(_ run: Run, _ fine: Run, _ name: String) {
        var pairs: [(Int, Int)] = []
        for position in 0..<run.mask.count {
            let point = run.mask.world(at: position)
            guard let voxel = fine.mask.grid.nearestVoxel(to: point), fine.mask.contains(voxel) else { continue }
            let apart = fine.mask.grid.world(voxel) - point
            guard (apart * apart).sum() < 1e-6 else { continue }
            pairs.append((position, Int(fine.mask.position[fine.mask.grid.index(voxel)])))
        }
        let w = zip(run.known, fine.known).flatMap { mine, theirs in pairs.map { (mine[$0.0], theirs[$0.1]) } }
        let g = pairs.map { (Double(run.g[$0.0]), Double(fine.g[$0.1])) }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        func slope(_ values: [(Double, Double)]) -> Double {
            mean(values.map { $0.0 * $0.1 }) / mean(values.map { $0.1 * $0.1 })
        }
        func error(_ values: [(Double, Double)]) -> Double {
            mean(values.map { ($0.0 - $0.1) * ($0.0 - $0.1) }).squareRoot()
        }
        let correlation = PearsonCorrelation.r(g.map(\.0), g.map(\.1)) ?? .nan
        print(
            "  \(name)  \(pairs.count)  \(fixed(mean(w.map(\.0)), 4)) (\(fixed(mean(w.map(\.1)), 4)))  \(fixed(slope(w), 3))  "
                + "\(fixed(error(w), 4))  \(fixed(slope(g), 3))  \(fixed(error(g), 4))  \(fixed(correlation, 4))  "
                + fixed(run.seconds, 2))
    }
}
