import Evidence

/// The words of a claim: what is in the vocabulary, and what the studies of the project have.
extension ClaimsReader {
    /// A word of the vocabulary, or one that a study of the project has in that column: anything else is likely a slip of the pen,
    /// and would make the claim untestable without a word.
    func known(_ node: PlanNode, _ kind: ClaimTerm.Kind) throws(InputError) -> String {
        let name = kind.part.rawValue
        let text = try one(node, name)
        let mentions = vocabulary.mentions(of: kind, in: text)
        if let denied = mentions.first, mentions.allSatisfy(\.isDenied) {
            // "people without depression" would be matched by its one known word, with just those that it leaves out.
            throw InputError(
                at: node.source, "\(name) \"\(text)\" says what it is not (\(denied.term.name)).",
                remedy: "Say what it is, or leave \(name) out for \(kind == .disorder ? "anybody" : "any").")
        }
        if kind == .outcome, Set(mentions.map(\.term.name)).count > 1 {
            let names = mentions.map(\.term.name).joined(separator: " and ")
            throw InputError(
                at: node.source, "outcome \"\(text)\" is more than one quantity: \(names). They are never pooled.",
                remedy: "Make a claim of each.")
        }
        if !mentions.isEmpty { return text }
        let own = columns[kind.part].map { column in
            Set(project.experiments.compactMap { $0.covariates[column]?.cell }).sorted()
        }
        let normal = ClaimVocabulary.normal(text)
        if (own ?? []).contains(where: { ClaimVocabulary.normal($0) == normal }) { return text }
        let candidates = vocabulary.spellings(kind) + (own ?? [])
        let near = Nearest.match(text, among: candidates).map { "Did you mean \"\($0)\"? Else add" } ?? "Add"
        throw InputError(
            at: node.source, "\(name) \"\(text)\" is not in the vocabulary, and no study has it.",
            remedy: "\(near) it to \(Self.vocabularyName): \(kind.rawValue): {\(text): {synonyms: […], broader: […]}}.")
    }

    /// One of the names in the ledger's language; of other words for the same the name is told.
    func comparison(_ node: PlanNode) throws(InputError) -> ClaimComparison {
        let text = try one(node, "comparison")
        if let known = ClaimComparison(rawValue: text) { return known }
        let names = ClaimComparison.allCases.map(\.rawValue)
        let meant = vocabulary.mentions(of: .comparison, in: text).first { !$0.isDenied }?.term.means
        throw InputError(
            at: node.source, "comparison is \"\(text)\"; one of \(names.joined(separator: ", ")) was expected.",
            remedy: (meant ?? Nearest.match(text, among: names)).map { "Did you mean \"\($0)\"?" })
    }
}
