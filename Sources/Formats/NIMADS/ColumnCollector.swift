import Evidence

/// Study columns gathered from JSON or tables whose rows name their cells one by one.
///
/// As in a text table a column is of numbers when all its cells that are not missing are, else of text. Names that
/// mean something else in a study table, or differ from another's only in letter case, get an ending.
struct ColumnCollector {
    /// In the order in which they were met.
    private(set) var names: [String] = []
    private(set) var notices: [Notice] = []
    private var given: [String: String] = [:]
    private var taken: Set<String> = []
    /// Columns with cells that are numbers, numbers written as text, and other text.
    private var withNumbers: Set<String> = []
    private var withNumberTexts: Set<String> = []
    private var withWords: Set<String> = []
    /// Numbers with commas or separators of thousands, which can be read in two ways: one of each column.
    private var withMarks: [String: (text: String, source: SourceLocation?)] = [:]

    static let reserved = Set(NativeReader.studyColumns + FilterExpression.builtInColumns)

    /// Makes the column even when no cell will have a value.
    /// - Returns: the name it goes by.
    @discardableResult
    mutating func declare(_ key: String, at source: SourceLocation? = nil) -> String {
        if let name = given[key] { return name }
        let plain = key.onOneLine
        var name = plain.isEmpty ? "column" : plain
        if Self.reserved.contains(name.lowercased()) { name += "_covariate" }
        let stem = name
        var count = 1
        while !taken.insert(name.lowercased()).inserted {
            count += 1
            name = "\(stem)_\(count)"
        }
        given[key] = name
        names.append(name)
        if name != plain {
            notices.append(
                Notice(
                    .note, code: "column-renamed", at: source,
                    "column \"\(plain)\" is called \"\(name)\": the name has a meaning of its own, or is taken."))
        }
        return name
    }

    /// Puts a value into an experiment's cell; lists are joined, objects are not taken.
    /// - Returns: what stood there before, when that was something else.
    @discardableResult
    mutating func set(
        _ key: String, _ value: JSONValue, in covariates: inout [String: Experiment.Covariate],
        at source: SourceLocation? = nil
    ) -> Experiment.Covariate? {
        let cell: Experiment.Covariate
        switch value {
        case .null, .object: cell = .missing
        case .number(let number): cell = .number(number)
        case .bool(let flag): cell = .text(flag ? "true" : "false")
        case .text: cell = value.words.map { .text($0) } ?? .missing
        case .list(let list):
            let words = list.compactMap(\.words)
            cell = words.isEmpty ? .missing : .text(words.joined(separator: ", "))
        }
        let name = declare(key, at: source)
        switch cell {
        case .number: withNumbers.insert(name)
        case .text(let text):
            switch WrittenNumber(text) {
            case nil: withWords.insert(name)
            case .plain: withNumberTexts.insert(name)
            default: if withMarks[name] == nil { withMarks[name] = (text, source) }
            }
        case .missing: break
        }
        let before = covariates.updateValue(cell, forKey: name)
        if before == .missing || before?.cell == cell.cell { return nil }
        return before
    }

    /// Gives every experiment a cell in every column, and every column one kind.
    mutating func finish(_ experiments: inout [Experiment]) {
        for name in names where !withWords.contains(name) {
            guard let (text, source) = withMarks[name] else { continue }
            notices.append(
                Notice(
                    .warning, code: "column-of-commas", at: source,
                    "column \"\(name)\" holds numbers with commas or gaps, such as \"\(text)\", which can be read in two ways; it is "
                        + "taken for text.",
                    remedy: "Write them without separators of thousands, and with a decimal point."))
        }
        withWords.formUnion(withMarks.keys)
        let toText = withWords.intersection(withNumbers)
        let toNumber = withNumberTexts.subtracting(withWords)
        for index in experiments.indices {
            for name in names where experiments[index].covariates[name] == nil {
                experiments[index].covariates[name] = .missing
            }
            for name in toText {
                guard case .number(let value) = experiments[index].covariates[name] else { continue }
                experiments[index].covariates[name] = .text(NumberText.text(value))
            }
            for name in toNumber {
                guard case .text(let text) = experiments[index].covariates[name], let value = NumberText.parse(text)
                else { continue }
                experiments[index].covariates[name] = .number(value)
            }
        }
    }

    /// The names with those of `last` behind the others, in its order.
    func names(last: [String]) -> [String] {
        let tail = last.compactMap { given[$0] }
        let isInTail = Set(tail)
        return names.filter { !isInTail.contains($0) } + tail
    }
}
