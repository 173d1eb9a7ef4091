import Appraisal
import Evidence
import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Jackknife")
struct JackknifeTests {
    private typealias Base = SeedBasedAnalysisTests

    /// Six experiments, two of one sample.
    static let experiments: [Experiment] = {
        var twin = Base.experiment("f", n1: 22, peaks: [([2, -2, 0], .t(4.1)), ([12, 4, -6], .t(-4.4))])
        twin.sample = "b"
        return Base.experiments + [twin]
    }()

    static func clusters(_ maps: PooledMaps, above threshold: Double) -> [Cluster] {
        let finder = ClusterFinder(mask: maps.mask, connectivity: .edges)
        return [1, -1].flatMap { finder.clusters(in: maps.z, above: threshold, sign: $0, minimumExtent: 3) }
    }

    @Test(
        "Each leave-out equals a run of the whole analysis without it, to the bit",
        arguments: [
            ["imputations=20"], ["sampler=paper", "imputations=7"], ["tau2_estimator=reml", "imputations=5"],
            ["tau2_smoothing=0", "imputations=5"], ["effect_smoothing=5", "leave_out=0", "imputations=18"],
        ])
    func reruns(_ settings: [String]) async throws {
        let analysis = try PlacesTests.analysis(settings)
        let all = try await analysis.run(.mean, experiments: Self.experiments)
        let clusters = Self.clusters(all.maps, above: 1.2)
        #expect(clusters.map(\.sign).contains(-1) && clusters.count >= 2)
        let jackknife = try await analysis.jackknife(
            of: .mean, experiments: Self.experiments, clusters: clusters)
        #expect(jackknife.omissions.map(\.name) == ["a", "b", "c", "d", "e", "f", "b"])
        #expect(jackknife.omissions.last?.kind == .sample && jackknife.omissions.last?.experiments == [1, 5])
        for (index, omission) in jackknife.omissions.enumerated() {
            let kept = Self.experiments.indices.filter { !omission.experiments.contains($0) }
            let rerun = try await analysis.run(.mean, experiments: kept.map { Self.experiments[$0] }).maps
            for (cluster, table) in zip(clusters, jackknife.clusters) {
                for peak in table.peaks {
                    let found = peak.without[index]
                    #expect(found.g == Double(rerun.g[peak.position]))
                    #expect(found.se == Double(rerun.se[peak.position]))
                    #expect(found.z == Double(rerun.z[peak.position]))
                    #expect(found.tau2 == Double(rerun.tau2[peak.position]))
                    #expect(peak.all.z == Double(all.maps.z[peak.position]))
                }
                let z = cluster.voxels.map { Float(cluster.sign) * rerun.z[Int($0)] }
                #expect(table.remaining[index] == z.count { $0 > Float(jackknife.threshold) })
                #expect(table.highest[index] == Double(z.max() ?? .nan))
            }
        }
    }

    @Test("The same for any number of threads")
    func threads() async throws {
        let all = try await PlacesTests.analysis(["imputations=6"]).run(.mean, experiments: Self.experiments)
        let clusters = Self.clusters(all.maps, above: 1)
        var found: [Jackknife] = []
        for threads in [1, 3] {
            found.append(
                try await PlacesTests.analysis(["imputations=6"], threads: threads)
                    .jackknife(of: .mean, experiments: Self.experiments, clusters: clusters))
        }
        for (a, b) in zip(found[0].clusters, found[1].clusters) {
            #expect(a.peaks.map(\.without) == b.peaks.map(\.without))
            #expect(a.contributions == b.contributions && a.remaining == b.remaining)
        }
    }

    @Test("A planted outlier is what a finding hangs on; a finding of all hangs on none")
    func outlier() async throws {
        func strong(_ id: String, at other: SIMD3<Double>? = nil) -> Experiment {
            Base.experiment(
                id, n1: 24, peaks: [([10, 0, 0], .t(5))] + (other.map { [($0, .t(9))] } ?? []))
        }
        let experiments =
            ["a", "b", "c", "d", "e", "f", "g"].map { strong($0) } + [strong("outlier", at: [-12, 0, 0])]
        let analysis = try PlacesTests.analysis(["leave_out=0"])
        let maps = try await analysis.run(.mean, experiments: experiments).maps
        let clusters = Self.clusters(maps, above: 0.5).filter { $0.sign > 0 }
        let jackknife = try await analysis.jackknife(of: .mean, experiments: experiments, clusters: clusters)
        func table(_ x: Double) throws -> Jackknife.Peak {
            try #require(
                jackknife.clusters.flatMap(\.peaks).min { abs($0.coordinate.x - x) < abs($1.coordinate.x - x) })
        }
        let shared = try table(10)
        #expect(jackknife.kept(shared) == (8, 8) && jackknife.lost(shared).isEmpty)
        let alone = try table(-12)
        #expect(jackknife.mostInfluential(alone, sign: 1)?.name == "outlier")
        let without = alone.without[7]
        #expect(without.z < 0.5 * alone.all.z)
        #expect(alone.without.dropLast().allSatisfy { abs($0.z - alone.all.z) < 0.5 * (alone.all.z - without.z) })
    }

    @Test("Contributions sum to 1, by the definition on the imputed effects, and say what the experiments said")
    func contributions() async throws {
        let analysis = try PlacesTests.analysis(["imputations=9"])
        let maps = try await analysis.run(.mean, experiments: Self.experiments).maps
        let clusters = Self.clusters(maps, above: 1.2)
        let jackknife = try await analysis.jackknife(of: .mean, experiments: Self.experiments, clusters: clusters)
        let cluster = try #require(clusters.first)
        let table = try #require(jackknife.clusters.first)
        #expect(abs(table.contributions.reduce(0) { $0 + ($1.share ?? .nan) } - 1) < 1e-12)
        #expect(abs(table.contributions.reduce(0) { $0 + ($1.weight ?? .nan) } - 1) < 1e-12)
        let places = try await analysis.effects(
            of: .mean, experiments: Self.experiments,
            at: cluster.voxels.map { Place(voxel: Int($0), in: maps.mask) })
        var parts = [Double](repeating: 0, count: 6)
        var sources: [[StudyEffects.Source: Int]] = Array(repeating: [:], count: 6)
        for place in places {
            for j in 0..<9 {
                let y = place.studies.map { $0.effects[j] }
                let v = place.studies.map { $0.variances[j] }
                let tau2 = RandomEffects(effects: y, variances: v).tau2
                let total = v.reduce(0) { $0 + 1 / ($1 + tau2) }
                for s in 0..<6 { parts[s] += y[s] / (v[s] + tau2) / total }
            }
            for s in 0..<6 { sources[s][place.studies[s].source, default: 0] += 1 }
        }
        let sum = parts.reduce(0, +)
        for s in 0..<6 {
            #expect(abs((table.contributions[s].share ?? .nan) - parts[s] / sum) < 1e-9)
            #expect(
                table.contributions[s].sources == sources[s].mapValues { Double($0) / Double(cluster.voxels.count) })
        }
        let shares = StudyEffects.Source.allCases.reduce(0) { $0 + jackknife.share(of: $1, in: table) }
        #expect(abs(shares - 1) < 1e-12)
    }

    @Test("The evidence for clusters is their peaks' effects and their jackknife")
    func evidence() async throws {
        let analysis = try PlacesTests.analysis(["imputations=5"])
        let result = try await analysis.run(.mean, experiments: Self.experiments)
        let clusters = Self.clusters(result.maps, above: 1.2)
        let evidence = try await analysis.evidence(for: clusters, of: result)
        let jackknife = try #require(evidence.jackknife)
        #expect(evidence.peaks.count == clusters.count && jackknife.clusters.count == clusters.count)
        for (cluster, (place, table)) in zip(clusters, zip(evidence.peaks, jackknife.clusters)) {
            #expect(place.coordinate == cluster.peak.coordinate && table.peak.position == cluster.peak.position)
            let mean = try #require(PlacePooling(meanOf: place, estimator: .dersimonianLaird))
            #expect(abs(mean.mean.statistic - table.peak.all.z) < 1e-5)
            #expect(abs(mean.tau2 - table.peak.all.tau2) < 1e-6)
        }
    }

    @Test("Of two experiments each is left out; a model of one has nothing to leave out")
    func few() async throws {
        let analysis = try PlacesTests.analysis(["imputations=4"])
        for count in [1, 2] {
            let experiments = Array(Base.experiments.prefix(count))
            let maps = try await analysis.run(.mean, experiments: experiments).maps
            let clusters = Self.clusters(maps, above: 0.5)
            let jackknife = try await analysis.jackknife(of: .mean, experiments: experiments, clusters: clusters)
            #expect(!jackknife.clusters.isEmpty)
            #expect(jackknife.omissions.count == (count == 1 ? 0 : 2))
            for table in jackknife.clusters { #expect(table.peak.without.count == jackknife.omissions.count) }
        }
    }

    @Test("The corrected cut-off is that of the null of all experiments")
    func corrected() async throws {
        var settings = try Settings.sdmPSI.applying([
            try SettingAssignment(commandLine: "imputations=4"), try SettingAssignment(commandLine: "permutations=60"),
        ])
        settings.correctedP = 0.1
        let analysis = SeedBasedAnalysis(space: Base.space, settings: settings, workers: Workers(threads: 2))
        let result = try await analysis.run(.mean, experiments: Base.experiments)
        let test = try #require(result.familyWise)
        let jackknife = try await analysis.jackknife(
            of: .mean, experiments: Base.experiments, clusters: Self.clusters(result.maps, above: 1), familyWise: test)
        for table in jackknife.clusters {
            let tail: NullDistribution.Tail = table.sign < 0 ? .negative : .positive
            let p = test.null.correctedP(.voxel, tail)
            for outcome in table.peak.without + [table.peak.all] {
                #expect(outcome.isAboveCorrected == (p(Float(table.sign) * Float(outcome.z)) <= 0.1))
            }
        }
    }
}
