import Cuneus

/// Holds the peaks of each model against the mask that its settings ask for.
enum MaskChecks {
    static func notices(_ project: Project, _ plans: [ModelPlan], overrides: [SettingAssignment]) -> [Notice] {
        var masks: [String: Mask] = [:]
        var told: Set<String> = []
        var toldKernels = false
        return plans.flatMap { plan -> [Notice] in
            // What is wrong with settings, filters and masks is told elsewhere. Methods of foci have a mask of their own.
            guard let settings = try? project.settings(of: plan, overrides: overrides), settings.mainMethod != nil,
                let experiments = try? project.experiments(of: plan, settings: settings)
            else { return [] }
            let key = ["voxel_size", "mask"].compactMap { SettingKey.named($0)?.text(in: settings) }.joined(
                separator: " ")
            guard let mask = try? masks[key] ?? AnalysisSpace.mask(settings.mask, voxelSize: settings.voxelSize) else {
                return []
            }
            masks[key] = mask
            // Models of a plan share most of their peaks; the first that has them speaks for all.
            let new = experiments.filter { told.insert("\(key) \($0.id)").inserted }
            var notices = MaskCheck.notices(new, mask: mask, choice: settings.mask, model: plan)
            if settings.mask == .whiteMatter, !toldKernels {
                let kernels = MaskCheck.kernelNotices(experiments, settings: settings, model: plan)
                toldKernels = !kernels.isEmpty
                notices += kernels
            }
            return notices
        }
    }
}
