import Evidence

/// The sizes of two groups, for inputs that know one number only (`--groups`).
public enum GroupSizes: Hashable, Sendable {
    /// Of every experiment.
    case all(Int, Int)
    /// A table with the columns study (or experiment), n1 and n2.
    case table(path: String)

    /// Reads `18/18`, `18,18` or the name of a table.
    public init?(_ text: String) {
        let parts = text.split { "/,+".contains($0) }.map { String($0).trimmingBlanks }
        if parts.count == 2, let n1 = Int(parts[0]), let n2 = Int(parts[1]) {
            guard (1..<10_000_000).contains(n1), (1..<10_000_000).contains(n2) else { return nil }
            self = .all(n1, n2)
            return
        }
        guard !text.isEmpty, !text.allSatisfy({ $0.isNumber || "/,+-. ".contains($0) }) else { return nil }
        self = .table(path: text)
    }

    /// Gives experiments their two groups.
    ///
    /// - Throws: where a size contradicts the number that the input has, or the table cannot be used.
    func apply(to project: inout Project) throws(InputError) {
        switch self {
        case .all(let n1, let n2):
            for index in project.experiments.indices {
                try Self.set(n1, n2, &project.experiments[index], at: nil)
            }
        case .table(let path):
            try apply(table: try Table(try TextFile(path: path)), to: &project)
            project.inputFiles.append(path)
        }
        // What was missing is there now.
        let isComplete = project.experiments.allSatisfy { $0.n1 > 0 }
        if isComplete { project.notices.removeAll { $0.code == "n-missing" } }
    }

    private func apply(table: Table, to project: inout Project) throws(InputError) {
        guard let name = table.column("experiment") ?? table.column("study") else {
            throw InputError(
                at: table.headerLocation, "the table has neither a column experiment nor a column study.",
                remedy: "Write study, n1 and n2 in its first row.")
        }
        let n1 = try table.requiredColumn("n1")
        let n2 = try table.requiredColumn("n2")
        var errors = ErrorCollector()
        let isOfExperiments = table.column("experiment") != nil
        var said: [Int: (line: Int, n1: Int, n2: Int)] = [:]
        for row in table.rows {
            errors.attempt { () throws(InputError) in
                let source = table.location(row)
                guard let text = row.fields[name], let first = try table.count(row, n1), first > 0 else {
                    throw InputError(
                        at: source, "a name and n1 were expected.", remedy: "Complete the row, or remove it.")
                }
                guard let second = try table.count(row, n2) else {
                    throw InputError(
                        at: source, "\"\(text)\" has no n2.",
                        remedy: "Write the size of the second group, or 0 where there is one group.")
                }
                let key = ContrastSides.key(text)
                let own = project.experiments.indices.filter { project.experiments[$0].id == text }
                let ofStudy = project.experiments.indices.filter {
                    ContrastSides.key(project.experiments[$0].study) == key
                }
                // A row of one experiment says nothing of the others of its study.
                let found = isOfExperiments && !own.isEmpty ? own : Set(own + ofStudy).sorted()
                guard !found.isEmpty else {
                    throw InputError(
                        at: source, "there is no study \"\(text)\" in \(project.name).",
                        remedy: Nearest.match(text, among: project.experiments.map(\.study)).map { "Is it \"\($0)\"?" }
                            ?? "Correct the name, or remove the row.")
                }
                for index in found {
                    if let other = said[index], (other.n1, other.n2) != (first, second) {
                        throw InputError(
                            at: source,
                            "\"\(text)\" has groups of \(first) and \(second), but of \(other.n1) and \(other.n2) in line \(other.line).",
                            remedy:
                                "Keep the row that is right; experiments of one study are told apart by a column experiment."
                        )
                    }
                    said[index] = (row.line, first, second)
                }
                for index in found { try Self.set(first, second, &project.experiments[index], at: source) }
            }
        }
        try errors.finish()
    }

    private static func set(
        _ n1: Int, _ n2: Int, _ experiment: inout Experiment, at source: SourceLocation?
    ) throws(InputError) {
        guard experiment.n == 0 || experiment.n == n1 + n2 else {
            throw InputError(
                at: source ?? experiment.source,
                "groups of \(n1) and \(n2) are \(n1 + n2) people, but experiment \"\(experiment.id)\" has \(experiment.n).",
                remedy: "Give each study its own sizes: --groups with a table of study, n1 and n2.")
        }
        experiment.n1 = n1
        experiment.n2 = n2
    }
}
