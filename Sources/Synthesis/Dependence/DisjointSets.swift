/// Which of n things hang together, by joining pairs.
struct DisjointSets {
    private var parent: [Int]

    init(_ count: Int) { parent = Array(0..<count) }

    private func root(_ i: Int) -> Int {
        var i = i
        while parent[i] != i { i = parent[i] }
        return i
    }

    mutating func join(_ i: Int, _ j: Int) {
        let a = root(i)
        let b = root(j)
        // The lower number stays the root, so that the sets come in order of their first member.
        if a < b { parent[b] = a } else { parent[a] = b }
        parent[i] = min(a, b)
        parent[j] = min(a, b)
    }

    /// Members of each set, in order.
    var members: [[Int]] { Grouping(parent.indices.map(root)).members }
}
