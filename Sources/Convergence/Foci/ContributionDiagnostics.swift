import Foundation
import Imaging
public import Inference
import Statistics

/// One cluster of a convergence map, and what each experiment has to do with it.
public struct ConvergenceCluster: Sendable {
    public var cluster: Cluster
    /// mm³.
    public var volume: Double
    /// Per experiment: foci whose voxel lies in the cluster.
    public var foci: [Int]
    /// Per experiment: the mean share of the cluster's statistic that goes when it is left out.
    public var contribution: [Double]
    /// Per experiment: whether its leaving takes the cluster's peak below the threshold.
    public var isCarriedBy: [Bool]

    public init(
        cluster: Cluster, volume: Double, foci: [Int] = [], contribution: [Double] = [], isCarriedBy: [Bool] = []
    ) {
        self.cluster = cluster
        self.volume = volume
        self.foci = foci
        self.contribution = contribution
        self.isCarriedBy = isCarriedBy
    }
}

/// Who carries a result: focus counts and jackknife contributions.
public struct ContributionDiagnostics: Sendable {
    /// z that voxels of a cluster exceed.
    public var threshold: Double
    public var minimumExtent: Int
    /// mm between the peaks of a cluster.
    public var peakSeparation: Double

    public init(threshold: Double = 3.09, minimumExtent: Int = 10, peakSeparation: Double = 8) {
        self.threshold = threshold
        self.minimumExtent = minimumExtent
        self.peakSeparation = peakSeparation
    }

    /// Clusters of the z map (or of `map`, e.g. one that is corrected), highest peak first.
    ///
    /// The jackknife refits nothing: an experiment's term is taken out of each voxel's sum. For ALE that is exact:
    /// 1 − (1 − e^−(S − s)) / (1 − e^−S) = (e^s − 1) / (e^S − 1).
    public func callAsFunction(_ result: ConvergenceResult, map: [Float]? = nil) -> [ConvergenceCluster] {
        let mask = result.maps.mask
        guard let z = map ?? result.maps[MapName(.z)] else { return [] }
        let finder = ClusterFinder(mask: mask, connectivity: .faces)
        var clusters = finder.clusters(
            in: z, above: threshold, sign: 1, minimumExtent: minimumExtent, peakSeparation: peakSeparation)
        clusters.sort { ($0.peak.value, $1.peak.position) > ($1.peak.value, $0.peak.position) }
        return Self.contributions(to: clusters, of: result, peakP: exp(LogProbability.upperTail(threshold)))
    }

    /// What each experiment has to do with clusters that are known already.
    /// - Parameter peakP: an experiment carries a cluster when without it the peak's uncorrected p exceeds this.
    public static func contributions(
        to clusters: [Cluster], of result: ConvergenceResult, peakP: Double
    ) -> [ConvergenceCluster] {
        let model = result.prepared.model
        let mask = result.maps.mask
        var owner = [Int32](repeating: -1, count: mask.count)
        for (number, cluster) in clusters.enumerated() {
            for voxel in cluster.voxels { owner[Int(voxel)] = Int32(number) }
        }

        let painter = ActivationPainter(model)
        let sums = result.sums
        let isMaximum = model.rule == .maximum
        func statistic(_ sum: Double) -> Double { isMaximum ? -expm1(-sum) : sum }
        // A term's share of a statistic, above the line and below it.
        func part(_ sum: Double) -> Double { isMaximum ? expm1(sum) : sum }
        let parts = model.terms.map { $0.map(part) }
        let inverse = sums.map { $0 > 0 ? 1 / part($0) : 0 }

        let limit = result.null.threshold(p: peakP)
        var foci = [[Int]](repeating: [], count: clusters.count)
        var shares = [[Double]](repeating: [], count: clusters.count)
        var carries = [[Bool]](repeating: [], count: clusters.count)
        for study in model.studies {
            var count = [Int](repeating: 0, count: clusters.count)
            var lost = [Double](repeating: 0, count: clusters.count)
            var peakTerm = [Double](repeating: 0, count: clusters.count)
            for focus in study.foci where mask.grid.contains(focus) {
                let position = mask.position[mask.grid.index(focus)]
                if position >= 0, owner[Int(position)] >= 0 { count[Int(owner[Int(position)])] += 1 }
            }
            func tally(_ voxel: Int, _ term: Double, _ part: Double) {
                let number = Int(owner[voxel])
                if number < 0 { return }
                if clusters[number].peak.position == voxel { peakTerm[number] = term }
                lost[number] += part * inverse[voxel]
            }
            if study.continuous == nil {
                let (terms, parts) = (model.terms[study.kernel], parts[study.kernel])
                painter.visit(study) { tally($0, study.weight * terms[$1], study.weight * parts[$1]) }
            } else {
                painter.visitTerms(study) { tally($0, $1, part($1)) }
            }
            for (number, cluster) in clusters.enumerated() {
                foci[number].append(count[number])
                shares[number].append(lost[number] / Double(cluster.voxels.count))
                carries[number].append(statistic(sums[cluster.peak.position] - peakTerm[number]) <= limit)
            }
        }
        return clusters.enumerated().map { number, cluster in
            ConvergenceCluster(
                cluster: cluster, volume: Double(cluster.voxels.count) * mask.grid.voxelVolume, foci: foci[number],
                contribution: shares[number], isCarriedBy: carries[number])
        }
    }
}

extension CoordinateMethod {
    /// Share of fits in which each voxel's uncorrected z exceeds the threshold when `leaveOut` experiments, drawn at random
    /// without replacement, are missing.
    /// - Throws: `ConvergenceError`, `CancellationError`.
    @_optimize(none)
    public func stability(
        _ foci: [FociSet], leaveOut: Int, repeats: Int, threshold: Double = 3.09, seed: UInt64 = 1,
        in space: ConvergenceSpace, workers: Workers = Workers(threads: 1),
        progress: any ProgressObserver = SilentProgress()
    ) async throws -> [Float] {
        guard leaveOut >= 1, leaveOut < foci.count else {
            throw ConvergenceError.setting(
                name: "leaveOut", value: Double(leaveOut), allowed: "1 to \(max(1, foci.count - 1))")
        }
        guard repeats > 0 else {
            throw ConvergenceError.setting(name: "repeats", value: Double(repeats), allowed: "at least 1")
        }
        let draws = LabelPermutations(first: leaveOut, total: foci.count, count: repeats, seed: seed)
        var counts = [Int](repeating: 0, count: space.mask.count)
        progress.began("\(name): leaving out \(leaveOut)", units: repeats)
        for draw in 0..<repeats {
            let isOut = draws.labels(draw)
            let kept = zip(foci, isOut).filter { !$0.1 }.map(\.0)
            let result = try await run(kept, in: space, workers: workers)
            for (voxel, z) in (result.maps[MapName(.z)] ?? []).enumerated() where Double(z) > threshold {
                counts[voxel] += 1
            }
            progress.advanced(by: 1)
        }
        progress.ended()
        return counts.map { Float($0) / Float(repeats) }
    }

    /// Fail-safe N: how many experiments without convergence a cluster's peak withstands.
    ///
    /// Noise experiments have the sample sizes and focus counts of randomly drawn real ones, and foci anywhere in the mask
    /// (Acar 2018, doi:10.1371/journal.pone.0208177; there with cluster-level correction, here at the uncorrected z
    /// threshold of the given clusters).
    /// - Returns: for each cluster the largest number tried at which its peak voxel still exceeds the threshold; `most`
    ///   when it always does.
    /// - Throws: `ConvergenceError`, `CancellationError`.
    @_optimize(none)
    public func failSafeN(
        _ foci: [FociSet], clusters: [ConvergenceCluster], threshold: Double = 3.09, most: Int = 500,
        seed: UInt64 = 1, in space: ConvergenceSpace, workers: Workers = Workers(threads: 1)
    ) async throws -> [Int] {
        guard !foci.isEmpty else { throw ConvergenceError.noFoci }
        let noise = NoiseExperiments(foci, space: space, seed: seed)
        var known: [Int: [Float]] = [:]
        func z(_ count: Int) async throws -> [Float] {
            if let found = known[count] { return found }
            let result = try await run(foci + noise.first(count), in: space, workers: workers)
            let map = result.maps[MapName(.z)] ?? []
            let peaks = clusters.map { map[$0.cluster.peak.position] }
            known[count] = peaks
            return peaks
        }
        var answers: [Int] = []
        for number in clusters.indices {
            var low = 0
            var high = most + 1
            if try await Double(z(0)[number]) <= threshold { answers.append(0); continue }
            // Doubling, then halving: the number is found to the last experiment.
            var step = 1
            while low + step <= most, try await Double(z(low + step)[number]) > threshold {
                low += step
                step *= 2
            }
            high = min(high, low + step)
            while high - low > 1 {
                let middle = (low + high) / 2
                if try await Double(z(middle)[number]) > threshold { low = middle } else { high = middle }
            }
            answers.append(low)
        }
        return answers
    }
}
