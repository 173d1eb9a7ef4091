/// Recursive descent over a filter expression; see ``FilterExpression`` for the grammar.
struct FilterParser {
    private typealias Node = FilterExpression.Node

    private enum Token: Equatable {
        case word(String)
        /// A column between back quotes.
        case column(String)
        case text(String)
        case number(Double)
        case symbol(String)
        case end

        var description: String {
            switch self {
            case .word(let word), .column(let word): "\"\(word)\""
            case .text(let text): "the text \"\(text)\""
            case .number(let number): NumberText.text(number)
            case .symbol(let symbol): "\"\(symbol)\""
            case .end: "the end"
            }
        }
    }

    /// Deepest nesting of parentheses and `not`.
    private static let depthLimit = 200
    /// Longest expression, characters: bounds the depth of the tree.
    private static let lengthLimit = 10_000

    private let text: String
    private let characters: [Character]
    private let source: SourceLocation?
    private var index = 0
    /// One-based position of ``token``.
    private var position = 1
    private var token = Token.end

    init(_ text: String, source: SourceLocation?) {
        self.text = text
        self.characters = Array(text)
        self.source = source
    }

    mutating func parse() throws(InputError) -> FilterExpression.Node {
        guard characters.count <= Self.lengthLimit else {
            throw InputError(at: source, "filter: has more than \(Self.lengthLimit) characters.")
        }
        try advance()
        let node = try alternatives(depth: 0)
        guard token == .end else { throw unexpected("\"and\", \"or\" or the end") }
        return node
    }

    private mutating func alternatives(depth: Int) throws(InputError) -> Node {
        var node = try conjunction(depth: depth)
        while token == .word("or") {
            try advance()
            node = .or(node, try conjunction(depth: depth))
        }
        return node
    }

    private mutating func conjunction(depth: Int) throws(InputError) -> Node {
        var node = try condition(depth: depth)
        while token == .word("and") {
            try advance()
            node = .and(node, try condition(depth: depth))
        }
        return node
    }

    private mutating func condition(depth: Int) throws(InputError) -> Node {
        guard depth < Self.depthLimit else { throw failure("is nested too deeply") }
        switch token {
        case .word("not"):
            try advance()
            return .not(try condition(depth: depth + 1))
        case .symbol("("):
            try advance()
            let node = try alternatives(depth: depth + 1)
            guard token == .symbol(")") else { throw unexpected("\")\"") }
            try advance()
            return node
        case .word(let word) where word == "and" || word == "or" || word == "in":
            throw unexpected("a column")
        case .word(let column), .column(let column):
            let start = position
            let isWord = token == .word(column)
            try advance()
            if isWord, column == "focus_in", token == .symbol("(") { return try focus() }
            return try predicate(on: column, at: start)
        default:
            throw unexpected("a column, \"not\" or \"(\"")
        }
    }

    private mutating func predicate(on column: String, at start: Int) throws(InputError) -> Node {
        switch token {
        case .symbol(let symbol):
            guard let op = Node.Operator(rawValue: symbol) else { return .truth(column: column, position: start) }
            try advance()
            let literal = try literal()
            if case .text = literal, op != .equal, op != .notEqual {
                throw failure("\"\(symbol)\" needs a number, not text")
            }
            return .comparison(column: column, position: start, op, literal)
        case .word("in"):
            try advance()
            return .membership(column: column, position: start, try list())
        default:
            return .truth(column: column, position: start)
        }
    }

    /// `("region")` or `("atlas", "region")` after `focus_in(`.
    private mutating func region() throws(InputError) -> Node {
        let first = try regionName()
        var second: String?
        if token == .symbol(",") {
            try advance()
            second = try regionName()
        }
        guard token == .symbol(")") else { throw unexpected("\")\"") }
        try advance()
        return .region(second.map { FocusRegion(atlas: first, label: $0) } ?? FocusRegion(label: first))
    }

    private mutating func regionName() throws(InputError) -> String {
        guard case .text(let name) = token, !name.trimmingBlanks.isEmpty else {
            throw unexpected("a region's name in quotes")
        }
        try advance()
        return name.trimmingBlanks
    }

    /// `(x, y, z, radius)` after `focus_in`, or a region.
    private mutating func focus() throws(InputError) -> Node {
        var numbers: [Double] = []
        while token == .symbol(numbers.isEmpty ? "(" : ",") {
            try advance()
            if numbers.isEmpty, case .text = token { return try region() }
            guard case .number(let value) = token, value.isFinite, abs(value) <= 1000 else {
                throw unexpected(numbers.isEmpty ? "a number of mm, or a region's name in quotes" : "a number of mm")
            }
            numbers.append(value)
            try advance()
        }
        guard token == .symbol(")") else { throw unexpected("\",\" or \")\"") }
        guard numbers.count == 4, numbers[3] > 0 else {
            throw failure(
                "focus_in needs x, y, z and a radius above 0, in mm",
                remedy:
                    "Write focus_in(-22, -4, -18, 8) for the 8 mm around a place in MNI space, or focus_in(\"Amygdala_L\")."
            )
        }
        try advance()
        return .focus(centre: SIMD3(numbers[0], numbers[1], numbers[2]), radius: numbers[3])
    }

    private mutating func list() throws(InputError) -> [Experiment.Covariate] {
        guard token == .symbol("[") else { throw unexpected("\"[\" after \"in\"") }
        try advance()
        var values = [try literal()]
        while token == .symbol(",") {
            try advance()
            values.append(try literal())
        }
        guard token == .symbol("]") else { throw unexpected("\",\" or \"]\"") }
        try advance()
        return values
    }

    private mutating func literal() throws(InputError) -> Experiment.Covariate {
        switch token {
        case .number(let value):
            try advance()
            return .number(value)
        case .text(let value):
            try advance()
            return .text(value)
        case .word(let word):
            throw failure("expected a number or quoted text, found \(word)", remedy: "Write \"\(word)\" in quotes.")
        default:
            throw unexpected("a number or quoted text")
        }
    }

    private mutating func advance() throws(InputError) {
        while index < characters.count, characters[index].isWhitespace { index += 1 }
        position = index + 1
        guard index < characters.count else {
            token = .end
            return
        }
        let character = characters[index]
        if character == "\"" || character == "'" || character == "`" {
            let content = try quoted(by: character)
            token = character == "`" ? .column(content) : .text(content)
        } else if character.isLetter || character == "_" {
            let word = take { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
            let keyword = word.lowercased()
            token = .word(["and", "or", "not", "in"].contains(keyword) ? keyword : word)
        } else if character.isNumber || "-+.−".contains(character) {
            let word = take { $0.isNumber || $0.isLetter || "-+.−".contains($0) }
            guard let value = NumberText.parse(word) else { throw failure("\"\(word)\" is not a number") }
            token = .number(value)
        } else {
            try symbol()
        }
    }

    private mutating func symbol() throws(InputError) {
        let rest = String(characters[index...].prefix(2))
        for candidate in ["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","] where rest.hasPrefix(candidate) {
            index += candidate.count
            token = .symbol(candidate)
            return
        }
        let hint: [Character: String] = [
            "=": "Write == to compare.", "&": "Write and.", "|": "Write or.", "!": "Write not.",
        ]
        throw failure("\"\(characters[index])\" is not understood", remedy: hint[characters[index]])
    }

    private mutating func take(while condition: (Character) -> Bool) -> String {
        let start = index
        while index < characters.count, condition(characters[index]) { index += 1 }
        return String(characters[start..<index])
    }

    private mutating func quoted(by quote: Character) throws(InputError) -> String {
        index += 1
        let content = take { $0 != quote }
        guard index < characters.count else { throw failure("the quote opened here does not close") }
        index += 1
        return content
    }

    private func unexpected(_ expected: String) -> InputError {
        failure("expected \(expected), found \(token.description)")
    }

    private func failure(_ what: String, remedy: String? = nil) -> InputError {
        InputError(at: source, "filter: \(what) (character \(position) of \(text)).", remedy: remedy)
    }
}
