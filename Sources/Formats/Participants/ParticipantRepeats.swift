public import Evidence

/// Values of regions at sessions between which nothing was done: how far they agree is their reliability.
public struct ParticipantRepeats: Sendable {
    public let sessions: [String]
    /// People who have a value of every session, by region.
    public let subjects: [[String]]
    /// [regions][people][sessions].
    public let values: [[[Double]]]

    /// - Parameters:
    ///   - levels: the column of sessions and at least two of them.
    ///   - regions: columns of the table, as ``ParticipantRegions`` names them.
    /// - Throws: for a session that is not in the table, a person with two rows of a session, and fewer than three people with all sessions.
    public init(_ levels: StudyLevels, of regions: [String], table: ParticipantTable) throws(InputError) {
        let place = SourceLocation(file: table.path)
        guard levels.names.count >= 2 else {
            throw InputError(
                "--reliability \(levels.column)=\(levels.names.joined()) names one session.",
                remedy: "Name at least two between which nothing was done, such as session=base1,base2.")
        }
        let column = try table.column(levels.column)
        var rows: [String: [String: ParticipantTable.Row]] = [:]
        for row in table.rows {
            guard let session = table.text(row, column), levels.names.contains(session) else { continue }
            guard rows[row.subject, default: [:]].updateValue(row, forKey: session) == nil else {
                throw InputError(
                    at: row.source, "\(row.subject) has two rows of \(column) = \(session).",
                    remedy: "Keep one row for each person and session.")
            }
        }
        var subjects: [[String]] = []
        var values: [[[Double]]] = []
        for region in regions {
            let name = try table.column(region)
            var found: [(String, [Double])] = []
            for subject in table.subjects {
                let numbers = levels.names.compactMap { session -> Double? in
                    guard let row = rows[subject]?[session], case .number(let value) = table.value(row, name) else {
                        return nil
                    }
                    return value.isFinite ? value : nil
                }
                if numbers.count == levels.names.count { found.append((subject, numbers)) }
            }
            guard found.count >= 3 else {
                throw InputError(
                    at: place,
                    "\(found.count) \(found.count == 1 ? "person has" : "people have") \(name) at \(levels.names.joined(separator: " and ")); reliability needs at least 3.",
                    remedy:
                        "Name sessions that more people have, or state the reliability as a number (--reliability 0.8)."
                )
            }
            subjects.append(found.map(\.0))
            values.append(found.map(\.1))
        }
        sessions = levels.names
        self.subjects = subjects
        self.values = values
    }
}
