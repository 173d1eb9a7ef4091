import Foundation
import Inference
import Statistics
import VoxelKernels

/// The nodes that likelihood and prior meet at: all voxels of a lattice share them, and what a prior has there is computed once.
struct FineNodes {
    /// To each side of zero.
    let half: Int
    let step: Double

    /// The likelihood alone is smooth at the lattice's step; with a narrow component it is not.
    init(_ lattice: MeanLattice, half: Int) {
        let parts = Self.parts(lattice)
        self.half = half * parts
        step = lattice.step / Double(parts)
    }

    /// Of them in a step of the lattice.
    static func parts(_ lattice: MeanLattice) -> Int {
        max(1, Int((lattice.step / Shrinkage.fineStep).rounded(.up)))
    }

    /// A function of the mean at all nodes, from the lowest.
    func values(_ function: (Double) -> Double) -> [Double] {
        (-half...half).map { function(Double($0) * step) }
    }

    /// Density of a normal around 0.
    static func density(_ x: Double, deviation: Double) -> Double {
        let z = x / deviation
        return 0.398942280401432678 / deviation * exp(-0.5 * z * z)
    }
}

/// Tabulates the likelihood alone, at nodes from zero to beyond where the evidence lies.
final class ShrinkageScan: Sendable {
    private let scan: PosteriorScan
    let taus: TauNodes
    private let posterior: EffectPosterior

    var count: Int { scan.positions.count }

    private let progress: any ProgressObserver

    /// Units of work told to the observer.
    var steps: Int { 2 * scan.blocks }

    init(_ posterior: EffectPosterior, at positions: [Int32]?, progress: any ProgressObserver = SilentProgress()) {
        self.posterior = posterior
        self.progress = progress
        // The widest component decides how far a likelihood matters.
        scan = PosteriorScan(
            posterior, at: positions, without: [], meanDeviation: Shrinkage.deviations.max() ?? 1, progress: progress)
        taus = TauNodes(scale: posterior.settings.tauDeviation, halvings: 0)
    }

    /// - Parameters:
    ///   - prior: what the prior has at the nodes of a lattice.
    ///   - body: called for every voxel where an experiment speaks, with its index, the prior at its nodes, and a voxel before
    ///     with the same likelihood, if there is one (``PosteriorScan/run(workers:_:)``).
    @_optimize(none)
    func run<Prior: Sendable>(
        workers: Workers, prior: (FineNodes) -> Prior,
        _ body: @escaping @Sendable (Int, LikelihoodView, Prior, _ twin: Int?) -> Void
    ) async throws {
        try await scan.look(workers: workers)
        let lattices = Set((0..<count).map { lattice(self.scan.plan($0)) })
        let tables = Dictionary(
            uniqueKeysWithValues: lattices.map { lattice in
                let table = self.scan.tables(lattice, self.taus)
                return (lattice, (table, prior(FineNodes(lattice, half: table.half))))
            })
        let (scan, posterior) = (scan, posterior)
        try await workers.forEach(scan.blocks) { [self] piece in
            let range = scan.block(piece)
            let evidence = scan.evidence(range)
            let tabulator = VoxelTabulator(scan.model, posterior.instructions)
            let silent = VoxelTabulator(scan.model, posterior.instructions)
            var silentIndex: Int?
            for index in range {
                let local = index - range.lowerBound
                let entries = evidence.entries[evidence.starts[local]..<evidence.starts[local + 1]]
                let used = entries.isEmpty ? silent : tabulator
                let plan = scan.plan(index)
                guard let (table, prior) = tables[lattice(plan)] else { continue }
                if !entries.isEmpty || silentIndex == nil {
                    used.take(entries)
                    if used.rows > 0 {
                        let (low, high) = nodes(plan, table)
                        used.tabulate(
                            table, first: low, means: high - low + 1, priorPrecision: 0, tauPrior: false)
                    }
                }
                if used.rows > 0 {
                    body(
                        index, LikelihoodView(tabulator: used, taus: taus, half: table.half), prior,
                        entries.isEmpty ? silentIndex : nil)
                }
                if entries.isEmpty { silentIndex = silentIndex ?? index }
            }
            progress.advanced(by: 1)
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
    /// Nodes of the table to each side of zero.
    let half: Int

    private var columns: Int { (tabulator.means + 15) / 16 * 16 }
    private var parts: Int { FineNodes.parts(tabulator.lattice) }
    private var step: Double { tabulator.lattice.step / Double(parts) }
    private var count: Int { (tabulator.means - 1) * parts + 1 }
    /// The lowest node, counted from zero.
    private var first: Int { tabulator.first * parts }
    /// The same among all of the lattice.
    private var start: Int { first + half * parts }

    private func mean(_ node: Int) -> Double { Double(first + node) * step }

    /// The likelihood at the fine nodes: its logarithm interpolated by a polynomial of degree 5.
    /// - Parameter values: at the table's nodes.
    private func refined(_ values: [Double]) -> [Double] {
        let (parts, nodes) = (parts, values.count)
        if parts == 1 || nodes < 6 { return parts == 1 ? values : Array(repeating: 0, count: count) }
        let logarithms = values.map { log(max($0, 1e-60)) }
        // What lies e⁻⁴⁰ below the largest adds nothing to any sum.
        let least = (logarithms.max() ?? 0) - 40
        let count = count
        return [Double](unsafeUninitializedCapacity: count) { result, initialised in
            result.initialize(repeating: 0)
            logarithms.withUnsafeBufferPointer { logarithms in
                for cell in 0..<nodes - 1 {
                    let start = min(max(cell - 2, 0), nodes - 6)
                    result[cell * parts] = values[cell]
                    if logarithms[cell] < least, logarithms[cell + 1] < least { continue }
                    for part in 1..<parts {
                        let x = Double(cell - start - 2) + Double(part) / Double(parts)
                        result[cell * parts + part] = exp(
                            MarginalDensity.interpolated(logarithms, from: start, at: x))
                    }
                }
            }
            result[count - 1] = values[nodes - 1]
            initialised = count
        }
    }

    /// Density of each component at every fine node, times the step; of the point at 0 none.
    static func masses(_ deviations: [Double], _ nodes: FineNodes) -> [[Double]] {
        deviations.map { deviation in
            deviation == 0 ? [] : nodes.values { FineNodes.density($0, deviation: deviation) * nodes.step }
        }
    }

    /// [component][tau]: the likelihood averaged over each component.
    /// - Parameter masses: at all nodes of the lattice.
    func likelihoods(_ masses: [[Double]]) -> [Float] {
        let rows = (0..<taus.count).map { tau in
            refined((0..<tabulator.means).map { Double(tabulator.table[tau * columns + $0]) })
        }
        var result: [Float] = []
        for masses in masses {
            for row in rows {
                if masses.isEmpty {
                    result.append(Float(row[-first]))
                    continue
                }
                var sum = 0.0
                for (node, value) in row.enumerated() { sum += masses[start + node] * value }
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

    /// The two halves of the prior of the mean at the nodes of a lattice, and the weights of the values of τ under each.
    struct PriorHalves: Sendable {
        /// Density of the learnt half's normals, without its point at 0.
        let learnt: [Double]
        let weak: [Double]
        /// The learnt half's weight of its point.
        let point: Double
        let learntTaus: [Double]
        /// They sum to 1.
        let weakTaus: [Double]

        init(_ prior: Shrinkage.Prior, weak settings: PosteriorSettings, taus: TauNodes, at nodes: FineNodes) {
            learnt = nodes.values { x in
                zip(prior.deviations, prior.weights).dropFirst()
                    .reduce(0) { $0 + $1.1 * FineNodes.density(x, deviation: $1.0) }
            }
            weak = nodes.values { FineNodes.density($0, deviation: settings.meanDeviation) }
            point = prior.weights[0]
            learntTaus = prior.tauWeights
            let weights = taus.logWeights.map(exp)
            let total = weights.reduce(0, +)
            weakTaus = weights.map { $0 / total }
        }
    }

    func shrunken(_ prior: PriorHalves, tail: Double) -> Shrunken {
        let nodes = tabulator.means
        var learntSums = [Double](repeating: 0, count: nodes)
        var plainSums = [Double](repeating: 0, count: nodes)
        let columns = columns
        tabulator.table.withUnsafeBufferPointer { table in
            learntSums.withUnsafeMutableBufferPointer { learntSums in
                plainSums.withUnsafeMutableBufferPointer { plainSums in
                    for tau in 0..<taus.count {
                        let (a, b) = (prior.learntTaus[tau], prior.weakTaus[tau])
                        for node in 0..<nodes {
                            let value = Double(table[tau * columns + node])
                            learntSums[node] += a * value
                            plainSums[node] += b * value
                        }
                    }
                }
            }
        }
        let (learnt, plain, count) = (refined(learntSums), refined(plainSums), count)
        let atZero = learnt[-first] * prior.point / step
        let start = start
        let weights = (0..<count).map { node in
            prior.learnt[start + node] * learnt[node] + prior.weak[start + node] * plain[node]
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
