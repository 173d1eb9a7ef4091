internal import Evidence

/// What each row's study is called: the study's own name, its authors and year, or the number of the row.
struct StudyNames {
    private(set) var names: [String] = []
    private(set) var notices: [Notice] = []

    init(_ table: Table, _ known: OutcomeColumns) {
        let study = known.index(.study)
        let author = known.index(.author)
        let labels = author.map { column in table.rows.map { Self.label($0, column, year: known.index(.year)) } }
        let place = SourceLocation(file: table.path, line: table.headerLine)
        guard let study else {
            guard let author, let labels else {
                names = table.rows.indices.map { "row \($0 + 1)" }
                notices.append(
                    Notice(
                        .warning, code: "study-missing", at: place,
                        "no column names the studies; every row is taken for a study of its own.",
                        remedy: "Add a column study, or state columns: {study: NAME}."))
                return
            }
            names = labels.enumerated().map { $1 ?? "row \($0 + 1)" }
            notices.append(
                Notice(
                    .note, code: "study-from-author", at: place,
                    "studies are named by \"\(table.columns[author])\""
                        + (known.index(.year).map { " and \"\(table.columns[$0])\"" } ?? "") + "."))
            return
        }
        let numbers = table.rows.map { $0.fields[study] }
        let areNumbers = numbers.allSatisfy { $0.map { $0.allSatisfy(\.isNumber) } ?? true }
        guard let author, let labels, areNumbers else {
            names = numbers.enumerated().map { $1 ?? "row \($0 + 1)" }
            missing(numbers, table, study)
            return
        }
        // Numbers say nothing to a reader; authors do, as long as no two studies share them.
        let isOne = Self.isOneToOne(numbers, labels)
        names = table.rows.indices.map { index in
            switch (labels[index], numbers[index]) {
            case (let label?, let number?): isOne ? label : "\(label) (\(number))"
            case (let label?, nil): label
            case (nil, let number?): number
            case (nil, nil): "row \(index + 1)"
            }
        }
        notices.append(
            Notice(
                .note, code: "study-from-author", at: place,
                "studies are told apart by \"\(table.columns[study])\" and named by \"\(table.columns[author])\"."))
        missing(numbers, table, study)
    }

    private mutating func missing(_ cells: [String?], _ table: Table, _ column: Int) {
        let rows = zip(cells, table.rows).filter { $0.0 == nil }.map(\.1)
        guard let first = rows.first else { return }
        notices.append(
            Notice(
                .warning, code: "study-missing", at: table.location(first),
                "\(rows.count) rows have no \(table.columns[column]); each is taken for a study of its own.",
                remedy: "Write the study's name in every row."))
    }

    private static func label(_ row: Table.Row, _ author: Int, year: Int?) -> String? {
        guard let name = row.fields[author] else { return nil }
        guard let year, let text = row.fields[year], !name.contains(text) else { return name }
        return "\(name), \(text)"
    }

    private static func isOneToOne(_ numbers: [String?], _ labels: [String?]) -> Bool {
        var labelOf: [String: String] = [:]
        var numberOf: [String: String] = [:]
        for (number, label) in zip(numbers, labels) {
            guard let number, let label else { continue }
            if labelOf.updateValue(label, forKey: number) ?? label != label { return false }
            if numberOf.updateValue(number, forKey: label) ?? number != number { return false }
        }
        return true
    }

    /// 2017, and 2017a.
    static func year(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard digits.count == 4, text.dropFirst(4).allSatisfy({ $0.isLetter || $0 == "." || $0 == "0" }) else {
            return nil
        }
        return Int(digits)
    }
}
