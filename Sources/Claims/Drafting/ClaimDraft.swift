public import Evidence

/// An entry of the ledger drafted from a sentence: what stands in it word for word, and a question for everything else.
///
/// Nothing is guessed. What is found is told with the words it was found by; what is not stays a comment that asks, and the reader
/// of the ledger refuses the entry until it is answered where it has to be.
public struct ClaimDraft: Hashable, Sendable {
    /// A part of the entry.
    public struct Line: Hashable, Sendable {
        public var key: String
        /// Nil where it has to be asked.
        public var value: String?
        /// By which words it was found, or the question.
        public var note: String
    }

    public let sentence: String
    public let lines: [Line]

    /// What has to be answered by a person.
    public var questions: [Line] { lines.filter { $0.value == nil } }

    private static let up: Set<String> = [
        "increase", "increased", "increasing", "more", "higher", "raise", "raised", "rise", "rose", "strengthen",
        "strengthened",
        "grow", "grew", "growth", "larger", "bigger", "boost", "boosted", "enhance", "enhanced", "greater", "stronger",
    ]
    private static let down: Set<String> = [
        "decrease", "decreased", "decreasing", "less", "lower", "lowered", "reduce", "reduced", "reducing", "reduction",
        "shrink",
        "shrank", "shrunk", "fall", "fell", "weaken", "weakened", "dampen", "dampened", "calm", "calmed", "smaller",
        "weaker",
    ]
    /// Words, and the comparison that they speak of.
    private static let comparisons: [(words: String, means: ClaimComparison)] = [
        ("waiting list", .waitingList), ("waitlist", .waitingList), ("usual care", .waitingList), ("placebo", .active),
        ("compared with medication", .active), ("healthy", .healthy), ("predict", .prediction),
        ("predicted", .prediction),
        ("foretell", .prediction), ("more session", .dose), ("number of session", .dose), ("dose", .dose),
        ("mediate", .mediation), ("mediated", .mediation), ("with improvement", .improvement),
        ("an improvement", .improvement), ("correlated", .improvement), ("went along with", .improvement),
    ]

    /// - Parameters:
    ///   - vocabulary: shipped and the project's.
    ///   - project: whose regions and columns are looked through.
    ///   - columns: that say what a study is about, by part.
    public init(
        _ sentence: String, vocabulary: ClaimVocabulary, project: Project, columns: [ClaimPart: String] = [:]
    ) {
        self.sentence = sentence
        var lines: [Line] = []
        let words = ClaimVocabulary.words(sentence)
        let text = " \(words.joined(separator: " ")) "

        // Regions: the plan's own names first, then the vocabulary.
        var regions: [String] = []
        var missing: [String] = []
        for region in project.regions where text.contains(" \(ClaimVocabulary.normal(region.name)) ") {
            regions.append(region.name)
        }
        for mention in vocabulary.mentions(of: .region, in: sentence) {
            let term = mention.term
            let planned = project.regions.first { vocabulary.term($0.name, .region) == term }
            let name = planned?.name ?? term.name
            guard !regions.contains(name) else { continue }
            regions.append(name)
            if planned == nil, term.labels.isEmpty { missing.append(name) }
        }
        if regions.isEmpty {
            lines.append(
                Line(
                    key: "region", value: nil,
                    note:
                        "which part of the brain? No region of the plan, word of the vocabulary or label of AAL stands in the "
                        + "sentence"))
        } else if regions.count == 1 {
            lines.append(Line(key: "region", value: regions[0], note: "found in the sentence"))
        } else {
            lines.append(
                Line(
                    key: "regions", value: "[\(regions.map(Self.plain).joined(separator: ", "))]",
                    note: "found in the sentence; each has to hold (for what goes on between two, write pair: instead)")
            )
        }
        for name in missing {
            lines.append(
                Line(
                    key: "region", value: nil,
                    note:
                        "where is the \(name)? It has no label of AAL; write {name: \(name), sphere: [x, y, z], radius: …}, "
                        + "unless numbers are reported for it by name"))
        }

        let kinds: [(ClaimTerm.Kind, String)] = [
            (.outcome, "what is said to differ: activity, volume, connectivity …?"),
            (.disorder, "in whom? Leave it out for anybody"),
            (.treatment, "after which treatment? Leave it out for any"),
        ]
        for (kind, question) in kinds {
            lines.append(
                Self.line(kind, question, sentence, text, vocabulary, project, columns[kind.part]))
        }

        let ups = words.filter(Self.up.contains)
        let downs = words.filter(Self.down.contains)
        if ups.isEmpty != downs.isEmpty {
            let found = (ups + downs)[0]
            lines.append(
                Line(
                    key: "direction", value: ups.isEmpty ? "decrease" : "increase",
                    note: "from “\(found)”; check that it is said of the brain"))
        } else {
            lines.append(
                Line(
                    key: "direction", value: nil,
                    note: ups.isEmpty
                        ? "increase, decrease or either? No word of the sentence says it"
                        : "increase, decrease or either? The sentence has “\(ups[0])” and “\(downs[0])”"))
        }

        let found = Self.comparisons.filter { text.contains(" \($0.words) ") }
        let meanings = Set(found.map(\.means))
        if let first = found.first, meanings.count == 1 {
            lines.append(
                Line(key: "comparison", value: first.means.rawValue, note: "from “\(first.words)”; check"))
            if first.means == .dose {
                lines.append(Line(key: "dose", value: nil, note: "which column of the study table holds the dose?"))
            }
        } else {
            let all = ClaimComparison.allCases.map(\.rawValue).joined(separator: ", ")
            lines.append(
                Line(key: "comparison", value: nil, note: "compared with what? One of \(all)"))
        }
        self.lines = lines
    }

    private static func line(
        _ kind: ClaimTerm.Kind, _ question: String, _ sentence: String, _ text: String, _ vocabulary: ClaimVocabulary,
        _ project: Project, _ column: String?
    ) -> Line {
        let key = kind.part.rawValue
        let named = vocabulary.mentions(of: kind, in: sentence)
        var names: [String] = []
        for mention in named where !names.contains(mention.term.name) { names.append(mention.term.name) }
        // A term and a kind of it in one sentence ("psychotherapy such as CBT") are two statements; a person has to choose.
        if names.count == 1 { return Line(key: key, value: names[0], note: "found in the sentence") }
        if names.count > 1 {
            return Line(key: key, value: nil, note: "\(question) The sentence has \(names.joined(separator: " and "))")
        }
        if let column {
            let cells = Set(project.experiments.compactMap { $0.covariates[column]?.cell }).sorted()
            let own = cells.filter { cell in
                let normal = ClaimVocabulary.normal(cell)
                return !normal.isEmpty && text.contains(" \(normal) ")
            }
            if own.count == 1 { return Line(key: key, value: own[0], note: "a value of column \(column)") }
        }
        return Line(key: key, value: nil, note: question)
    }

    /// The entry as it goes into the ledger. Lines that ask are comments.
    public var yaml: String {
        var text = "  - name: \(name)\n    sentence: \(Self.quoted(sentence))\n"
        text += "    said_by: {who: \"\"}   # who said it, where? {who: …, place: …, link: …, quote: …}\n"
        for line in lines {
            if let value = line.value {
                text += "    \(line.key): \(line.key == "regions" ? value : Self.plain(value))   # \(line.note)\n"
            } else {
                text += "    # \(line.key): ?   # \(line.note)\n"
            }
        }
        return text
    }

    /// From its first words; a file name.
    private var name: String {
        let words = ClaimVocabulary.words(sentence).filter { $0.count > 3 && $0.allSatisfy { $0.isASCII } }
        return words.isEmpty ? "claim" : words.prefix(4).joined(separator: "-")
    }

    /// As it is where YAML reads it as this text, else quoted.
    private static func plain(_ text: String) -> String {
        let isPlain =
            text.first?.isLetter == true && text.allSatisfy { $0.isLetter || $0.isNumber || " _-.".contains($0) }
            && !["yes", "no", "true", "false", "null", "on", "off", "y", "n"].contains(text.lowercased())
        return isPlain ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: " "))\""
    }
}
