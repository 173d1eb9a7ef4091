import ArgumentParser
import Cuneus
import Foundation

/// Time of the permutation test, how it grows, and how near it is to what the processor can do.
struct Permutations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Time of the permutation test.")

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Option(help: "Most worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount
    @Option(help: "Permutations to time.")
    var permutations = 128
    @Option(help: "Only the first so many experiments.")
    var experiments: Int?
    @Option(help: "Memory, MiB.")
    var memory = 4096
    @Option(help: "Setting, key=value (repeatable).")
    var set: [String] = []

    @Flag(help: "Only the rooflines and how time grows; needs no shelf.")
    var growth = false

    func run() async throws {
        print("permutation test, rooflines")
        Roofline(.best).report()
        try await Growth().report(threads: threads)
        if growth { return }
        guard let shelf = Shelf(shelf) else {
            print("permutations: skipped, no reference shelf (oracle/sdm-psi) at ../shared or $CUNEUS_SHELF")
            return
        }
        var settings = Settings.sdmPSI
        settings.permutations = permutations
        settings = try settings.applying(set.map { try SettingAssignment(commandLine: $0) })
        let project = try ProjectReader.read(shelf.oracle + "/project")
        var chosen = try project.experiments(of: .mean, settings: settings)
        if let experiments { chosen = Array(chosen.prefix(experiments)) }
        let space = try AnalysisSpace(settings: settings)
        let subjects = chosen.reduce(0) { $0 + $1.n }
        print(
            "\(chosen.count) experiments, \(subjects) subjects, \(space.mask.count) voxels, \(settings.imputations) imputations, \(permutations) permutations, \(VectorInstructions.best.rawValue)"
        )
        let analysis = SeedBasedAnalysis(space: space, settings: settings, workers: Workers(threads: threads))
        let result = try await analysis.run(
            .mean, experiments: chosen, permutation: PermutationOptions(memory: memory << 20))
        for timing in result.timings where timing.seconds > 0.005 {
            print("  \(timing.stage): \(fixed(timing.seconds, 1)) s")
        }
        let seconds = result.timings.last?.seconds ?? .nan
        let elements = Double(space.mask.count * settings.imputations * permutations * chosen.count)
        print(
            "  \(fixed(seconds * Double(threads) / elements * 1e9, 3)) thread-ns per (voxel, imputation, permutation, experiment), draws included"
        )
        print("  peak memory: \(MachineRecord.peakMemory() >> 20) MiB")
        tfce(result)
        if experiments == nil { try compare(shelf, result) }
    }

    /// Time of the maxima of the observed map, which has more and larger clusters than a null map.
    private func tfce(_ result: ModelResult) {
        for connectivity in Connectivity.allCases {
            let tfce = ThresholdFreeClusterEnhancement(table: NeighbourTable(result.maps.mask, connectivity))
            var scratch = ThresholdFreeClusterEnhancement.Scratch()
            let time = best(of: 20) {
                for sign in [1, -1] { _ = tfce.maximum(of: result.maps.z, sign: sign, scratch: &scratch) }
            }
            print("  TFCE, both signs, \(connectivity.rawValue) neighbours: \(fixed(time * 1e3, 1)) ms a map")
        }
        let statistics = MaximumStatistics(
            tfce: ThresholdFreeClusterEnhancement(table: NeighbourTable(result.maps.mask, .faces)),
            clusterTable: NeighbourTable(result.maps.mask, .edges), clusterForming: 3.09)
        var scratch = MaximumStatistics.Scratch()
        let time = best(of: 20) { _ = statistics(result.maps.z, scratch: &scratch) }
        print("  all maxima (voxel, TFCE, cluster size and mass), both signs: \(fixed(time * 1e3, 1)) ms a map")
    }

    /// Our null beside the program's own 1000 permutations of model 1.
    private func compare(_ shelf: Shelf, _ result: ModelResult) throws {
        guard let familyWise = result.familyWise,
            let text = try? String(contentsOfFile: shelf.oracle + "/mod1/fwe/maxsMinsZ.asc", encoding: .utf8)
        else { return }
        let rows = text.split(whereSeparator: \.isNewline).map { line in
            line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "," }).compactMap { Double($0) }
        }.filter { $0.count >= 4 }
        func summary(_ values: [Double]) -> String {
            let sorted = values.sorted()
            let mean = values.reduce(0, +) / Double(max(values.count, 1))
            return "mean \(fixed(mean, 3)), 95 % \(fixed(sorted[Int(0.95 * Double(sorted.count - 1))], 3))"
        }
        for (name, column, statistic, tail) in [
            ("max z", 0, NullDistribution.Statistic.voxel, NullDistribution.Tail.positive),
            ("max -z", 1, .voxel, .negative), ("TFCE +", 2, .tfce, .positive), ("TFCE -", 3, .tfce, .negative),
        ] {
            let ours = familyWise.null.maxima.dropFirst().map { Double($0.value(statistic, tail)) }
            let theirs = rows.dropFirst().map { abs($0[column]) }
            print("  null \(name): ours \(summary(ours)); SDM-PSI 6.21 \(summary(theirs))")
        }
        let mask = result.maps.mask
        let theirs = mask.gather(try shelf.volume("mod1/corrp_voxel.nii.gz")).map { $0 >= 0.95 }
        let ours = familyWise.map(.voxel, .positive).p.map { $0 <= 0.05 }
        let both = zip(ours, theirs).count { $0 && $1 }
        let dice = 2 * Double(both) / Double(max(ours.count { $0 } + theirs.count { $0 }, 1))
        print(
            "  voxels with corrected p <= 0.05: ours \(ours.count { $0 }), SDM \(theirs.count { $0 }), Dice \(fixed(dice, 3))"
        )
    }
}
