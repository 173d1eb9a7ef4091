import Cuneus

/// The claims of a run: those of `claims.yaml` beside the one project that it is of, if there is such a file.
struct LedgerOfRun {
    private let project: Project
    private let outcome: ClaimsReader.Outcome?
    private let overrides: [SettingAssignment]

    /// - Parameter inputs: as given on the command line; several are no project with a ledger of its own.
    init(_ project: Project, inputs: [String], overrides: [SettingAssignment]) throws {
        self.project = project
        self.overrides = overrides
        let path = inputs.count == 1 ? ProjectClaims.ledgerPath(of: inputs[0]) : nil
        outcome = try path.flatMap { Path.exists($0) ? $0 : nil }.map { try ClaimsReader.read($0, for: project) }
    }

    /// What is to be said of the ledger before a run; nothing without one.
    static func notices(_ project: Project, inputs: [String]) -> [Notice] {
        do {
            return try LedgerOfRun(project, inputs: inputs, overrides: []).outcome?.notices ?? []
        } catch {
            guard let error = error as? InputError else { return [Notice(.error, code: "claims", "\(error)")] }
            return error.parts.map {
                Notice(.error, code: "claims", at: $0.location, $0.message, remedy: $0.remedy)
            }
        }
    }

    /// nil without a ledger.
    @_optimize(none)
    func review(workers: Workers, progress: TerminalProgress) async throws -> ClaimsReview? {
        guard let outcome else { return nil }
        return try await ProjectClaims(
            project: project, outcome: outcome, overrides: overrides, workers: workers, progress: progress
        ).review()
    }
}
