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
}

/// Input that cannot be read or does not make sense. Its description is `file:line: what. How to mend it.`
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
    public var location: SourceLocation?
    public var message: String
    public var remedy: String?

    public init(at location: SourceLocation? = nil, _ message: String, remedy: String? = nil) {
        self.location = location
        self.message = message
        self.remedy = remedy
    }

    public var description: String {
        var text = location.map { "\($0): " } ?? ""
        text += message
        if let remedy { text += " \(remedy)" }
        return text
    }
}
