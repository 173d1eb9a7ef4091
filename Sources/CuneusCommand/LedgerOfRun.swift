import Cuneus

/// The claims of a run: those of `claims.yaml` beside the one project that it is of, if there is such a file.
struct LedgerOfRun {
    private let project: Project
    private let outcome: ClaimsReader.Outcome?
    private let overrides: [SettingAssignment]
    /// Of the models run so far, those that the claims' effects can be taken from.
    private var models: [ProjectClaims.Model] = []

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
            return error.notices(code: "claims")
        }
    }

    /// Keeps what a model was made from where the claims would prepare the same once more.
    mutating func add(_ plan: ModelPlan, _ made: ModelRun.Outcome) throws {
        guard let outcome, let prepared = made.prepared else { return }
        let model = ProjectClaims.Model(
            plan: plan, analysis: prepared.analysis, prepared: prepared.model, regions: made.findings?.regions ?? [])
        var claims = ProjectClaims(project: project, outcome: outcome, overrides: overrides)
        claims.models = models
        if try claims.canTake(model) { models.append(model) }
    }

    /// nil without a ledger.
    @_optimize(none)
    func review(spaces: SpaceStore, workers: Workers, progress: TerminalProgress) async throws -> ClaimsReview? {
        guard let outcome else { return nil }
        var claims = ProjectClaims(project: project, outcome: outcome, overrides: overrides)
        claims.models = models
        return try await claims.review(spaces: spaces, workers: workers, progress: progress)
    }
}
