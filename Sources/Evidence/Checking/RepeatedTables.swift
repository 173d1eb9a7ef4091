/// Experiments that report the same peaks: preprint and journal copies, one table entered twice.
enum RepeatedTables {
    /// Share of the smaller table that has to recur in the other.
    private static let share = 0.8

    static func notices(_ experiments: [Experiment]) -> [Notice] {
        var owners: [SIMD3<Double>: [Int]] = [:]
        var counts = [Int](repeating: 0, count: experiments.count)
        for (index, experiment) in experiments.enumerated() {
            let distinct = Set(experiment.peaks.map(\.coordinate))
            counts[index] = distinct.count
            for coordinate in distinct { owners[coordinate, default: []].append(index) }
        }
        var shared: [SIMD2<Int>: Int] = [:]
        for list in owners.values where list.count > 1 {
            for (position, first) in list.enumerated() {
                for second in list[(position + 1)...] { shared[[first, second], default: 0] += 1 }
            }
        }
        return shared.compactMap { pair, count -> (SIMD2<Int>, Int)? in
            let smaller = min(counts[pair.x], counts[pair.y])
            let isRepeat = count >= 2 && Double(count) >= share * Double(smaller)
            return isRepeat ? (pair, count) : nil
        }
        .sorted { ($0.0.x, $0.0.y) < ($1.0.x, $1.0.y) }
        .map { pair, count in
            let (a, b) = (experiments[pair.x], experiments[pair.y])
            return Notice(
                .warning, code: "duplicate-table", at: b.source,
                "experiments \"\(a.id)\" and \"\(b.id)\" share \(count) of \(counts[pair.x]) and \(counts[pair.y]) "
                    + "peaks.",
                remedy: "Keep one if they are the same result printed twice.")
        }
    }
}
