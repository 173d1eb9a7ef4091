/// Labels as numbers from 0, in order of first appearance, so that nothing depends on hashing.
struct Grouping<Label: Hashable> {
    /// One per row.
    private(set) var codes: [Int] = []
    /// One per group.
    private(set) var labels: [Label] = []
    /// Rows of each group, in order.
    private(set) var members: [[Int]] = []

    init(_ rows: [Label]) {
        var position: [Label: Int] = [:]
        for (i, label) in rows.enumerated() {
            if let known = position[label] {
                codes.append(known)
                members[known].append(i)
            } else {
                position[label] = labels.count
                codes.append(labels.count)
                labels.append(label)
                members.append([i])
            }
        }
    }
}
