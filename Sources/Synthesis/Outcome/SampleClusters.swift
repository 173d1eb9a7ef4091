/// Which effects are not independent: those of one study, and those of studies that share a sample.
///
/// Two publications on the same people are one cluster, called by the first of them.
struct SampleClusters {
    /// Of each effect.
    let names: [String]

    init(_ effects: [SynthesisEffect]) {
        var sets = DisjointSets(effects.count)
        for groups in [Grouping(effects.map(\.study)).members, Grouping(effects.map(\.sample)).members] {
            for members in groups {
                for n in members.dropFirst() { sets.join(members[0], n) }
            }
        }
        var names = effects.map(\.study)
        for members in sets.members {
            for n in members { names[n] = effects[members[0]].study }
        }
        self.names = names
    }
}
