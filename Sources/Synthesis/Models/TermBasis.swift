internal import Statistics

/// A term with what the rows decide: levels, centre, knots.
struct TermBasis: Sendable {
    private indirect enum Form: Sendable {
        case numeric(String, centre: Double, power: Int)
        /// The reference first; `all` where every level has a column.
        case levels(String, [String], all: Bool)
        case spline(String, RestrictedCubicSpline)
        case product([TermBasis])
    }

    private var form: Form
    private(set) var names: [String]

    init(_ term: ModelTerm, _ table: ModelTable, rows: [Int]) throws(ModelFormulaError) {
        switch term {
        case .numeric(let column, let power, let centred):
            if case .text = table[column] {
                // A column of text by its bare name is categorical.
                guard power == 1, !centred else { throw .notNumeric(column) }
                self = try TermBasis(.categorical(column, reference: nil), table, rows: rows)
                return
            }
            let values = try Self.numbers(table, column, rows)
            let centre = centred ? values.reduce(0, +) / Double(values.count) : 0
            form = .numeric(column, centre: centre, power: power)
            names = [term.name]
        case .categorical(let column, let reference):
            var levels = Self.levels(table, column, rows)
            guard levels.count > 1 else { throw .constant(column: column, value: levels.first ?? "") }
            if let reference {
                guard let found = levels.first(where: { $0 == reference || Self.isSameNumber($0, reference) }) else {
                    throw .unknownLevel(column: column, level: reference, levels: levels)
                }
                levels = [found] + levels.filter { $0 != found }
            }
            form = .levels(column, levels, all: false)
            names = levels.dropFirst().map { "\(column)[\($0)]" }
        case .spline(let column, let knots):
            let values = try Self.numbers(table, column, rows)
            let positions = try knots.positions(of: values, column: column)
            form = .spline(column, RestrictedCubicSpline(knots: positions))
            names = (0..<positions.count - 1).map { "rcs(\(column))" + String(repeating: "'", count: $0) }
        case .interaction(let parts):
            var bases: [TermBasis] = []
            for part in parts { bases.append(try TermBasis(part, table, rows: rows)) }
            form = .product(bases)
            names = bases.dropFirst().reduce(bases.first?.names ?? []) { names, basis in
                basis.names.flatMap { right in names.map { "\($0):\(right)" } }
            }
        }
    }

    var isCategorical: Bool { if case .levels = form { true } else { false } }

    mutating func takesAllLevels() {
        guard case .levels(let column, let levels, _) = form else { return }
        form = .levels(column, levels, all: true)
        names = levels.map { "\(column)[\($0)]" }
    }

    func levels(of name: String) -> [String]? {
        if case .levels(name, let levels, _) = form { levels } else { nil }
    }

    /// The values of the term's columns.
    func values(_ value: (String) -> ModelDesign.Value?) throws(ModelFormulaError) -> [Double] {
        switch form {
        case .numeric(let column, let centre, let power):
            let x = try Self.number(value(column), column) - centre
            return [(1..<power).reduce(x) { product, _ in product * x }]
        case .levels(let column, let levels, let all):
            let own: String
            switch value(column) {
            case .text(let text): own = text
            case .number(let number): own = Self.text(number)
            case nil: throw .missingValue(column)
            }
            guard let index = levels.firstIndex(where: { $0 == own || Self.isSameNumber($0, own) }) else {
                throw .unknownLevel(column: column, level: own, levels: levels)
            }
            return levels.indices.dropFirst(all ? 0 : 1).map { $0 == index ? 1 : 0 }
        case .spline(let column, let spline): return spline(try Self.number(value(column), column))
        case .product(let bases):
            var product = [1.0]
            for basis in bases {
                let right = try basis.values(value)
                let left = product
                product = right.flatMap { r in left.map { $0 * r } }
            }
            return product
        }
    }

    private static func number(_ value: ModelDesign.Value?, _ column: String) throws(ModelFormulaError) -> Double {
        switch value {
        case .number(let number): return number
        case .text: throw .notNumeric(column)
        case nil: throw .missingValue(column)
        }
    }

    private static func numbers(
        _ table: ModelTable, _ column: String, _ rows: [Int]
    ) throws(ModelFormulaError) -> [Double] {
        switch table[column] {
        case .numbers(let all):
            let values = rows.compactMap { all[$0] }
            if let first = values.first, values.allSatisfy({ $0 == first }) {
                throw .constant(column: column, value: text(first))
            }
            return values
        case .text: throw .notNumeric(column)
        case nil: throw .unknownColumn(column, known: table.names)
        }
    }

    /// Numbers by size, text by the alphabet, so that the order does not depend on that of the rows.
    private static func levels(_ table: ModelTable, _ column: String, _ rows: [Int]) -> [String] {
        switch table[column] {
        case .numbers(let all): Set(rows.compactMap { all[$0] }).sorted().map(text)
        case .text(let all): Set(rows.compactMap { all[$0] }).sorted()
        case nil: []
        }
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? String(number)
    }

    private static func isSameNumber(_ a: String, _ b: String) -> Bool {
        guard let x = Double(a), let y = Double(b) else { return false }
        return x == y
    }
}
