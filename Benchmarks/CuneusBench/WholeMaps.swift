import ArgumentParser
import Cuneus
import Foundation
import Simulation

/// Where every study gives its map, nothing is uncertain but what any meta-analysis is uncertain of: there the posterior must come near
/// the estimators that everybody knows.
struct WholeMaps: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "whole-maps",
        abstract: "The posterior of whole maps beside DerSimonian–Laird and REML with Knapp and Hartung's errors.",
        discussion: "Reads data/pain21 of the reference shelf (NeuroVault collection 1425).")

    @Option(help: "The reference shelf (default: $CUNEUS_SHELF or ../shared).")
    var shelf: String?
    @Option(help: "Voxel size, mm.")
    var voxelSize = 4.0
    @Option(help: "Worker threads.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @_optimize(none)
    func run() async throws {
        guard let shelf = Shelf(shelf), FileManager.default.fileExists(atPath: shelf.path + "/data/pain21") else {
            print("whole-maps: skipped, no reference shelf (data/pain21) at ../shared or $CUNEUS_SHELF")
            return
        }
        let settings = try Settings().applying([SettingAssignment(commandLine: "voxel_size=\(voxelSize)")])
        let space = try AnalysisSpace(settings: settings)
        let studies = try PainHalves(shelf.path + "/data/pain21", mask: space.mask)
        var table = MarkdownTable([
            "maps", "beside", "r of g", "slope of g", "mean \\|Δg\\|", "median half-width", "beside", "holds its g",
        ])
        for count in [3, 5, 10] {
            let chosen = Array(0..<count)
            let own = try await posterior(chosen, studies)
            for (name, estimator, test) in Self.others {
                let other = try estimates(chosen, studies, estimator, test)
                table.add(row(count, name, own, other))
            }
        }
        print("Ten pain studies, \(studies.voxels.count) voxels of \(fixed(voxelSize, 0)) mm.\n")
        print(table.text)
    }

    private static let others: [(String, HeterogeneityEstimator, MetaRegression.Test)] = [
        ("DL, Wald", .dersimonianLaird, .wald), ("REML, Knapp–Hartung", .reml, .knappHartung),
    ]

    /// An effect and its 95 % interval.
    private struct Found {
        var g: Double
        var interval: Interval
        var half: Double { 0.5 * (interval.upper - interval.lower) }
    }

    private func posterior(_ chosen: [Int], _ studies: PainHalves) async throws -> [Found] {
        let reports = chosen.map { EffectReport(map: studies.effects[$0], scale: studies.scales[$0]) }
        let maps = try await EffectPosterior(reports, voxels: studies.mask.count).maps(
            at: studies.voxels.map { Int32($0) }, workers: Workers(threads: threads))
        return maps.g.indices.map { index in
            Found(
                g: Double(maps.g[index]),
                interval: Interval(lower: Double(maps.lower[index]), upper: Double(maps.upper[index])))
        }
    }

    private func estimates(
        _ chosen: [Int], _ studies: PainHalves, _ estimator: HeterogeneityEstimator, _ test: MetaRegression.Test
    ) throws -> [Found] {
        try studies.voxels.map { voxel in
            let effects = chosen.map { Double(studies.effects[$0][voxel]) }
            let variances = zip(chosen, effects).map { studies.scales[$0].variance(ofG: $1) }
            let estimate = try MetaRegression(
                effects: effects, variances: variances, estimator: estimator, test: test
            ).coefficient(0)
            return Found(g: estimate.value, interval: estimate.interval())
        }
    }

    private func row(_ count: Int, _ name: String, _ own: [Found], _ other: [Found]) -> [String] {
        let (a, b) = (own.map(\.g), other.map(\.g))
        let n = Double(a.count)
        let (meanA, meanB) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
        var (ab, aa, bb, difference) = (0.0, 0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - meanA) * (y - meanB)
            aa += (x - meanA) * (x - meanA)
            bb += (y - meanB) * (y - meanB)
            difference += abs(x - y)
        }
        let holds = zip(own, b).count { $0.interval.lower <= $1 && $1 <= $0.interval.upper }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        return [
            String(count), name, fixed(ab / (aa * bb).squareRoot(), 4), fixed(ab / bb, 3), fixed(difference / n, 3),
            fixed(median(own.map(\.half)), 3), fixed(median(other.map(\.half)), 3),
            fixed(100 * Double(holds) / n, 1) + " %",
        ]
    }
}
