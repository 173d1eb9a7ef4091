import Imaging

/// A result that could not be written, or an input that could not be read again for its hash.
public struct ReportingError: Error, Hashable, Sendable, CustomStringConvertible {
    public var path: String
    public var reason: String
    public var remedy: String?

    public init(path: String, reason: String, remedy: String? = nil) {
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }

    public var description: String {
        let text = "\(path): \(reason)"
        guard let remedy else { return text }
        return text + (text.hasSuffix(".") ? " " : ". ") + remedy
    }
}

extension ReportingError {
    init(_ failure: AtomicFile.Failure) {
        self.init(
            path: failure.path, reason: "cannot \(failure.action): \(failure.reason)", remedy: failure.remedy)
    }
}
