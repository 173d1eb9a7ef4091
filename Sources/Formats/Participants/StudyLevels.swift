public import Evidence

/// A column and some of its values: `session=pre,post`, `group=therapy,waitlist`.
public struct StudyLevels: Hashable, Sendable {
    public var column: String
    /// In the order given: a difference is the second minus the first of sessions, the first minus the second of groups.
    public var names: [String]

    /// So many groups, or sessions, can be compared.
    public static let counts = 2...12

    public init(column: String, names: [String]) {
        self.column = column
        self.names = names
    }

    /// - Parameters:
    ///   - text: `column=a,b`.
    ///   - option: for messages, such as `--paired`.
    ///   - counts: how many values there may be.
    public init(_ text: String, option: String, counts: ClosedRange<Int> = StudyLevels.counts) throws(InputError) {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let names = halves.count == 2 ? halves[1].split(separator: ",", omittingEmptySubsequences: false) : []
        let levels = names.map { Array($0.utf8)[...].trimmed.text }
        let column = Array(halves[0].utf8)[...].trimmed.text
        let example =
            option == "--groups" ? "group=therapy,waitlist" : counts.contains(2) ? "session=pre,post" : "session=post"
        guard !column.isEmpty, counts.contains(levels.count), levels.allSatisfy({ !$0.isEmpty }) else {
            let wanted =
                counts.lowerBound == counts.upperBound
                ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
            throw InputError(
                "\(option) is \"\(text)\"; a column with \(wanted) of its values was expected.",
                remedy: "Write for example \(option) \(example).")
        }
        guard Set(levels).count == levels.count else {
            throw InputError(
                "\(option) \(text) names a value twice.", remedy: "Write each once, for example \(option) \(example).")
        }
        self.init(column: column, names: levels)
    }
}
