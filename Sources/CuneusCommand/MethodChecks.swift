import Cuneus

/// Methods that were asked for and do not fit a model: told before the work, and the others run.
enum MethodChecks {
    static func notices(
        _ project: Project, _ plans: [ModelPlan], overrides: [SettingAssignment]
    ) -> [Notice] {
        plans.flatMap { plan -> [Notice] in
            // What is wrong with the settings or the experiments is told elsewhere.
            guard let settings = try? project.settings(of: plan, overrides: overrides), !settings.otherMethods.isEmpty,
                let scope = try? OtherMethods(plan, of: project, settings: settings).scope
            else { return [] }
            return scope.skipped.map {
                Notice(
                    .warning, code: "method-does-not-fit", at: plan.source,
                    "\($0.reason) It is passed over in model \"\(plan.name)\".")
            }
        }
    }
}
