import Foundation
import Inference
import VoxelKernels

/// Goes over voxels and tabulates the posterior of each at nodes that suit it.
///
/// First a look with one τ and sign-only peaks at their mean height finds where the posterior lies and how wide it is. Then
/// voxels are tabulated in full, level by level of ``MeanLattice``; where the nodes prove too coarse, too fine or too short
/// they are placed anew, up to four times. Nodes depend on the voxel's evidence alone, not on threads or neighbours.
final class PosteriorScan: @unchecked Sendable {
    // Sendable because every voxel's plan is written by the one piece of work that has the voxel.
    let posterior: EffectPosterior
    let model: PosteriorModel
    let positions: [Int32]

    /// Where a voxel's nodes are.
    struct Plan: Hashable {
        var level: Int32 = 0
        var centre: Int32 = 0
        var halvings: Int32 = 0
        /// Nodes to each side of the centre.
        var side: Int32 = 15
        var isDone = false
        /// As known so far.
        var mean: Float = 0
        var deviation: Float = 0
    }

    /// Whether tabulators keep what ``VoxelTabulator/remove(_:_:)`` needs.
    private let keepsLogarithms: Bool
    private let progress: any ProgressObserver
    private let plans: SharedArray<Plan>
    private static let blockSize = 256
    private static let lastTry = 4
    private let priorPrecision: Double
    /// As wide as nodes can be asked for.
    private let coarsest: Double
    /// No posterior mean lies farther out: not beyond all that was said, and not beyond what the prior lets it reach, whatever
    /// a damaged map says.
    private let reach: Double

    /// - Parameter meanDeviation: prior SD of the mean, in place of the settings'.
    init(
        _ posterior: EffectPosterior, at positions: [Int32]?, without omitted: Set<Int>, meanDeviation: Double? = nil,
        keepsLogarithms: Bool = false, progress: any ProgressObserver = SilentProgress()
    ) {
        self.posterior = posterior
        self.keepsLogarithms = keepsLogarithms
        self.progress = progress
        self.positions = positions ?? Array(0..<Int32(posterior.voxels))
        model = PosteriorModel(
            posterior.reports, rows: posterior.rows, correlation: posterior.correlation, omitted: omitted)
        plans = SharedArray(repeating: Plan(), count: self.positions.count)
        let deviation = meanDeviation ?? posterior.settings.meanDeviation
        priorPrecision = 1 / (deviation * deviation)
        coarsest = MeanLattice.perDeviation * deviation
        reach = min(model.extreme, 40 * deviation)
    }

    func plan(_ index: Int) -> Plan { plans.buffer[index] }

    var blocks: Int { (positions.count + Self.blockSize - 1) / Self.blockSize }

    func block(_ piece: Int) -> Range<Int> {
        piece * Self.blockSize..<min((piece + 1) * Self.blockSize, positions.count)
    }

    func evidence(_ range: Range<Int>) -> PosteriorModel.Evidence {
        model.evidence(posterior.reports, at: Array(positions[range]))
    }

    /// Tables on a lattice, reaching as far as any voxel's nodes may lie.
    func tables(_ lattice: MeanLattice, _ taus: TauNodes) -> SilentTables {
        SilentTables(model, lattice: lattice, taus: taus, reach: reach, posterior.instructions)
    }

    /// How far it is gets told in ``steps`` units.
    ///
    /// - Parameter body: called once per voxel with its index in `positions`, the tabulated posterior and the tables used;
    ///   where no experiment speaks nothing is tabulated.
    func run(workers: Workers, _ body: @escaping @Sendable (Int, VoxelTabulator, SilentTables) -> Void) async throws {
        try await run(workers: workers) { index, tabulator, tables, _ in body(index, tabulator, tables) }
    }

    /// Units of work told to the progress observer: a first look at every block, and its table.
    var steps: Int { 2 * blocks }

    /// - Parameter body: is also told of a voxel before whose posterior is the same to the bit, so that what was computed there
    ///   may be copied: where all experiments are silent, all voxels of a block are alike.
    @_optimize(none)
    func run(
        workers: Workers, _ body: @escaping @Sendable (Int, VoxelTabulator, SilentTables, _ twin: Int?) -> Void
    ) async throws {
        try await look(workers: workers)
        var turn = 1
        while turn <= Self.lastTry {
            let wanted = open()
            if wanted.isEmpty { return }
            try await tabulate(wanted, isLast: turn == Self.lastTry, workers: workers, body)
            turn += 1
        }
    }

    /// What tables the voxels that are not done ask for.
    private struct Wanted: Hashable {
        var level: Int
        var halvings: Int
    }

    private func open() -> Set<Wanted> {
        var wanted: Set<Wanted> = []
        for plan in plans.buffer where !plan.isDone {
            wanted.insert(Wanted(level: Int(plan.level), halvings: Int(plan.halvings)))
        }
        return wanted
    }

    // MARK: The first look

    func look(workers: Workers) async throws {
        let taus = TauNodes(only: 0.5 * posterior.settings.tauDeviation)
        let start = MeanLattice(stepAtMost: max(coarsest, reach / 15))
        // Down to a fifth of the SD that all studies with known effects would leave.
        let information = model.members.reduce(priorPrecision) { $0 + $1.power / Double($1.constantVariance) }
        let finest = MeanLattice(stepAtMost: 0.2 / information.squareRoot())
        var levels: [Int: SilentTables] = [:]
        for level in start.level...max(start.level, finest.level) {
            levels[level] = tables(MeanLattice(level: level), taus)
        }
        let all = levels
        try await workers.forEach(blocks) { [self] piece in
            let range = block(piece)
            let evidence = evidence(range)
            let tabulator = VoxelTabulator(model, posterior.instructions)
            var silent: Plan?
            for index in range {
                let local = index - range.lowerBound
                let entries = evidence.entries[evidence.starts[local]..<evidence.starts[local + 1]]
                if entries.isEmpty, let silent {
                    plans.buffer[index] = silent
                    continue
                }
                let plan = look(entries, tabulator, start.level, all)
                plans.buffer[index] = plan
                if entries.isEmpty { silent = plan }
            }
            progress.advanced(by: 1)
        }
    }

    /// Ever finer nodes about the mean, until they resolve the SD.
    private func look(
        _ entries: ArraySlice<PosteriorModel.Entry>, _ tabulator: VoxelTabulator, _ start: Int,
        _ levels: [Int: SilentTables]
    ) -> Plan {
        tabulator.take(entries, isPilot: true)
        var level = start
        var mean = 0.0
        var deviation = 0.0
        let side = MeanLattice.nodes / 2
        for _ in 0..<12 {
            guard let tables = levels[level] else { break }
            let centre = tables.clamped(tables.lattice.index(nearest: mean), nodes: side)
            tabulator.tabulate(
                tables, first: centre - side, means: MeanLattice.nodes, priorPrecision: priorPrecision)
            let moments = tabulator.moments
            let step = tables.lattice.step
            (mean, deviation) = (moments.mean, moments.deviation)
            if step <= 0.8 * deviation || levels[level + 1] == nil { break }
            // Not below a third of the step: the sums do not tell how much narrower the posterior is.
            deviation = max(deviation, 0.35 * step)
            level = min(max(level + 1, MeanLattice(stepAtMost: 0.57 * deviation).level), level + 8)
            while levels[level] == nil, level > start { level -= 1 }
        }
        // Over all τ the posterior is wider than at this one.
        return placed(
            mean: mean, deviation: 1.1 * deviation, step: MeanLattice.perDeviation * 1.1 * deviation,
            halvings: TauNodes.halvings(known: tabulator.knownCount))
    }

    private func placed(mean: Double, deviation: Double, step: Double, halvings: Int) -> Plan {
        let lattice = MeanLattice(stepAtMost: min(step, coarsest))
        return Plan(
            level: Int32(lattice.level), centre: Int32(clamping: lattice.index(nearest: mean)),
            halvings: Int32(halvings),
            mean: Float(mean), deviation: Float(deviation))
    }

    // MARK: In full

    private func tabulate(
        _ wanted: Set<Wanted>, isLast: Bool, workers: Workers,
        _ body: @escaping @Sendable (Int, VoxelTabulator, SilentTables, _ twin: Int?) -> Void
    ) async throws {
        let scale = posterior.settings.tauDeviation
        let tables = Dictionary(
            uniqueKeysWithValues: wanted.map { key in
                (key, self.tables(MeanLattice(level: key.level), TauNodes(scale: scale, halvings: key.halvings)))
            })
        try await workers.forEach(blocks) { [self] piece in
            let range = block(piece)
            if range.allSatisfy({ plans.buffer[$0].isDone }) { return }
            let evidence = evidence(range)
            let tabulator = VoxelTabulator(model, posterior.instructions)
            // Silent voxels are alike: their table is kept.
            let silent = VoxelTabulator(model, posterior.instructions)
            tabulator.keepsLogarithms = keepsLogarithms
            silent.keepsLogarithms = keepsLogarithms
            var silentPlan: Plan?
            var silentIndex: Int?
            for index in range where !plans.buffer[index].isDone {
                let local = index - range.lowerBound
                let entries = evidence.entries[evidence.starts[local]..<evidence.starts[local + 1]]
                let used = entries.isEmpty ? silent : tabulator
                var plan = plans.buffer[index]
                guard let found = tables[Wanted(level: Int(plan.level), halvings: Int(plan.halvings))] else { continue }
                if !entries.isEmpty || silentPlan == nil {
                    used.take(entries)
                    if used.rows > 0 {
                        let side = Int(plan.side)
                        let centre = found.clamped(Int(plan.centre), nodes: side)
                        used.tabulate(
                            found, first: centre - side, means: 2 * side + 1, priorPrecision: priorPrecision)
                        plan = judged(plan, used, isLast: isLast)
                    } else {
                        plan.isDone = true
                    }
                    if entries.isEmpty { silentPlan = plan }
                } else if let silentPlan {
                    plan = silentPlan
                }
                plans.buffer[index] = plan
                if plan.isDone {
                    body(index, used, found, entries.isEmpty ? silentIndex : nil)
                    if entries.isEmpty { silentIndex = silentIndex ?? index }
                }
            }
            if range.allSatisfy({ plans.buffer[$0].isDone }) { progress.advanced(by: 1) }
        }
    }

    /// Whether a table's nodes resolve its posterior and reach far enough.
    static func suits(_ tabulator: VoxelTabulator) -> Bool {
        let (_, deviation, edge) = tabulator.moments
        return edge < 1e-6 && tabulator.lattice.step <= 0.72 * deviation
    }

    /// Whether the nodes serve; if not, where they should be.
    private func judged(_ plan: Plan, _ tabulator: VoxelTabulator, isLast: Bool) -> Plan {
        let (mean, deviation, edge) = tabulator.moments
        let step = tabulator.lattice.step
        let reaches = edge < 1e-6
        let suits = step <= 0.72 * deviation && step >= 0.35 * deviation
        if isLast || (suits && (reaches || plan.side == MeanLattice.mostSide)) {
            var done = plan
            done.isDone = true
            done.mean = Float(mean)
            done.deviation = Float(deviation)
            return done
        }
        let spread = max(deviation, 0.35 * step)
        var next = placed(
            mean: mean, deviation: spread, step: MeanLattice.perDeviation * spread, halvings: Int(plan.halvings))
        // Heavy tails want nodes farther out; those of few known effects are the heaviest.
        next.side = suits ? min(plan.side + 8, Int32(MeanLattice.mostSide)) : plan.side
        return next
    }
}
