import Foundation
public import Inference

extension EffectPosterior {
    /// The posterior as experiments come in one by one: after the first of an order, after the first two, and so on.
    ///
    /// Tables of the likelihood add over experiments, so that the later ones' parts are taken off the table of all. Where its
    /// nodes do not suit what is left (a posterior of few experiments is wider), or an experiment still to come shares its
    /// sample, the voxel is tabulated anew.
    ///
    /// - Parameters:
    ///   - order: every position of ``reports`` once.
    ///   - positions: mask positions, ascending. Eight numbers for each of them and each experiment: meant for places.
    /// - Returns: one per experiment in that order: what ``maps(at:without:workers:progress:)`` gives without the later ones,
    ///   to about 1e-5; the last is that of all, to the bit.
    /// - Throws: `Problem.rows` where the order is none of all experiments; `CancellationError`.
    @_optimize(none)
    public func cumulative(
        _ order: [Int], at positions: [Int32], workers: Workers
    ) async throws -> [PosteriorMaps] {
        guard order.sorted() == Array(reports.indices) else { throw Problem.rows }
        let scan = PosteriorScan(self, at: positions, without: [], keepsLogarithms: true)
        let count = positions.count
        let fields = order.map { _ in PosteriorFields(count: count) }
        let isOpen = order.map { _ in SharedArray<Bool>(repeating: false, count: count) }
        let summary = PosteriorSummary(settings, rows: rows.count)
        let isAlone = scan.model.members.map { $0.rowCount == 1 }
        try await scan.run(workers: workers) { index, tabulator, tables in
            Self.take(
                index, order, tabulator, tables, summary, isAlone: isAlone, isOpen: isOpen, into: fields)
        }
        for step in order.indices {
            let open = (0..<count).filter { isOpen[step].buffer[$0] }
            if open.isEmpty { continue }
            let later = Set(order[(step + 1)...])
            let anew = try await maps(at: open.map { positions[$0] }, without: later, workers: workers)
            for (from, to) in open.enumerated() { fields[step].copy(anew, from, to: to) }
        }
        return fields.map(\.maps)
    }

    /// A voxel's steps, from that of all backwards.
    private static func take(
        _ index: Int, _ order: [Int], _ tabulator: VoxelTabulator, _ tables: SilentTables, _ summary: PosteriorSummary,
        isAlone: [Bool], isOpen: [SharedArray<Bool>], into fields: [PosteriorFields]
    ) {
        var rows = tabulator.rows
        var (measured, reached) = (tabulator.measured, tabulator.reached)
        var later: [Int] = []
        var canSubtract = rows > 0
        for step in order.indices.reversed() {
            if step + 1 < order.count {
                let next = order[step + 1]
                canSubtract = canSubtract && isAlone[next]
                if canSubtract {
                    let left = tabulator.without(next)
                    rows -= tabulator.rows - left.rows
                    measured -= left.wasMeasured ? 1 : 0
                    reached -= left.wasReached ? 1 : 0
                }
                later.append(next)
            }
            guard canSubtract else {
                isOpen[step].buffer[index] = true
                continue
            }
            fields[step].set(measured: measured, reached: reached, at: index)
            if rows == 0 { continue }
            tabulator.remove(later, tables)
            if later.isEmpty || PosteriorScan.suits(tabulator) {
                fields[step].set(summary(tabulator, tables.taus, rows: rows), at: index)
            } else {
                isOpen[step].buffer[index] = true
            }
        }
    }
}
