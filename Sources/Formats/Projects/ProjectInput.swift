public import Evidence
import Foundation
public import Imaging

/// One of the files or folders that a project is read from, and what is said about it: `increases.txt:+` on the command line,
/// `{file: increases.txt, sign: positive}` in a plan.
public struct ProjectInput: Hashable, Sendable {
    public var path: String
    /// All its peaks go this way.
    public var sign: AssumedSign?
    /// Of coordinates whose source names none.
    public var space: CoordinateSpace?
    /// What its experiments have in the column `group`.
    public var group: String?
    public var sizes: GroupSizes?
    /// Where it is named, for messages.
    public var source: SourceLocation?

    public init(path: String, source: SourceLocation? = nil) {
        self.path = path
        self.source = source
    }

    static let groupColumn = "group"

    /// Reads `PATH`, `PATH:+`, `PATH:-,mni,group=patients`.
    ///
    /// A file of this very name is that file: what follows the last colon is only looked at otherwise.
    public init(commandLine text: String) throws(InputError) {
        self.init(path: text)
        guard !Path.exists(text), let colon = text.lastIndex(of: ":") else { return }
        let stem = String(text[..<colon])
        guard Path.exists(stem) else { return }
        path = stem
        for word in text[text.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false) {
            try take(String(word).trimmingBlanks, of: text)
        }
    }

    private mutating func take(_ word: String, of text: String) throws(InputError) {
        if let sign = AssumedSign(shorthand: word) {
            self.sign = sign
        } else if let space = CoordinateSpace(rawValue: word.lowercased()) {
            self.space = space
        } else if word.hasPrefix("\(Self.groupColumn)="), word.count > Self.groupColumn.count + 1 {
            group = String(word.dropFirst(Self.groupColumn.count + 1))
        } else if word.contains("/"), let sizes = GroupSizes(word) {
            self.sizes = sizes
        } else {
            throw InputError(
                at: SourceLocation(file: text), "\"\(word)\" says nothing about \(path).",
                remedy:
                    "After the colon: + or - (which way its peaks go), \(CoordinateSpace.spellings.joined(separator: ", ")), "
                    + "group=NAME, or sizes such as 18/18; several with commas.")
        }
    }

    /// Where it is named.
    var place: SourceLocation { source ?? SourceLocation(file: path) }
}

extension AssumedSign {
    /// `+`, `-` and the words.
    init?(shorthand text: String) {
        switch text.lowercased() {
        case "+", "positive", "increases": self = .positive
        case "-", "\u{2212}", "negative", "decreases": self = .negative
        default: return nil
        }
    }
}
