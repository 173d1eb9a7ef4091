import Foundation

/// A project that could not be written, for reasons of the place, not of the project.
public struct OutputError: Error, Hashable, Sendable, CustomStringConvertible {
    public var path: String
    public var reason: String
    public var remedy: String

    public init(path: String, reason: String, remedy: String) {
        self.path = path
        self.reason = reason
        self.remedy = remedy
    }

    public var description: String { "\(path): \(reason) \(remedy)" }
}

/// Foundation's errors about files in the system's own words: its description is often no more than a number.
package enum FileProblem {
    package static func reason(_ error: any Error) -> String {
        if let error = error as? POSIXError { return String(cString: strerror(Int32(error.code.rawValue))) }
        let details = (error as NSError).userInfo
        if let underlying = details[NSUnderlyingErrorKey] as? any Error { return reason(underlying) }
        return error.localizedDescription
    }
}
