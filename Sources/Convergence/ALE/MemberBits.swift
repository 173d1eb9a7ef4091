/// Which permutations have an experiment in the first group, a bit each.
struct MemberBits: Sendable {
    let permutations: Int
    /// Words of 64 permutations.
    let words: Int
    /// A row of `words` per experiment.
    let rows: [UInt64]

    /// - Parameter isFirst: a row per permutation.
    init(_ isFirst: [[Bool]]) {
        permutations = isFirst.count
        words = (isFirst.count + 63) / 64
        var rows = [UInt64](repeating: 0, count: words * (isFirst.first?.count ?? 0))
        for (permutation, labels) in isFirst.enumerated() {
            for (experiment, isMember) in labels.enumerated() where isMember {
                rows[words * experiment + permutation / 64] |= 1 << UInt64(permutation % 64)
            }
        }
        self.rows = rows
    }

    /// Calls `body` with every permutation whose bit is set in the words `from..<to`.
    @inline(__always)
    static func each(_ bits: UnsafePointer<UInt64>, _ words: Range<Int>, _ body: (Int) -> Void) {
        for word in words {
            var rest = bits[word]
            while rest != 0 {
                body(64 * word + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }
}
