public import Evidence

/// A design as statisticians write it, `y ~ group * session + age + (1|subject)`, where permutation can test it exactly.
///
/// Taken are: the mean (`y ~ 1`), one factor of sessions within people, one factor of groups between people, both with their
/// interaction, and numbers. What is tested is the interaction where there is one, else the factor, else the first number, or
/// those in parentheses together (`y ~ (age + score) + sex`, F); the other terms are held constant. Anything else (random slopes, nested factors, products of numbers) has no exact permutation here, and is refused with the reason.
struct StudyFormula {
    let question: StudyQuestion

    /// - Parameter table: says which columns are text, and their values.
    init(_ text: String, table: ParticipantTable) throws(InputError) {
        let sides = text.split(separator: "~", omittingEmptySubsequences: false)
        guard sides.count == 2 else {
            throw Self.refused(
                text, "a formula has one ~", "Write for example y ~ group * session + age + (1|subject).")
        }
        var factors: [String] = []
        var products: [[String]] = []
        var together: [String] = []
        var hasSubject = false
        for term in Self.terms(String(sides[1])) {
            if term == "1" || term.isEmpty { continue }
            if let names = Self.sum(term) {
                guard together.isEmpty, names.allSatisfy({ !$0.isEmpty && !$0.contains { "()^/%-*:".contains($0) } })
                else {
                    throw Self.refused(
                        text, "parentheses hold once the numbers that are tested together",
                        "Write for example y ~ (age + score) + sex.")
                }
                together = names
                continue
            }
            if term.hasPrefix("(") {
                let inside = term.dropFirst().dropLast().split(separator: "|").map(Self.trimmed)
                guard term.hasSuffix(")"), inside.count == 2, inside[0] == "1" else {
                    throw Self.refused(
                        text, "\(term) is more than an intercept of each person",
                        "Only (1|subject) can be tested by shuffling within people; random slopes need a mixed model.")
                }
                // Within another column than that of people nothing may be shuffled as if it were a person.
                let known = ParticipantColumns.subjectNames + [table.subjectColumn?.lowercased()].compactMap { $0 }
                guard known.contains(inside[1].lowercased()) else {
                    throw Self.refused(
                        text, "\(term) is an intercept of \(inside[1]), not of each person",
                        "Write (1|subject); what differs between sites can be held constant as a covariate (+ \(inside[1]))."
                    )
                }
                hasSubject = true
                continue
            }
            if let bad = term.first(where: { "()^/%-".contains($0) }) {
                throw Self.refused(
                    text, "\"\(bad)\" in \(term) is not understood", "Name columns, joined by +, * or :.")
            }
            let names = term.split(whereSeparator: { $0 == "*" || $0 == ":" }).map(Self.trimmed)
            for name in names where !factors.contains(name) { factors.append(name) }
            if names.count > 1 { products.append(names) }
        }
        self.question = try Self.question(
            text, factors: factors, products: products, together: together, hasSubject: hasSubject, table: table)
    }

    /// Names in parentheses that are added up; nil for anything else.
    private static func sum(_ term: String) -> [String]? {
        guard term.hasPrefix("("), term.hasSuffix(")"), !term.contains("|") else { return nil }
        return term.dropFirst().dropLast().split(separator: "+", omittingEmptySubsequences: false).map(trimmed)
    }

    private static func question(
        _ text: String, factors: [String], products: [[String]], together: [String], hasSubject: Bool,
        table: ParticipantTable
    ) throws(InputError) -> StudyQuestion {
        var question = StudyQuestion(words: text)
        var numbers: [String] = []
        for name in together {
            let column = try table.column(name)
            guard column != table.sessionColumn, !isText(column, table) else {
                throw refused(
                    text, "\(name) is no number",
                    "Only numbers are tested together; groups and sessions are factors already: leave the parentheses out."
                )
            }
            guard !question.correlations.contains(where: { $0.column == name }), !factors.contains(name) else {
                throw refused(text, "\(name) stands there twice", "Write each term once.")
            }
            question.correlations.append(StudyQuestion.Correlation(.value, name))
        }
        for name in factors {
            let column = try table.column(name)
            try table.checkSpelling(column)
            if column == table.sessionColumn {
                question.sessions = StudyLevels(column: name, names: levels(column, table))
            } else if isText(column, table) {
                let names = levels(column, table)
                guard StudyLevels.counts.contains(names.count), question.groups == nil, together.isEmpty else {
                    // A further factor, or one beside numbers that are tested, can be held constant.
                    if products.contains(where: { $0.contains(name) }) {
                        throw refused(
                            text, "\(name) is a second factor between people, or has \(names.count) values",
                            "Products of one factor of up to \(StudyLevels.counts.upperBound) groups and the sessions can be tested; name the groups by --groups."
                        )
                    }
                    question.covariates.append(name)
                    continue
                }
                question.groups = StudyLevels(column: name, names: names)
            } else {
                numbers.append(name)
            }
        }
        for product in products {
            let isKnown =
                product.count == 2 && product.contains { $0 == question.groups?.column }
                && product.contains { $0 == question.sessions?.column }
            guard isKnown else {
                throw refused(
                    text, "the product \(product.joined(separator: " * ")) has no exact permutation test here",
                    "Only group * session can be tested.")
            }
        }
        if question.sessions != nil, !hasSubject {
            throw refused(
                text, "people were measured more than once, and the formula does not say so",
                "Add (1|subject): sessions of one person are then compared with each other.")
        }
        if hasSubject, question.sessions == nil, Set(table.rows.map(\.subject)).count < table.rows.count {
            throw refused(
                text, "people have several rows, and no term says what differs between them",
                "Add session, or choose one with --only session=pre.")
        }
        if question.sessions != nil, question.groups != nil, products.isEmpty {
            throw refused(
                text, "session and group without their product ask two questions",
                "Write group * session for the controlled change; or leave one of the two out.")
        }
        if question.sessions == nil, question.groups == nil, together.isEmpty, let first = numbers.first {
            question.correlations = [StudyQuestion.Correlation(.value, first)]
            numbers.removeFirst()
        }
        question.covariates += numbers
        try question.check()
        return question
    }

    /// Values in the order in which they stand in the table.
    private static func levels(_ column: String, _ table: ParticipantTable) -> [String] {
        var seen: Set<String> = []
        return table.rows.compactMap { table.text($0, column) }.filter { seen.insert($0).inserted }
    }

    private static func isText(_ column: String, _ table: ParticipantTable) -> Bool {
        table.rows.contains { row in if case .text = table.value(row, column) { true } else { false } }
    }

    /// Parts between plus signs outside of parentheses.
    private static func terms(_ text: String) -> [String] {
        var terms: [String] = []
        var term = ""
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == "+", depth <= 0 {
                terms.append(trimmed(term[...]))
                term = ""
            } else {
                term.append(character)
            }
        }
        return terms + [trimmed(term[...])]
    }

    private static func trimmed(_ text: Substring) -> String { Array(text.utf8)[...].trimmed.text }

    private static func refused(_ text: String, _ why: String, _ remedy: String) -> InputError {
        InputError("--formula \"\(text)\": \(why).", remedy: remedy)
    }
}

extension StudyQuestion {
    /// - Parameter formula: such as `y ~ group * session + age + (1|subject)`.
    /// - Throws: for what permutation cannot test exactly, with the reason.
    public init(formula: String, table: ParticipantTable) throws(InputError) {
        self = try StudyFormula(formula, table: table).question
    }
}
