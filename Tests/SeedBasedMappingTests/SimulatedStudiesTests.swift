import Foundation
import Imaging
import Inference
import SeedBasedMapping
import Simulation
import Statistics
import Testing

import struct Evidence.Settings

/// A 72 mm ball of 4 mm voxels with a constant template; the blob lies off its centre.
private let space: AnalysisSpace = {
    let grid = Grid(shape: [19, 19, 19], affine: Affine(scale: [-4, 4, 4], origin: [36, -36, -36]))!
    let ball = Mask(grid: grid) { index in
        let p = grid.world(atIndex: index)
        return (p * p).sum() <= 36 * 36
    }
    return AnalysisSpace(mask: ball, template: CorrelationTemplate(domain: ball, constant: 0.9))
}()

private func design(_ change: (inout SimulationDesign) -> Void = { _ in }) -> SimulationDesign {
    var design = SimulationDesign()
    design.centre = [-24, 0, 0]
    design.blobFWHM = 16
    change(&design)
    return design
}

private let threads = ProcessInfo.processInfo.activeProcessorCount

@Suite("Simulated studies")
struct SimulatedStudiesTests {
    @Test("Noise has mean 0, variance 1 at every voxel, and the smoothness asked for")
    func noise() {
        let noise = SmoothNoise(space.mask, fwhm: 8)
        var scratch = SmoothNoise.Scratch()
        let count = space.mask.count
        var sum = [Double](repeating: 0, count: count)
        var squares = sum
        var product = 0.0
        let grid = space.grid
        func position(_ p: SIMD3<Double>) -> Int { Int(space.mask.position[grid.index(grid.nearestVoxel(to: p)!)]) }
        let (a, b) = (position([0, 0, 0]), position([8, 0, 0]))
        let fields = 2000
        for field in 0..<fields {
            var values = [Float](repeating: 0, count: count)
            noise.field(Philox(key: 3), label: [UInt32(field), 0, 0], scratch: &scratch) { values[$0] = $1 }
            for voxel in 0..<count {
                sum[voxel] += Double(values[voxel])
                squares[voxel] += Double(values[voxel] * values[voxel])
            }
            product += Double(values[a] * values[b])
        }
        // Standard error of a variance over 2000 draws is √(2/2000) = 0.032: 5 of them at the worst of 3000 voxels.
        #expect(squares.allSatisfy { abs($0 / Double(fields) - 1) < 0.16 })
        #expect(sum.allSatisfy { abs($0 / Double(fields)) < 5 / Double(fields).squareRoot() })
        #expect(abs(squares.reduce(0, +) / Double(fields * count) - 1) < 0.01)
        // White noise under a Gaussian of FWHM F is correlated exp(−d²/4σ²) = 2^(−2 (d/F)²): ¼ at d = F.
        #expect(abs(product / Double(fields) - 0.25) < 0.08)
    }

    @Test("A t map is the one-sample t of the study's subject images")
    func tMap() {
        let studies = SimulatedStudies(design { $0.subjects = 7 }, mask: space.mask)
        let images = studies.subjectImages(replicate: 2, study: 3)
        let t = studies.tMap(replicate: 2, study: 3)
        #expect(images.count == 7)
        for voxel in stride(from: 0, to: space.mask.count, by: 41) {
            let values = images.map { Double($0[voxel]) }
            let mean = values.reduce(0, +) / 7
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 6
            #expect(abs(Double(t[voxel]) - mean / (variance / 7).squareRoot()) < 1e-3 * max(1, abs(Double(t[voxel]))))
        }
    }

    @Test("Replicates, studies and seeds differ; the same one is the same again")
    func streams() {
        let studies = SimulatedStudies(design(), mask: space.mask)
        let other = SimulatedStudies(design { $0.seed = 2 }, mask: space.mask)
        let map = studies.tMap(replicate: 0, study: 0)
        #expect(map == studies.tMap(replicate: 0, study: 0))
        #expect(map != studies.tMap(replicate: 1, study: 0))
        #expect(map != studies.tMap(replicate: 0, study: 1))
        #expect(map != other.tMap(replicate: 0, study: 0))
    }

    @Test("Reported peaks lie beyond the threshold, keep their distance, and half of the studies give only signs")
    func reduction() {
        let studies = SimulatedStudies(design { $0.studies = 6 }, mask: space.mask)
        // The published quantile: t(19) is exceeded by 3.579 with p = .001.
        #expect(abs(studies.tThreshold - 3.579) < 5e-4)
        let experiments = studies.experiments(replicate: 0)
        var signs = 0
        for (study, experiment) in experiments.enumerated() {
            let t = studies.tMap(replicate: 0, study: study)
            let highest = t.max() ?? 0
            #expect(highest <= 3.579 || !experiment.peaks.isEmpty)
            let onlySigns = experiment.peaks.contains { $0.height == .positive || $0.height == .negative }
            if onlySigns { signs += 1 }
            for peak in experiment.peaks {
                if case .t(let value) = peak.height { #expect(abs(value) > 3.579 && !onlySigns) }
            }
        }
        #expect(signs == 3)
        let all = SimulatedStudies(design { $0.signsOnly = 0 }, mask: space.mask).experiment(
            study: 0, tMap: studies.tMap(replicate: 0, study: 0))
        let positive = all.peaks.filter { if case .t(let t) = $0.height { t > 0 } else { false } }
        #expect(!positive.isEmpty)
    }

    @Test("Wilson's interval: 8 of 10 gives 0.490 to 0.943")
    func wilson() {
        // Textbook value (Wilson score without continuity correction).
        let interval = MonteCarloShare.wilson(0.8, trials: 10)
        #expect(abs(interval.lowerBound - 0.4902) < 1e-4 && abs(interval.upperBound - 0.9433) < 1e-4)
    }
}

/// Tolerances are Monte-Carlo errors at these numbers of replicates; the seeds are fixed, so a run never flickers.
/// Larger runs, and what they say of the method: `Docs/simulation.md`.
@Suite("Recovery of a known effect")
struct RecoveryTests {
    /// `Scripts/recovery_reference.py`: 200,000 single voxels in numpy (20 studies of 20, τ = 0.1, exact J, variance
    /// c + K·g², DerSimonian–Laird), bias and coverage of g ± 1.96 se. Weights fall with g, so the pooled g is too small
    /// where there is an effect (the unweighted mean has no bias).
    static let numpyAtEffect = (bias: -0.0357, coverage: 0.9124)
    static let numpyAtZero = (bias: 0.0, coverage: 0.9585, beyond: 0.0039)

    @Test("From whole maps, bias, coverage and false positives are those of the estimator")
    func wholeMaps() async throws {
        let studies = SimulatedStudies(design(), mask: space.mask)
        let scores = try await Recovery(studies: studies, space: space, settings: .sdmPSI)
            .run(replicates: 30, threads: threads, fromPeaks: false).maps
        let centre = MonteCarloMean(scores.map(\.centre.bias))
        #expect(abs(centre.mean - Self.numpyAtEffect.bias) < 3 * centre.standardError, "\(centre)")
        // Binomial error of 30 replicates at one voxel is 5.2 %.
        let atCentre = MonteCarloShare(scores.map(\.centre.coverage))
        #expect(abs(atCentre.share - Self.numpyAtEffect.coverage) < 0.156, "\(atCentre)")
        let near = MonteCarloMean(scores.map(\.near.g))
        #expect(abs(near.mean - Self.numpyAtZero.bias) < 3 * near.standardError, "\(near)")
        // Many places per replicate: the error seen between replicates is about 0.2 %.
        let coverage = MonteCarloMean(scores.map(\.near.coverage))
        #expect(abs(coverage.mean - Self.numpyAtZero.coverage) < 3 * coverage.standardError, "\(coverage)")
        #expect(coverage.standardError < 0.005)
        for beyond in [MonteCarloMean(scores.map(\.near.positive)), MonteCarloMean(scores.map(\.near.negative))] {
            #expect(abs(beyond.mean - Self.numpyAtZero.beyond) < 3 * beyond.standardError, "\(beyond)")
        }
    }

    @Test("From the peaks of clusters, as papers report them: sign and place come back, nothing is claimed elsewhere")
    func peaksOfClusters() async throws {
        let reporting = design {
            $0.extent = 640
            $0.peaksPerCluster = 3
        }
        let scores = try await peaks(reporting, replicates: 14)
        // The estimate shrinks (studies whose blob falls short of the threshold say little), but stands out in place.
        let right = MonteCarloShare(scores.map { $0.signIsRight && $0.displacement <= 12 ? 1 : 0 })
        #expect(right.interval.upperBound > 0.9, "\(right)")
        let centre = MonteCarloMean(scores.map(\.centre.g))
        #expect(centre.mean > 0.2 && centre.mean < 0.7, "\(centre)")
        // Where there is no effect the mean is within ±0.03 g of zero, and p < .005 is not more frequent than it says.
        #expect(abs(MonteCarloMean(scores.map(\.null.g)).mean) < 0.03)
        for share in [MonteCarloShare(scores.map(\.null.positive)), MonteCarloShare(scores.map(\.null.negative))] {
            #expect(share.interval.lowerBound <= 0.005, "\(share)")
        }
    }

    @Test(
        "With every maximum of noise reported too: sign and place come back; false positives exceed nominal, not by double"
    )
    func allPeaks() async throws {
        let scores = try await peaks(design(), replicates: 14)
        #expect(scores.allSatisfy { $0.signIsRight && $0.displacement <= 8 })
        #expect(scores.allSatisfy { $0.centre.positive == 1 })
        #expect(abs(MonteCarloMean(scores.map(\.near.g)).mean) < 0.03)
        // A known excess, guarded and not excused: 160 replicates of this ball (seed 99) gave p < .005 in 0.79 %
        // (0.68 to 0.91) and 0.62 % (0.52 to 0.73) of these voxels, whole maps of the same data in 0.39 %.
        for share in [MonteCarloShare(scores.map(\.near.positive)), MonteCarloShare(scores.map(\.near.negative))] {
            #expect(share.interval.lowerBound < 0.01, "\(share)")
        }
    }

    private func peaks(_ design: SimulationDesign, replicates: Int) async throws -> [ReplicateScore] {
        let studies = SimulatedStudies(design, mask: space.mask)
        return try await Recovery(studies: studies, space: space, settings: .sdmPSI)
            .run(replicates: replicates, threads: threads, fromMaps: false).peaks
    }

    @Test("The same results for any number of threads")
    func threadsDoNotMatter() async throws {
        let studies = SimulatedStudies(design { $0.studies = 5 }, mask: space.mask)
        var settings = Settings.sdmPSI
        settings.imputations = 10
        let recovery = Recovery(studies: studies, space: space, settings: settings)
        let one = try await recovery.run(replicates: 3, threads: 1).peaks.map(\.null.g)
        let two = try await recovery.run(replicates: 3, threads: 2).peaks.map(\.null.g)
        #expect(one == two)
    }
}
