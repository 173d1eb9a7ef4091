import Cuneus

/// What has become of one part of a test, judged by its ledger and by nothing else.
enum PartState: Hashable {
    case complete
    /// Has some of its permutations, and goes on when it is run again.
    case begun
    case missing
    /// Is in the way: it has to be moved aside before the part can be run.
    case damaged(String)

    var isComplete: Bool { self == .complete }

    /// A part that was looked at.
    struct Found {
        var state: PartState
        /// Permutations that are done.
        var done = 0
        var key: String?
        /// Permutations of the whole test.
        var total: Int?
    }

    static func look(at path: String, shard: Int, of count: Int) -> Found {
        guard Path.exists(path) else { return Found(state: .missing) }
        do {
            let (ledger, isTorn) = try PermutationLedger.read(path)
            let header = ledger.header
            let range = PermutationLedger.range(part: shard, of: count, permutations: header.permutations)
            guard header.range == range else {
                return Found(state: .damaged("it is not part \(shard) of \(count)"))
            }
            return Found(
                state: ledger.isComplete && !isTorn ? .complete : .begun, done: ledger.table.count, key: header.key,
                total: header.permutations)
        } catch {
            return Found(state: .damaged((error as? PermutationLedger.Problem)?.reason ?? "\(error)"))
        }
    }

    /// The parts of one test. Those that belong to another test than most do are damaged.
    static func look(at paths: [String]) -> [Found] {
        var found = paths.enumerated().map { look(at: $1, shard: $0 + 1, of: paths.count) }
        var votes: [String: Int] = [:]
        for part in found { if let key = part.key { votes[key, default: 0] += 1 } }
        // Of equally many, the first: the others cannot be merged with it.
        let most = votes.values.max()
        guard let key = found.lazy.compactMap(\.key).first(where: { votes[$0] == most }) else { return found }
        for index in found.indices where found[index].key != nil && found[index].key != key {
            found[index] = Found(state: .damaged("it is of another analysis than the other parts"))
        }
        return found
    }
}
