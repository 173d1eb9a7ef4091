import Cuneus

/// Methods that were asked for and do not fit a model: told before the work, and the others run.
enum MethodChecks {
    /// - Parameter allowance: of memory; nil where it does not matter yet.
    static func notices(
        _ project: Project, _ plans: [ModelPlan], overrides: [SettingAssignment], allowance: MemoryAllowance? = nil
    ) -> [Notice] {
        plans.flatMap { plan -> [Notice] in
            // What is wrong with the settings or the experiments is told elsewhere.
            guard let settings = try? project.settings(of: plan, overrides: overrides), !settings.otherMethods.isEmpty,
                var methods = try? OtherMethods(plan, of: project, settings: settings)
            else { return [] }
            methods.allowance = allowance
            let scope = methods.scope
            let skipped = scope.skipped.map {
                Notice(
                    .warning, code: "method-does-not-fit", at: plan.source,
                    "\($0.reason) It is passed over in model \"\(plan.name)\".")
            }
            return skipped + coverage(methods, scope.runs, plan)
        }
    }

    private static func coverage(_ methods: OtherMethods, _ runs: [AnalysisMethod], _ plan: ModelPlan) -> [Notice] {
        guard let words = methods.coverageNotice(runs) else { return [] }
        return [
            Notice(
                .warning, code: "coverage-ignored", at: plan.source, "\(words) Model \"\(plan.name)\".",
                remedy: "The method effects takes it; or leave these experiments out by a filter.")
        ]
    }
}
