import Foundation
import Inference
import Statistics
import VoxelKernels

/// Tabulates the likelihood alone, at nodes from zero to beyond where the evidence lies.
final class ShrinkageScan: Sendable {
    private let scan: PosteriorScan
    let taus: TauNodes
    private let posterior: EffectPosterior

    var count: Int { scan.positions.count }

    init(_ posterior: EffectPosterior, at positions: [Int32]?) {
        self.posterior = posterior
        // The widest component decides how far a likelihood matters.
        scan = PosteriorScan(
            posterior, at: positions, without: [], meanDeviation: Shrinkage.deviations.max() ?? 1)
        taus = TauNodes(scale: posterior.settings.tauDeviation, halvings: 0)
    }

    /// - Parameter body: called for every voxel where an experiment speaks, with its index.
    @_optimize(none)
    func run(workers: Workers, _ body: @escaping @Sendable (Int, LikelihoodView) -> Void) async throws {
        try await scan.look(workers: workers)
        let lattices = Set((0..<count).map { lattice(self.scan.plan($0)) })
        let tables = Dictionary(uniqueKeysWithValues: lattices.map { ($0, self.scan.tables($0, self.taus)) })
        let (scan, posterior) = (scan, posterior)
        try await workers.forEach(scan.blocks) { [self] piece in
            let range = scan.block(piece)
            let evidence = scan.evidence(range)
            let tabulator = VoxelTabulator(scan.model, posterior.instructions)
            let silent = VoxelTabulator(scan.model, posterior.instructions)
            var isSilentReady = false
            for index in range {
                let local = index - range.lowerBound
                let entries = evidence.entries[evidence.starts[local]..<evidence.starts[local + 1]]
                let used = entries.isEmpty ? silent : tabulator
                if !entries.isEmpty || !isSilentReady {
                    let plan = scan.plan(index)
                    guard let table = tables[lattice(plan)] else { continue }
                    used.take(entries)
                    if used.rows > 0 {
                        let (low, high) = nodes(plan, table)
                        used.tabulate(
                            table, first: low, means: high - low + 1, priorPrecision: 0, tauPrior: false)
                    }
                    if entries.isEmpty { isSilentReady = true }
                }
                if used.rows > 0 { body(index, LikelihoodView(tabulator: used, taus: taus)) }
            }
        }
    }

    private func lattice(_ plan: PosteriorScan.Plan) -> MeanLattice {
        MeanLattice(
            stepAtMost: min(MeanLattice.perDeviation * Double(plan.deviation), Shrinkage.mostStep))
    }

    /// From 8 SD below the evidence, or 5 SD of the narrowest component below zero, to the same above.
    private func nodes(_ plan: PosteriorScan.Plan, _ table: SilentTables) -> (low: Int, high: Int) {
        let step = table.lattice.step
        let around = 5 * (Shrinkage.deviations.dropFirst().first ?? 0.05)
        let (mean, spread) = (Double(plan.mean), 8 * Double(plan.deviation))
        let low = Int(saturating: (min(mean - spread, -around) / step).rounded(.down))
        let high = Int(saturating: (max(mean + spread, around) / step).rounded(.up))
        return (max(low, -table.half), min(high, table.half))
    }
}

/// A voxel's likelihood over means and τ, without priors.
struct LikelihoodView {
    let tabulator: VoxelTabulator
    let taus: TauNodes

    private var columns: Int { (tabulator.means + 15) / 16 * 16 }

    /// The likelihood alone is smooth at the table's step; with a narrow component it is not. Its logarithm is interpolated
    /// (degree 5) to a finer lattice, where the prior is exact.
    private var parts: Int { max(1, Int((tabulator.lattice.step / Shrinkage.fineStep).rounded(.up))) }
    private var step: Double { tabulator.lattice.step / Double(parts) }
    private var count: Int { (tabulator.means - 1) * parts + 1 }
    private var first: Int { tabulator.first * parts }

    private func mean(_ node: Int) -> Double { Double(first + node) * step }

    /// - Parameter values: at the table's nodes.
    private func refined(_ values: [Double]) -> [Double] {
        let (parts, nodes) = (parts, values.count)
        if parts == 1 || nodes < 6 { return parts == 1 ? values : Array(repeating: 0, count: count) }
        let logarithms = values.map { log(max($0, 1e-60)) }
        var result = [Double](repeating: 0, count: count)
        for cell in 0..<nodes - 1 {
            let start = min(max(cell - 2, 0), nodes - 6)
            result[cell * parts] = values[cell]
            for part in 1..<parts {
                let x = Double(cell - start - 2) + Double(part) / Double(parts)
                result[cell * parts + part] = exp(MarginalDensity.interpolated(logarithms, from: start, at: x))
            }
        }
        result[count - 1] = values[nodes - 1]
        return result
    }

    /// Density of a component at every fine node, times the step.
    private func masses(_ deviation: Double) -> [Double] {
        (0..<count).map { node in
            let x = mean(node) / deviation
            return 0.398942280401432678 / deviation * exp(-0.5 * x * x) * step
        }
    }

    /// [component][tau]: the likelihood averaged over each component.
    func likelihoods(_ deviations: [Double]) -> [Float] {
        let rows = (0..<taus.count).map { tau in
            refined((0..<tabulator.means).map { Double(tabulator.table[tau * columns + $0]) })
        }
        var result: [Float] = []
        for deviation in deviations {
            let masses = deviation == 0 ? [] : masses(deviation)
            for row in rows {
                if deviation == 0 {
                    result.append(Float(row[-first]))
                    continue
                }
                var sum = 0.0
                for (mass, value) in zip(masses, row) { sum += mass * value }
                result.append(Float(sum))
            }
        }
        return result
    }

    struct Shrunken {
        var mean: Double
        var deviation: Double
        var lower: Double
        var upper: Double
        var above: Double
        var below: Double
    }

    func shrunken(_ prior: Shrinkage.Prior, weak: PosteriorSettings, tail: Double) -> Shrunken {
        let nodes = tabulator.means
        // τ's weak prior with weights that sum to 1.
        let weakTaus = taus.logWeights.map(exp)
        let weakTotal = weakTaus.reduce(0, +)
        var learntSums = [Double](repeating: 0, count: nodes)
        var plainSums = [Double](repeating: 0, count: nodes)
        for tau in 0..<taus.count {
            let (a, b) = (prior.tauWeights[tau], weakTaus[tau] / weakTotal)
            for node in 0..<nodes {
                let value = Double(tabulator.table[tau * columns + node])
                learntSums[node] += a * value
                plainSums[node] += b * value
            }
        }
        let (learnt, plain, count) = (refined(learntSums), refined(plainSums), count)
        let atZero = learnt[-first] * prior.weights[0] / step
        var weights = [Double](repeating: 0, count: count)
        for node in 0..<count {
            let x = mean(node)
            var density = 0.0
            for (deviation, weight) in zip(prior.deviations, prior.weights).dropFirst() {
                let z = x / deviation
                density += weight / deviation * exp(-0.5 * z * z)
            }
            let z = x / weak.meanDeviation
            weights[node] =
                0.398942280401432678
                * (density * learnt[node] + exp(-0.5 * z * z) / weak.meanDeviation * plain[node])
        }
        let continuous = weights.reduce(0, +)
        let point = atZero / (atZero + continuous)
        let density = MarginalDensity(first: mean(0), step: step, weights: weights)
        let rest = 1 - point
        let below = density.cumulative(0)
        func quantile(_ p: Double) -> Double {
            if p < rest * below { return density.quantile(p / rest) }
            if p <= rest * below + point { return 0 }
            return density.quantile((p - point) / rest)
        }
        let m = rest * density.mean
        // The point at 0 and the rest: E x² − (E x)².
        let square = rest * (density.deviation * density.deviation + density.mean * density.mean)
        return Shrunken(
            mean: m, deviation: max(square - m * m, 0).squareRoot(), lower: quantile(tail), upper: quantile(1 - tail),
            above: rest * (1 - below), below: rest * below)
    }
}
