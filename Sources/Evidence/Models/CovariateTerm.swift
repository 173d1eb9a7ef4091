/// A covariate with the values of a model's experiments: what its columns of the design are made from.
struct CovariateTerm {
    enum Values {
        /// As in the table.
        case numbers([Double], centre: Double, scale: Double, power: Int)
        /// The level of each experiment; `levels` in order, `reference` among them.
        case levels([String], levels: [String], reference: String, Covariate.Coding)
    }

    let covariate: Covariate
    let values: Values

    /// - Parameter experiments: those without a missing value.
    init(_ covariate: Covariate, experiments: [Experiment]) throws(InputError) {
        self.covariate = covariate
        switch covariate.kind {
        case .numeric(let centre, let scale, let power):
            values = try Self.numbers(covariate, experiments, centre, scale, power)
        case .categorical(let coding, let reference):
            values = try Self.levels(covariate, experiments, coding, reference)
        }
    }

    /// Names and contents of the columns.
    func columns(at position: Int) -> [DesignMatrix.Column] {
        switch values {
        case .numbers(_, let centre, let scale, let power):
            [
                DesignMatrix.Column(
                    name: covariate.name, covariate: position,
                    content: .numeric(centre: centre, scale: scale, power: power))
            ]
        case .levels(_, let levels, let reference, let coding):
            levels.filter { $0 != reference }.map {
                DesignMatrix.Column(
                    name: "\(covariate.column)[\($0)]", covariate: position, content: .level($0, coding))
            }
        }
    }

    /// The columns' values for an experiment.
    func row(_ experiment: Int) -> [Double] {
        switch values {
        case .numbers(let numbers, _, _, _): [coded(numbers[experiment])]
        case .levels(let ofExperiment, _, _, _): coded(ofExperiment[experiment])
        }
    }

    /// The column's value for a number as in the table.
    func coded(_ number: Double) -> Double {
        guard case .numbers(_, let centre, let scale, let power) = values else { return .nan }
        let x = (number - centre) / scale
        return (1..<power).reduce(x) { product, _ in product * x }
    }

    /// The columns' values for a level.
    func coded(_ level: String) -> [Double] {
        guard case .levels(_, let levels, let reference, let coding) = values else { return [] }
        return levels.filter { $0 != reference }.map { own in
            if level == reference { return coding == .sum ? -1 : 0 }
            return level == own ? 1 : 0
        }
    }

    /// Empty for numbers.
    var levels: [String] {
        if case .levels(_, let levels, _, _) = values { levels } else { [] }
    }

    private static func numbers(
        _ covariate: Covariate, _ experiments: [Experiment], _ centre: Covariate.Centre, _ scale: Covariate.Scale,
        _ power: Int
    ) throws(InputError) -> Values {
        let column = covariate.column
        let texts = experiments.compactMap { experiment in
            if case .text(let text) = experiment.value(ofColumn: column) { text } else { nil }
        }
        if !texts.isEmpty, texts.count == experiments.count, texts.allSatisfy({ NumberText.parse($0) == nil }) {
            let levels = Set(texts).sorted()
            throw InputError(
                at: covariate.source, "covariate \"\(column)\" is text: \(list(levels)).",
                remedy: "Say what the levels are compared with: {column: \(column), coding: treatment, reference: "
                    + "\(levels.first ?? "")}.")
        }
        var numbers: [Double] = []
        for experiment in experiments {
            switch experiment.value(ofColumn: column) {
            case .number(let number): numbers.append(number)
            case .text(let text):
                // A comma before three digits may part thousands: not a number until somebody says which.
                let number: Double
                switch WrittenNumber(text) {
                case .plain(let value, _), .decimalComma(let value): number = value
                default:
                    throw InputError(
                        at: experiment.source,
                        "\(column) of experiment \"\(experiment.id)\" is \"\(text)\"; a number was expected.",
                        remedy: "Correct the cell, or empty it: the model then leaves the experiment out.")
                }
                numbers.append(number)
            case .missing: numbers.append(.nan)
            }
        }
        if let first = numbers.first, numbers.allSatisfy({ $0 == first }) {
            throw InputError(
                at: covariate.source,
                "covariate \"\(column)\" is \(NumberText.text(first)) in all \(numbers.count) experiments.",
                remedy: "A covariate must vary to be estimated; leave it out, or widen the filter.")
        }
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let centreValue =
            switch centre {
            case .none: 0.0
            case .mean: mean
            case .value(let value): value
            }
        let scaleValue =
            switch scale {
            case .none: 1.0
            case .value(let value): value
            case .standardDeviation:
                (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count - 1)).squareRoot()
            }
        return .numbers(numbers, centre: centreValue, scale: scaleValue, power: power)
    }

    private static func levels(
        _ covariate: Covariate, _ experiments: [Experiment], _ coding: Covariate.Coding, _ reference: String
    ) throws(InputError) -> Values {
        let column = covariate.column
        var names: [String] = []
        var numbers: [String: Double] = [:]
        for experiment in experiments {
            switch experiment.value(ofColumn: column) {
            case .number(let number):
                names.append(NumberText.text(number))
                numbers[NumberText.text(number)] = number
            case .text(let text): names.append(text)
            case .missing: names.append("")
            }
        }
        // Numbers by size, text by the alphabet: the order does not depend on that of the rows.
        let levels = Set(names).sorted { a, b in
            if let x = numbers[a], let y = numbers[b] { x < y } else { a < b }
        }
        guard levels.count > 1 else {
            throw InputError(
                at: covariate.source,
                "covariate \"\(column)\" is \(list(levels)) in all \(names.count) experiments.",
                remedy: "A covariate must vary to be estimated; leave it out, or widen the filter.")
        }
        guard let reference = level(reference, among: levels) else {
            throw InputError(
                at: covariate.source,
                "the reference of covariate \"\(column)\" is \"\(reference)\", which no experiment of the model has.",
                remedy: Nearest.suggestion(reference, among: levels, called: "levels"))
        }
        return .levels(names, levels: levels, reference: reference, coding)
    }

    /// The level of this name; `1.0` is the level `1` of a numeric column.
    static func level(_ name: String, among levels: [String]) -> String? {
        if levels.contains(name) { return name }
        guard let number = NumberText.parse(name) else { return nil }
        return levels.first { NumberText.parse($0) == number }
    }

    static func list(_ names: [String]) -> String {
        let shown = names.prefix(6).map { "\"\($0)\"" }.joined(separator: ", ")
        return names.count > 6 ? "\(shown) and \(names.count - 6) more" : shown
    }
}
