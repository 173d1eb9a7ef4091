import Statistics

/// Rows of an outcome as the contrasts of a network: one per study and comparison, none that follows from the others.
struct NetworkContrasts {
    private(set) var contrasts: [TreatmentNetwork.Contrast] = []
    /// Every comparison of every study, those that follow from others too: together they tell what arms share.
    private(set) var comparisons: [StudyComparison] = []
    /// Rows that do not name two different treatments.
    private(set) var unnamed = 0

    /// - Parameters:
    ///   - columns: of the treatment of the first and of the second group.
    ///   - correlation: of sampling errors of several results of one comparison.
    init(_ effects: [SynthesisEffect], columns: (first: String, second: String), correlation: Double) {
        struct Key: Hashable {
            var study: String
            var names: [String]
        }
        let clusters = SampleClusters(effects).names
        var rows: [(key: Key, isTurned: Bool, effect: SynthesisEffect)] = []
        for (effect, study) in zip(effects, clusters) {
            guard let a = effect.group(columns.first), let b = effect.group(columns.second), a != b else {
                unnamed += 1
                continue
            }
            rows.append((Key(study: study, names: [a, b].sorted()), a > b, effect))
        }
        let grouping = Grouping(rows.map(\.key))
        var means: [StudyComparison] = []
        for (key, members) in zip(grouping.labels, grouping.members) {
            let isTurned = rows[members[0]].isTurned
            let values = members.map { rows[$0].isTurned == isTurned ? rows[$0].effect.value : -rows[$0].effect.value }
            let (mean, variance) = StudyMeans.mean(values, members.map { rows[$0].effect.variance }, correlation)
            let contrast = TreatmentNetwork.Contrast(
                study: key.study, treatment: isTurned ? key.names[1] : key.names[0],
                comparator: isTurned ? key.names[0] : key.names[1], effect: mean, variance: variance)
            means.append(
                StudyComparison(contrast, of: members.map { (rows[$0].effect, rows[$0].isTurned != isTurned) }))
        }
        for members in Grouping(means.map(\.contrast.study)).members {
            contrasts += Self.independent(members.map { means[$0].contrast })
        }
        comparisons = means
    }

    /// Of one study's contrasts those that connect its arms without a circle; first those with the arm that most have.
    private static func independent(_ all: [TreatmentNetwork.Contrast]) -> [TreatmentNetwork.Contrast] {
        let arms = Grouping(all.flatMap { [$0.comparator, $0.treatment] })
        func hub(_ contrast: TreatmentNetwork.Contrast) -> Int {
            [contrast.treatment, contrast.comparator].compactMap { name in
                arms.labels.firstIndex(of: name).map { arms.members[$0].count }
            }.max() ?? 0
        }
        let hubs = all.map(hub)
        let order = all.indices.sorted { (-hubs[$0], $0) < (-hubs[$1], $1) }
        var sets = DisjointSets(arms.labels.count)
        var kept: [Int] = []
        for n in order {
            guard let a = arms.labels.firstIndex(of: all[n].treatment),
                let b = arms.labels.firstIndex(of: all[n].comparator),
                !sets.members.contains(where: { $0.contains(a) && $0.contains(b) })
            else { continue }
            sets.join(a, b)
            kept.append(n)
        }
        return kept.sorted().map { all[$0] }
    }

    /// The largest part of the network whose treatments hang together, and the names of the others.
    var connected: (contrasts: [TreatmentNetwork.Contrast], others: [String]) {
        let names = Grouping(contrasts.flatMap { [$0.comparator, $0.treatment] })
        var sets = DisjointSets(names.labels.count)
        for n in contrasts.indices { sets.join(names.codes[2 * n], names.codes[2 * n + 1]) }
        let parts = sets.members.map { Set($0) }
        let counts = parts.map { part in contrasts.indices.count { part.contains(names.codes[2 * $0]) } }
        guard let largest = parts.indices.max(by: { (counts[$0], -$0) < (counts[$1], -$1) }) else { return ([], []) }
        return (
            contrasts.indices.filter { parts[largest].contains(names.codes[2 * $0]) }.map { contrasts[$0] },
            names.labels.indices.filter { !parts[largest].contains($0) }.map { names.labels[$0] }
        )
    }
}
