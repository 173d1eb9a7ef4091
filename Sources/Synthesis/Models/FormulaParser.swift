/// Reads a model formula, character by character.
struct FormulaParser {
    private enum Token: Hashable {
        case name(String)
        case number(String)
        case symbol(Character)
        case end

        var words: String {
            switch self {
            case .name(let name): "\"\(name)\""
            case .number(let number): "\"\(number)\""
            case .symbol(let symbol): "\"\(symbol)\""
            case .end: "the end"
            }
        }
    }

    /// Factors that `*` may join: their interactions double with each.
    private static let mostFactors = 6

    private let text: String
    private var tokens: [(token: Token, position: Int)] = []
    private var index = 0
    private var lexicalError: ModelFormulaError?

    init(_ text: String) {
        self.text = text
        let characters = Array(text)
        var i = 0
        while i < characters.count {
            let c = characters[i]
            let start = i
            if c.isWhitespace {
                i += 1
            } else if c == "`" {
                let close = characters[(i + 1)...].firstIndex(of: "`")
                guard let close, close > i + 1 else {
                    lexicalError = .syntax(
                        formula: text, position: i + 1, found: "an open backtick",
                        expected: "a name and a second backtick")
                    break
                }
                tokens.append((.name(String(characters[(i + 1)..<close])), start))
                i = close + 1
            } else if c.isASCII && c.isNumber {
                while i < characters.count, characters[i].isASCII && characters[i].isNumber || characters[i] == "." {
                    i += 1
                }
                tokens.append((.number(String(characters[start..<i])), start))
            } else if c.isLetter || c == "_" || c == "." {
                while i < characters.count,
                    characters[i].isLetter || characters[i].isNumber || characters[i] == "_" || characters[i] == "."
                {
                    i += 1
                }
                tokens.append((.name(String(characters[start..<i])), start))
            } else {
                tokens.append((.symbol(c), start))
                i += 1
            }
        }
        tokens.append((.end, characters.count))
    }

    private var next: Token { tokens[min(index, tokens.count - 1)].token }

    private func fail(_ expected: String) -> ModelFormulaError {
        let (token, position) = tokens[min(index, tokens.count - 1)]
        return .syntax(formula: text, position: position + 1, found: token.words, expected: expected)
    }

    private mutating func take(_ symbol: Character) -> Bool {
        guard next == .symbol(symbol) else { return false }
        index += 1
        return true
    }

    mutating func formula() throws(ModelFormulaError) -> ModelFormula {
        if let lexicalError { throw lexicalError }
        var formula = ModelFormula()
        _ = take("~")
        var isFirst = true
        while next != .end || isFirst {
            if isFirst {
                if take("-") {
                    try minusOne(&formula)
                    isFirst = false
                    continue
                }
            } else if take("-") {
                try minusOne(&formula)
                continue
            } else if !take("+") {
                throw fail("+ or the end")
            }
            isFirst = false
            if case .number(let number) = next {
                guard number == "0" || number == "1" else { throw fail("a column, 0 or 1") }
                index += 1
                formula.hasIntercept = number == "1"
                continue
            }
            for term in try product() where !formula.terms.contains(term) { formula.terms.append(term) }
        }
        return formula
    }

    private mutating func minusOne(_ formula: inout ModelFormula) throws(ModelFormulaError) {
        guard next == .number("1") else { throw fail("1: only the intercept can be taken away") }
        index += 1
        formula.hasIntercept = false
    }

    /// Factors joined by `:` and `*`.
    private mutating func product() throws(ModelFormulaError) -> [ModelTerm] {
        var groups: [[ModelTerm]] = [[try factor()]]
        while true {
            if take(":") {
                groups[groups.count - 1].append(try factor())
            } else if take("*") {
                groups.append([try factor()])
            } else {
                break
            }
        }
        guard groups.count <= Self.mostFactors else {
            throw fail("no more than \(Self.mostFactors) factors joined by *")
        }
        // a*b*c: every subset, single terms first.
        var terms: [ModelTerm] = []
        let subsets = (1..<(1 << groups.count)).sorted {
            ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1)
        }
        for subset in subsets {
            let parts = groups.indices.filter { subset >> $0 & 1 == 1 }.flatMap { groups[$0] }
            terms.append(parts.count == 1 ? parts[0] : .interaction(parts))
        }
        return terms
    }

    private mutating func factor() throws(ModelFormulaError) -> ModelTerm {
        guard case .name(let name) = next else { throw fail("a column") }
        index += 1
        if take("(") { return try call(name) }
        return .numeric(name, power: try power())
    }

    private mutating func power() throws(ModelFormulaError) -> Int {
        guard take("^") else { return 1 }
        guard case .number(let text) = next, let power = Int(text), (1...6).contains(power) else {
            throw fail("a power from 1 to 6")
        }
        index += 1
        return power
    }

    private mutating func call(_ function: String) throws(ModelFormulaError) -> ModelTerm {
        guard ["factor", "rcs", "centre", "center"].contains(function) else {
            index -= 2
            throw fail("factor(…), rcs(…) or centre(…)")
        }
        guard case .name(let column) = next else { throw fail("a column") }
        index += 1
        var arguments: [String] = []
        while take(",") {
            let sign = take("-") ? "-" : ""
            switch next {
            case .number(let number): arguments.append(sign + number)
            case .name(let name) where sign.isEmpty && function == "factor": arguments.append(name)
            default: throw fail(function == "factor" ? "a level" : "a number")
            }
            index += 1
        }
        guard take(")") else { throw fail(", or )") }
        switch function {
        case "factor":
            guard arguments.count <= 1 else { throw fail("one reference level") }
            return .categorical(column, reference: arguments.first)
        case "rcs":
            let numbers = arguments.compactMap { Double($0) }
            if numbers.isEmpty { return .spline(column, .harrell(4)) }
            if numbers.count == 1 { return .spline(column, .harrell(Int(exactly: numbers[0]) ?? 0)) }
            return .spline(column, .at(numbers))
        default:
            guard arguments.isEmpty else { throw fail("only a column") }
            return .numeric(column, power: try power(), centred: true)
        }
    }
}
