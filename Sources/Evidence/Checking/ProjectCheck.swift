public import Imaging

/// Looks a project over before an analysis: data that cannot be right (errors), that look wrong (warnings), and how
/// gaps are filled (notes). Each finding says where, what, and how to mend it.
///
/// The checks come from what goes wrong in published tables and in their transcription: flipped axes, doubled tables,
/// citation marks read as coordinates, shared samples, thresholds that are p values.
public enum ProjectCheck {
    /// - Parameters:
    ///   - brainMask: a brain mask in MNI space; without one, peaks are not checked against the brain.
    ///   - overrides: settings of the command line; what only effect sizes need is no error without them.
    /// - Returns: the reader's notices and the checks' own, sorted by severity, file and line.
    public static func run(
        _ project: Project, brainMask: Mask? = nil, overrides: [SettingAssignment] = []
    ) -> [Notice] {
        var notices = project.notices
        let needsEffects = project.models.contains { model in
            (try? project.settings(of: model, overrides: overrides)).map { $0.mainMethod != nil } ?? true
        }
        if !needsEffects {
            // Methods that need n, such as ALE with kernels by sample size, say so themselves.
            notices = notices.map { notice in
                var notice = notice
                if notice.code == "n-missing" { notice.severity = .warning }
                return notice
            }
        }
        // What no model takes does no harm.
        let taking = Set(
            project.models.flatMap { model in
                ((try? project.experiments(of: model, settings: project.settings)) ?? project.experiments).map(\.id)
            })
        for experiment in project.experiments {
            notices += SizeChecks.notices(experiment, needsEffects: needsEffects)
            notices += TableChecks.notices(experiment)
            if taking.contains(experiment.id) {
                notices += SearchChecks.notices(experiment, needsEffects: needsEffects)
            }
            notices += HeightChecks.notices(experiment)
        }
        if let brainMask {
            let check = BrainCheck(brainMask)
            for experiment in project.experiments { notices += check.notices(experiment) }
        }
        notices += HeightChecks.conversions(project.experiments)
        notices += HeightChecks.unknownSigns(project.experiments, needed: needsEffects)
        notices += DirectionChecks.contradictions(project.experiments)
        // Where foci are in a place, silence about a sign says nothing.
        if needsEffects {
            notices += DirectionChecks.unsaid(project.experiments)
            notices += ContrastChecks.directionsApart(project.experiments)
            let groups = ContrastChecks.oneGroup(project.experiments)
            notices += groups.isEmpty ? ContrastChecks.sleuthSizes(project) : groups
            notices += SizeChecks.sharedControls(project.experiments)
        }
        notices += RepeatedTables.notices(project.experiments)
        notices += PrismaChecks.notices(project)
        for model in project.models { notices += ModelChecks.notices(model, of: project, overrides: overrides) }
        return notices.sortedForReading()
    }

    /// Only what concerns one model: its experiments, their thresholds, its design.
    public static func run(
        _ model: ModelPlan, of project: Project, overrides: [SettingAssignment] = []
    ) -> [Notice] {
        ModelChecks.notices(model, of: project, overrides: overrides).sortedForReading()
    }
}

extension [Notice] {
    public var errors: [Notice] { filter { $0.severity == .error } }

    /// `--strict`: warnings become errors.
    public func strict() -> [Notice] {
        map { notice in
            var notice = notice
            if notice.severity == .warning { notice.severity = .error }
            return notice
        }
    }

    /// Errors before warnings before notes, then by file and line; repeated notices once.
    public func sortedForReading() -> [Notice] {
        func rank(_ notice: Notice) -> Int {
            switch notice.severity {
            case .error: 0
            case .warning: 1
            case .note: 2
            }
        }
        var seen: Set<Notice> = []
        let unique = filter { seen.insert($0).inserted }
        return unique.enumerated().sorted { a, b in
            let key = { (notice: Notice) in (rank(notice), notice.location?.file ?? "", notice.location?.line ?? 0) }
            let (x, y) = (key(a.element), key(b.element))
            return x == y ? a.offset < b.offset : x < y
        }.map(\.element)
    }
}
