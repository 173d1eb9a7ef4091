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

    /// How many notices of one kind are told one by one before the rest is counted.
    private static let toldOneByOne = 3

    /// As ``text``, with long lists of one kind folded: 42 peaks outside the brain must not hide the one threshold that is a p.
    public var foldedText: String { folded(rest: "cuneus check --all lists them") }

    /// - Parameter rest: where those are told that are only counted here; nil where nowhere.
    public func folded(rest: String?) -> String {
        var counts: [String: Int] = [:]
        for notice in notices { counts[Self.kind(notice), default: 0] += 1 }
        var told: [String: Int] = [:]
        var lines: [String] = []
        for notice in notices {
            let kind = Self.kind(notice)
            told[kind, default: 0] += 1
            let position = told[kind] ?? 0
            let count = counts[kind] ?? 0
            // One more than are told is told as well: "and 1 more" takes as much room.
            if position <= Self.toldOneByOne || count == Self.toldOneByOne + 1 {
                lines += notice.lines
            } else if position == Self.toldOneByOne + 1 {
                lines.append(
                    "    and \(count - Self.toldOneByOne) more of [\(notice.code)]" + (rest.map { "; \($0)" } ?? ""))
            }
        }
        lines.append(summary)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func kind(_ notice: Notice) -> String { "\(notice.severity.rawValue) \(notice.code)" }

    /// One paragraph per notice, `file:line: severity: what [code]` and the remedy below, then the counts.
    public var text: String {
        let lines = notices.flatMap(\.lines) + [summary]
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
