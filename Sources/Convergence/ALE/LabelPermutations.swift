import Statistics

/// Which experiments are in the first group, permutation by permutation; group sizes are kept.
public struct LabelPermutations: Sendable {
    private enum Source: Sendable {
        case given([[Bool]])
        case drawn(Philox)
    }

    private let source: Source
    /// Experiments in the first group, and in all.
    public let first: Int
    public let total: Int
    public let count: Int

    /// Shuffles keyed by seed and permutation.
    public init(first: Int, total: Int, count: Int, seed: UInt64) {
        source = .drawn(Philox(seed: seed, name: "label permutations", purpose: 6))
        self.first = first
        self.total = total
        self.count = count
    }

    /// Labels from elsewhere, one row per permutation.
    /// - Throws: ``ConvergenceError/mismatch(_:)`` when a row has another length or group size.
    public init(_ rows: [[Bool]], first: Int, total: Int) throws(ConvergenceError) {
        for (number, row) in rows.enumerated() where row.count != total || row.count(where: { $0 }) != first {
            throw .mismatch("Permutation \(number + 1): \(total) labels, \(first) of them in group 1, are needed.")
        }
        source = .given(rows)
        self.first = first
        self.total = total
        count = rows.count
    }

    /// Fisher–Yates from the end, one 64-bit draw per step.
    package func labels(_ permutation: Int) -> [Bool] {
        switch source {
        case .given(let rows): return rows[permutation]
        case .drawn(let philox):
            var labels = (0..<total).map { $0 < first }
            var last = total - 1
            while last > 0 {
                let words = philox([UInt32(truncatingIfNeeded: permutation), UInt32(last), 0, 0])
                let word = UInt64(words.x) << 32 | UInt64(words.y)
                labels.swapAt(last, Int(UInt64(last + 1).multipliedFullWidth(by: word).high))
                last -= 1
            }
            return labels
        }
    }
}
