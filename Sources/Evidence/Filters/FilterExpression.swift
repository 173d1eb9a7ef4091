/// Which experiments a model takes: a small readable expression over the columns of the study table.
///
///     task == "rest" and controlled and n1 >= 10
///     disorder in ["MDD", "PTSD"] and not (modality == "PET")
///
/// Comparisons are `==`, `!=`, `<`, `<=`, `>`, `>=` between a column and a number or quoted text, and `in [...]`;
/// they join with `and`, `or`, `not` and parentheses (`not` binds tightest, then `and`, then `or`). A bare column is
/// true for `yes`, `true`, `y` or a number other than 0. Column names with other characters than letters, digits,
/// `_` and `.` stand between back quotes. Besides the covariates there are `id`, `study`, `sample`, `n1`, `n2`, `n`,
/// `measure` (`"change"` or `"correlation"`) and `direction` (`"both"`, `"increases"`, `"decreases"`, or missing).
///
/// `focus_in(x, y, z, radius)` is true of an experiment with a focus within so many mm of an MNI coordinate: the selection
/// of a meta-analytic connectivity model (MACM; Laird 2009, doi:10.1523/JNEUROSCI.4004-09.2009). `focus_in("Amygdala_L")` and
/// `focus_in("Brodmann", "Brodmann area 10")` are true of one with a focus in a region of an atlas, once the atlas has been asked
/// (``locatingFoci(_:)``).
///
/// **Missing values:** every comparison with a missing value is false, `!=` too; so `not (age > 30)` takes experiments
/// whose age is missing and `age <= 30` does not. Text compares exactly, letter case included. A number compared with
/// text is unequal.
public struct FilterExpression: Hashable, Sendable {
    /// As written.
    public let text: String
    /// Where it stands.
    public let source: SourceLocation?
    private var root: Node

    /// Columns every experiment has.
    public static let builtInColumns = ["id", "study", "sample", "n1", "n2", "n", "measure", "direction"]

    /// - Parameter source: where the expression stands, for messages.
    /// - Throws: ``InputError`` with the position in the expression.
    public init(parsing text: String, at source: SourceLocation? = nil) throws(InputError) {
        var parser = FilterParser(text, source: source)
        root = try parser.parse()
        self.text = text
        self.source = source
    }

    /// What meets both expressions.
    /// - Throws: ``InputError`` where the two together are too long.
    public func and(_ other: FilterExpression) throws(InputError) -> FilterExpression {
        var both = try FilterExpression(parsing: "(\(text)) and (\(other.text))", at: other.source)
        both.root = .and(root, other.root)
        return both
    }

    /// The expression with one spelling for all that mean the same: blanks, quotes and needless parentheses do not show.
    public var canonicalText: String { root.text }

    /// - Throws: ``InputError`` for a column that is neither built in nor in `columns`, naming the nearest.
    public func validate(columns: [String], at source: SourceLocation? = nil) throws(InputError) {
        let known = Self.builtInColumns + columns
        for (name, position) in root.columns where !known.contains(name) {
            throw InputError(
                at: source, "filter: there is no column \"\(name)\" (character \(position) of \(text)).",
                remedy: Nearest.suggestion(name, among: known, called: "columns"))
        }
    }

    /// Texts that a column is compared with and that no experiment has, each with what the column holds.
    func unknownValues(in experiments: [Experiment]) -> [(column: String, text: String, known: [String])] {
        root.comparedTexts.compactMap { column, text in
            var known: [String] = []
            for experiment in experiments {
                switch experiment.value(ofColumn: column) {
                case .text(let value): if !known.contains(value) { known.append(value) }
                case .number(let value): if NumberText.parse(text) == value { return nil }
                case .missing: break
                }
            }
            return known.isEmpty || known.contains(text) ? nil : (column, text, known.sorted())
        }
    }

    /// Regions that `focus_in` names.
    public var regions: [FocusRegion] { root.regions }

    /// Regions that no atlas has been asked about.
    var unlocatedRegions: [FocusRegion] { regions.filter { $0.foci == nil } }

    /// The expression with its regions looked up.
    /// - Parameter foci: which foci lie in a region, MNI mm.
    public func locatingFoci<Failure: Error>(
        _ foci: (FocusRegion) throws(Failure) -> Set<SIMD3<Double>>
    ) throws(Failure) -> FilterExpression {
        var located = self
        located.root = try root.locatingFoci(foci)
        return located
    }

    /// Whether the experiment is taken.
    public func matches(_ experiment: Experiment) -> Bool { root.evaluate(experiment) }

    indirect enum Node: Hashable, Sendable {
        case truth(column: String, position: Int)
        case comparison(column: String, position: Int, Operator, Experiment.Covariate)
        case membership(column: String, position: Int, [Experiment.Covariate])
        /// A focus within `radius` mm of a place in MNI space.
        case focus(centre: SIMD3<Double>, radius: Double)
        /// A focus in a region of an atlas.
        case region(FocusRegion)
        case not(Node)
        case and(Node, Node)
        case or(Node, Node)

        enum Operator: String, Hashable, Sendable, CaseIterable {
            case equal = "=="
            case notEqual = "!="
            case lessOrEqual = "<="
            case greaterOrEqual = ">="
            case less = "<"
            case greater = ">"
        }

        var text: String {
            switch self {
            case .truth(let column, _): column.inCanonicalQuotes
            case .comparison(let column, _, let op, let literal):
                "\(column.inCanonicalQuotes) \(op.rawValue) \(Self.text(literal))"
            case .membership(let column, _, let literals):
                "\(column.inCanonicalQuotes) in [\(literals.map(Self.text).joined(separator: ", "))]"
            case .focus(let centre, let radius):
                "focus_in("
                    + [centre.x, centre.y, centre.z, radius].map(NumberText.text).joined(separator: ", ") + ")"
            case .region(let region): region.text
            case .not(let node): "not (\(node.text))"
            case .and(let a, let b): "(\(a.text)) and (\(b.text))"
            case .or(let a, let b): "(\(a.text)) or (\(b.text))"
            }
        }

        private static func text(_ literal: Experiment.Covariate) -> String {
            switch literal {
            case .number(let number): NumberText.text(number)
            case .text(let text): text.inCanonicalQuotes
            case .missing: "NA"
            }
        }

        /// Texts of `==` and `in`.
        var comparedTexts: [(String, String)] {
            switch self {
            case .truth, .focus, .region: return []
            case .comparison(let column, _, let op, let literal):
                if op == .equal || op == .notEqual, case .text(let text) = literal { return [(column, text)] }
                return []
            case .membership(let column, _, let literals):
                return literals.compactMap { if case .text(let text) = $0 { (column, text) } else { nil } }
            case .not(let node): return node.comparedTexts
            case .and(let a, let b), .or(let a, let b): return a.comparedTexts + b.comparedTexts
            }
        }

        var columns: [(String, Int)] {
            switch self {
            case .truth(let column, let position), .comparison(let column, let position, _, _),
                .membership(let column, let position, _):
                [(column, position)]
            case .focus, .region: []
            case .not(let node): node.columns
            case .and(let a, let b), .or(let a, let b): a.columns + b.columns
            }
        }

        var regions: [FocusRegion] {
            switch self {
            case .region(let region): [region]
            case .truth, .comparison, .membership, .focus: []
            case .not(let node): node.regions
            case .and(let a, let b), .or(let a, let b): a.regions + b.regions
            }
        }

        func locatingFoci<Failure: Error>(
            _ foci: (FocusRegion) throws(Failure) -> Set<SIMD3<Double>>
        ) throws(Failure) -> Node {
            switch self {
            case .region(var region):
                region.foci = try foci(region)
                return .region(region)
            case .truth, .comparison, .membership, .focus: return self
            case .not(let node): return .not(try node.locatingFoci(foci))
            case .and(let a, let b): return .and(try a.locatingFoci(foci), try b.locatingFoci(foci))
            case .or(let a, let b): return .or(try a.locatingFoci(foci), try b.locatingFoci(foci))
            }
        }

        func evaluate(_ experiment: Experiment) -> Bool {
            switch self {
            case .truth(let column, _): Self.isTrue(experiment.value(ofColumn: column))
            case .comparison(let column, _, let op, let literal):
                Self.holds(op, experiment.value(ofColumn: column), literal)
            case .membership(let column, _, let literals):
                literals.contains { Self.holds(.equal, experiment.value(ofColumn: column), $0) }
            case .focus(let centre, let radius):
                experiment.foci.contains { focus in
                    let step = focus.mni - centre
                    return (step * step).sum() <= radius * radius
                }
            case .region(let region):
                experiment.foci.contains { region.foci?.contains($0.mni) ?? false }
            case .not(let node): !node.evaluate(experiment)
            case .and(let a, let b): a.evaluate(experiment) && b.evaluate(experiment)
            case .or(let a, let b): a.evaluate(experiment) || b.evaluate(experiment)
            }
        }

        private static func isTrue(_ value: Experiment.Covariate) -> Bool {
            switch value {
            case .number(let number): number != 0
            case .text(let text): ["yes", "true", "y", "1"].contains(text.lowercased())
            case .missing: false
            }
        }

        private static func holds(
            _ op: Operator, _ value: Experiment.Covariate, _ literal: Experiment.Covariate
        ) -> Bool {
            switch (value, literal) {
            case (.number(let a), .number(let b)): compare(op, a, b)
            case (.text(let a), .text(let b)): compare(op, a, b)
            case (.missing, _), (_, .missing): false
            // A number never equals text, unless the text spells it ("2" for a column of numbers).
            case (.number(let a), .text(let b)):
                NumberText.parse(b).map { compare(op, a, $0) } ?? (op == .notEqual)
            case (.text(let a), .number(let b)):
                NumberText.parse(a).map { compare(op, $0, b) } ?? (op == .notEqual)
            }
        }

        private static func compare<Value: Comparable>(_ op: Operator, _ a: Value, _ b: Value) -> Bool {
            switch op {
            case .equal: a == b
            case .notEqual: a != b
            case .less: a < b
            case .lessOrEqual: a <= b
            case .greater: a > b
            case .greaterOrEqual: a >= b
            }
        }
    }
}

extension Experiment {
    /// The value of a column of the study table as filters see it; ``Covariate/missing`` for an unknown name.
    public func value(ofColumn name: String) -> Covariate {
        switch name {
        case "id": .text(id)
        case "study": .text(study)
        case "sample": .text(sample)
        case "n1": .number(Double(n1))
        case "n2": .number(Double(n2))
        case "n": .number(Double(n))
        // An SDM table may have a column of its own by these names.
        case "measure": covariates[name] ?? .text(measure.rawValue)
        case "direction": covariates[name] ?? direction.map { .text($0.rawValue) } ?? .missing
        default: covariates[name] ?? .missing
        }
    }
}
