/// The words by which claims and studies are matched: the shipped ones, and those of a project's `vocabulary.yaml` on top.
///
/// A text is understood by the terms that stand in it as whole words, the longest first: *exposure-based group CBT* is group
/// CBT and exposure therapy. Case, hyphens and plural s make no difference.
public struct ClaimVocabulary: Hashable, Sendable {
    /// Of the shipped words; goes into the record.
    public static let shippedVersion = "1"

    public private(set) var terms: [ClaimTerm]
    /// By kind, then normalised spelling.
    private var bySpelling: [ClaimTerm.Kind: [String: Int]] = [:]

    public init(_ terms: [ClaimTerm] = ClaimVocabulary.shipped) {
        self.terms = []
        for term in terms { add(term) }
    }

    /// Adds a term, or replaces that of the same kind and name.
    public mutating func add(_ term: ClaimTerm) {
        if let known = terms.firstIndex(where: {
            $0.kind == term.kind && Self.normal($0.name) == Self.normal(term.name)
        }) {
            terms[known] = term
        } else {
            terms.append(term)
        }
        bySpelling = [:]
        for (index, term) in terms.enumerated() {
            for spelling in term.spellings {
                let key = Self.normal(spelling)
                if bySpelling[term.kind]?[key] == nil { bySpelling[term.kind, default: [:]][key] = index }
            }
        }
    }

    /// The term of exactly this name or synonym.
    public func term(_ text: String, _ kind: ClaimTerm.Kind) -> ClaimTerm? {
        bySpelling[kind]?[Self.normal(text)].map { terms[$0] }
    }

    /// Every spelling of a kind, for suggestions.
    public func spellings(_ kind: ClaimTerm.Kind) -> [String] {
        terms.filter { $0.kind == kind }.flatMap(\.spellings)
    }

    /// A term in a text, and where: positions of its words.
    public struct Mention: Hashable, Sendable {
        public var term: ClaimTerm
        public var words: Range<Int>
    }

    /// The terms of a kind in a text; of overlapping ones the longest.
    public func mentions(of kind: ClaimTerm.Kind, in text: String) -> [Mention] {
        guard let known = bySpelling[kind] else { return [] }
        let words = Self.words(text)
        let longest = known.keys.map { $0.split(separator: " ").count }.max() ?? 0
        var found: [Mention] = []
        var start = 0
        while start < words.count {
            var length = min(longest, words.count - start)
            while length > 0 {
                if let index = known[words[start..<start + length].joined(separator: " ")] {
                    found.append(Mention(term: terms[index], words: start..<start + length))
                    break
                }
                length -= 1
            }
            start += max(1, length)
        }
        return found
    }

    /// How near a text of a study comes to that of a claim.
    public func nearness(of text: String?, to claimed: String?, _ kind: ClaimTerm.Kind) -> Nearness {
        guard let claimed, !claimed.isEmpty else { return .exact }
        guard let text, !text.isEmpty else { return .unknown }
        if Self.normal(text) == Self.normal(claimed) { return .exact }
        let asked = mentions(of: kind, in: claimed).map(\.term)
        let given = mentions(of: kind, in: text).map(\.term)
        guard !asked.isEmpty, !given.isEmpty else { return .other }
        var best = Nearness.other
        for term in asked {
            for other in given {
                if term.name == other.name { return .exact }
                if isKind(other, of: term) { best = .narrower }
                if best == .other, isKind(term, of: other) { best = .broader }
            }
        }
        return best
    }

    /// Whether one term is, over any number of steps, a kind or a part of another.
    public func isKind(_ term: ClaimTerm, of other: ClaimTerm) -> Bool {
        var seen: Set<String> = []
        var open = term.broader
        while let name = open.popLast() {
            guard seen.insert(name).inserted else { continue }
            if Self.normal(name) == Self.normal(other.name) { return true }
            if let next = self.term(name, term.kind) { open += next.broader }
        }
        return false
    }

    /// Lower case, words parted by one blank.
    package static func normal(_ text: String) -> String { words(text).joined(separator: " ") }

    /// Whole words in lower case; what is neither letter nor digit parts them, and a plural s goes.
    package static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { word in
            word.count > 4 && word.hasSuffix("s") && !word.hasSuffix("ss") && !word.hasSuffix("is")
                && !word.hasSuffix("us")
                ? String(word.dropLast()) : String(word)
        }
    }
}
