import Inference
import VoxelKernels

/// Joins histograms of 1 − Π(1 − x) on bins of 1e-5.
///
/// For one bin b, consecutive bins a go to consecutive bins over long runs, because 1 − (1 − a)(1 − b) grows a little
/// slower than a. So the work is scaled additions of stretches of memory; where runs end is found once per b and kept.
struct BinRuns {
    private let bins: Int
    private let instructions = VectorInstructions.best.code
    /// Of each bin b that occurred: where runs of a begin, and how far a moves; the last begins at `bins`.
    private var known: [Int: (starts: [Int], shifts: [Int])] = [:]

    init(bins: Int) { self.bins = bins }

    private func target(_ a: Int, _ b: Int) -> Int {
        let joint = 1 - (1 - Double(b) / 1e5) * (1 - Double(a) / 1e5)
        return min(HistogramNull.nearest(joint * (1 / 1e-5)), bins - 1)
    }

    private mutating func runs(_ b: Int) -> (starts: [Int], shifts: [Int]) {
        if let found = known[b] { return found }
        var starts: [Int] = []
        var shifts: [Int] = []
        var start = 0
        while start < bins {
            let shift = target(start, b) - start
            // The last bin with the same shift: shifts never grow. A run is about 1e5 / b long.
            var low = start
            var high = bins
            let guess = start + 100_000 / max(b, 1) + 2
            if guess < bins, target(guess, b) - guess != shift { high = guess }
            while high - low > 1 {
                let middle = (low + high) / 2
                if target(middle, b) - middle == shift { low = middle } else { high = middle }
            }
            starts.append(start)
            shifts.append(shift)
            start = low + 1
        }
        starts.append(bins)
        known[b] = (starts, shifts)
        return (starts, shifts)
    }

    /// Every pair of bins to the bin nearest to 1 − (1 − a)(1 − b). Bins beyond the first and last that hold at least
    /// 1e-290 are passed over.
    mutating func joined(_ total: [Double], _ entries: [(bin: Int, share: Double)]) -> [Double] {
        guard let first = total.firstIndex(where: { $0 > 1e-290 }), let last = total.lastIndex(where: { $0 > 1e-290 })
        else { return total }
        let tables = entries.map { runs($0.bin) }
        var cursors = tables.map { table in (table.starts.firstIndex { $0 > first } ?? 1) - 1 }
        var result = [Double](repeating: 0, count: bins)
        // In stretches that stay in the first cache while all entries go over them.
        let stretch = 1536
        total.withUnsafeBufferPointer { from in
            result.withUnsafeMutableBufferPointer { to in
                for begin in stride(from: first, through: last, by: stretch) {
                    let end = min(begin + stretch, last + 1)
                    for (number, entry) in entries.enumerated() {
                        tables[number].starts.withUnsafeBufferPointer { starts in
                            tables[number].shifts.withUnsafeBufferPointer { shifts in
                                var run = cursors[number]
                                while true {
                                    let low = max(starts[run], begin)
                                    let high = min(starts[run + 1], end)
                                    cuneus_scaled_add(
                                        instructions, to.baseAddress! + low + shifts[run], from.baseAddress! + low,
                                        entry.share, high - low)
                                    if starts[run + 1] >= end { break }
                                    run += 1
                                }
                                cursors[number] = starts[run + 1] == end && end <= last ? run + 1 : run
                            }
                        }
                    }
                }
            }
        }
        return result
    }
}
