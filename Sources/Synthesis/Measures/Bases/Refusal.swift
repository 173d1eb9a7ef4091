internal import Evidence

/// Why a number of a row cannot be used.
struct Refusal: Error {
    var code: String
    var message: String
    var remedy: String?

    init(_ code: String, _ message: String, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    func notice(at source: SourceLocation) -> Notice {
        Notice(.error, code: code, at: source, message, remedy: remedy)
    }
}
