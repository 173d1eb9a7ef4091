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
        for term in terms { place(term) }
        index()
    }

    /// Adds a term, or replaces that of the same kind and name.
    public mutating func add(_ term: ClaimTerm) {
        place(term)
        index()
    }

    private mutating func place(_ term: ClaimTerm) {
        if let known = terms.firstIndex(where: {
            $0.kind == term.kind && Self.normal($0.name) == Self.normal(term.name)
        }) {
            terms[known] = term
        } else {
            terms.append(term)
        }
    }

    private mutating func index() {
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
        /// Whether the text says that it is not so: *not depressed*, *without medication*.
        public var isDenied: Bool
    }

    /// Words that deny what follows them, with at most one word between: *no current depression*.
    private static let denials: Set<String> = [
        "no", "not", "non", "without", "never", "neither", "nor", "free", "excluding", "except", "rather",
    ]

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
                    // "no" by itself is a spelling of nothing, but "no comparison" is one: only words before count.
                    let before = words[max(0, start - 2)..<start]
                    found.append(
                        Mention(
                            term: terms[index], words: start..<start + length,
                            isDenied: before.contains(where: Self.denials.contains)))
                    break
                }
                length -= 1
            }
            start += max(1, length)
        }
        return found
    }

    /// How near a text of a study comes to that of a claim.
    ///
    /// What the text denies does not count: *not depressed*. Of things that stand side by side (*CBT + medication*, *depression and
    /// PTSD*) each has to be of the kind; where only some are, the claim speaks of a part of it, and the study is
    /// ``Nearness/broader``. Several words for one thing (*exposure-based group CBT*) are of the kind where one is.
    public func nearness(of text: String?, to claimed: String?, _ kind: ClaimTerm.Kind) -> Nearness {
        guard let claimed, !claimed.isEmpty else { return .exact }
        guard let text, !text.isEmpty else { return .unknown }
        if Self.normal(text) == Self.normal(claimed) { return .exact }
        let asked = mentions(of: kind, in: claimed).filter { !$0.isDenied }.map(\.term)
        let things = things(of: kind, in: text)
        guard !asked.isEmpty, !things.isEmpty else { return .other }
        let each = things.map { terms in
            let near = terms.map { nearness(of: $0, toOneOf: asked) }
            return [Nearness.exact, .narrower, .broader].first(where: near.contains) ?? .other
        }
        if each.allSatisfy(\.isOfTheKind) { return each.contains(.exact) ? .exact : .narrower }
        return each.contains { $0 != .other } ? .broader : .other
    }

    private func nearness(of term: ClaimTerm, toOneOf asked: [ClaimTerm]) -> Nearness {
        if asked.contains(where: { $0.name == term.name }) { return .exact }
        if asked.contains(where: { isKind(term, of: $0) }) { return .narrower }
        return asked.contains { isKind($0, of: term) } ? .broader : .other
    }

    /// Words that set one thing beside another.
    private static let joints: Set<String> = ["and", "plus", "or", "versus", "vs", "then", "combined", "along"]

    /// The terms of a kind in a text, those for one thing together; without what it denies.
    private func things(of kind: ClaimTerm.Kind, in text: String) -> [[ClaimTerm]] {
        let plain = text.map { "+&/,;".contains($0) ? " and " : String($0) }.joined()
        let words = Self.words(plain)
        var things: [[ClaimTerm]] = []
        var end = 0
        for mention in mentions(of: kind, in: plain) where !mention.isDenied {
            let between = words[min(end, mention.words.lowerBound)..<mention.words.lowerBound]
            // A drug beside a therapy is a second treatment; an illness *with* another is still that illness.
            let isNext = between.contains {
                Self.joints.contains($0) || (kind == .treatment && $0 == "with")
            }
            if things.isEmpty || isNext { things.append([]) }
            things[things.count - 1].append(mention.term)
            end = mention.words.upperBound
        }
        return things
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
