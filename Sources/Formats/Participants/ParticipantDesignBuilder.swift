public import Evidence
import Statistics

/// Puts a question to a table: finds each person's rows, takes differences, and builds the columns.
struct ParticipantDesignBuilder {
    let question: StudyQuestion
    let table: ParticipantTable
    /// Whether people without all that is needed are left out, rather than told as errors.
    let dropsIncomplete: Bool

    /// Below this nothing can be tested: four people have 16 sign flips, so p is 1/16 at best.
    static let fewestPeople = 5

    private struct Person {
        var subject: String
        var group: String?
        /// Positions in the table, in the order of the sessions.
        var rows: [Int]
        var source: SourceLocation
    }

    func build() throws(InputError) -> ParticipantDesign {
        try question.check()
        try table.checkSpelling(nil)
        let sessionColumn = try question.sessions.map { levels throws(InputError) in try table.column(levels.column) }
        let groupColumn = try question.groups.map { levels throws(InputError) in try table.column(levels.column) }
        try checkLevels(question.sessions, sessionColumn, option: "--paired")
        try checkLevels(question.groups, groupColumn, option: "--groups")
        var leftOut: [(subject: String, reason: String)] = []
        var errors = ErrorCollector()
        func problem(_ subject: String, _ error: InputError) {
            guard dropsIncomplete else { return errors.add(error) }
            // Who lacks something in both sessions is one person.
            if let known = leftOut.firstIndex(where: { $0.subject == subject }) {
                leftOut[known].reason += " \(error.message)"
            } else {
                leftOut.append((subject, error.message))
            }
        }
        var people: [Person] = []
        for subject in table.subjects where !errors.isFull {
            let mine = table.rows.indices.filter { table.rows[$0].subject == subject }
            do throws(InputError) {
                if let person = try person(subject, mine, sessionColumn, groupColumn) { people.append(person) }
            } catch {
                // Which of two rows counts is no question of completeness.
                if error.message.contains(Self.twice) { errors.add(error) } else { problem(subject, error) }
            }
        }
        try errors.finish()

        // Columns: numbers of each person, with those who lack one told or left out.
        var columns: [[[String: Double]]] = []
        var predictors: [[String: Double]] = []
        for correlation in question.correlations {
            let found = try numbers(
                correlation.column, change: correlation.side != .value, of: people, problem)
            predictors.append(found)
            people.removeAll { found[$0.subject] == nil }
        }
        var names: [[String]] = []
        for covariate in question.covariates {
            let (named, made) = try covariateColumns(covariate, of: people, problem)
            names.append(named)
            columns.append(made)
            people.removeAll { person in made.contains { $0[person.subject] == nil } }
        }
        try errors.finish()
        let kind = kind
        // The mean, and what is tested beside it: numbers, or a column less than there are groups.
        let tested =
            question.groups.map { $0.names.count - 1 }
            ?? (kind == .mean || kind == .paired ? 0 : max(1, question.correlations.count))
        try checkCount(people, columns: names.reduce(1 + tested) { $0 + $1.count })
        return try design(
            kind, people: people, predictors: predictors,
            covariates: zip(names.flatMap { $0 }, columns.flatMap { $0 }).map { ($0, $1) }, leftOut: leftOut)
    }

    private var kind: ParticipantDesign.Kind {
        if !question.correlations.isEmpty {
            let sides = Set(question.correlations.map(\.side))
            if sides.contains(.baseline) { return .prediction }
            if sides.contains(.change) { return .changeOnChange }
            return question.sessions == nil ? .correlation : .changeOnValue
        }
        if let sessions = question.sessions, sessions.names.count > 2 { return .repeated }
        let isChange = question.sessions != nil
        switch question.groups?.names.count {
        case nil: return isChange ? .paired : .mean
        case 2: return isChange ? .controlledChange : .groups
        default: return isChange ? .severalChanges : .severalGroups
        }
    }

    // MARK: - People

    private static let twice = "stands in lines"

    private func checkLevels(_ levels: StudyLevels?, _ column: String?, option: String) throws(InputError) {
        guard let levels, let column else { return }
        try table.checkSpelling(column)
        let known = Set(table.rows.compactMap { table.text($0, column) })
        for name in levels.names where !known.contains(name) {
            let sorted = known.sorted()
            throw InputError(
                at: SourceLocation(file: table.path), "no row has \(column) = \"\(name)\" (\(option)).",
                remedy: Nearest.match(name, among: sorted).map { "Did you mean \"\($0)\"?" }
                    ?? "The column has \(sorted.prefix(12).joined(separator: ", ")).")
        }
    }

    /// nil for a person of none of the groups, or without any of the sessions asked for.
    private func person(
        _ subject: String, _ rows: [Int], _ sessionColumn: String?, _ groupColumn: String?
    ) throws(InputError) -> Person? {
        var rows = rows
        var group: String?
        if let groups = question.groups, let groupColumn {
            let labels = Set(rows.compactMap { table.text(table.rows[$0], groupColumn) })
            guard labels.count < 2 else {
                throw InputError(
                    at: table.rows[rows[0]].source,
                    "\(subject) is in \(labels.count) groups (\(labels.sorted().joined(separator: ", "))).",
                    remedy: "A person has one \(groupColumn); correct the rows.")
            }
            guard let label = labels.first else {
                throw InputError(
                    at: table.rows[rows[0]].source, "\(subject) has no \(groupColumn).",
                    remedy: "Write it, or leave such people out with --drop-incomplete.")
            }
            guard groups.names.contains(label) else { return nil }
            group = label
        }
        guard let sessions = question.sessions, let sessionColumn else {
            guard rows.count == 1 else {
                let lines = rows.map { table.rows[$0].source.line.map(String.init) ?? table.rows[$0].source.file }
                throw InputError(
                    at: table.rows[rows[1]].source,
                    "\(subject) \(Self.twice) \(lines.joined(separator: " and ")).",
                    remedy: table.sessionColumn.map {
                        "Say which \($0) is meant (--only \($0)=…), or compare them (--paired \($0)=…)."
                    }
                        ?? "Remove one of the rows; if they are sessions, add the column session and compare them (--paired)."
                )
            }
            return try withImages(
                Person(subject: subject, group: group, rows: rows, source: table.rows[rows[0]].source))
        }
        var found: [Int] = []
        for name in sessions.names {
            let matching = rows.filter { table.text(table.rows[$0], sessionColumn) == name }
            guard matching.count < 2 else {
                let lines = matching.map { table.rows[$0].source.line.map(String.init) ?? table.rows[$0].source.file }
                throw InputError(
                    at: table.rows[matching[1]].source,
                    "\(subject) \(Self.twice) \(lines.joined(separator: " and ")) for \(sessionColumn) = \(name).",
                    remedy: "Keep one row for each person and session.")
            }
            if let row = matching.first { found.append(row) }
        }
        guard !found.isEmpty else { return nil }
        guard found.count == sessions.names.count else {
            let present = found.compactMap { table.text(table.rows[$0], sessionColumn) }
            let missing = sessions.names.filter { !present.contains($0) }
            throw InputError(
                at: table.rows[found[0]].source,
                "\(subject) has no \(sessionColumn) \(missing.joined(separator: ", ")).",
                remedy: "Add the row, or leave such people out with --drop-incomplete.")
        }
        rows = found
        return try withImages(Person(subject: subject, group: group, rows: rows, source: table.rows[rows[0]].source))
    }

    private func withImages(_ person: Person) throws(InputError) -> Person {
        // A prediction looks at the first session's image only.
        let needed = question.correlations.first?.side == .baseline ? Array(person.rows.prefix(1)) : person.rows
        guard table.hasImages else { return person }
        for row in needed where table.rows[row].image == nil {
            throw InputError(
                at: table.rows[row].source,
                "\(person.subject) has no image\(table.rows[row].session.map { " of \($0)" } ?? "").",
                remedy: "Write its path, or leave such people out with --drop-incomplete.")
        }
        return person
    }

    private func checkCount(_ people: [Person], columns: Int) throws(InputError) {
        let place = SourceLocation(file: table.path)
        guard people.count >= Self.fewestPeople else {
            throw InputError(
                at: place,
                "\(people.count) \(people.count == 1 ? "person has" : "people have") all that the design needs; at least \(Self.fewestPeople) are needed.",
                remedy: "With \(people.count) no permutation test can give p below 0.05. Report the values one by one.")
        }
        guard people.count > columns else {
            throw InputError(
                at: place,
                "\(people.count) people for \(columns) columns of the design: nothing is left to estimate the error from.",
                remedy: "Leave covariates out.")
        }
        if let groups = question.groups {
            for name in groups.names {
                let count = people.count { $0.group == name }
                guard count >= 2 else {
                    throw InputError(
                        at: place,
                        "group \(name) has \(count == 0 ? "nobody" : "one person") with all that the design needs.",
                        remedy: "At least two of each group are needed.")
                }
            }
        }
    }

    // MARK: - Numbers

    /// A number of each person; people without one are told of, and are not in the result.
    /// - Parameter change: last session minus first.
    private func numbers(
        _ name: String, change: Bool, of people: [Person], _ problem: (String, InputError) -> Void
    ) throws(InputError) -> [String: Double] {
        let column = try table.column(name)
        var numbers: [String: Double] = [:]
        for person in people {
            var cells: [Double] = []
            var isMissing = false
            for row in person.rows {
                switch table.value(table.rows[row], column) {
                case .number(let value) where value.isFinite: cells.append(value)
                case .number, .missing:
                    // Constant numbers may stand in one of the rows only.
                    guard change else { continue }
                    isMissing = true
                    problem(
                        person.subject,
                        InputError(
                            at: table.rows[row].source,
                            "\(person.subject) has no \(column)\(table.rows[row].session.map { " in \($0)" } ?? "").",
                            remedy: "Write the number, or leave such people out with --drop-incomplete."))
                case .text(let text): throw table.textError(column, text, in: table.rows[row])
                }
            }
            if isMissing { continue }
            guard let first = cells.first, let last = cells.last else {
                problem(
                    person.subject,
                    InputError(
                        at: person.source, "\(person.subject) has no \(column).",
                        remedy: "Write the number, or leave such people out with --drop-incomplete."))
                continue
            }
            if change {
                numbers[person.subject] = last - first
            } else {
                guard cells.allSatisfy({ $0 == first }) else {
                    throw InputError(
                        at: person.source,
                        "\(column) of \(person.subject) differs between sessions (\(cells.map(NumberText.text).joined(separator: ", "))).",
                        remedy: "Say which is meant: change:\(column), or baseline:\(column).")
                }
                numbers[person.subject] = first
            }
        }
        let values = people.compactMap { numbers[$0.subject] }
        if let first = values.first, values.count > 1, values.allSatisfy({ $0 == first }) {
            throw InputError(
                at: SourceLocation(file: table.path),
                "\(change ? "the change of " : "")\(column) is \(NumberText.text(first)) for everybody.",
                remedy: "What is constant explains nothing: leave it out, or correct the table.")
        }
        return numbers
    }

    /// A covariate's columns: one of a number, one less than its values of a text. `change:` and `baseline:` before a name say
    /// which number of several sessions is meant.
    private func covariateColumns(
        _ text: String, of people: [Person], _ problem: (String, InputError) -> Void
    ) throws(InputError) -> (names: [String], values: [[String: Double]]) {
        let halves = text.split(separator: ":", maxSplits: 1).map(String.init)
        if halves.count == 2, ["change", "baseline"].contains(halves[0]) {
            if halves[0] == "change" {
                return ([text], [try numbers(halves[1], change: true, of: people, problem)])
            }
            let firsts = people.map { person in
                var one = person
                one.rows = Array(person.rows.prefix(1))
                return one
            }
            return ([text], [try numbers(halves[1], change: false, of: firsts, problem)])
        }
        let column = try table.column(text)
        let isText = people.contains { person in
            person.rows.contains { row in
                if case .text = table.value(table.rows[row], column) { true } else { false }
            }
        }
        guard isText else { return ([column], [try numbers(text, change: false, of: people, problem)]) }
        try table.checkSpelling(column)
        if table.isNearlyNumeric(column) { throw table.textError(column, "", in: table.rows[0]) }
        var labels: [String: String] = [:]
        for person in people {
            let mine = Set(person.rows.compactMap { table.text(table.rows[$0], column) })
            guard mine.count == 1, let label = mine.first else {
                problem(
                    person.subject,
                    InputError(
                        at: person.source,
                        "\(person.subject) has \(mine.isEmpty ? "no" : "\(mine.count) different values of") \(column).",
                        remedy: "A covariate is one value a person; correct the table, or use --drop-incomplete."))
                continue
            }
            labels[person.subject] = label
        }
        let known = Set(labels.values).sorted()
        guard known.count > 1 || people.isEmpty else {
            throw InputError(
                at: SourceLocation(file: table.path), "\(column) is \"\(known.first ?? "")\" for everybody.",
                remedy: "What is constant explains nothing: leave it out of --covariates.")
        }
        let shown = known.dropFirst()
        return (
            shown.map { "\(column)=\($0)" },
            shown.map { name in labels.mapValues { $0 == name ? 1 : 0 } }
        )
    }

    // MARK: - The design

    private func design(
        _ kind: ParticipantDesign.Kind, people: [Person], predictors: [[String: Double]],
        covariates: [(name: String, values: [String: Double])], leftOut: [(subject: String, reason: String)]
    ) throws(InputError) -> ParticipantDesign {
        // Only rows that are used.
        var rows: [ParticipantTable.Row] = []
        var units: [ParticipantDesign.Unit] = []
        for person in people {
            let used = kind == .prediction ? Array(person.rows.prefix(1)) : person.rows
            let start = rows.count
            rows += used.map { table.rows[$0] }
            let positions = Array(start..<rows.count)
            func unit(_ terms: [ParticipantDesign.Term]) -> ParticipantDesign.Unit {
                ParticipantDesign.Unit(
                    subject: person.subject, group: person.group, terms: terms, trajectory: positions,
                    source: person.source)
            }
            switch kind {
            case .mean, .groups, .severalGroups, .correlation, .prediction:
                units.append(unit([.init(row: start, weight: 1)]))
            case .paired, .controlledChange, .severalChanges, .changeOnValue, .changeOnChange:
                units.append(unit([.init(row: rows.count - 1, weight: 1), .init(row: start, weight: -1)]))
            case .repeated:
                units += positions.map { unit([.init(row: $0, weight: 1)]) }
            }
        }
        var columns: [ParticipantDesign.Column] = []
        var shown: [ParticipantDesign.Column] = []
        func centred(_ values: [Double]) -> [Double] {
            let mean = values.reduce(0, +) / Double(max(values.count, 1))
            return values.map { $0 - mean }
        }
        if kind == .repeated {
            let sessions = question.sessions?.names ?? []
            for person in people {
                let values = units.map { $0.subject == person.subject ? 1.0 : 0 }
                columns.append(.init(name: "subject \(person.subject)", values: values, isTested: false))
            }
            for (n, name) in sessions.enumerated().dropFirst() {
                let values = units.indices.map { $0 % sessions.count == n ? 1.0 : 0 }
                columns.append(.init(name: name, values: values, isTested: true))
            }
        } else {
            let ones = units.map { _ in 1.0 }
            let isMeanTested = kind == .mean || kind == .paired
            columns.append(.init(name: ParticipantDesign.meanName, values: ones, isTested: isMeanTested))
            if let groups = question.groups, groups.names.count > 2 {
                for name in groups.names.dropFirst() {
                    let values = units.map { $0.group == name ? 1.0 : 0 }
                    columns.append(.init(name: "\(name) minus \(groups.names[0])", values: values, isTested: true))
                }
            } else if let groups = question.groups {
                let values = units.map { $0.group == groups.names[0] ? 1.0 : 0 }
                columns.append(
                    .init(name: "\(groups.names[0]) minus \(groups.names[1])", values: values, isTested: true))
            }
            for (predictor, correlation) in zip(predictors, question.correlations) {
                let column = try table.column(correlation.column)
                let name = correlation.side == .value ? column : "change of \(column)"
                let values = units.map { predictor[$0.subject] ?? .nan }
                shown.append(.init(name: name, values: values, isTested: true))
                columns.append(.init(name: name, values: centred(values), isTested: true))
            }
            for covariate in covariates {
                let values = units.map { covariate.values[$0.subject] ?? .nan }
                columns.append(.init(name: covariate.name, values: centred(values), isTested: false))
            }
        }
        try checkRank(columns)
        let exchange: ParticipantDesign.Exchange =
            switch kind {
            case .mean, .paired: .signs
            case .repeated: .withinPeople
            default: .people
            }
        let sessions = kind == .prediction ? Array(question.sessions?.names.prefix(1) ?? []) : question.sessions?.names
        var design = ParticipantDesign(
            kind: kind, question: question, rows: rows, units: units, columns: columns, exchange: exchange,
            sessions: sessions ?? [], predictors: shown, leftOut: leftOut, notices: [])
        design.notices = notices(design)
        return design
    }

    /// A column that the others add up to has no coefficient of its own.
    private func checkRank(_ columns: [ParticipantDesign.Column]) throws(InputError) {
        var basis: [[Double]] = []
        for column in columns {
            let size = column.values.reduce(0) { $0 + $1 * $1 }
            var rest = column.values
            for vector in basis {
                let along = zip(vector, rest).reduce(0) { $0 + $1.0 * $1.1 }
                for n in rest.indices { rest[n] -= along * vector[n] }
            }
            let left = rest.reduce(0) { $0 + $1 * $1 }
            guard size > 0, left > 1e-10 * size else {
                throw InputError(
                    at: SourceLocation(file: table.path),
                    "\(column.name) says nothing that \(basis.count == 1 ? "the mean" : "the columns before it") do\(basis.count == 1 ? "es" : "") not say.",
                    remedy:
                        "Leave one of the columns out: \(columns.map(\.name).filter { $0 != ParticipantDesign.meanName }.joined(separator: ", "))."
                )
            }
            basis.append(rest.map { $0 / left.squareRoot() })
        }
    }

    private func notices(_ design: ParticipantDesign) -> [Notice] {
        let place = SourceLocation(file: table.path)
        var notices = design.leftOut.map { left in
            Notice(.warning, code: "participant-left-out", at: place, "\(left.subject) is left out: \(left.reason)")
        }
        let smallest = design.smallestP
        if smallest > 0.01 {
            notices.append(
                Notice(
                    .warning, code: "few-arrangements", at: place,
                    "there are only \(NumberText.text(design.arrangements)) arrangements: no p can be below \(NumberText.significant(smallest, 2)).",
                    remedy: "More people would help; more permutations would not."))
        }
        let ratio = Double(design.units.count) / Double(design.columns.count)
        if design.kind != .repeated, ratio < 5, design.columns.count > 1 {
            notices.append(
                Notice(
                    .warning, code: "few-per-column", at: place,
                    "\(design.units.count) people for \(design.columns.count) columns: estimates will be rough.",
                    remedy: "Leave out covariates that are not needed."))
        }
        return notices
    }
}

extension ParticipantDesign {
    /// - Parameters:
    ///   - dropsIncomplete: leave out people who lack a session, an image or a number; else they are errors.
    /// - Throws: for a column or value that is not in the table, a person twice, a missing session or number, a constant column,
    ///   fewer than five people, no more people than columns, and columns that say the same.
    public init(
        _ question: StudyQuestion, table: ParticipantTable, dropsIncomplete: Bool = false
    ) throws(InputError) {
        self = try ParticipantDesignBuilder(question: question, table: table, dropsIncomplete: dropsIncomplete).build()
    }
}
