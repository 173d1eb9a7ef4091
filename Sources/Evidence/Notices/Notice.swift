/// Something about the input that the user should know: what, where, and how to mend it.
public struct Notice: Hashable, Sendable, Codable {
    public enum Severity: String, Hashable, Sendable, Codable {
        /// The analysis cannot be right; stops a run.
        case error
        /// Worth a look; listed in the report.
        case warning
        /// A fact about how the input was understood.
        case note
    }

    public var severity: Severity
    /// Stable short name of the check, e.g. `peak-outside-brain`.
    public var code: String
    public var location: SourceLocation?
    /// What was found, and what was expected.
    public var message: String
    /// How to mend it.
    public var remedy: String?

    public init(
        _ severity: Severity, code: String, at location: SourceLocation? = nil, _ message: String, remedy: String? = nil
    ) {
        self.severity = severity
        self.code = code
        self.location = location
        self.message = message
        self.remedy = remedy
    }

    /// `file:line: severity: what [code]`, and the remedy below it.
    package var lines: [String] {
        let place = location.map { "\($0): " } ?? ""
        return ["\(place)\(severity.rawValue): \(message) [\(code)]"] + (remedy.map { ["    \($0)"] } ?? [])
    }
}

/// Input that cannot be read or does not make sense. Its description is `file:line: what. How to mend it.`
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
    public var location: SourceLocation?
    public var message: String
    public var remedy: String?
    /// What else is wrong with the same input, where a reader went on to look.
    public private(set) var others: [InputError] = []

    public init(at location: SourceLocation? = nil, _ message: String, remedy: String? = nil) {
        self.location = location
        self.message = message
        self.remedy = remedy
    }

    /// Several errors as one, each told once and in its order; nil when there is none.
    public init?(all errors: [InputError]) {
        var seen: Set<InputError> = []
        let errors = errors.flatMap(\.parts).filter { seen.insert($0).inserted }
        guard var first = errors.first else { return nil }
        first.others = Array(errors.dropFirst())
        self = first
    }

    /// Itself and the others, one by one.
    public var parts: [InputError] {
        var first = self
        first.others = []
        return [first] + others
    }

    /// Itself and the others as notices of one code, to stand among those of a check.
    package func notices(code: String) -> [Notice] {
        parts.map { Notice(.error, code: code, at: $0.location, $0.message, remedy: $0.remedy) }
    }

    /// A line for each error.
    public var description: String {
        var text = location.map { "\($0): " } ?? ""
        text += message
        if let remedy { text += " \(remedy)" }
        return ([text] + others.map(\.description)).joined(separator: "\n")
    }
}
