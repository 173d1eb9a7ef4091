package import Evidence

/// Reads a project's own words, `vocabulary.yaml`, which add to the shipped ones or replace them by name.
///
///     disorder:
///       misophonia: {synonyms: [sound sensitivity], broader: [mental disorder]}
///     region:
///       habenula: {synonyms: [Hb], labels: [Thalamus_L, Thalamus_R]}
package enum VocabularyReader {
    static func read(_ path: String, onto vocabulary: ClaimVocabulary) throws(InputError) -> ClaimVocabulary {
        let file = try TextFile(path: path)
        return try read(text: file.lines.map(\.text).joined(separator: "\n"), path: path, onto: vocabulary)
    }

    package static func read(
        text: String, path: String, onto vocabulary: ClaimVocabulary
    ) throws(InputError) -> ClaimVocabulary {
        guard let root = try PlanReader.compose(text, path: path), !root.isEmpty else { return vocabulary }
        var terms: [ClaimTerm] = []
        for (key, node) in try root.entries(known: ClaimTerm.Kind.allCases.map(\.rawValue), of: "the vocabulary") {
            guard let kind = ClaimTerm.Kind(rawValue: key.text) else { continue }
            for (name, value) in try node.entries(known: nil, of: key.text) {
                terms.append(try term(kind, name, value))
            }
        }
        var vocabulary = vocabulary
        for term in terms { vocabulary.add(term) }
        // A broader term that is not there would be a link to nowhere, and its studies would never be found.
        for term in terms {
            for name in term.broader where vocabulary.term(name, term.kind) == nil {
                throw InputError(
                    at: term.source,
                    "\"\(term.name)\" is a kind of \"\(name)\", which no \(term.kind.rawValue) is called.",
                    remedy: Nearest.suggestion(
                        name, among: vocabulary.spellings(term.kind), called: "\(term.kind.rawValue)s"))
            }
        }
        return vocabulary
    }

    private static func term(
        _ kind: ClaimTerm.Kind, _ name: PlanNode.Key, _ node: PlanNode
    ) throws(InputError) -> ClaimTerm {
        var term = ClaimTerm(kind, name.text, source: name.source)
        guard !node.isEmpty else { return term }
        let known = ["synonyms", "broader", "means", "labels"]
        for (key, value) in try node.entries(known: known, of: "\"\(name.text)\"") {
            switch key.text {
            case "synonyms": term.synonyms = try list(value, key.text)
            case "broader": term.broader = try list(value, key.text)
            case "labels" where kind == .region: term.labels = try list(value, key.text)
            case "means" where kind == .comparison:
                term.means = try value.choice("means", of: ClaimComparison.self).rawValue
            case "means" where kind == .modality: term.means = try value.text("means")
            default:
                throw InputError(
                    at: key.source, "a \(kind.rawValue) has no \(key.text).", remedy: "Remove it.")
            }
        }
        return term
    }

    private static func list(_ node: PlanNode, _ name: String) throws(InputError) -> [String] {
        var texts: [String] = []
        for item in node.list ?? [node] { texts.append(try item.text(name)) }
        return texts
    }
}
