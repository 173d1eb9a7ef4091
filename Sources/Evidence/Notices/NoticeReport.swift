import Foundation

/// A list of notices as people and programs read it.
public struct NoticeReport: Hashable, Sendable, Codable {
    public let errors: Int
    public let warnings: Int
    public let notes: Int
    /// Errors first, then by file and line.
    public let notices: [Notice]

    public init(_ notices: [Notice]) {
        let notices = notices.sortedForReading()
        self.notices = notices
        errors = notices.count { $0.severity == .error }
        warnings = notices.count { $0.severity == .warning }
        notes = notices.count { $0.severity == .note }
    }

    /// One paragraph per notice, `file:line: severity: what [code]` and the remedy below, then the counts.
    public var text: String {
        var lines: [String] = []
        for notice in notices {
            let place = notice.location.map { "\($0): " } ?? ""
            lines.append("\(place)\(notice.severity.rawValue): \(notice.message) [\(notice.code)]")
            if let remedy = notice.remedy { lines.append("    \(remedy)") }
        }
        lines.append(summary)
        return lines.joined(separator: "\n") + "\n"
    }

    /// For example `1 error, 2 warnings, no notes`.
    public var summary: String {
        func count(_ number: Int, _ word: String) -> String {
            number == 0 ? "no \(word)s" : number == 1 ? "1 \(word)" : "\(number) \(word)s"
        }
        return [count(errors, "error"), count(warnings, "warning"), count(notes, "note")].joined(separator: ", ")
    }

    /// Keys sorted, indented.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = (try? encoder.encode(self)) ?? Data()
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
