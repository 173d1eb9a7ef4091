import Evidence
import Formats

extension FuzzedReader {
    /// Sentences about the brain, and a project's own words for them.
    static var claims: [FuzzedReader] {
        [
            ledger("claims", victim: "claims.yaml"),
            ledger("vocabulary of claims", victim: "vocabulary.yaml"),
        ]
    }

    private static func ledger(_ name: String, victim: String) -> FuzzedReader {
        FuzzedReader(name, victim: victim, files: SoundFiles.claims) { folder in
            let path = "\(folder)/claims.yaml"
            let project = SoundFiles.judged
            let outcome = try placed { () throws(InputError) in try ClaimsReader.read(path, for: project) }
            _ = NoticeReport(outcome.notices).text
            let ledger = outcome.ledger
            guard Set(ledger.claims.map { $0.name.lowercased() }).count == ledger.claims.count else {
                throw Fault(description: "two claims have one name, which is that of a file")
            }
            for claim in ledger.claims {
                guard !claim.saying.who.isEmpty, !claim.isPair || claim.regions.count == 2 else {
                    throw Fault(description: "claim \(claim.name) lacks what every claim has")
                }
                for experiment in project.experiments {
                    for kind in ClaimTerm.Kind.allCases {
                        let cell = ledger.columns[kind.part].flatMap { experiment.covariates[$0]?.cell }
                        _ = ledger.vocabulary.nearness(of: cell, to: claim.value(of: kind.part), kind)
                    }
                }
            }
            _ = try ClaimsReader.words(besideLedger: path, for: project)
        }
    }
}
