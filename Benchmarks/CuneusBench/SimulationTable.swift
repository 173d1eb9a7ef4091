import Cuneus
import Foundation
import Simulation

/// Prints what a simulation found.
struct SimulationTable {
    private let studies: SimulatedStudies
    private let summary: RecoverySummary

    init(_ studies: SimulatedStudies, _ summary: RecoverySummary) {
        self.studies = studies
        self.summary = summary
    }

    func print() {
        let design = studies.design
        let regions = summary.regions
        let centre = studies.mask.world(at: studies.centre)
        let reported = MonteCarloMean(summary.replicates.map { Double($0.reported) / Double(design.studies) })
        Swift.print(
            """
            \(summary.replicates.count) replicates of \(design.studies) studies of \(design.subjects); effect \(design.effect) at (\(fixed(centre.x, 0)), \(fixed(centre.y, 0)), \(fixed(centre.z, 0))), blob \(fixed(design.blobFWHM, 0)) mm, tau \(design.tau), noise \(fixed(design.noiseFWHM, 0)) mm, signs only in \(fixed(100 * design.signsOnly, 0)) % of the studies
            \(studies.mask.count) voxels: blob \(regions.blob.count), zero effect near it \(regions.near.count), zero effect out of reach \(regions.null.count); \(fixed(reported.mean, 2)) peaks per study (t > \(fixed(studies.tThreshold, 3)), clusters of at least \(fixed(design.extent, 0)) mm³, \(design.peaksPerCluster == 0 ? "all" : "\(design.peaksPerCluster)") peaks of each)
            """)
        let row = ["region", "measure", "from peaks", "from maps"]
        Swift.print(Self.line(row))
        region("centre", \.centre)
        region("blob", \.blob)
        if !regions.near.isEmpty { region("near", \.near) }
        if !regions.null.isEmpty { region("null", \.null) }
        place()
    }

    private func region(_ name: String, _ region: KeyPath<ReplicateScore, ReplicateScore.Region>) {
        means(name, "mean g", region.appending(path: \.g))
        means(name, "bias", region.appending(path: \.bias))
        row(name, "RMSE") { fixed(MonteCarloMean($0.map { $0[keyPath: region].squaredError }).mean.squareRoot(), 3) }
        means(name, "mean se", region.appending(path: \.standardError))
        shares(name, "95 % CI holds the truth", region.appending(path: \.coverage))
        shares(name, "p < .005 increase", region.appending(path: \.positive))
        shares(name, "p < .005 decrease", region.appending(path: \.negative))
    }

    private func place() {
        row("peak", "mm from centre, median") { scores in
            let sorted = scores.map(\.displacement).sorted()
            return sorted.isEmpty ? "" : fixed(sorted[sorted.count / 2], 1)
        }
        row("peak", "right sign, within 8 mm") {
            Self.text(MonteCarloShare($0.map { $0.signIsRight && $0.displacement <= 8 ? 1 : 0 }))
        }
    }

    private func means(_ name: String, _ measure: String, _ value: KeyPath<ReplicateScore, Double>) {
        row(name, measure) {
            let estimate = MonteCarloMean($0.map { $0[keyPath: value] })
            return "\(fixed(estimate.mean, 3)) ± \(fixed(1.96 * estimate.standardError, 3))"
        }
    }

    private func shares(_ name: String, _ measure: String, _ value: KeyPath<ReplicateScore, Double>) {
        row(name, measure) { Self.text(MonteCarloShare($0.map { $0[keyPath: value] })) }
    }

    private func row(_ name: String, _ measure: String, _ text: ([ReplicateScore]) -> String) {
        Swift.print(Self.line([name, measure, text(summary.peaks), text(summary.maps)]))
    }

    private static func text(_ share: MonteCarloShare) -> String {
        "\(fixed(100 * share.share, 2)) % (\(fixed(100 * share.interval.lowerBound, 2))–\(fixed(100 * share.interval.upperBound, 2)))"
    }

    private static func line(_ cells: [String]) -> String {
        zip(cells, [8, 26, 26, 26]).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined()
    }
}
