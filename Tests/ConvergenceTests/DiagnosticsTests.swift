import Convergence
import Foundation
import Imaging
import Inference
import TestSupport
import Testing

@Suite("Who carries a cluster", .enabled(if: NiMAREShelf.isHere, Shelf.absence))
struct DiagnosticsTests {
    private static func clusters() async throws -> [ConvergenceCluster] {
        let space = try NiMAREShelf.space()
        let result = try await ActivationLikelihoodEstimation().run(NiMAREShelf.pain(), in: space)
        return ContributionDiagnostics()(result)
    }

    @Test("Clusters, sizes, peaks and sub-peaks at z > 3.09, at least 10 voxels: nilearn's table")
    func table() async throws {
        let clusters = try await Self.clusters()
        let rows = try NiMAREShelf.table("pain/ale_focuscounter_z_tab-clust.tsv")
        let main = rows.filter { $0.count > 5 && !$0[5].isEmpty }
        try #require(clusters.count == main.count)
        for (ours, theirs) in zip(clusters, main) {
            #expect(ours.volume == Double(theirs[5])!)
            #expect(abs(ours.cluster.peak.value - Double(theirs[4])!) < 1e-5)
            #expect(ours.cluster.peak.coordinate == SIMD3(Double(theirs[1])!, Double(theirs[2])!, Double(theirs[3])!))
        }
        // nilearn lists at most three sub-peaks, each a local maximum at least 8 mm from higher ones.
        for row in rows where row.count <= 5 || row[5].isEmpty {
            let place = SIMD3(Double(row[1])!, Double(row[2])!, Double(row[3])!)
            #expect(clusters.contains { $0.cluster.peaks.contains { $0.coordinate == place } }, "\(place)")
        }
    }

    @Test("Focus counts and jackknife contributions are NiMARE's")
    func contributions() async throws {
        let clusters = try await Self.clusters()
        let counts = try NiMAREShelf.table("pain/ale_focuscounter_z_diag-FocusCounter_tab-counts_tail-positive.tsv")
        let shares = try NiMAREShelf.table("pain/ale_jackknife_z_diag-Jackknife_tab-counts_tail-positive.tsv")
        for (study, (count, share)) in zip(counts, shares).enumerated() {
            for (number, cluster) in clusters.enumerated() {
                #expect(cluster.foci[study] == Int(count[number + 1])!)
                // They refit in single precision: values below 1e-7 are rounding.
                #expect(abs(cluster.contribution[study] - Double(share[number + 1])!) < 1e-6)
            }
        }
    }

    @Test("A cluster of many experiments withstands more noise; leaving one out hardly moves it")
    func robustness() async throws {
        let space = try NiMAREShelf.space()
        let pain = try NiMAREShelf.pain()
        let clusters = try await Self.clusters()
        let method = MKDADensity()
        let result = try await method.run(pain, in: space)
        let own = ContributionDiagnostics()(result)
        let failSafe = try await method.failSafeN(
            pain, clusters: own, most: 200, in: space, workers: Workers(threads: 2))
        let strongest = try #require(failSafe.first)
        #expect(strongest > 10)
        #expect(strongest >= (failSafe.min() ?? 0))
        let stability = try await method.stability(pain, leaveOut: 1, repeats: 5, in: space)
        #expect(stability[own[0].cluster.peak.position] == 1)
        #expect(!clusters[0].isCarriedBy.contains(true))
    }

    @Test("Advice and coverage")
    func advice() async throws {
        let space = try NiMAREShelf.space()
        let pain = try NiMAREShelf.pain()
        let advice = ConvergenceAdvice(pain, in: space)
        #expect(advice.experiments == 21 && advice.foci == 267 && advice.isEnough)
        #expect(!ConvergenceAdvice(Array(pain.prefix(11)), in: space).isEnough)
        let prepared = try MKDADensity().model(pain, in: space)
        // The unweighted MKDA statistic is the number of experiments that reach a voxel.
        let statistic = space.mask.gather(try NiMAREShelf.volume("pain/mkda_stat"))
        let coverage = try await prepared.coverage(workers: Workers(threads: 2))
        for (share, count) in zip(coverage, statistic) { #expect(abs(share * 21 - count) < 1e-4) }
    }
}
