import ArgumentParser
import Cuneus
import Foundation

struct ClaimsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "Hold sentences about the brain against all the evidence of a project.",
        discussion: """
            Reads claims.yaml beside the project's tables: who said what of which region, treatment and disorder. Writes a page
            for readers (claims.html), tables (claims.tsv, claims_evidence.tsv, claims_criteria.tsv), claims.json, claims.jsonld
            (schema.org ClaimReview) and a badge for each claim. Docs/claims.md explains every rule.

            --new drafts an entry from a sentence: what stands in it is filled in, with the words it was found by; for the rest
            there is a question. Nothing is computed, and nothing is written but the draft on standard output.

            Examples:
              cuneus claims Examples/psychotherapy
              cuneus claims my_project --ledger press.yaml --out press
              cuneus claims my_project --new "CBT calms the amygdala in social anxiety"
            """)

    @OptionGroup var options: AnalysisOptions

    @Option(
        name: .customLong("new"), help: ArgumentHelp("Draft an entry from this sentence.", valueName: "sentence"))
    var sentence: String?

    @Option(
        help: ArgumentHelp("The ledger (default: claims.yaml beside the project's tables).", valueName: "yaml"),
        completion: .file(extensions: ["yaml", "yml"]))
    var ledger: String?

    @Option(
        help: ArgumentHelp(
            "The project's own words (default: vocabulary.yaml beside the ledger, if it is there).", valueName: "yaml"),
        completion: .file(extensions: ["yaml", "yml"]))
    var vocabulary: String?

    @Option(
        help: ArgumentHelp("Folder for the results (default: cuneus-out/<project>-claims).", valueName: "dir"),
        completion: .directory)
    var out: String?

    func validate() throws {
        if let sentence, sentence.allSatisfy(\.isWhitespace) { throw ValidationError("--new needs a sentence.") }
        if sentence != nil, out != nil { throw ValidationError("--new prints a draft; it takes no --out.") }
    }

    func run() async throws {
        try await Interruption.cancellable { try await perform() }
    }

    @_optimize(none)
    private func perform() async throws {
        let path = ledger ?? ProjectClaims.ledgerPath(of: options.project.project.first ?? "")
        if let sentence { return try draft(sentence, beside: path) }
        let opened = try options.open(models: [])
        let outcome = try ClaimsReader.read(path, vocabulary: vocabulary, for: opened.project)
        let folder = try ClaimsFolder(out ?? "cuneus-out/\(ModelFindings.folderName(opened.project.name))-claims")
        let review = try await ProjectClaims(
            project: opened.project, outcome: outcome, overrides: opened.overrides
        ).review(workers: options.workers, progress: TerminalProgress(isQuiet: options.quiet))
        if !options.quiet, !review.notices.isEmpty {
            Failure.complain(NoticeReport(review.notices).foldedText.trimmingCharacters(in: .newlines))
        }
        _ = try folder.write(review)
        let width = ClaimGrade.allCases.map(\.words.count).max() ?? 0
        for judged in review.claims {
            let words = judged.grade.words
            try StandardOutput.print(
                "\(words)\(String(repeating: " ", count: width - words.count))  \(judged.claim.sentence)")
        }
        try StandardOutput.print("\nPage: \(folder.path)/claims.html")
    }

    private func draft(_ sentence: String, beside path: String) throws {
        let project = try options.project.read()
        // A ledger that is there brings its columns and the project's words; without one the usual ones are taken.
        let words = try ClaimsReader.words(vocabulary, besideLedger: path, for: project)
        let draft = ClaimDraft(sentence, vocabulary: words.vocabulary, project: project, columns: words.columns)
        try StandardOutput.print(draft.yaml, terminator: "")
        let open = draft.questions.count + 1
        Failure.complain(
            "\(open) question\(open == 1 ? "" : "s") to answer (lines with ? and said_by); then put it below claims: in \(path)."
        )
    }
}
