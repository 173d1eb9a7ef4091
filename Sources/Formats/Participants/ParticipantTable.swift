public import Evidence
import Foundation
import Imaging

/// Who took part in a study: a row per person, or per person and session, with the path of the image and what else is known.
///
/// Read from a table (tab, semicolon or comma separated; BIDS's `participants.tsv`), or from a folder of derivatives in which
/// the images are found by their names (``init(derivatives:entities:)``).
public struct ParticipantTable: Sendable {
    public struct Row: Hashable, Sendable {
        public var subject: String
        /// nil where the table has no column of sessions.
        public var session: String?
        /// From the folder that the table lies in; nil where the table has no images (region values).
        public var image: String?
        /// All other columns, by their names.
        public var values: [String: Experiment.Covariate]
        public var source: SourceLocation

        public init(
            subject: String, session: String? = nil, image: String? = nil,
            values: [String: Experiment.Covariate] = [:], source: SourceLocation
        ) {
            self.subject = subject
            self.session = session
            self.image = image
            self.values = values
            self.source = source
        }
    }

    /// The table's file, or the folder.
    public let path: String
    public private(set) var rows: [Row]
    /// Names of the columns of ``Row/values``, in the table's order.
    public private(set) var columns: [String]
    /// What the column of sessions is called; nil where there is none.
    public private(set) var sessionColumn: String?
    public private(set) var hasImages: Bool
    /// What the column of people is called; nil of a folder.
    private(set) var subjectColumn: String?
    /// Text files that were read.
    public private(set) var inputFiles: [String]
    public private(set) var notices: [Notice] = []

    /// - Parameters:
    ///   - path: of a table, or of a folder of derivatives.
    ///   - entities: of a folder: which images are meant, such as `["contrast": "fear", "stat": "effect"]`.
    /// - Throws: where it cannot be read, a row has no subject, or names no image where others do.
    public static func open(
        _ path: String, columns: ParticipantColumns = ParticipantColumns(), entities: [String: String] = [:]
    ) throws(InputError) -> ParticipantTable {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            return try DerivativesFolder(path: path, entities: entities).table()
        }
        guard entities.isEmpty else {
            throw InputError(
                at: SourceLocation(file: path), "is a table; entities choose images in a folder of derivatives.",
                remedy: "Give the folder, or leave --entity out.")
        }
        return try ParticipantTable(contentsOf: path, columns: columns)
    }

    public init(
        contentsOf path: String, columns names: ParticipantColumns = ParticipantColumns()
    ) throws(InputError) {
        try self.init(try Table(try TextFile(path: path)), columns: names)
    }

    /// - Parameter bytes: the table's text; `path` is its name for messages, and where images are looked for.
    package init(path: String, bytes: [UInt8], columns: ParticipantColumns = ParticipantColumns()) throws(InputError) {
        try self.init(try Table(try TextFile(path: path, bytes: bytes)), columns: columns)
    }

    init(
        path: String, rows: [Row], columns: [String], sessionColumn: String?, inputFiles: [String], notices: [Notice]
    ) {
        self.path = path
        self.rows = rows
        self.columns = columns
        self.sessionColumn = sessionColumn
        self.inputFiles = inputFiles
        self.notices = notices
        hasImages = rows.contains { $0.image != nil }
    }

    init(_ table: Table, columns names: ParticipantColumns) throws(InputError) {
        func find(_ given: String?, _ usual: [String]) throws(InputError) -> Int? {
            if let given { return try table.requiredColumn(given) }
            for name in usual { if let column = table.column(name) { return column } }
            return nil
        }
        guard let subject = try find(names.subject, ParticipantColumns.subjectNames) else {
            throw InputError(
                at: SourceLocation(file: table.path, line: table.headerLine),
                "no column says who a row is about; the table has \(table.columns.map { "\"\($0)\"" }.joined(separator: ", ")).",
                remedy: "Call it participant_id (or name it with --subject-column).")
        }
        var session = try find(names.session, ParticipantColumns.sessionNames)
        if names.session == nil, let column = session, Self.isMeasured(table, column, subject: subject) {
            session = nil
        }
        var image = try find(names.image, ParticipantColumns.imageNames)
        // Of a column MAP or SCANS with numbers, such as a blood pressure: no file is called so.
        if names.image == nil, let column = image, Self.holdsNumbers(table, column) { image = nil }
        let others = table.columns.indices.filter { ![subject, session, image].contains($0) }
        path = table.path
        subjectColumn = table.columns[subject]
        inputFiles = [table.path]
        columns = others.map { table.columns[$0] }
        sessionColumn = session.map { table.columns[$0] }
        hasImages = image != nil
        notices = table.notices + [table.decimalCommaNotice].compactMap { $0 } + table.nearlyNumeric(others)
        rows = []
        guard !table.rows.isEmpty else {
            throw InputError(
                at: SourceLocation(file: table.path), "has a header but no participants.",
                remedy: "Write a row for each person, or for each person and session.")
        }
        var errors = ErrorCollector()
        var values: [(name: String, cells: [Experiment.Covariate])] = []
        for column in others {
            let cells = errors.attempt { () throws(InputError) in try table.covariates(column) }
            values.append((table.columns[column], cells ?? table.rows.map { _ in .missing }))
        }
        let folder = Path.folder(table.path)
        for (n, row) in table.rows.enumerated() where !errors.isFull {
            let source = table.location(row)
            guard let name = row.fields[subject] else {
                errors.add(
                    InputError(
                        at: source, "the row has no \(table.columns[subject]).",
                        remedy: "Write whose image it is, or remove the row."))
                continue
            }
            if let session, row.fields[session] == nil {
                errors.add(
                    InputError(
                        at: source, "\(name) has no \(table.columns[session]) in this row.",
                        remedy: "Write which session it is, or remove the row."))
                continue
            }
            rows.append(
                Row(
                    subject: name, session: session.flatMap { row.fields[$0] },
                    image: image.flatMap { row.fields[$0] }.map { $0.hasPrefix("/") ? $0 : Path.join(folder, $0) },
                    values: Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.cells[n]) }), source: source))
        }
        try errors.finish()
    }

    /// Whether a column `time` or `visit` holds a number of each person (a reaction time, months), not names of sessions:
    /// nobody stands in two rows, the numbers differ, and it is no column that BIDS calls a session.
    private static func isMeasured(_ table: Table, _ column: Int, subject: Int) -> Bool {
        guard !table.columns[column].lowercased().hasPrefix("ses"), holdsNumbers(table, column) else { return false }
        let people = table.rows.compactMap { $0.fields[subject] }
        let values = Set(table.rows.compactMap { $0.fields[column] })
        return Set(people).count == people.count && values.count > 1
    }

    private static func holdsNumbers(_ table: Table, _ column: Int) -> Bool {
        let cells = table.rows.compactMap { $0.fields[column] }
        return !cells.isEmpty && cells.allSatisfy { WrittenNumber($0) != nil }
    }

    /// - Throws: where two people, or two values of a column, differ only by letter case, blanks, hyphens or underscores: one of
    ///   the spellings would be left out, or be a group of its own, and nobody would see it.
    /// - Parameter column: as ``column(_:)`` gives it; nil for the people.
    func checkSpelling(_ column: String?) throws(InputError) {
        var first: [String: (text: String, row: Row)] = [:]
        var errors = ErrorCollector()
        for row in rows where !errors.isFull {
            guard let text = column.map({ self.text(row, $0) }) ?? row.subject else { continue }
            let key = Self.plain(text)
            guard let known = first[key] else {
                first[key] = (text, row)
                continue
            }
            guard known.text != text else { continue }
            first[key] = (text, row)
            let place = known.row.source.line.map { " in line \($0)" } ?? ""
            errors.add(
                InputError(
                    at: row.source,
                    "\(column ?? subjectColumn ?? "the person") is \"\(text)\", but \"\(known.text)\"\(place).",
                    remedy: "If the two are one, write them alike in every row; else give them names that differ more.")
            )
        }
        try errors.finish()
    }

    /// In small letters, without blanks, hyphens and underscores but for those between digits: 1-1 is not 11, nor -1.
    private static func plain(_ text: String) -> String {
        guard WrittenNumber(text) == nil else { return text }
        let characters = Array(text.lowercased())
        return String(
            characters.indices.compactMap { n -> Character? in
                guard characters[n].isWhitespace || "-_".contains(characters[n]) else { return characters[n] }
                let isBetween =
                    n > 0 && n + 1 < characters.count && characters[n - 1].isNumber && characters[n + 1].isNumber
                return isBetween ? "-" : nil
            })
    }

    /// Whether a column is text because of a few of its cells, or of marks in the place of numbers.
    func isNearlyNumeric(_ column: String) -> Bool {
        Table.isNearlyNumeric(
            rows.compactMap { row -> String? in
                if case .text(let text) = value(row, column) { text } else { nil }
            })
    }

    /// The first cell of a column that is no number.
    private func notNumeric(_ column: String) -> (row: Row, text: String)? {
        for row in rows {
            guard case .text(let text) = value(row, column), WrittenNumber(text) == nil else { continue }
            return (row, text)
        }
        return nil
    }

    /// What to say where a column of numbers holds text: by one such cell all are.
    func textError(_ column: String, _ text: String, in row: Row) -> InputError {
        let (row, text) = notNumeric(column) ?? (row, text)
        return InputError(
            at: row.source, "\(column) is \"\(text)\"; a number was expected.",
            remedy: "Correct the cell; write n/a where it is not known.")
    }

    /// People in the order in which they appear.
    public var subjects: [String] {
        var seen: Set<String> = []
        return rows.map(\.subject).filter { seen.insert($0).inserted }
    }

    /// The table's spelling of a column, whatever the case; `session` means the column of sessions.
    /// - Throws: where there is none, with the nearest name.
    func column(_ name: String) throws(InputError) -> String {
        let lower = name.lowercased()
        if let found = columns.first(where: { $0 == name }) ?? columns.first(where: { $0.lowercased() == lower }) {
            return found
        }
        if let sessionColumn, lower == sessionColumn.lowercased() || ParticipantColumns.sessionNames.contains(lower) {
            return sessionColumn
        }
        let all = columns + [sessionColumn].compactMap { $0 }
        throw InputError(
            at: SourceLocation(file: path, line: rows.isEmpty ? nil : 1),
            "there is no column \"\(name)\"; the table has \(all.map { "\"\($0)\"" }.joined(separator: ", ")).",
            remedy: Nearest.match(name, among: all).map { "Did you mean \"\($0)\"?" }
                ?? "Add the column, with its name in the first row.")
    }

    /// A cell, of the sessions' column too.
    /// - Parameter column: as ``column(_:)`` gives it.
    func value(_ row: Row, _ column: String) -> Experiment.Covariate {
        if column == sessionColumn { return row.session.map { .text($0) } ?? .missing }
        return row.values[column] ?? .missing
    }

    /// A cell as text, numbers as the table would print them; nil where missing.
    func text(_ row: Row, _ column: String) -> String? {
        switch value(row, column) {
        case .missing: nil
        case .text(let text): text
        case .number(let number): NumberText.text(number)
        }
    }

    /// Only the rows in which a column has one of some values.
    /// - Throws: where no row is left.
    public func selecting(_ levels: StudyLevels) throws(InputError) -> ParticipantTable {
        let column = try column(levels.column)
        try checkSpelling(column)
        var table = self
        table.rows = rows.filter { row in text(row, column).map { levels.names.contains($0) } ?? false }
        guard !table.rows.isEmpty else {
            let known = Set(rows.compactMap { text($0, column) }).sorted()
            throw InputError(
                at: SourceLocation(file: path), "no row has \(column) = \(levels.names.joined(separator: " or ")).",
                remedy: "It has \(known.prefix(12).joined(separator: ", ")).")
        }
        return table
    }
}
