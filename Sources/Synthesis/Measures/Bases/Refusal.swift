internal import Evidence

/// Why a number of a row cannot be used.
struct Refusal: Error {
    var code: String
    var message: String
    var remedy: String?
    /// Whether numbers are missing, rather than wrong.
    var isAbsence: Bool

    init(_ code: String, _ message: String, remedy: String? = nil, isAbsence: Bool = false) {
        self.isAbsence = isAbsence
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    func notice(at source: SourceLocation) -> Notice {
        Notice(
            isAbsence ? .warning : .error, code: code, at: source, message + (isAbsence ? " It is left out." : ""),
            remedy: remedy)
    }
}
